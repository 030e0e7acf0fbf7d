import type { Objective } from '../objective.ts';

/** Hard limits on the figures of a layer. */
export interface FigureLimits {
  readonly maxEnergyPj?: number;
  readonly maxCycles?: number;
}

/** Work done by a search. */
export interface SearchCounts {
  /** Partial mappings bounded. */
  nodes: number;
  /** Of them, cut by their bound, with everything inside. */
  cut: number;
  /** Complete mappings scored by the cost model. */
  evaluations: number;
}

/** The best value so far, and the test that every bound must pass. */
export class Incumbent {
  /** Best value found, or the cutoff from outside. */
  value: number;
  readonly counts: SearchCounts = { nodes: 0, cut: 0, evaluations: 0 };
  /** Whether some bound was finite but for the limits. */
  isLimited = false;
  readonly #objective: Objective;
  readonly #limits: FigureLimits;
  readonly #leakagePj: number;
  readonly #boundScale: number;
  readonly #shouldStop: () => boolean;
  readonly #nodeLimit: number;
  #nextPoll = 0;
  #stopped = false;
  /** Least bound among the nodes under way at the outermost level. */
  openBound = 0;
  /** Least bound of what was left untried on purpose. */
  leftOpen = Number.POSITIVE_INFINITY;

  constructor(options: {
    readonly objective: Objective;
    readonly limits: FigureLimits;
    readonly cutoff: number;
    readonly leakagePjPerCycle: number;
    readonly boundScale: number;
    readonly shouldStop: () => boolean;
    readonly nodeLimit: number;
  }) {
    this.value = options.cutoff;
    this.#objective = options.objective;
    this.#limits = options.limits;
    this.#leakagePj = options.leakagePjPerCycle;
    this.#boundScale = options.boundScale;
    this.#shouldStop = options.shouldStop;
    this.#nodeLimit = options.nodeLimit;
  }

  /** Bound of the objective from bounds of the dynamic energy and of the cycles; infinite beyond the limits. */
  bound(dynamicPj: number, cycles: number): number {
    const energyPj = dynamicPj + this.#leakagePj * cycles;
    return this.objectiveOf(energyPj, cycles) * this.#boundScale;
  }

  /** Value of a mapping with these figures; infinite beyond the limits. */
  objectiveOf(energyPj: number, cycles: number): number {
    const { maxEnergyPj, maxCycles } = this.#limits;
    if (
      (maxEnergyPj !== undefined && energyPj * ROUNDING > maxEnergyPj) ||
      (maxCycles !== undefined && cycles > maxCycles)
    ) {
      this.isLimited = true;
      return Number.POSITIVE_INFINITY;
    }
    return this.#objective.value(energyPj, cycles);
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

  /** Polls the limits; the answer stays true. */
  isStopped(): boolean {
    if (this.#stopped || this.counts.nodes < this.#nextPoll) return this.#stopped;
    this.#nextPoll = this.counts.nodes + POLL_NODES;
    this.#stopped = this.counts.nodes >= this.#nodeLimit || this.#shouldStop();
    return this.#stopped;
  }
}

/** Nodes between two polls. */
const POLL_NODES = 1024;
/** Sums in another order may differ by this much. */
const ROUNDING = 1 - 1e-12;
