import type { AcceleratorSpecification } from '../accelerator/specification.ts';
import type { ScheduleSummary } from '../schedule/summary.ts';
import type { AccuracyPoint, SpaceSummary } from './found-network.ts';
import type { FrontPoint, GenerationEvent, NetworkFigures, ScoredDesign, SearchCounters } from './ports.ts';

/** A network as runs name it. */
export interface NetworkSummary {
  readonly name: string;
  readonly layers: number;
  /** Names of layers of the network that the run leaves out, beside those; absent where it leaves out none. */
  readonly others?: readonly string[];
  readonly macs: number;
  readonly parameters: number;
}

/** Limits of a run on resources; absent ones do not bind. */
export interface BudgetSummary {
  readonly name: string;
  readonly processingElements: number;
  readonly onChipBits: number;
  readonly dramBytesPerSecond?: number;
  readonly bufferBytesPerCycle?: number;
  readonly areaMm2?: number;
  readonly powerMw?: number;
}

/** First event of a run: what it searches and with which settings. */
export interface StartedEvent {
  readonly kind: 'started';
  readonly command: 'map' | 'design' | 'cosearch';
  readonly name: string;
  readonly seed: number;
  readonly networks: readonly NetworkSummary[];
  /** Absent where the accelerator is searched. */
  readonly accelerator?: string;
  /** The same in full. */
  readonly specification?: AcceleratorSpecification;
  /** The area of that in mm^2 on chip; 0 where none is stated. Absent in runs of versions that did not tell it. */
  readonly areaMm2?: number;
  /** Absent where the networks are given. */
  readonly space?: SpaceSummary;
  readonly budget?: BudgetSummary;
  readonly technology?: string;
  /** naas, naas-index, sizing, random, evolution; nested, joint or exhaustive of a co-search; the mapper of a `map` run. */
  readonly strategy: string;
  readonly objective: string;
  /** Absent where the run ends by time or by itself. */
  readonly generations?: number;
  readonly populationSize?: number;
}

/** Figures of the budget's own accelerator: with its published dataflow (what papers report) or its optimal mapping (the honest one). */
export interface BaselineEvent {
  readonly kind: 'baseline';
  readonly which: 'published' | 'optimal';
  readonly accelerator: string;
  /** Name of the dataflow for `published`; null for `optimal`. */
  readonly dataflow: string | null;
  readonly networks: readonly NetworkFigures[];
  readonly areaMm2: number;
  /** Mapped anew in the end, as the best design is: takes the place of the one before. */
  readonly isFinal?: boolean;
}

/** One mapped layer with what a reader wants to see of it. */
export interface LayerSummary {
  readonly network: string;
  readonly name: string;
  readonly repeat: number;
  readonly macs: number;
  /** Of one repeat. */
  readonly cycles: number;
  readonly energyPj: number;
  readonly utilization: number;
  /** Energy of one repeat by level, MAC first, then outermost to innermost. */
  readonly energyByLevelPj: readonly { readonly name: string; readonly energyPj: number }[];
  /** Energy of one repeat by tensor, all levels. */
  readonly energyByTensorPj: { readonly Weights: number; readonly Inputs: number; readonly Outputs: number };
  /** Parts of the energy by level: of the networks below levels, and what these leak. Absent in runs of versions that did not tell them. */
  readonly wiresPj?: number;
  readonly leakagePj?: number;
  /** Part of the energy by level, of words that move beside the mapping; absent where none do. */
  readonly movesPj?: number;
  /** Terms of the maximum that the cycles are, compute first. Absent in runs of versions that knew transfers alone. */
  readonly cyclesByTerm?: readonly { readonly name: string; readonly cycles: number }[];
  /** The slowest of the terms: `compute`, a level whose transfers bind, `launch of Scratchpad`, ... */
  readonly bottleneck: string;
  /** Factor that removing the bottleneck would bring. */
  readonly bottleneckGain: number;
  /** MACs per byte at the outermost level. */
  readonly macsPerDramByte: number;
  readonly optimal: boolean;
  /** The loop nest as text; of vector operators, a line for each; of a link, what goes over it. */
  readonly loopNest: string;
  /** Whether this is no layer but all vector operators of its network, or its host link: it has no MACs and no mapping. */
  readonly isVector?: true;
}

