import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { TENSORS } from '../../../util/vocabulary.ts';
import { BoundQueue } from '../bounds/bound-queue.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { touchedInputs } from '../bounds/least-work.ts';
import { bitsAtPort, limitedPorts, type Port, wholeCycles } from '../bounds/limited-ports.ts';
import type { LeastTransfers } from '../bounds/placement-bound.ts';
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
import type { SpatialChoice } from '../space/spatial-choices.ts';
import { type ChoiceQueue, choiceQueue, type OpenChoice } from './choice-queue.ts';
import { KeepWalk } from './keep-walk.ts';
import type { PricedKeeps } from './priced-keeps.ts';

/** A placement with cheap lower bounds: every word crosses every transfer once. */
export interface OpenPlacement extends Placement {
  /** Of the objective. */
  readonly bound: number;
  readonly cycles: number;
  /** Absent: not known. */
  readonly least?: LeastTransfers;
}

/** A spatial choice of which the patterns of kept tensors are opened one by one. */
interface KeepCursor extends OpenChoice {
  readonly keeps: KeepWalk;
}

/** A spatial choice of which the kept tensors are opened by their energy and priced cycles; null: not yet. */
interface PricedChoice extends OpenChoice {
  readonly priced: PricedKeeps | null;
}

/** Gives all kept tensors of a spatial choice by their bounds; null where there are too many tiles to search. */
export type PriceKeeps = (choice: SpatialChoice) => PricedKeeps | null;

/**
 * All placements of a mapspace, one of two that mirror each other, in the order of their bounds; those not below the cutoff are left out. A spatial
 * choice is opened when the bound from its parallelism is the least of all that are left, which most never are; where there are many choices of kept
 * tensors, these are opened by the sum of the energies of the three tensors.
 */
export class PlacementQueue {
  readonly #mapspace: Mapspace;
  readonly #incumbent: Incumbent;
  readonly #choices: ChoiceQueue;
  readonly #cursors = new BoundQueue<KeepCursor>();
  /** Spatial choices whose kept tensors are given by priced sums; not yet priced ones are null. */
  readonly #priced = new BoundQueue<PricedChoice>();
  readonly #open = new BoundQueue<OpenPlacement>();
  readonly #ports: readonly Port[];
  readonly #touchedInputs: number;
  /** All choices of kept tensors with their patterns; null where they are many. */
  readonly #listed: readonly ListedKeep[] | null;
  /** Room for the costs of one tensor. */
  readonly #costs: TransferCosts;
  /** Of what moves beside any mapping. */
  readonly #moves: TransferCosts;
  /** Room for bits per instance, [level]. */
  readonly #reads: Float64Array;
  readonly #writes: Float64Array;

  readonly #priceKeeps: PriceKeeps | null;

