import type { AcceleratorSpecification } from '../accelerator/specification.ts';
import type { AccuracyPoint } from '../search/found-network.ts';
import type { FrontPoint, NetworkFigures, ScoredDesign, SearchCounters, TrialRecord } from '../search/ports.ts';
import type { BaselineEvent, CorrelationEvent, LayerSummary, RunEvent, StartedEvent } from '../search/run-events.ts';
import { TrifoldError } from '../util/errors.ts';

/** Everything a report is made of. Plain JSON. */
export interface ReportInput {
  readonly title: string;
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

/** What the two baselines are called. */
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

/** What a run's events amount to. */
export interface ReportModel {
  readonly input: ReportInput;
  readonly started: StartedEvent;
  /** Why the run ended; null if its journal has no end. */
  readonly reason: string | null;
  readonly best: ScoredDesign | null;
  /** The accelerator that the figures belong to; null when nobody said. */
  readonly specification: AcceleratorSpecification | null;
  readonly published: BaselineEvent | null;
  readonly optimal: BaselineEvent | null;
  /** The baselines as the search compared its designs with them, before all are mapped anew in the end. */
  readonly searched: { readonly published: BaselineEvent | null; readonly optimal: BaselineEvent | null };
  readonly networks: readonly NetworkComparison[];
  /** Baseline EDP / result EDP, geometric mean over the networks; null without that baseline or a result. */
  readonly improvement: { readonly published: number | null; readonly optimal: number | null };
  readonly layers: readonly LayerSummary[];
  /** Every trial, in order. */
  readonly trials: readonly TrialRecord[];
  readonly scored: readonly ScoredTrial[];
  readonly front: readonly FrontPoint[];
  /** Front of accuracy against EDP, by descending accuracy; empty where networks are given. */
  readonly accuracyFront: readonly AccuracyPoint[];
  readonly correlations: readonly CorrelationEvent[];
  readonly counters: SearchCounters | null;
  readonly generations: number;
  readonly elapsedSeconds: number | null;
  /** Those that stay true when the run has ended. */
  readonly notes: readonly { readonly level: 'info' | 'warning'; readonly text: string }[];
}

/**
 * Reads a run from its events, finished or not: what an unfinished run lacks is taken from its last generation.
 * @throws TrifoldError `foreign` if no event says what was searched
 */
export function reportModel(input: ReportInput): ReportModel {
  const { events } = input;
  const started = events.find((event) => event.kind === 'started');
  if (started === undefined)
    throw new TrifoldError('foreign', 'these events have no start of a run', { hint: 'is this the journal of a run?' });
  const finished = events.findLast((event) => event.kind === 'finished') ?? null;
  // A run that was resumed may have told a generation twice: the later one counts.
  const byGeneration = new Map(
    events.flatMap((event) => (event.kind === 'generation' ? [[event.generation, event] as const] : [])),
  );
  const generations = [...byGeneration.values()].sort((a, b) => a.generation - b.generation);
  const last = generations.at(-1);
  const best = finished?.design?.best ?? last?.best ?? null;
  const baselines = events.filter((event) => event.kind === 'baseline');
  const baseline = (which: BaselineEvent['which'], from: readonly BaselineEvent[] = baselines) =>
    from.findLast((event) => event.which === which) ?? null;
  const published = baseline('published');
  const optimal = baseline('optimal');
  const atSearch = baselines.filter(({ isFinal }) => isFinal !== true);
  const layers = layersOf(events, finished?.design?.layers);
  const results = resultsOf(finished?.networks ?? [], best, layers);
  const names = [...new Set([...started.networks.map(({ name }) => name), ...results.map(({ network }) => network)])];
  const networks = names.map((network): NetworkComparison => {
    // A co-search has found its network in place of the baseline's, whose name is another.
    const of = (figures: readonly NetworkFigures[] | undefined) =>
      figures?.find((candidate) => candidate.network === network) ??
      (started.space !== undefined && figures?.length === 1 ? figures[0]! : null);
    return { network, result: of(results), published: of(published?.networks), optimal: of(optimal?.networks) };
  });
  const trials = generations.flatMap((event) => event.trials);
  const told = finished?.design?.improvement;
  const progress = events.findLast((event) => event.kind === 'progress');
  return {
    input,
    started,
    reason: finished?.reason ?? null,
    best,
    specification: best?.specification ?? started.specification ?? null,
    published,
    optimal,
    searched: { published: baseline('published', atSearch), optimal: baseline('optimal', atSearch) },
    networks,
    improvement: {
      published: published === null ? null : (told?.published ?? improvementOver(networks, 'published')),
      optimal: optimal === null ? null : (told?.optimal ?? improvementOver(networks, 'optimal')),
    },
    layers,
    trials,
    scored: scoredTrials(trials),
    front: finished?.design?.front ?? frontOf(trials),
    accuracyFront: finished?.design?.accuracyFront ?? last?.accuracyFront ?? [],
    correlations: correlationsOf(events),
    counters: finished?.design?.counters ?? last?.counters ?? null,
    generations: generations.length,
    elapsedSeconds: progress?.elapsedSeconds ?? null,
    notes: notesOf(events, started),
  };
}

/** Notes of `map` and `design` runs that are no warnings tell what such a run does next: of no use afterwards. */
function notesOf(events: readonly RunEvent[], { command }: StartedEvent): ReportModel['notes'] {
  return events.flatMap((event) =>
    event.kind === 'note' && (event.level === 'warning' || command === 'cosearch')
      ? [{ level: event.level, text: event.text }]
      : [],
  );
}

/** Geometric mean of positive values; NaN for none. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Layers of one network, in order. */
export function layersOfNetwork(model: ReportModel, network: string): readonly LayerSummary[] {
  return model.layers.filter((layer) => layer.network === network);
}

function layersOf(events: readonly RunEvent[], final: readonly LayerSummary[] | undefined): readonly LayerSummary[] {
  if (final !== undefined) return final;
  const best = events.findLast((event) => event.kind === 'best-layers');
  if (best !== undefined) return best.layers;
  const byIndex = new Map(
    events.flatMap((event) => (event.kind === 'layer' ? [[event.index, event.layer] as const] : [])),
  );
  return [...byIndex].sort(([a], [b]) => a - b).map(([, layer]) => layer);
}

/** One per title: a run that was resumed may have told one twice. */
function correlationsOf(events: readonly RunEvent[]): readonly CorrelationEvent[] {
  const byTitle = new Map(
    events.flatMap((event) => (event.kind === 'correlation' ? [[event.title, event] as const] : [])),
  );
  return [...byTitle.values()];
}

function resultsOf(
  final: readonly NetworkFigures[],
  best: ScoredDesign | null,
  layers: readonly LayerSummary[],
): readonly NetworkFigures[] {
  if (final.length > 0) return final;
  if (best !== null) return best.networks;
  const sums = new Map<string, { energyPj: number; cycles: number }>();
  for (const { network, repeat, energyPj, cycles } of layers) {
    const sum = sums.get(network) ?? { energyPj: 0, cycles: 0 };
    sums.set(network, { energyPj: sum.energyPj + repeat * energyPj, cycles: sum.cycles + repeat * cycles });
  }
  return [...sums].map(([network, { energyPj, cycles }]) => ({
    network,
    energyPj,
    cycles,
    edpPjCycles: energyPj * cycles,
  }));
}

function improvementOver(networks: readonly NetworkComparison[], which: 'published' | 'optimal'): number | null {
  const ratios = networks.map(
    (row) => (row[which]?.edpPjCycles ?? Number.NaN) / (row.result?.edpPjCycles ?? Number.NaN),
  );
  const mean = geometricMean(ratios);
  return Number.isFinite(mean) ? mean : null;
}

function scoredTrials(trials: readonly TrialRecord[]): readonly ScoredTrial[] {
  let bestScore = Number.POSITIVE_INFINITY;
  return trials.flatMap((record) => {
    if (record.score === undefined || record.networks === undefined) return [];
    bestScore = Math.min(bestScore, record.score);
    const { trial, generation, score, areaMm2, networks } = record;
    const energyPj = geometricMean(networks.map((figures) => figures.energyPj));
    const cycles = geometricMean(networks.map((figures) => figures.cycles));
    return [{ trial, generation, score, energyPj, cycles, areaMm2, bestScore }];
  });
}

/** The front of an unfinished run: scored trials that no other covers in energy, cycles and area; of equals the first. */
function frontOf(trials: readonly TrialRecord[]): readonly FrontPoint[] {
  const points = trials.flatMap(({ trial, networks, areaMm2, design }): FrontPoint[] => {
    if (networks === undefined) return [];
    const energyPj = geometricMean(networks.map((figures) => figures.energyPj));
    return [{ trial, energyPj, cycles: geometricMean(networks.map((figures) => figures.cycles)), areaMm2, design }];
  });
  const covers = (a: FrontPoint, b: FrontPoint) =>
    a.energyPj <= b.energyPj && a.cycles <= b.cycles && a.areaMm2 <= b.areaMm2;
  return points.filter(
    (point, i) => !points.some((other, j) => i !== j && covers(other, point) && (!covers(point, other) || j < i)),
  );
}
