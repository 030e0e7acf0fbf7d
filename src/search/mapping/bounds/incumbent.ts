import type { Objective } from '../objective.ts';

/** Work done by a search. */
export interface SearchCounts {
  /** Complete mappings scored by the cost model. */
  evaluations: number;
  /** Partial mappings bounded. */
  nodes: number;
  /** Of them, cut by their bound, with everything inside. */
  cut: number;
}

/** How an {@link Incumbent} starts. */
export interface IncumbentOptions {
  readonly objective: Objective;
  /** Only values below this are of interest; may be infinite. */
  readonly cutoff: number;
  /** Leakage of all instances of all levels. */
  readonly leakagePjPerCycle: number;
  /** Asked every {@link POLL_NODES} nodes. */
  readonly shouldStop: () => boolean;
  /** Nodes to bound at most; may be infinite. */
  readonly nodeLimit: number;
  /** Open tiles of the outermost level on chip up to which a placement is searched without tighter bounds; default: {@link FEW_TILES}. */
  readonly fewTiles?: number | undefined;
}

/** Value of the best complete mapping so far, and the test that every lower bound must pass. */
export class Incumbent {
  /** Best value found, or the cutoff from outside. */
  value: number;
  readonly fewTiles: number;
  readonly counts: SearchCounts = { evaluations: 0, nodes: 0, cut: 0 };
  readonly #objective: Objective;
  readonly #leakagePj: number;
  readonly #shouldStop: () => boolean;
  readonly #nodeLimit: number;
  #nextPoll = 0;
  /** Work beside nodes, in nodes; negative where nodes were cheaper than most. */
  #workBeside = 0;
  #stopped = false;
  /** Least bound among the nodes under way at the outermost level. */
  openBound = 0;
  /** Least bound of what was left untried on purpose. */
  leftOpen = Number.POSITIVE_INFINITY;

  constructor({ objective, cutoff, leakagePjPerCycle, shouldStop, nodeLimit, fewTiles }: IncumbentOptions) {
    this.fewTiles = fewTiles ?? FEW_TILES;
    this.value = cutoff;
    this.#objective = objective;
    this.#leakagePj = leakagePjPerCycle;
    this.#shouldStop = shouldStop;
    this.#nodeLimit = nodeLimit;
  }

  /** Lower bound of the objective from lower bounds of the dynamic energy and of the cycles; where one is infinite, no mapping is left. */
  bound(dynamicPj: number, cycles: number): number {
    // Infinite cycles times no leakage would be no number.
    if (dynamicPj === Number.POSITIVE_INFINITY || cycles === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return this.#objective.value(dynamicPj + this.#leakagePj * cycles, cycles);
  }

  /** Price of a cycle in pJ at which the objective gains as much by one as by the other; 0 where none is known to be of use. */
  slope(dynamicPj: number, cycles: number): number {
    if (this.#objective.isQuasiConcave !== true) return 0;
    const value = this.bound(dynamicPj, cycles);
    const perCycle = (this.bound(dynamicPj, cycles * (1 + SLOPE_STEP)) - value) / (cycles * SLOPE_STEP);
    const perPj = (this.bound(dynamicPj * (1 + SLOPE_STEP), cycles) - value) / (dynamicPj * SLOPE_STEP);
    const slope = perCycle / perPj;
    return Number.isFinite(slope) ? slope : 0;
  }

  /** Whether a value or bound is below the incumbent by more than rounding. */
  isBetter(value: number): boolean {
    return value < this.value - Math.abs(this.value === Number.POSITIVE_INFINITY ? 0 : this.value) * 1e-12;
  }

  /** Notes the bound of the node that is entered at a level. */
  open(level: number, bound: number): void {
    if (level === 0) this.openBound = bound;
  }

  /** Notes that not every mapping behind a bound is tried. */
  leaveOpen(bound: number): void {
    this.leftOpen = Math.min(this.leftOpen, bound);
  }

  /** Counts work that is no node towards the next poll, or the other way round with a negative sign; in nodes. */
  addWork(nodes: number): void {
    this.#workBeside += nodes;
  }

  /** Whether the search must end: at the limit on nodes, or when asked every {@link POLL_NODES} nodes and what takes as long. Stays true. */
  isStopped(): boolean {
    this.#stopped ||= this.counts.nodes >= this.#nodeLimit;
    const work = this.counts.nodes + this.#workBeside;
    if (this.#stopped || work < this.#nextPoll) return this.#stopped;
    this.#nextPoll = work + POLL_NODES;
    this.#stopped = this.#shouldStop();
    return this.#stopped;
  }
}

/** Open tiles from which on tighter bounds are worth their time. */
const FEW_TILES = 128;

/** Share of a figure by which it is varied for a slope. */
const SLOPE_STEP = 1e-4;

/** Nodes between two polls of the limits. */
export const POLL_NODES = 1024;