  /** @param priceKeeps where given, kept tensors are opened by it */
  constructor(mapspace: Mapspace, incumbent: Incumbent, priceKeeps: PriceKeeps | null = null) {
    const { model, keeps } = mapspace;
    this.#priceKeeps = priceKeeps;
    this.#mapspace = mapspace;
    this.#costs = emptyCosts(model);
    this.#moves = emptyCosts(model);
    addMoves(this.#moves, model);
    this.#reads = new Float64Array(model.levelCount);
    this.#writes = new Float64Array(model.levelCount);
    this.#incumbent = incumbent;
    this.#ports = limitedPorts(model);
    this.#touchedInputs = touchedInputs(model);
    this.#listed = keeps.list?.map((keep) => ({ keep, patterns: TENSORS.map((_, t) => patternOf(keep, t)) })) ?? null;
    const energyPj = homePj(model, this.#touchedInputs) + this.#moves.fixedPj;
    this.#choices = choiceQueue(mapspace, (computeCycles) => incumbent.bound(energyPj, computeCycles));
  }

  /** Least bound of those left; infinite when none is. */
  get leastBound(): number {
    this.#openChoices();
    return Math.min(this.#open.leastBound, this.#choices.leastBound, this.#cursors.leastBound, this.#priced.leastBound);
  }

  /** Takes the placement with the least bound; undefined when none is left, or when the search is stopped. */
  pop(): OpenPlacement | undefined {
    this.#openChoices();
    return this.#open.pop();
  }

  /** Counts all that are left as cut. */
  cutRest(): void {
    this.#countCut(this.#choices.left * (this.#listed?.length ?? 1));
    this.#incumbent.counts.cut += this.#open.size + this.#cursors.size + this.#priced.size;
  }

  /** Opens spatial choices, and patterns of kept tensors, until none left closed can hold a placement with a smaller bound; ends when the search must. */
  #openChoices(): void {
    const incumbent = this.#incumbent;
    for (;;) {
      const ofChoice = this.#choices.leastBound;
      const ofCursor = this.#cursors.leastBound;
      const ofPriced = this.#priced.leastBound;
      const least = Math.min(ofChoice, ofCursor, ofPriced);
      if (least > this.#open.leastBound || least === Number.POSITIVE_INFINITY || incumbent.isStopped()) return;
      if (ofPriced === least) {
        this.#advancePriced(this.#priced.pop()!);
        continue;
      }
      if (ofCursor <= ofChoice) {
        this.#advance(this.#cursors.pop()!);
        continue;
      }
      const next = this.#choices.pop();
      if (next === undefined) continue;
      if (!incumbent.isBetter(next.bound)) this.#countCut(this.#listed?.length ?? 1);
      else if (this.#priceKeeps !== null) this.#openPriced(next);
      else if (this.#listed === null) this.#openKeeps(next);
      else this.#openPlacements(next, this.#listed);
    }
  }

  #countCut(placements: number): void {
    this.#incumbent.counts.nodes += placements;
    this.#incumbent.counts.cut += placements;
  }

  /** Bounds what can be kept under a spatial choice; what tensors share between patterns is made once. */
  #openPlacements({ choice, computeCycles }: OpenChoice, listed: readonly ListedKeep[]): void {
    const known = new Map<number, LeastTraffic>();
    const leastOf = (pattern: number, t: number): LeastTraffic => {
      const key = pattern * TENSOR_COUNT + t;
      const least = known.get(key) ?? this.#leastTraffic(choice, pattern, t);
      known.set(key, least);
      return least;
    };
    for (const { keep, patterns } of listed) this.#push(choice, keep, computeCycles, patterns.map(leastOf));
    this.#incumbent.addWork(known.size);
  }

  /** Orders the patterns of each tensor by their energy. */
  #openKeeps(open: OpenChoice): void {
    const { patterns } = this.#mapspace.keeps;
    const energies = patterns.map((own, t) =>
      Float64Array.from(own, (pattern) => this.#leastTraffic(open.choice, pattern, t).energyPj),
    );
    this.#incumbent.addWork(patterns.reduce((sum, { length }) => sum + length, 0));
    this.#incumbent.counts.nodes++;
    this.#pushCursor({ ...open, keeps: new KeepWalk(energies) });
  }

  #pushCursor(cursor: KeepCursor): void {
    const { leastPj } = cursor.keeps;
    const fixedPj = this.#mapspace.model.macEnergyPj + this.#moves.fixedPj;
    // The same sum in another order may be larger by rounding.
    const bound = this.#incumbent.bound((fixedPj + leastPj) * (1 - 1e-12), cursor.computeCycles);
    if (this.#incumbent.isBetter(bound)) this.#cursors.push(Math.max(bound, cursor.bound), cursor);
    else this.#incumbent.counts.cut++;
  }

  /** Bounds a spatial choice by the least energy of each tensor alone. */
  #openPriced(open: OpenChoice): void {
    const { model, keeps } = this.#mapspace;
    let energyPj = model.macEnergyPj + this.#moves.fixedPj;
    for (const [t, patterns] of keeps.patterns.entries()) {
      energyPj += Math.min(...patterns.map((pattern) => this.#leastTraffic(open.choice, pattern, t).energyPj));
      this.#incumbent.addWork(patterns.length);
    }
    this.#incumbent.counts.nodes++;
    this.#pushPriced({ ...open, priced: null }, this.#incumbent.bound(energyPj * (1 - 1e-12), open.computeCycles));
  }

  #pushPriced(own: PricedChoice, bound: number): void {
    if (this.#incumbent.isBetter(bound)) this.#priced.push(Math.max(bound, own.bound), own);
    else this.#incumbent.counts.cut++;
  }

  /** Prices the kept tensors of a spatial choice, or takes the next of them. */
  #advancePriced(own: PricedChoice): void {
    const { choice, computeCycles, bound } = own;
    if (own.priced === null) {
      const priced = this.#priceKeeps!(choice);
      if (priced === null) this.#incumbent.leaveOpen(bound);
      else this.#pushPriced({ ...own, priced }, priced.leastBound);
      return;
    }
    const next = own.priced.next();
    if (next === null) return;
    const { keep } = next;
    const atLeast = Math.max(bound, next.bound);
    this.#open.push(atLeast, {
      keep,
      choice,
      bound: atLeast,
      cycles: computeCycles,
      ...(next.hasBusyPorts ? {} : { least: next.least }),
    });
    this.#pushPriced(own, own.priced.leastBound);
  }

  /** Bounds the next patterns of a cursor. */
  #advance(cursor: KeepCursor): void {
    const { keeps } = this.#mapspace;
    const patterns = cursor.keeps.next().map((place, t) => keeps.patterns[t]![place]!);
    const least = patterns.map((pattern, t) => this.#leastTraffic(cursor.choice, pattern, t));
    this.#push(cursor.choice, keeps.keepOf(patterns), cursor.computeCycles, least);
    this.#pushCursor(cursor);
  }

  /** Bounds a placement by what each tensor takes at least, and puts it into the queue if it may be of interest. */
  #push(choice: SpatialChoice, keep: Uint8Array, computeCycles: number, tensors: readonly LeastTraffic[]): void {
    const { model } = this.#mapspace;
    const incumbent = this.#incumbent;
    let energyPj = model.macEnergyPj + this.#moves.fixedPj;
    const reads = this.#reads;
    const writes = this.#writes;
    reads.set(this.#moves.fixedReadBits);
    writes.set(this.#moves.fixedWriteBits);
    for (const least of tensors) {
      energyPj += least.energyPj;
      for (let level = 0; level < model.levelCount; level++) {
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

  /** @param pattern levels that keep the tensor, as bits */
  #leastTraffic(choice: SpatialChoice, pattern: number, t: number): LeastTraffic {
    const { model, factors, keeps } = this.#mapspace;
    const keep = keeps.keepOf(TENSORS.map((_, own) => (own === t ? pattern : 0)));
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

/** A choice of kept tensors, [level], with the levels that keep each tensor, as bits. */
interface ListedKeep {
  readonly keep: Uint8Array;
  readonly patterns: readonly number[];
}

/** The levels that keep a tensor, as bits. */
function patternOf(keep: Uint8Array, tensor: number): number {
  return keep.reduce((bits, tensors, level) => bits | (((tensors >> tensor) & 1) << level), 0);
}
