import { formatAccelerator } from '../formats/accelerator-text.ts';
import { formatMappings } from '../formats/mapping.ts';
import { formatWorkload } from '../formats/workload-writer.ts';
import { openNetworkPool } from '../parallel/network-task.ts';
import { accuracyFloorAdvice } from '../search/network/accuracy.ts';
import { frontVolume } from '../search/network/network-front.ts';
import { findNetworkSpace } from '../search/network/spaces.ts';
import type { SearchCounters } from '../search/ports.ts';
import type { RunEvent } from '../search/run-events.ts';
import { createRun, openRun, type Run } from '../study/run.ts';
import { nextRunName } from '../study/run-names.ts';
import { TrifoldError } from '../util/errors.ts';
import { accuracySourceHash, openAccuracySource } from './accuracy-source.ts';
import { type CosearchState, gains, INITIAL_COSEARCH_STATE, runCosearch, type SearchedDesign } from './cosearch.ts';
import { cosearchFinal, type FinalMappings } from './cosearch-final.ts';
import {
  COSEARCH_WORD_BITS,
  type CosearchInputs,
  type CosearchRequest,
  cosearchInputs,
  isCosearchInputs,
} from './cosearch-inputs.ts';
import { cosearchJson, type FinishedCosearch, frontCsv, isProven } from './cosearch-json.ts';
import { isRunEvent, type RunLimits, type RunListener } from './design-run.ts';
import { openLayerPool } from './layer-pool.ts';
import { layerSummary, networkFigures } from './layer-summary.ts';
import { packageVersion } from './library.ts';
import { announcedPauses } from './pauses.ts';
import { startRunClock } from './run-clock.ts';

/** Outcome of a co-search that this process carried. */
export interface CosearchRunResult {
  readonly directory: string;
  /** Null when it was interrupted, and when the run was finished already. */
  readonly finished: FinishedCosearch | null;
  /** The document of `--json`; null when interrupted. */
  readonly json: unknown;
}

/** Starts a run in a new folder: `out`, or the next free name below `runs/`. @throws TrifoldError */
export async function startCosearchRun(
  request: CosearchRequest,
  out: string | undefined,
  command: readonly string[],
  limits: RunLimits,
  listener: RunListener,
): Promise<CosearchRunResult> {
  const inputs = cosearchInputs(request);
  checkFloor(request);
  const where = inputs.budget?.name ?? inputs.template.name;
  const directory = out ?? nextRunName('runs', `${request.space}-${where}`);
  const run = createRun<RunEvent, CosearchState>(directory, {
    packageVersion: packageVersion(),
    command,
    seed: request.seed,
    configuration: inputs,
    state: INITIAL_COSEARCH_STATE,
  });
  return carry(run, inputs, limits, listener);
}

/** @throws TrifoldError `infeasible` when no network can reach the floor; whatever opening the evaluator throws */
function checkFloor({ accuracy, space, floorPercent }: CosearchRequest): void {
  const { limits } = openAccuracySource(accuracy, findNetworkSpace(space));
  if (floorPercent === null) return;
  const advice = accuracyFloorAdvice(limits, floorPercent);
  if (advice.level === 'unreachable') throw new TrifoldError('infeasible', advice.message);
}

/** Continues an interrupted run, or returns what a finished one said. @throws TrifoldError `foreign`, `busy`, `io` */
export async function resumeCosearchRun(
  directory: string,
  limits: RunLimits,
  listener: RunListener,
): Promise<CosearchRunResult> {
  const run = openRun<RunEvent, CosearchState>(
    directory,
    { isEvent: isRunEvent, isState: isCosearchState },
    packageVersion(),
  );
  const inputs = run.description.configuration;
  const json = run.summary;
  if (json !== undefined || !isCosearchInputs(inputs)) {
    run.close();
    if (json !== undefined) return { directory, finished: null, json };
    throw new TrifoldError('foreign', `${directory} is not a co-search`);
  }
  for (const { message } of run.warnings) listener.onEvent({ kind: 'note', level: 'warning', text: message });
  if (accuracySourceHash(inputs.request.accuracy) !== inputs.accuracySha256)
    listener.onEvent({
      kind: 'note',
      level: 'warning',
      text: 'the file of the accuracy evaluator has changed since the run began: its result may differ from an uninterrupted run',
    });
  for (const event of run.events) listener.onEvent(event);
  return carry(run, inputs, limits, listener);
}

/** How often a run looks whether the user wants it to end. */
const INTERRUPT_POLL_MS = 50;

