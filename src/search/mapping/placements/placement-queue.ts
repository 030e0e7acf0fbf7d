import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { BoundQueue } from '../bounds/bound-queue.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { leastCycles, touchedInputs } from '../bounds/least-work.ts';
import { bitsAtPort, limitedPorts, type Port, wholeCycles } from '../bounds/limited-ports.ts';
import { homeOf } from '../bounds/tensor-homes.ts';
import {
  addMoves,
  addTensorCosts,
  clearCosts,
  emptyCosts,
  READ,
  relevantWords,
  type TransferCosts,
  UPDATE,
  wordPj,
} from '../bounds/transfer-costs.ts';
import type { Mapspace, Placement } from '../mapspace.ts';
import { withoutMirrorImages } from '../space/mirrored-choices.ts';
import type { SpatialChoice } from '../space/spatial-choices.ts';

/** A placement with cheap lower bounds: every word crosses every transfer once. */
export interface OpenPlacement extends Placement {
  /** Of the objective. */
  readonly bound: number;
  readonly cycles: number;
}

/** A spatial choice with a lower bound from its parallelism, the MACs and every word leaving or reaching its home once. */
interface OpenChoice {
  readonly choice: SpatialChoice;
  readonly computeCycles: number;
  readonly bound: number;
}

/**
 * All placements of a mapspace, one of two that mirror each other, in the order of their bounds; those not below the cutoff are left out. A spatial
 * choice is opened when the bound from its parallelism is the least of all that are left, which most never are.
 */
export class PlacementQueue {
  readonly #mapspace: Mapspace;
  readonly #incumbent: Incumbent;
  /** By ascending bound. */
  readonly #choices: readonly OpenChoice[];
  #nextChoice = 0;
  readonly #open = new BoundQueue<OpenPlacement>();
  readonly #ports: readonly Port[];
  readonly #touchedInputs: number;
  /** [keep choice][tensor]: the levels that keep the tensor, as bits. */
  readonly #patterns: readonly (readonly number[])[];
  /** Room for the costs of one tensor. */
  readonly #costs: TransferCosts;
  /** Of what moves beside any mapping. */
  readonly #moves: TransferCosts;