/** A layer of a `map` run is done. */
export interface LayerEvent {
  readonly kind: 'layer';
  /** From 0. */
  readonly index: number;
  readonly count: number;
  readonly layer: LayerSummary;
}

/** The layers of the best design so far, mapped in detail. */
export interface BestLayersEvent {
  readonly kind: 'best-layers';
  readonly trial: number;
  readonly layers: readonly LayerSummary[];
  /** What the end of the run will compare, as far as it is known; absent where it is not, and in the end. */
  readonly whole?: WholeFigures;
}

/** Figures of every network as a whole, which is how final mappings are compared; the search itself adds up layers that are best alone. */
export interface WholeFigures {
  readonly networks: readonly NetworkFigures[];
  /** Of the baselines; null without a published dataflow that can be kept. */
  readonly baselines: {
    readonly published: readonly NetworkFigures[] | null;
    readonly optimal: readonly NetworkFigures[];
  };
}

/** A search has a new best design that no generation found: from before the first one, or from after the last. */
export interface FoundEvent {
  readonly kind: 'found';
  readonly best: ScoredDesign;
  /** Front of accuracy against EDP so far, by descending accuracy. */
  readonly accuracyFront: readonly AccuracyPoint[];
}

/** How fast the run goes. The only event with times; it never decides anything and is left out of comparisons between runs. */
export interface ProgressEvent {
  readonly kind: 'progress';
  readonly elapsedSeconds: number;
  /** Accelerator candidates (design) or layers (map) finished so far and in all; null when unknown. */
  readonly done: number;
  readonly total: number | null;
  readonly mappingsPerSecond: number;
  readonly remainingSeconds: number | null;
  readonly workers: number;
  /** What is under way below that: layers of a baseline, candidates of a generation, final mappings. Absent between steps. */
  readonly step?: RunStep;
}

/** A step of a run that is under way. */
export interface RunStep {
  /** E.g. `final mappings of the baseline, network as a whole`. */
  readonly text: string;
  readonly done: number;
  readonly total: number;
}

/** The user paused the run or let it go on. */
export interface PausedEvent {
  readonly kind: 'paused';
  readonly paused: boolean;
}

/** A text for the user: a warning, a repaired journal. */
export interface NoteEvent {
  readonly kind: 'note';
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/** Summary of a finished `design` run. */
export interface DesignSummary {
  readonly best: ScoredDesign;
  /** Ratio of the baseline's EDP to the design's; above 1 = better than the baseline. Geometric mean over networks. */
  readonly improvement: { readonly published: number; readonly optimal: number };
  readonly layers: readonly LayerSummary[];
  /** Energy x latency x area met on the way. */
  readonly front: readonly FrontPoint[];
  /** Accuracy against EDP, by descending accuracy; of a co-search. */
  readonly accuracyFront?: readonly AccuracyPoint[];
  readonly counters: SearchCounters;
}

/** Two figures of the same networks side by side, such as a modelled and a recorded latency. */
export interface CorrelationEvent {
  readonly kind: 'correlation';
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Rank correlations, -1 to 1. */
  readonly kendallTau: number;
  readonly spearmanRho: number;
  /** Explanations of the difference. */
  readonly notes: readonly string[];
}

/** What stays on chip between the layers of one network. */
export interface NetworkSchedule {
  readonly network: string;
  readonly schedule: ScheduleSummary;
}

/** Last event of a run. */
export interface FinishedEvent {
  readonly kind: 'finished';
  /** generations, time, evaluations, target, interrupted, exhausted, done. */
  readonly reason: string;
  /** Null for runs without a design or when nothing feasible was met. */
  readonly design: DesignSummary | null;
  /** Totals of a `map` run, or of the final design. */
  readonly networks: readonly NetworkFigures[];
  /** Schedules of these networks; absent where every layer begins and ends in the outermost level. */
  readonly schedules?: readonly NetworkSchedule[];
  /** What these figures leave out, in sentences; absent in runs of older versions. */
  readonly notModelled?: readonly string[];
}

/** One line of a run's journal, and what live views and reports are made of. Plain JSON. */
export type RunEvent =
  | StartedEvent
  | BaselineEvent
  | GenerationEvent
  | LayerEvent
  | BestLayersEvent
  | FoundEvent
  | ProgressEvent
  | NoteEvent
  | PausedEvent
  | CorrelationEvent
  | FinishedEvent;
