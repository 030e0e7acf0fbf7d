import type { AccuracyPoint } from './found-network.ts';
import type { GenerationEvent, ScoredDesign, SearchCounters } from './ports.ts';
import type {
  BaselineEvent,
  CorrelationEvent,
  FinishedEvent,
  LayerSummary,
  NoteEvent,
  ProgressEvent,
  RunEvent,
  StartedEvent,
  WholeFigures,
} from './run-events.ts';

/** A baseline event of each kind; null until there is one. */
export interface BaselinePair {
  readonly published: BaselineEvent | null;
  readonly optimal: BaselineEvent | null;
}

/** A mapped layer with its place among the layers of the run, from 0. */
export interface LayerRow {
  readonly index: number;
  readonly layer: LayerSummary;
}

/** The events of a run so far, folded by {@link reduceRun}. Immutable. Of an event that was emitted twice the last one counts. */
export interface RunState {
  readonly status: 'waiting' | 'running' | 'finished';
  /** Whether the run says that it waits. */
  readonly paused: boolean;
  readonly started: StartedEvent | null;
  /** The baselines as mapped last. */
  readonly published: BaselineEvent | null;
  readonly optimal: BaselineEvent | null;
  /** The baselines as the search compared its designs with them, before all are mapped anew in the end. */
  readonly searched: BaselinePair;
  /** By ascending number, those up to `settled` left out. A resumed run emits those after its checkpoint again. */
  readonly generations: readonly GenerationEvent[];
  /** Number of the last generation that was dropped by {@link settleGenerations}; -1 before. */
  readonly settled: number;
  /** As of the last generation, then of the end. */
  readonly counters: SearchCounters | null;
  readonly best: ScoredDesign | null;
  /** The best design before `best`. */
  readonly previousBest: ScoredDesign | null;
  /** Front of accuracy against EDP of a co-search, by descending accuracy; empty elsewhere. */
  readonly accuracyFront: readonly AccuracyPoint[];
  /** One per title. */
  readonly correlations: readonly CorrelationEvent[];
  /** By ascending index. */
  readonly layers: readonly LayerRow[];
  /** Layers of a `map` run in all; null when unknown. */
  readonly layerCount: number | null;
  /** Trial that `layers` belong to; null in `map` runs. */
  readonly layersTrial: number | null;
  /** Figures of the network as a whole of some best design and the baselines, while the search goes on; null without. */
  readonly whole: (WholeFigures & { readonly trial: number }) | null;
  readonly progress: ProgressEvent | null;
  readonly notes: readonly NoteEvent[];
  /** The last note on the course of the run since its last generation or layer, such as what comes after the search; null otherwise. */
  readonly doing: string | null;
  readonly finished: FinishedEvent | null;
}

/** A run before its first event. */
export const EMPTY_RUN: RunState = {
  status: 'waiting',
  paused: false,
  started: null,
  published: null,
  optimal: null,
  searched: { published: null, optimal: null },
  generations: [],
  settled: -1,
  counters: null,
  best: null,
  previousBest: null,
  accuracyFront: [],
  correlations: [],
  layers: [],
  layerCount: null,
  layersTrial: null,
  whole: null,
  progress: null,
  notes: [],
  doing: null,
  finished: null,
};

/** The run after one more event. Events of a kind it does not know (a newer journal) change nothing. */
export function reduceRun<State extends RunState>(run: State, event: RunEvent): State {
  switch (event.kind) {
    case 'started':
      // A second one is the same run resumed: events before it stay.
      return { ...run, status: 'running', paused: false, doing: null, started: event, finished: null };
    case 'baseline':
      return {
        ...run,
        [event.which]: event,
        searched: event.isFinal === true ? run.searched : { ...run.searched, [event.which]: event },
      };
    case 'generation':
      return addGeneration(run, event);
    case 'layer': {
      const others = run.layers.filter(({ index }) => index !== event.index);
      const layers = [...others, { index: event.index, layer: event.layer }].sort((a, b) => a.index - b.index);
      return { ...run, status: begun(run), layers, layerCount: event.count, doing: null };
    }
    case 'best-layers':
      return {
        ...run,
        layers: rowsOf(event.layers),
        layersTrial: run.started?.command === 'map' ? null : event.trial,
        whole: event.whole === undefined ? null : { ...event.whole, trial: event.trial },
      };
    case 'found': {
      const { best, accuracyFront } = event;
      return {
        ...run,
        best,
        accuracyFront,
        previousBest: best.trial === run.best?.trial ? run.previousBest : run.best,
      };
    }
    case 'progress':
      return { ...run, progress: event };
    case 'note':
      return { ...run, notes: [...run.notes, event], doing: event.level === 'info' ? event.text : run.doing };
    case 'paused':
      return event.paused === run.paused ? run : { ...run, paused: event.paused };
    case 'correlation': {
      const byTitle = new Map([...run.correlations, event].map((one) => [one.title, one]));
      return { ...run, correlations: [...byTitle.values()] };
    }
    case 'finished':
      return finishRun(run, event);
    default:
      return run;
  }
}

/** A run without its generations but the last `kept` (>= 1), and those that were dropped: emitted again, they change nothing any more. */
export function settleGenerations<State extends RunState>(
  run: State,
  kept: number,
): { readonly run: State; readonly dropped: readonly GenerationEvent[] } {
  const dropped = run.generations.slice(0, -kept);
  const last = dropped.at(-1);
  if (last === undefined) return { run, dropped };
  return { run: { ...run, generations: run.generations.slice(-kept), settled: last.generation }, dropped };
}

function addGeneration<State extends RunState>(run: State, event: GenerationEvent): State {
  if (event.generation <= run.settled) return run;
  const place = run.generations.findLastIndex(({ generation }) => generation < event.generation) + 1;
  const isRepeated = run.generations[place]?.generation === event.generation;
  const next: State = {
    ...run,
    status: begun(run),
    paused: false,
    doing: null,
    generations: run.generations.toSpliced(place, isRepeated ? 1 : 0, event),
  };
  if (place < next.generations.length - 1 || run.finished !== null) return next;
  const { best, counters, accuracyFront = run.accuracyFront } = event;
  const isNew = best !== null && best.trial !== run.best?.trial && !isRepeated;
  return { ...next, counters, accuracyFront, best, previousBest: isNew ? run.best : run.previousBest };
}

function finishRun<State extends RunState>(run: State, event: FinishedEvent): State {
  const next: State = { ...run, status: 'finished', paused: false, doing: null, finished: event };
  const { design } = event;
  if (design === null) return next;
  const { best, counters, layers, accuracyFront = run.accuracyFront } = design;
  return {
    ...next,
    best,
    previousBest: best.trial === run.best?.trial ? run.previousBest : run.best,
    counters,
    accuracyFront,
    layers: rowsOf(layers),
    layersTrial: best.trial,
  };
}

function begun({ status }: RunState): RunState['status'] {
  return status === 'waiting' ? 'running' : status;
}

function rowsOf(layers: readonly LayerSummary[]): readonly LayerRow[] {
  return layers.map((layer, index) => ({ index, layer }));
}
