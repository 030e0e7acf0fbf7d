import { formatAccelerator } from '../formats/accelerator-text.ts';
import { formatMappings } from '../formats/mapping.ts';
import type { RunEvent } from '../search/run-events.ts';
import { createRun, openRun, type Run } from '../study/run.ts';
import { nextRunName } from '../study/run-names.ts';
import { TrifoldError } from '../util/errors.ts';
import type { MappingCaches } from './cache-folder.ts';
import { type DesignHooks, type DesignState, type FinishedDesign, INITIAL_DESIGN_STATE, runDesign } from './design.ts';
import { type DesignInputs, type DesignRequest, designInputs, isDesignInputs, populationOf } from './design-inputs.ts';
import { designJson } from './design-json.ts';
import { openEvaluator } from './evaluators.ts';
import { openLayerPool } from './layer-pool.ts';
import { packageVersion } from './library.ts';
import { announcedPauses } from './pauses.ts';
import { type ClockLimits, startRunClock } from './run-clock.ts';

/** Limits of this process; they end a run but never change its course. */
export interface RunLimits extends ClockLimits {
  /** Use a thread even for one worker, so that a live view stays responsive. */
  readonly offMainThread?: boolean;
  /** Mappings of earlier runs. */
  readonly caches?: MappingCaches;
}

/** What a caller hears of a run. */
export interface RunListener {
  readonly onEvent: (event: RunEvent) => void;
  /** Whether the user wants it to end now, with its state saved. */
  readonly isInterrupted: () => boolean;
  /** Told the run folder before anything else. */
  readonly onFolder?: (directory: string) => void;
  /** Whether the user wants the run to wait. */
  readonly isPaused?: () => boolean;
  /** Resolves when the run may go on; a pause never changes its course. */
  readonly whenUnpaused?: () => Promise<void>;
}

/** Outcome of a run that this process carried. */
export interface DesignRunResult {
  readonly directory: string;
  /** Null when it was interrupted: `trifold resume` continues it. */
  readonly finished: FinishedDesign | null;
  /** The document of `--json`; null when interrupted. */
  readonly json: unknown;
}

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
  const run = createRun<RunEvent, DesignState>(directory, {
    packageVersion: packageVersion(),
    command,
    seed: request.seed,
    configuration: inputs,
    state: INITIAL_DESIGN_STATE,
  });
  return carry(run, inputs, limits, listener);
}

/** Continues an interrupted run, or returns what a finished one said. @throws TrifoldError `foreign`, `busy`, `io` */
export async function resumeDesignRun(
  directory: string,
  limits: RunLimits,
  listener: RunListener,
): Promise<DesignRunResult> {
  const run = openRun<RunEvent, DesignState>(
    directory,
    { isEvent: isRunEvent, isState: isDesignState },
    packageVersion(),
  );
  if (run.summary !== undefined) {
    const json = run.summary;
    run.close();
    return { directory, finished: null, json };
  }
  for (const { message } of run.warnings) listener.onEvent({ kind: 'note', level: 'warning', text: message });
  const inputs = run.description.configuration;
  if (!isDesignInputs(inputs)) {
    run.close();
    throw new TrifoldError('foreign', `${directory} is not a design run`);
  }
  for (const event of run.events) listener.onEvent(event);
  return carry(run, inputs, limits, listener);
}

async function carry(
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
  const pool = openLayerPool({
    workers: limits.workers,
    offMainThread: limits.offMainThread ?? limits.workers > 1,
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
      run.append(event);
      listener.onEvent(event);
      const progress = clock.progressAfter(event);
      if (progress === null) return;
      run.append(progress);
      listener.onEvent(progress);
    },
    onState: (next) => {
      state = next;
      run.checkpoint(next);
    },
    whenUnpaused: announcedPauses(listener, (event) => {
      run.append(event);
      listener.onEvent(event);
    }),
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
  } finally {
    await evaluator.close();
    await pool.close();
    run.close();
  }
}

function writeResults(run: Run<RunEvent, DesignState>, inputs: DesignInputs, { best, mapped }: FinishedDesign): void {
  run.writeResult('accelerator.yaml', formatAccelerator(best.specification));
  for (const { report } of mapped)
    run.writeResult(
      `mapping-${report.network.name}.yaml`,
      formatMappings(
        {
          name: `${report.network.name}-on-${report.accelerator.name}`,
          source: `trifold design ${inputs.request.workloads.join(' ')} --budget ${inputs.request.budget} --seed ${inputs.request.seed}`,
          accelerator: report.accelerator,
          workload: report.network.name,
          batch: inputs.request.batch,
        },
        report.layers.map(({ layer, mapping }) => ({ layer: layer.name, mapping })),
      ),
    );
}

const EVENT_KINDS: readonly RunEvent['kind'][] = [
  'started',
  'baseline',
  'generation',
  'layer',
  'best-layers',
  'progress',
  'note',
  'paused',
  'correlation',
  'finished',
];

/** Whether a journal line is an event of a run. */
export function isRunEvent(value: unknown): value is RunEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (EVENT_KINDS as readonly unknown[]).includes(value.kind)
  );
}

function isDesignState(value: unknown): value is DesignState {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'design' && 'baselines' in value
  );
}
