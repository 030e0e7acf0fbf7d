import type { ArrayDimension } from '../accelerator/accelerator.ts';
import type { AcceleratorSpecification } from '../accelerator/specification.ts';
import type { AccuracyPoint, FoundNetwork } from './found-network.ts';

/** Energy and latency of one network on one accelerator, repeats of layers included. */
export interface NetworkFigures {
  readonly network: string;
  readonly energyPj: number;
  readonly cycles: number;
  /** energyPj * cycles. */
  readonly edpPjCycles: number;
}

/** An accelerator to be scored. Plain JSON: it may travel to a worker. */
export interface CandidateTask {
  /** Number of the trial in the run, from 0; results count in this order. */
  readonly trial: number;
  readonly specification: AcceleratorSpecification;
  /** EDP of the baseline in pJ * cycles, one per network of the evaluator, that the score is relative to. */
  readonly baselineEdps: readonly number[];
  /** Stop as soon as the score is proven to lie above; null = never. */
  readonly cutoff: number | null;
}

/** Work done. Only this part of a result may depend on the number of workers: on what was remembered, and how far losers had got. */
export interface EvaluationCounters {
  /** Calls of the mapper. */
  readonly layersMapped: number;
  /** Layers whose result was remembered from an earlier call. */
  readonly layersRemembered: number;
  /** Layers that were not mapped because the candidate was stopped. */
  readonly layersSkipped: number;
  /** Complete mappings scored. */
  readonly mappingsEvaluated: number;
}

/** Result of a candidate. Plain JSON. */
export type CandidateResult =
  | {
      readonly outcome: 'scored';
      readonly trial: number;
      /** Geometric mean over the networks of EDP / EDP of the baseline. */
      readonly score: number;
      readonly networks: readonly NetworkFigures[];
      readonly counters: EvaluationCounters;
    }
  | {
      /** The score is proven to lie above the cutoff. Happens if and only if it does, however early that was seen; see also {@link EvaluationOptions}. */
      readonly outcome: 'stopped';
      readonly trial: number;
      readonly counters: EvaluationCounters;
    }
  | {
      readonly outcome: 'unmappable';
      readonly trial: number;
      readonly reason: string;
      readonly counters: EvaluationCounters;
    };

/** Says that only the best candidates matter. */
export interface KeepBest {
  /** So many; >= 1. */
  readonly count: number;
  /** Scores of candidates that are known already and count among them. */
  readonly scores: readonly number[];
}

/** How candidates are evaluated together. */
export interface EvaluationOptions {
  /**
   * Absent: every result depends on its task alone. Otherwise a candidate may also be stopped when its score is proven to lie above the
   * `count`-th best one known so far. Those that score at most that in the end, and at most their cutoff, are scored for certain;
   * what the others are said to be (scored, stopped or unmappable) may depend on the order of the work.
   */
  readonly keep?: KeepBest;
}

/** Scores candidates on a fixed list of networks, here or on other threads. */
export interface CandidateEvaluator {
  /** Results in the order of the tasks, whatever the order of the work; tasks that come first are begun first. */
  evaluateCandidates(tasks: readonly CandidateTask[], options?: EvaluationOptions): Promise<readonly CandidateResult[]>;
}

/** The parts of a design that an accelerator search decides. */
export interface Design {
  /** Product of the array sizes. */
  readonly processingElements: number;
  readonly l1BytesPerPe: number;
  readonly l2Bytes: number;
  /** Words of the global buffer per cycle, reads and writes together; null when it is not limited. */
  readonly bufferWordsPerCycle: number | null;
  /** Axes of the array with the problem dims that run in parallel on them. */
  readonly axes: readonly ArrayDimension[];
}

/** One evaluated candidate, for journals, views and reports. */
export interface TrialRecord {
  readonly trial: number;
  readonly generation: number;
  readonly design: Design;
  readonly outcome: CandidateResult['outcome'];
  /** Absent unless scored. */
  readonly score?: number;
  /** Lower bound of the score from before mapping. */
  readonly bound: number;
  /** The score lies above it; stopped candidates only. */
  readonly cutoff?: number;
  /** Absent unless scored. */
  readonly networks?: readonly NetworkFigures[];
  readonly areaMm2: number;
  /** Why it could not be mapped. */
  readonly reason?: string;
  /** Best network found for it, in a co-search; absent unless scored. */
  readonly network?: FoundNetwork;
}

/** A scored design. */
export interface ScoredDesign {
  readonly trial: number;
  readonly score: number;
  readonly design: Design;
  readonly specification: AcceleratorSpecification;
  readonly networks: readonly NetworkFigures[];
  readonly areaMm2: number;
  /** The network that belongs to it, in a co-search. */
  readonly network?: FoundNetwork;
}

/** A point of the front of energy, latency and area. */
export interface FrontPoint {
  readonly trial: number;
  /** Geometric means over the networks. */
  readonly energyPj: number;
  readonly cycles: number;
  readonly areaMm2: number;
  readonly design: Design;
}

/** Totals of a search so far. */
export interface SearchCounters extends EvaluationCounters {
  readonly scored: number;
  readonly stopped: number;
  readonly unmappable: number;
  /** Sampled designs that broke a rule and were rejected and resampled, by reason. */
  readonly rejections: Readonly<Record<string, number>>;
}

/** One generation of an accelerator search. Plain JSON. */
export interface GenerationEvent {
  readonly kind: 'generation';
  /** From 0. */
  readonly generation: number;
  readonly trials: readonly TrialRecord[];
  /** Best design so far; null before the first scored one. */
  readonly best: ScoredDesign | null;
  /** Whether this generation found it. */
  readonly improved: boolean;
  readonly frontSize: number;
  /** Front of accuracy against EDP so far, by descending accuracy; of a co-search. */
  readonly accuracyFront?: readonly AccuracyPoint[];
  /** Totals since the start. */
  readonly counters: SearchCounters;
}

/** The search cannot fill a population: (almost) nothing that it samples keeps the budget. */
export interface ExhaustedEvent {
  readonly kind: 'exhausted';
  readonly generation: number;
  readonly attempts: number;
  readonly message: string;
  readonly rejections: Readonly<Record<string, number>>;
}

/** Event of an accelerator search. */
export type AcceleratorSearchEvent = GenerationEvent | ExhaustedEvent;