async function carry(
  run: Run<RunEvent, CosearchState>,
  inputs: CosearchInputs,
  limits: RunLimits,
  listener: RunListener,
): Promise<CosearchRunResult> {
  const { directory } = run;
  const { request, technology } = inputs;
  listener.onFolder?.(directory);
  const end = new AbortController();
  const poll = setInterval(() => {
    if (listener.isInterrupted()) end.abort();
  }, INTERRUPT_POLL_MS);
  const { factors, nodeLimit } = request;
  const { caches } = limits;
  const threads = { workers: limits.workers, offMainThread: limits.offMainThread ?? false };
  const emit = (event: RunEvent): void => {
    run.append(event);
    listener.onEvent(event);
  };
  const whenUnpaused = announcedPauses(listener, emit);
  let close = async (): Promise<void> => {};
  try {
    const scorer = await openNetworkPool(
      { space: request.space, wordBits: COSEARCH_WORD_BITS, technology, factors, nodeLimit },
      {
        ...threads,
        signal: end.signal,
        whenUnpaused,
      },
    );
    const pool = openLayerPool({
      ...threads,
      signal: end.signal,
      whenUnpaused,
      ...(caches === undefined ? {} : { cache: caches.layers }),
    });
    close = async () => {
      await scorer.close();
      await pool.close();
    };
    const planned = request.generations * request.populationSize;
    const clock = startRunClock(planned, countersOf(run.state)?.mappingsEvaluated ?? 0, limits);
    const searched = await runCosearch(inputs, run.state, {
      scorer,
      pool,
      signal: end.signal,
      onEvent: (event) => {
        emit(event);
        const progress = clock.progressAfter(event);
        if (progress !== null) emit(progress);
      },
      onState: (state) => run.checkpoint(state),
      whenUnpaused,
      endsNow: ({ trials, best }) => (listener.isInterrupted() ? 'interrupted' : clock.endsNow(trials, best?.networks)),
    });
    if (searched === null) return { directory, finished: null, json: null };
    emit({ kind: 'note', level: 'info', text: 'now the mappings of the best design, without limits' });
    const finished = finish(inputs, searched, await cosearchFinal(inputs, searched.best, pool));
    emit({ kind: 'best-layers', trial: finished.best.trial, layers: finished.summary.layers });
    const networks = [networkFigures(finished.final.report)];
    emit({ kind: 'finished', reason: finished.reason, design: finished.summary, networks });
    const json = cosearchJson(inputs, finished);
    writeResults(run, inputs, finished);
    run.finish(searched.state, json);
    return { directory, finished, json };
  } catch (error) {
    if (end.signal.aborted) return { directory, finished: null, json: null };
    throw error;
  } finally {
    clearInterval(poll);
    await close();
    run.close();
  }
}

function finish(
  inputs: CosearchInputs,
  searched: SearchedDesign,
  { found, reference }: FinalMappings,
): FinishedCosearch {
  const { best, front, baselines, context } = searched;
  const { report } = found;
  const against = gains(baselines, networkFigures(reference.report), networkFigures(report));
  const { search } = searched.state;
  const reached = best.network?.accuracy.reportedTop1Percent;
  const known = inputs.reference.top1Percent;
  return {
    ...searched,
    final: found,
    finalReference: networkFigures(reference.report),
    gains: against,
    gainedPoints: known === null || reached === undefined ? null : reached - known,
    hypervolume: frontVolume(front, context.corner),
    corner: { top1Percent: context.corner.accuracy, edpPjCycles: context.corner.cost },
    summary: {
      best,
      improvement: { published: against.published ?? against.optimal, optimal: against.optimal },
      layers: report.layers.map((layer, i) => layerSummary(report, layer, isProven(found, i))),
      front: search?.kind === 'nested-search' ? search.search.front : [],
      accuracyFront: front,
      counters: countersOf(searched.state)!,
    },
  };
}

function countersOf({ search }: CosearchState): SearchCounters | undefined {
  return search?.kind === 'nested-search' ? search.search.counters : search?.counters;
}

function writeResults(
  run: Run<RunEvent, CosearchState>,
  { request }: CosearchInputs,
  { best, final, front }: FinishedCosearch,
): void {
  const { network, accelerator, layers } = final.report;
  const where = request.budget === undefined ? `--accelerator ${request.accelerator}` : `--budget ${request.budget}`;
  const source = `trifold cosearch --space ${request.space} ${where} --seed ${request.seed}`;
  run.writeResult('accelerator.yaml', formatAccelerator(best.specification));
  run.writeResult('network.yaml', formatWorkload(network));
  run.writeResult(
    'mapping.yaml',
    formatMappings(
      { name: `${network.name}-on-${accelerator.name}`, source, accelerator, workload: network.name, batch: 1 },
      layers.map(({ layer, mapping }) => ({ layer: layer.name, mapping })),
    ),
  );
  run.writeResult('front.csv', frontCsv(front));
}

function isCosearchState(value: unknown): value is CosearchState {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'cosearch' && 'answers' in value
  );
}
