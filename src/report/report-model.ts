import type { AcceleratorSpecification } from '../accelerator/specification.ts';
import type { FrontPoint, NetworkFigures, TrialRecord } from '../search/ports.ts';
import type { LayerSummary, NetworkSchedule, NoteEvent, RunEvent, StartedEvent } from '../search/run-events.ts';
import {
  figuresOf,
  frontOf,
  gainOver,
  meanFigures,
  provenLayers,
  resultFigures,
  schedulesOf,
} from '../search/run-figures.ts';
import { EMPTY_RUN, type RunState, reduceRun } from '../search/run-state.ts';
import { TrifoldError } from '../util/errors.ts';
import { partTitle } from '../workload/network-part.ts';

/** The data that a report is written from. Plain JSON. */
export interface ReportInput {
  readonly title: string;
  /** The folder of the run, as it was named. */
  readonly folder: string;
  readonly events: readonly RunEvent[];
  /** The run's settings as the user would write them. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The command that repeats the run. */
  readonly commandLine: string;
  /** Version of the program that ran. */
  readonly version: string;
}

/** A trial with a score. */
export interface ScoredTrial {
  readonly trial: number;
  readonly generation: number;
  /** EDP relative to the baseline with optimal mappings, geometric mean over the networks. */
  readonly score: number;
  /** Geometric means over the networks. */
  readonly energyPj: number;
  readonly cycles: number;
  readonly areaMm2: number;
  /** Least score up to and including this trial. */
  readonly bestScore: number;
}

/** Names of the two baselines. */
export const BASELINE_NAMES = {
  published: 'Baseline, published dataflow',
  optimal: 'Baseline, optimal mappings',
} as const;

/** One network under the result and both baselines; null where the run does not say. */
export interface NetworkComparison {
  readonly network: string;
  readonly result: NetworkFigures | null;
  readonly published: NetworkFigures | null;
  readonly optimal: NetworkFigures | null;
}

/** The content of a report on a run, finished or not. */
export interface ReportModel
  extends Pick<
    RunState,
    'best' | 'published' | 'optimal' | 'searched' | 'generations' | 'accuracyFront' | 'correlations' | 'counters'
  > {
  readonly input: ReportInput;
  readonly started: StartedEvent;
  /** Reason of the end of the run; null if its journal has none. */
  readonly reason: string | null;
  /** The accelerator that the figures belong to; null when nobody said. */
  readonly specification: AcceleratorSpecification | null;
  /** Its area on chip in mm^2; null where none is stated. */
  readonly areaMm2: number | null;
  readonly networks: readonly NetworkComparison[];
  /** Baseline EDP / result EDP, geometric mean over the networks; null without that baseline or a result. */
  readonly improvement: { readonly published: number | null; readonly optimal: number | null };
  readonly layers: readonly LayerSummary[];
  /** What stays on chip between layers, by network; empty where the run does not say. */
  readonly schedules: readonly NetworkSchedule[];
  /** Every trial, in order. */
  readonly trials: readonly TrialRecord[];
  readonly scored: readonly ScoredTrial[];
  readonly front: readonly FrontPoint[];
  readonly elapsedSeconds: number | null;
  /** What the figures leave out, in sentences. */
  readonly notModelled: readonly string[];
  /** Those that stay true when the run has ended. */
  readonly notes: readonly NoteEvent[];
}

/** Reads a run from its events. @throws TrifoldError `foreign` if no event says what was searched */
export function reportModel(input: ReportInput): ReportModel {
  const run = input.events.reduce<RunState>(reduceRun, EMPTY_RUN);
  const { started, finished, best, published, optimal } = run;
  if (started === null)
    throw new TrifoldError('foreign', 'these events have no start of a run', { hint: 'is this the journal of a run?' });
  const results = resultFigures(run);
  const names = [...new Set([...started.networks.map(({ name }) => name), ...results.map(({ network }) => network)])];
  const trials = run.generations.flatMap((event) => event.trials);
  const of = (figures: readonly NetworkFigures[] | undefined, network: string) =>
    figuresOf(figures ?? [], network, started.space !== undefined);
  return {
    ...run,
    input,
    started,
    reason: finished?.reason ?? null,
    notModelled: finished?.notModelled ?? [],
    specification: best?.specification ?? started.specification ?? null,
    areaMm2: (best?.areaMm2 ?? started.areaMm2) || null,
    networks: names.map((network) => ({
      network,
      result: of(results, network),
      published: of(published?.networks, network),
      optimal: of(optimal?.networks, network),
    })),
    improvement: { published: gainOver(run, 'published'), optimal: gainOver(run, 'optimal') },
    schedules: schedulesOf(run),
    layers: run.layers.map(({ layer }) => layer),
    trials,
    scored: scoredTrials(trials),
    front: finished?.design?.front ?? frontOf(run.generations),
    elapsedSeconds: run.progress?.elapsedSeconds ?? null,
    // Notes of `map` and `design` runs that are no warnings announce the next step: of no use afterwards.
    notes: run.notes.filter(({ level }) => level === 'warning' || started.command === 'cosearch'),
  };
}

/** Layers of one network, in order. */
export function layersOfNetwork(model: ReportModel, network: string): readonly LayerSummary[] {
  return model.layers.filter((layer) => layer.network === network);
}

/** What the result of a network is of, as a title: of a `map` run the layers that it has figures of, where these are not all. */
export function resultTitle(model: ReportModel, network: string): string {
  const summary = model.started.networks.find(({ name }) => name === network);
  if (model.started.command !== 'map' || summary === undefined) return network;
  const { count } = provenLayers(layersOfNetwork(model, network));
  return partTitle(network, count, summary.layers + (summary.others?.length ?? 0));
}

function scoredTrials(trials: readonly TrialRecord[]): readonly ScoredTrial[] {
  let bestScore = Number.POSITIVE_INFINITY;
  return trials.flatMap(({ trial, generation, score, areaMm2, networks }) => {
    if (score === undefined || networks === undefined) return [];
    bestScore = Math.min(bestScore, score);
    const { energyPj, cycles } = meanFigures(networks);
    return [{ trial, generation, score, energyPj, cycles, areaMm2, bestScore }];
  });
}
