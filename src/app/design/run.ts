import { formatAccelerator } from '../../formats/accelerator-text.ts';
import type { RunEvent } from '../../search/run-events.ts';
import type { Run } from '../../study/run.ts';
import { nextRunName } from '../../study/run-names.ts';
import { openLayerPool } from '../layers/layer-pool.ts';
import { mappingFileName, mappingText } from '../map/mapping-text.ts';
import { startRunClock } from '../run/clock.ts';
import { followInterruption, isInterruption, type RunLimits, type RunListener } from '../run/listener.ts';
import { beginRun, type RunKind, type RunResult, reopenRun, tellBoth } from '../run/opening.ts';
import { announcedPauses } from '../run/pauses.ts';
import { type DesignHooks, type DesignState, type FinishedDesign, INITIAL_DESIGN_STATE, runDesign } from './design.ts';
import { openEvaluator } from './evaluators.ts';
import { frontFiles } from './front.ts';
import { type DesignInputs, type DesignRequest, designInputs, isDesignInputs, populationOf } from './inputs.ts';
import { designJson } from './json.ts';

/** Outcome of a design run that this process carried. */
export type DesignRunResult = RunResult<FinishedDesign>;

const KIND: RunKind<DesignState, DesignInputs> = {
  name: 'a design run',
  isState: isDesignState,
  isInputs: isDesignInputs,
};

/** Starts a run in a new folder: `out`, or the next free name below `runs/`. @throws TrifoldError */
export async function startDesignRun(
  request: DesignRequest,
  out: string | undefined,
  command: readonly string[],
  limits: RunLimits,
  listener: RunListener,
): Promise<DesignRunResult> {
  const inputs = designInputs(request);
  const directory = out ?? nextRunName('runs', `${request.workloads.join('+')}-${inputs.budget.name}`);
  const run = beginRun(directory, command, inputs, INITIAL_DESIGN_STATE);
  return carry(run, inputs, limits, listener);
}

/** Continues an interrupted run, or returns what a finished one said. @throws TrifoldError `foreign`, `busy`, `io` */
export async function resumeDesignRun(
  directory: string,
  limits: RunLimits,
  listener: RunListener,
): Promise<DesignRunResult> {
  const opened = reopenRun(directory, KIND, listener);
  return opened.kind === 'finished' ? opened.result : carry(opened.run, opened.inputs, limits, listener);
}

async function carry(
  run: Run<RunEvent, DesignState>,
  inputs: DesignInputs,
  limits: RunLimits,
  listener: RunListener,
): Promise<DesignRunResult> {
  try {
    return await carryOpen(run, inputs, limits, listener);
  } finally {
    run.close();
  }
}

async function carryOpen(
  run: Run<RunEvent, DesignState>,
  inputs: DesignInputs,
  limits: RunLimits,
  listener: RunListener,
): Promise<DesignRunResult> {
  const { directory } = run;
  listener.onFolder?.(directory);
  const evaluator = await openEvaluator(inputs, {
    workers: limits.workers,
    offMainThread: limits.offMainThread ?? false,
    ...(limits.caches === undefined ? {} : { cacheFolder: limits.caches.candidateFolder }),
  });
  const interruption = followInterruption(listener);
  const tell = tellBoth(run, listener);
  const whenUnpaused = announcedPauses(listener, tell);
  // Baselines and final mappings can take longer than the search: they too end when the user wants it.
  const pool = openLayerPool({
    workers: limits.workers,
    offMainThread: limits.offMainThread ?? limits.workers > 1,
    signal: interruption.signal,
    whenUnpaused,
    ...(limits.caches === undefined ? {} : { cache: limits.caches.layers }),
  });
  const { request } = inputs;
  const mappingsBefore = run.state.search?.counters.mappingsEvaluated ?? 0;
  const clock = startRunClock(request.generations * populationOf(request), mappingsBefore, limits);
  let state = run.state;
  const hooks: DesignHooks = {
    evaluator,
    pool,
    onEvent: (event) => {
      tell(event);
      const progress = clock.progressAfter(event);
      if (progress !== null) tell(progress);
    },
    onState: (next) => {
      state = next;
      run.checkpoint(next);
    },
    whenUnpaused,
    endsNow: (search) =>
      listener.isInterrupted() ? 'interrupted' : clock.endsNow(search.getState().trials, search.best?.networks),
  };
  try {
    const finished = await runDesign(inputs, run.state, hooks);
    if (finished === null) return { directory, finished, json: null };
    const json = designJson(inputs, finished);
    writeResults(run, inputs, finished);
    run.finish(state, json);
    return { directory, finished, json };
  } catch (error) {
    if (isInterruption(error, interruption.signal)) return { directory, finished: null, json: null };
    throw error;
  } finally {
    interruption.close();
    await evaluator.close();
    await pool.close();
  }
}

function writeResults(
  run: Run<RunEvent, DesignState>,
  inputs: DesignInputs,
  { best, mapped, summary }: FinishedDesign,
): void {
  run.writeResult('accelerator.yaml', formatAccelerator(best.specification));
  for (const { name, text } of frontFiles(summary.front, inputs.template)) run.writeResult(name, text);
  const { workloads, budget, seed, batch } = inputs.request;
  const source = `trifold design ${workloads.join(' ')} --budget ${budget} --seed ${seed}`;
  for (const { report } of mapped)
    run.writeResult(mappingFileName(report.network.name), mappingText(report, source, batch));
}

function isDesignState(value: unknown): value is DesignState {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'design' && 'baselines' in value
  );
}
