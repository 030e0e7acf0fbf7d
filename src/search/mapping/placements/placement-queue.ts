import { C, G, INPUTS, K, type KernelModel, OUTPUTS, R, S, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { BoundHeap } from '../bounds/bound-heap.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { portCycles } from '../bounds/port-cycles.ts';
import { addTensorCosts, clearCosts, emptyCosts, type TransferCosts } from '../bounds/transfer-costs.ts';
import type { Mapspace } from '../mapspace.ts';
import { withoutMirrorImages } from '../space/mirrored-choices.ts';
import type { SpatialChoice } from '../space/spatial-choices.ts';
import { leastCycles, touchedInputs } from './placement-compiler.ts';

/** One (kept tensors, spatial bounds) pair with a cheap bound: every word crosses every transfer once. */
export interface Candidate {
  readonly keep: Uint8Array;
  readonly choice: SpatialChoice;
  readonly bound: number;
  /** Least cycles. */
  readonly cycles: number;
}

/** A spatial choice with a bound from its parallelism, the MACs and every word crossing the outermost level once. */
interface OpenChoice {
  readonly choice: SpatialChoice;
  readonly computeCycles: number;
  readonly bound: number;
}

/**
 * All placements of a mapspace, one of two that mirror each other, in the order of their bounds; those beyond the limits or the cutoff are left out. A spatial choice is opened when
 * the bound from its parallelism is the least of all that are left, which most never are.
 */
export class Candidates {
  readonly #mapspace: Mapspace;
  readonly #incumbent: Incumbent;
  readonly #choices: readonly OpenChoice[];
  #nextChoice = 0;
  readonly #opened: Candidate[] = [];
  readonly #heap = new BoundHeap();
  readonly #inputs: number;
  readonly #patterns: readonly (readonly number[])[];
  /** Room for the costs of one tensor. */
  readonly #costs: TransferCosts;

  constructor(mapspace: Mapspace, incumbent: Incumbent) {
    const { model, keepChoices } = mapspace;
    this.#mapspace = mapspace;
    this.#costs = emptyCosts(model);
    this.#incumbent = incumbent;
    this.#inputs = touchedInputs(model);
    this.#patterns = keepChoices.map((keep) => Array.from({ length: TENSOR_COUNT }, (_, t) => patternOf(keep, t)));
    const energyPj = outermostPj(model, this.#inputs);
    this.#choices = withoutMirrorImages(mapspace)
      .map((choice): OpenChoice => {
        const computeCycles = leastCycles(model, choice.bounds);
        return { choice, computeCycles, bound: incumbent.bound(energyPj, computeCycles) };
      })
      .sort((a, b) => a.bound - b.bound);
  }

  /** Least bound of those left; infinite when none is. */
  get leastBound(): number {
    this.#open();
    return this.#heap.leastBound;
  }

  /** Takes the candidate with the least bound. @returns null when none is left */
  pop(): Candidate | null {
    this.#open();
    return this.#opened[this.#heap.pop()] ?? null;
  }

  /** Counts all that are left as cut. */
  cutRest(): void {
    const { counts } = this.#incumbent;
    const unopened = (this.#choices.length - this.#nextChoice) * this.#mapspace.keepChoices.length;
    counts.nodes += unopened;
    counts.cut += unopened + this.#heap.size;
  }

  /** Opens spatial choices until none left closed can hold a candidate with a smaller bound. */
  #open(): void {
    for (;;) {
      const next = this.#choices[this.#nextChoice];
      if (next === undefined || next.bound > this.#heap.leastBound) return;
      this.#nextChoice++;
      if (this.#incumbent.isBetter(next.bound)) this.#list(next);
      else this.#countCut(this.#mapspace.keepChoices.length);
    }
  }

  #countCut(candidates: number): void {
    this.#incumbent.counts.nodes += candidates;
    this.#incumbent.counts.cut += candidates;
  }

  #list({ choice, computeCycles }: OpenChoice): void {
    const { model, keepChoices } = this.#mapspace;
    const incumbent = this.#incumbent;
    const levels = model.levelCount;
    const reads = new Float64Array(levels);
    const writes = new Float64Array(levels);
    const shares = new Map<number, LeastShare>();
    const shareOf = (keep: Uint8Array, pattern: number, t: number): LeastShare => {
      const key = pattern * TENSOR_COUNT + t;
      const known = shares.get(key);
      if (known !== undefined) return known;
      const share = this.#leastShare(choice.bounds, keep, t);
      shares.set(key, share);
      return share;
    };
    for (const [index, keep] of keepChoices.entries()) {
      let energyPj = model.macEnergyPj;
      reads.fill(0);
      writes.fill(0);
      for (let t = 0; t < TENSOR_COUNT; t++) {
        const share = shareOf(keep, this.#patterns[index]![t]!, t);
        energyPj += share.energyPj;
        for (let level = 0; level < levels; level++) {
          reads[level]! += share.reads[level]!;
          writes[level]! += share.writes[level]!;
        }
      }
      const cycles = Math.max(computeCycles, portCycles(model, reads, writes));
      const bound = incumbent.bound(energyPj, cycles);
      if (incumbent.isBetter(bound)) {
        incumbent.counts.nodes++;
        this.#heap.push(this.#opened.length, bound);
        this.#opened.push({ keep, choice, bound, cycles });
      } else this.#countCut(1);
    }
  }

  #leastShare(spatial: Float64Array, keep: Uint8Array, t: number): LeastShare {
    const { model, factors } = this.#mapspace;
    const costs = this.#costs;
    clearCosts(costs);
    addTensorCosts(costs, model, spatial, keep, t, factors);
    const traffic = t === INPUTS ? this.#inputs : 1;
    let energyPj = costs.fixedPj;
    for (let level = 1; level < model.levelCount; level++) {
      const at = level * TENSOR_COUNT + t;
      const server = costs.server[at]!;
      energyPj += costs.energyPj[at]! * traffic;
      costs.fixedReadBits[server]! += costs.serverReadBits[at]! * traffic;
      costs.fixedWriteBits[server]! += costs.serverWriteBits[at]! * traffic;
      costs.fixedWriteBits[level]! += costs.fillBits[at]! * traffic;
    }
    return { energyPj, reads: costs.fixedReadBits.slice(), writes: costs.fixedWriteBits.slice() };
  }
}

/** Energy of the MACs, of reading every operand and of writing every output once at the outermost level: in any mapping. */
function outermostPj(model: KernelModel, inputs: number): number {
  const pj = (t: number, kind: number) =>
    (model.accessPj[kind]! * model.wordBitsOf[t]!) / (model.blockWords[0]! * model.levelWordBits[0]!);
  let weights = 1;
  for (const d of [G, K, C, R, S]) weights *= model.bounds[d]!;
  return model.macEnergyPj + pj(WEIGHTS, 0) * weights + pj(INPUTS, 0) * inputs + pj(OUTPUTS, 2) * model.outputWords;
}

/** Least energy and bits per instance of one tensor. */
interface LeastShare {
  readonly energyPj: number;
  readonly reads: Float64Array;
  readonly writes: Float64Array;
}

/** The levels that keep a tensor, as bits. */
function patternOf(keep: Uint8Array, tensor: number): number {
  return keep.reduce((bits, tensors, level) => bits | (((tensors >> tensor) & 1) << level), 0);
}