  constructor(mapspace: Mapspace, incumbent: Incumbent) {
    const { model, keepChoices } = mapspace;
    this.#mapspace = mapspace;
    this.#costs = emptyCosts(model);
    this.#moves = emptyCosts(model);
    addMoves(this.#moves, model);
    this.#incumbent = incumbent;
    this.#ports = limitedPorts(model);
    this.#touchedInputs = touchedInputs(model);
    this.#patterns = keepChoices.map((keep) => Array.from({ length: TENSOR_COUNT }, (_, t) => patternOf(keep, t)));
    const energyPj = homePj(model, this.#touchedInputs) + this.#moves.fixedPj;
    this.#choices = withoutMirrorImages(mapspace)
      .map((choice): OpenChoice => {
        const computeCycles = leastCycles(model, choice.bounds);
        return { choice, computeCycles, bound: incumbent.bound(energyPj, computeCycles) };
      })
      .sort((a, b) => a.bound - b.bound);
  }

  /** Least bound of those left; infinite when none is. */
  get leastBound(): number {
    this.#openChoices();
    return this.#open.leastBound;
  }

  /** Takes the placement with the least bound; undefined when none is left. */
  pop(): OpenPlacement | undefined {
    this.#openChoices();
    return this.#open.pop();
  }

  /** Counts all that are left as cut. */
  cutRest(): void {
    const { counts } = this.#incumbent;
    const unopened = (this.#choices.length - this.#nextChoice) * this.#mapspace.keepChoices.length;
    counts.nodes += unopened;
    counts.cut += unopened + this.#open.size;
  }

  /** Opens spatial choices until none left closed can hold a placement with a smaller bound. */
  #openChoices(): void {
    for (;;) {
      const next = this.#choices[this.#nextChoice];
      if (next === undefined || next.bound > this.#open.leastBound) return;
      this.#nextChoice++;
      if (this.#incumbent.isBetter(next.bound)) this.#openPlacements(next);
      else this.#countCut(this.#mapspace.keepChoices.length);
    }
  }

  #countCut(placements: number): void {
    this.#incumbent.counts.nodes += placements;
    this.#incumbent.counts.cut += placements;
  }

  /** Bounds what can be kept under a spatial choice; what tensors share between patterns is made once. */
  #openPlacements({ choice, computeCycles }: OpenChoice): void {
    const { model, keepChoices } = this.#mapspace;
    const incumbent = this.#incumbent;
    const levels = model.levelCount;
    const reads = new Float64Array(levels);
    const writes = new Float64Array(levels);
    const known = new Map<number, LeastTraffic>();
    const leastOf = (keep: Uint8Array, pattern: number, t: number): LeastTraffic => {
      const key = pattern * TENSOR_COUNT + t;
      const least = known.get(key) ?? this.#leastTraffic(choice, keep, t);
      known.set(key, least);
      return least;
    };
    for (const [index, keep] of keepChoices.entries()) {
      let energyPj = model.macEnergyPj + this.#moves.fixedPj;
      reads.set(this.#moves.fixedReadBits);
      writes.set(this.#moves.fixedWriteBits);
      for (let t = 0; t < TENSOR_COUNT; t++) {
        const least = leastOf(keep, this.#patterns[index]![t]!, t);
        energyPj += least.energyPj;
        for (let level = 0; level < levels; level++) {
          reads[level]! += least.reads[level]!;
          writes[level]! += least.writes[level]!;
        }
      }
      let cycles = computeCycles;
      for (const port of this.#ports)
        cycles = Math.max(cycles, wholeCycles(bitsAtPort(port, reads, writes) / port.bitsPerCycle));
      const bound = incumbent.bound(energyPj, cycles);
      if (incumbent.isBetter(bound)) {
        incumbent.counts.nodes++;
        this.#open.push(bound, { keep, choice, bound, cycles });
      } else this.#countCut(1);
    }
  }

  #leastTraffic(choice: SpatialChoice, keep: Uint8Array, t: number): LeastTraffic {
    const { model, factors } = this.#mapspace;
    const costs = this.#costs;
    clearCosts(costs);
    addTensorCosts(costs, model, choice, keep, t, factors);
    const traffic = t === INPUTS ? this.#touchedInputs : 1;
    let energyPj = costs.fixedPj;
    for (let level = 1; level < model.levelCount; level++) {
      const at = level * TENSOR_COUNT + t;
      const server = costs.server[at]!;
      energyPj += costs.perTraffic[at]! * traffic;
      costs.fixedReadBits[server]! += costs.serverReadBits[at]! * traffic;
      costs.fixedWriteBits[server]! += costs.serverWriteBits[at]! * traffic;
      costs.fixedWriteBits[level]! += costs.fillBits[at]! * traffic;
      costs.fixedReadBits[level]! += costs.drainBits[level]!;
    }
    return { energyPj, reads: costs.fixedReadBits.slice(), writes: costs.fixedWriteBits.slice() };
  }
}

/** Energy of the MACs, of reading every operand and of writing every output once at its home: in any mapping. */
function homePj(model: KernelModel, inputs: number): number {
  const accessPj = (tensor: number, kind: number) => {
    const { level, wordBits } = homeOf(model, tensor);
    return wordPj(model, level, wordBits, kind);
  };
  return (
    model.macEnergyPj +
    accessPj(WEIGHTS, READ) * relevantWords(model, WEIGHTS) +
    accessPj(INPUTS, READ) * inputs +
    accessPj(OUTPUTS, UPDATE) * model.outputWords
  );
}

/** Least energy of one tensor, and bits per instance, [level]. */
interface LeastTraffic {
  readonly energyPj: number;
  readonly reads: Float64Array;
  readonly writes: Float64Array;
}

/** The levels that keep a tensor, as bits. */
function patternOf(keep: Uint8Array, tensor: number): number {
  return keep.reduce((bits, tensors, level) => bits | (((tensors >> tensor) & 1) << level), 0);
}
