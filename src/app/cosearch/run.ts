import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { formatWorkload } from '../../formats/workload/workload-writer.ts';
import { openNetworkPool } from '../../parallel/network-task.ts';
import { accuracyFloorAdvice } from '../../search/network/accuracy/accuracy-evaluator.ts';
import { frontVolume } from '../../search/network/network-front.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import type { SearchCounters } from '../../search/ports.ts';
import type { RunEvent } from '../../search/run-events.ts';
import type { Run } from '../../study/run.ts';
import { nextRunName } from '../../study/run-names.ts';
import { TrifoldError } from '../../util/errors.ts';
import { layerSummary, networkFigures } from '../explain/layer-summary.ts';
import { isProven } from '../layers/final-mapping.ts';
import { openLayerPool } from '../layers/layer-pool.ts';
import { mappingText } from '../map/mapping-text.ts';
import { startRunClock } from '../run/clock.ts';
import { followInterruption, isInterruption, type RunLimits, type RunListener } from '../run/listener.ts';
import { beginRun, type RunKind, type RunResult, reopenRun, tellBoth } from '../run/opening.ts';
import { announcedPauses } from '../run/pauses.ts';
import { accuracySourceHash, openAccuracySource } from './accuracy-source.ts';
import { type CosearchState, gains, INITIAL_COSEARCH_STATE, runCosearch, type SearchedDesign } from './cosearch.ts';
import { cosearchFinal, type FinalMappings } from './final.ts';
import {
  COSEARCH_WORD_BITS,
  type CosearchInputs,
  type CosearchRequest,
  cosearchInputs,
  isCosearchInputs,
} from './inputs.ts';
import { cosearchJson, type FinishedCosearch, frontCsv } from './json.ts';

/** Outcome of a co-search that this process carried. */
export type CosearchRunResult = RunResult<FinishedCosearch>;

const KIND: RunKind<CosearchState, CosearchInputs> = {
  name: 'a co-search',
  isState: isCosearchState,
  isInputs: isCosearchInputs,
};

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
  const run = beginRun(directory, command, inputs, INITIAL_COSEARCH_STATE);
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
  const opened = reopenRun(directory, KIND, listener);
  if (opened.kind === 'finished') return opened.result;
  const { run, inputs } = opened;
  try {
    warnOfOtherAccuracy(inputs, listener);
  } catch (error) {
    run.close();
    throw error;
  }
  return carry(run, inputs, limits, listener);
}

/** @throws TrifoldError when the file of the accuracy evaluator cannot be read any more */
function warnOfOtherAccuracy({ request, accuracySha256 }: CosearchInputs, listener: RunListener): void {
  if (accuracySourceHash(request.accuracy) === accuracySha256) return;
  listener.onEvent({
    kind: 'note',
    level: 'warning',
    text: 'the file of the accuracy evaluator has changed since the run began: its result may differ from an uninterrupted run',
  });
}

async function carry(
  run: Run<RunEvent, CosearchState>,
  inputs: CosearchInputs,
  limits: RunLimits,
  listener: RunListener,
): Promise<CosearchRunResult> {
  const { directory } = run;
  const { request, technology } = inputs;
  listener.onFolder?.(directory);
  const interruption = followInterruption(listener);
  const { factors, nodeLimit } = request;
  const { caches } = limits;
  const threads = { workers: limits.workers, offMainThread: limits.offMainThread ?? false };
  const tell = tellBoth(run, listener);
  const whenUnpaused = announcedPauses(listener, tell);
  let close = async (): Promise<void> => {};
  try {
    const scorer = await openNetworkPool(
      { space: request.space, wordBits: COSEARCH_WORD_BITS, technology, factors, nodeLimit },
      {
        ...threads,
        signal: interruption.signal,
        whenUnpaused,
      },
    );
    const pool = openLayerPool({
      ...threads,
      signal: interruption.signal,
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
      signal: interruption.signal,
      onEvent: (event) => {
        tell(event);
        const progress = clock.progressAfter(event);
        if (progress !== null) tell(progress);
      },
      onState: (state) => run.checkpoint(state),
      whenUnpaused,
      endsNow: ({ trials, best }) => (listener.isInterrupted() ? 'interrupted' : clock.endsNow(trials, best?.networks)),
    });
    if (searched === null) return { directory, finished: null, json: null };
    tell({ kind: 'note', level: 'info', text: 'now the mappings of the best design, without limits' });
    const finished = finish(inputs, searched, await cosearchFinal(inputs, searched.best, pool));
    tell({ kind: 'best-layers', trial: finished.best.trial, layers: finished.summary.layers });
    const networks = [networkFigures(finished.final.report)];
    tell({ kind: 'finished', reason: finished.reason, design: finished.summary, networks });
    const json = cosearchJson(inputs, finished);
    writeResults(run, inputs, finished);
    run.finish(searched.state, json);
    return { directory, finished, json };
  } catch (error) {
    if (isInterruption(error, interruption.signal)) return { directory, finished: null, json: null };
    throw error;
  } finally {
    interruption.close();
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
  const where = request.budget === undefined ? `--accelerator ${request.accelerator}` : `--budget ${request.budget}`;
  const source = `trifold cosearch --space ${request.space} ${where} --seed ${request.seed}`;
  run.writeResult('accelerator.yaml', formatAccelerator(best.specification));
  run.writeResult('network.yaml', formatWorkload(final.report.network));
  run.writeResult('mapping.yaml', mappingText(final.report, source, 1));
  run.writeResult('front.csv', frontCsv(front));
}

function isCosearchState(value: unknown): value is CosearchState {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'cosearch' && 'answers' in value
  );
}
