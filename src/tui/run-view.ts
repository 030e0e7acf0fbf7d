import type { AccuracyPoint } from '../search/found-network.ts';
import type { GenerationEvent, ScoredDesign, SearchCounters } from '../search/ports.ts';
import type {
  BaselineEvent,
  CorrelationEvent,
  FinishedEvent,
  LayerSummary,
  ProgressEvent,
  RunEvent,
  StartedEvent,
} from '../search/run-events.ts';
import { addDesignPoints, type DesignPoint, type DesignPoints, NO_POINTS, POINT_LIMIT } from './design-points.ts';
import { appendToSeries, type BoundedSeries, EMPTY_SERIES } from './drawing/series.ts';
import { baselineText, bestText, correlationText, finishedText, type LogEntry, searchedText } from './run-log.ts';
import { geometricMean, toDesignPoint } from './totals.ts';

/** A mapped layer with its place among the layers of the run. */
export interface LayerRow {
  readonly index: number;
  readonly layer: LayerSummary;
}

/** All that the live view knows of a run. Immutable and bounded, however long the run is. */
export interface RunView {
  readonly status: 'waiting' | 'running' | 'finished';
  /** Whether the run says that it waits. */
  readonly paused: boolean;
  /** Whether a process works on it, as far as is known. */
  readonly isCarried: boolean;
  readonly started: StartedEvent | null;
  readonly published: BaselineEvent | null;
  readonly optimal: BaselineEvent | null;
  /** The baselines as the search compared its designs with them, before all are mapped anew in the end. */
  readonly searched: { readonly published: BaselineEvent | null; readonly optimal: BaselineEvent | null };
  /** Last generation, from 0; null before the first. */
  readonly generation: number | null;
  /** Accelerators evaluated (scored, stopped early or unmappable). */
  readonly evaluated: number;
  readonly counters: SearchCounters | null;
  readonly best: ScoredDesign | null;
  /** The best design before `best`. */
  readonly previousBest: ScoredDesign | null;
  /** EDP in pJ * cycles of the best design against accelerators evaluated. */
  readonly bestEdp: BoundedSeries;
  /** Geometric mean of the EDP of a generation's scored designs against accelerators evaluated. */
  readonly meanEdp: BoundedSeries;
  readonly points: DesignPoints;
  /** Front of accuracy against EDP of a co-search, by descending accuracy; empty elsewhere. */
  readonly accuracyFront: readonly AccuracyPoint[];
  /** Pairs of figures that the run compared, their distinct points thinned to {@link POINT_LIMIT}. */
  readonly correlations: readonly CorrelationEvent[];
  /** By ascending index. */
  readonly layers: readonly LayerRow[];
  /** Layers of a `map` run in all; null when unknown. */
  readonly layerCount: number | null;
  /** Trial that `layers` belong to; null in `map` runs. */
  readonly layersTrial: number | null;
  readonly progress: ProgressEvent | null;
  /** What the run last said of its course since its last generation or layer, such as what it does after the search; null otherwise. */
  readonly doing: string | null;
  readonly finished: FinishedEvent | null;
  readonly log: readonly LogEntry[];
}

/** Most lines of the log. */
export const LOG_LIMIT = 500;

/** The view before the first event. */
export const EMPTY_VIEW: RunView = {
  status: 'waiting',
  paused: false,
  isCarried: true,
  started: null,
  published: null,
  optimal: null,
  searched: { published: null, optimal: null },
  generation: null,
  evaluated: 0,
  counters: null,
  best: null,
  previousBest: null,
  bestEdp: EMPTY_SERIES,
  meanEdp: EMPTY_SERIES,
  points: NO_POINTS,
  accuracyFront: [],
  correlations: [],
  layers: [],
  layerCount: null,
  layersTrial: null,
  progress: null,
  doing: null,
  finished: null,
  log: [],
};

/** The view after one more event. Events of a kind it does not know (a newer journal) change nothing. */
export function reduceRunView(view: RunView, event: RunEvent): RunView {
  switch (event.kind) {
    case 'started':
      return startRun(view, event);
    case 'baseline':
      return addBaseline(view, event);
    case 'generation':
      return addGeneration(view, event);
    case 'layer':
      return addLayer(view, { index: event.index, layer: event.layer }, event.count);
    case 'best-layers':
      return { ...view, layers: event.layers.map((layer, index) => ({ index, layer })), layersTrial: event.trial };
    case 'progress':
      return { ...view, progress: event };
    case 'note':
      return withLog(event.level === 'info' ? { ...view, doing: event.text } : view, event.level, event.text);
    case 'paused':
      return event.paused === view.paused
        ? view
        : withLog({ ...view, paused: event.paused }, 'info', event.paused ? 'paused' : 'goes on');
    case 'correlation':
      return addCorrelation(view, event);
    case 'finished':
      return finishRun(view, event);
    default:
      return view;
  }
}

