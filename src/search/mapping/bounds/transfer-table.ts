import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import type { Factors, SpatialChoice } from '../space/spatial-choices.ts';
import { homeOf } from './tensor-homes.ts';
import { clearCosts, emptyCosts, transferAdder } from './transfer-costs.ts';

/** Prices in pJ of every transfer of a {@link TransferTable}, by its place. */
export interface TransferPricing {
  /** Per refetch (Inputs: per word). */
  readonly perTraffic: Float64Array;
  /** Of it, per word of Inputs, what grows with the distinct words among those that children read at once. */
  readonly distinct: Float64Array;
  /** What no tiling changes. */
  readonly fixed: Float64Array;
}

/**
 * Costs of every transfer that some choice of kept tensors can have under one spatial choice: those of a placement are a sum of them. Homes of tensors
 * are at the outermost level.
 */
export class TransferTable {
  /** Energies alone. */
  readonly energy: TransferPricing;
  readonly #levels: number;
  /** Bits per instance: read and written at the server, filled and drained at the level; fixed ones by level. */
  readonly #readBits: Float64Array;
  readonly #writeBits: Float64Array;
  readonly #fillBits: Float64Array;
  readonly #drainBits: Float64Array;
  readonly #fixedReads: Float64Array;
  readonly #fixedWrites: Float64Array;

  constructor(model: KernelModel, choice: SpatialChoice, factors: Factors) {
    const { levelCount: levels } = model;
    this.#levels = levels;
    const size = TENSOR_COUNT * (levels + 1) * levels;
    const make = () => new Float64Array(size);
    this.energy = { perTraffic: make(), distinct: make(), fixed: make() };
    this.#readBits = make();
    this.#writeBits = make();
    this.#fillBits = make();
    this.#drainBits = make();
    this.#fixedReads = new Float64Array(size * levels);
    this.#fixedWrites = new Float64Array(size * levels);
    const costs = emptyCosts(model);
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const add = transferAdder(costs, model, choice, t, factors);
      const home = homeOf(model, t);
      for (let level = 1; level <= levels; level++)
        for (let server = 0; server < level; server++) {
          clearCosts(costs);
          add(server, server === 0 ? home.wordBits : model.wordBitsOf[server * TENSOR_COUNT + t]!, level);
          const at = level * TENSOR_COUNT + t;
          const place = this.placeOf(t, level, server);
          this.energy.fixed[place] = costs.fixedPj;
          this.#fixedReads.set(costs.fixedReadBits, place * levels);
          this.#fixedWrites.set(costs.fixedWriteBits, place * levels);
          if (level === levels) continue;
          this.energy.perTraffic[place] = costs.perTraffic[at]!;
          this.energy.distinct[place] = t === INPUTS ? costs.inputRead[level]! * costs.inputShare[level]! : 0;
          this.#readBits[place] = costs.serverReadBits[at]!;
          this.#writeBits[place] = costs.serverWriteBits[at]!;
          this.#fillBits[place] = costs.fillBits[at]!;
          this.#drainBits[place] = t === OUTPUTS ? costs.drainBits[level]! : 0;
        }
    }
  }

  /** Place of a tensor's transfer from a server into a level; the MACs are behind the last level. */
  placeOf(tensor: number, level: number, server: number): number {
    return (tensor * (this.#levels + 1) + level) * this.#levels + server;
  }

  /** Prices with those of bits beside. @param readPj [level]: pJ per bit that an instance reads @param writePj [level]: and fills or updates */
  priced(readPj: Float64Array, writePj: Float64Array): TransferPricing {
    const levels = this.#levels;
    const perTraffic = this.energy.perTraffic.slice();
    const distinct = this.energy.distinct.slice();
    const fixed = this.energy.fixed.slice();
    for (let t = 0; t < TENSOR_COUNT; t++)
      for (let level = 1; level <= levels; level++)
        for (let server = 0; server < level; server++) {
          const place = this.placeOf(t, level, server);
          for (let l = 0; l < levels; l++)
            fixed[place]! +=
              readPj[l]! * this.#fixedReads[place * levels + l]! + writePj[l]! * this.#fixedWrites[place * levels + l]!;
          if (level === levels) continue;
          const read = readPj[server]! * this.#readBits[place]!;
          perTraffic[place]! +=
            read +
            writePj[server]! * this.#writeBits[place]! +
            writePj[level]! * this.#fillBits[place]! +
            readPj[level]! * this.#drainBits[place]!;
          if (t === INPUTS) distinct[place]! += read;
        }
    return { perTraffic, distinct, fixed };
  }

  /** Adds the bits of a transfer to those of each level. @param distinctWords of Inputs that are read beyond the least share */
  addBits(place: number, server: number, level: number, traffic: number, distinctWords: number, sums: PortBits): void {
    const levels = this.#levels;
    const { reads, writes } = sums;
    for (let l = 0; l < levels; l++) {
      reads[l]! += this.#fixedReads[place * levels + l]!;
      writes[l]! += this.#fixedWrites[place * levels + l]!;
    }
    if (level === levels) return;
    reads[server]! += this.#readBits[place]! * (traffic + distinctWords);
    writes[server]! += this.#writeBits[place]! * traffic;
    writes[level]! += this.#fillBits[place]! * traffic;
    reads[level]! += this.#drainBits[place]! * traffic;
  }
}

/** Bits per instance, [level]. */
export interface PortBits {
  readonly reads: Float64Array;
  readonly writes: Float64Array;
}