/** The view after a process has left the run, or taken it up again. */
export function setCarried(view: RunView, isCarried: boolean): RunView {
  if (view.isCarried === isCarried || view.status === 'finished') return view;
  const next = { ...view, isCarried };
  return isCarried
    ? withLog(next, 'info', 'a process works on this run again')
    : withLog(next, 'warning', 'no process works on this run any more; trifold resume continues it');
}

/** A second `started` is the same run resumed: what the journal told before it stays. */
function startRun(view: RunView, event: StartedEvent): RunView {
  const resumed = view.started !== null;
  const names = searchedText(event);
  const text = `${resumed ? 'resumed' : 'started'} ${event.command} of ${names} by ${event.strategy}, seed ${event.seed}`;
  return withLog(
    { ...view, status: 'running', paused: false, doing: null, started: event, finished: null },
    'info',
    text,
  );
}

function addBaseline(view: RunView, event: BaselineEvent): RunView {
  const searched = event.isFinal === true ? view.searched : { ...view.searched, [event.which]: event };
  return withLog({ ...view, [event.which]: event, searched }, 'info', baselineText(event));
}

function addGeneration(view: RunView, event: GenerationEvent): RunView {
  const { counters, best, trials } = event;
  const evaluated = counters.scored + counters.stopped + counters.unmappable;
  const repeatedAfterResume = view.counters !== null && evaluated <= view.evaluated;
  if (repeatedAfterResume) return view;
  const points = trials.flatMap(trialPoint);
  const improved = best !== null && best.trial !== view.best?.trial;
  const bestEdp = best === null ? null : geometricMean(best.networks.map((network) => network.edpPjCycles));
  const next: RunView = {
    ...view,
    status: view.status === 'waiting' ? 'running' : view.status,
    paused: false,
    doing: null,
    generation: event.generation,
    evaluated,
    counters,
    best,
    previousBest: improved ? view.best : view.previousBest,
    bestEdp: bestEdp === null ? view.bestEdp : appendToSeries(view.bestEdp, { x: evaluated, y: bestEdp }, 'latest'),
    meanEdp:
      points.length === 0
        ? view.meanEdp
        : appendToSeries(
            view.meanEdp,
            { x: evaluated, y: geometricMean(points.map((point) => point.edpPjCycles)) },
            'geometric-mean',
          ),
    points: addDesignPoints(view.points, points),
    accuracyFront: event.accuracyFront ?? view.accuracyFront,
  };
  return improved && bestEdp !== null
    ? withLog(next, 'good', bestText(event.generation, best, bestEdp, next.published))
    : next;
}

function trialPoint(trial: GenerationEvent['trials'][number]): DesignPoint[] {
  const { networks, areaMm2, design, network } = trial;
  if (networks === undefined || networks.length === 0) return [];
  return [
    {
      trial: trial.trial,
      edpPjCycles: geometricMean(networks.map((network) => network.edpPjCycles)),
      energyPj: geometricMean(networks.map((network) => network.energyPj)),
      cycles: geometricMean(networks.map((network) => network.cycles)),
      areaMm2,
      design,
      top1Percent: network?.accuracy.top1Percent ?? null,
    },
  ];
}

function addLayer(view: RunView, row: LayerRow, count: number): RunView {
  const others = view.layers.filter(({ index }) => index !== row.index);
  const layers = [...others, row].sort((a, b) => a.index - b.index);
  const status = view.status === 'waiting' ? 'running' : view.status;
  return { ...view, status, layers, layerCount: count, doing: null };
}

/** A second one of the same title replaces the first: the journal may tell it again after a resume. */
function addCorrelation(view: RunView, event: CorrelationEvent): RunView {
  const distinct = [...new Map(event.points.map((point) => [point.join(), point])).values()];
  const every = Math.ceil(distinct.length / POINT_LIMIT);
  const thinned = { ...event, points: distinct.filter((_, i) => i % every === 0) };
  const others = view.correlations.filter(({ title }) => title !== event.title);
  return withLog({ ...view, correlations: [...others, thinned] }, 'info', correlationText(event));
}

function finishRun(view: RunView, event: FinishedEvent): RunView {
  const { design } = event;
  const next: RunView = {
    ...view,
    status: 'finished',
    paused: false,
    doing: null,
    finished: event,
    ...(design === null
      ? {}
      : {
          best: design.best,
          previousBest: design.best.trial === view.best?.trial ? view.previousBest : view.best,
          layers: design.layers.map((layer, index) => ({ index, layer })),
          layersTrial: design.best.trial,
          points: addDesignPoints(view.points, design.front.map(toDesignPoint)),
          accuracyFront: design.accuracyFront ?? view.accuracyFront,
        }),
  };
  return withLog(next, 'info', finishedText(event, next.published ?? next.optimal));
}

function withLog(view: RunView, level: LogEntry['level'], text: string): RunView {
  const entry = { elapsedSeconds: view.progress?.elapsedSeconds ?? null, level, text };
  return { ...view, log: [...view.log, entry].slice(-LOG_LIMIT) };
}
