import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { formatWorkload } from '../../formats/workload/workload-writer.ts';
import { exactSettings } from '../../search/mapping/map-layer.ts';
import { layerRecord } from '../../search/network/network-table.ts';
import type { RunEvent } from '../../search/run-events.ts';
import type { Run } from '../../study/run.ts';
import { nextRunName } from '../../study/run-names.ts';
import { namedGoal } from '../layers/goal.ts';
import { openLayerPool } from '../layers/layer-pool.ts';
import { workPerShape } from '../layers/layer-work.ts';
import { mappingText } from '../map/mapping-text.ts';
import { followInterruption, isInterruption, type RunLimits, type RunListener } from '../run/listener.ts';
import { beginRun, type RunKind, type RunResult, reopenRun, tellBoth } from '../run/opening.ts';
import { announcedPauses } from '../run/pauses.ts';
import {
  type ExhaustiveHooks,
  type ExhaustiveState,
  type FinishedExhaustive,
  INITIAL_EXHAUSTIVE_STATE,
  runExhaustive,
} from './exhaustive.ts';
import {
  type ExhaustiveInputs,
  type ExhaustiveRequest,
  exhaustiveData,
  exhaustiveInputs,
  isExhaustiveInputs,
} from './inputs.ts';
import { exhaustiveJson, networksCsv } from './json.ts';

/** Outcome of an exhaustive co-search that this process carried. */
export type ExhaustiveRunResult = RunResult<FinishedExhaustive>;

const KIND: RunKind<ExhaustiveState, ExhaustiveInputs> = {
  name: 'an exhaustive co-search',
  isState: isExhaustiveState,
  isInputs: isExhaustiveInputs,
};

/** Limits of this process that an exhaustive run knows. */
export type ExhaustiveLimits = Pick<RunLimits, 'workers' | 'offMainThread'>;

/** Starts a run in a new folder: `out`, or the next free name below `runs/`. @throws TrifoldError */
export async function startExhaustiveRun(
  request: ExhaustiveRequest,
  out: string | undefined,
  command: readonly string[],
  limits: ExhaustiveLimits,
  listener: RunListener,
): Promise<ExhaustiveRunResult> {
  const inputs = exhaustiveInputs(request);
  exhaustiveData(inputs);
  const directory = out ?? nextRunName('runs', `${request.space}-${inputs.specification.name}`);
  const run = beginRun(directory, command, inputs, INITIAL_EXHAUSTIVE_STATE);
  return carry(run, inputs, limits, listener);
}

/** Continues an interrupted run, or returns what a finished one said. @throws TrifoldError `foreign`, `busy`, `io` */
export async function resumeExhaustiveRun(
  directory: string,
  limits: ExhaustiveLimits,
  listener: RunListener,
): Promise<ExhaustiveRunResult> {
  const opened = reopenRun(directory, KIND, listener);
  return opened.kind === 'finished' ? opened.result : carry(opened.run, opened.inputs, limits, listener);
}

async function carry(
  run: Run<RunEvent, ExhaustiveState>,
  inputs: ExhaustiveInputs,
  limits: ExhaustiveLimits,
  listener: RunListener,
): Promise<ExhaustiveRunResult> {
  const { directory } = run;
  listener.onFolder?.(directory);
  let state = run.state;
  const tell = tellBoth(run, listener);
  try {
    const data = exhaustiveData(inputs);
    const finished = await runExhaustive(inputs, data, run.state, {
      mapLayers: layerMapping(inputs, limits, listener, tell),
      onEvent: tell,
      onState: (next) => {
        state = next;
        run.checkpoint(next);
      },
    });
    if (finished === null) return { directory, finished, json: null };
    const json = exhaustiveJson(inputs, data, finished);
    writeResults(run, inputs, finished);
    run.writeResult('networks.csv', networksCsv(data, finished));
    run.finish(state, json);
    return { directory, finished, json };
  } finally {
    run.close();
  }
}

/** Maps layers on threads, with progress; ends early when the user wants it. */
function layerMapping(
  { request }: ExhaustiveInputs,
  { workers, offMainThread = false }: ExhaustiveLimits,
  listener: RunListener,
  tell: (event: RunEvent) => void,
): ExhaustiveHooks['mapLayers'] {
  return async (all, known, accelerator, onOutcome) => {
    const layers = all.slice(known);
    if (layers.length === 0) return { interrupted: false };
    const interruption = followInterruption(listener);
    const begun = performance.now();
    let mappings = 0;
    const { factors, nodeLimit, objective } = request;
    const settings = exactSettings({ factors, ...(nodeLimit === undefined ? {} : { nodeLimit }) });
    const pool = openLayerPool({
      workers,
      offMainThread,
      signal: interruption.signal,
      whenUnpaused: announcedPauses(listener, tell),
    });
    try {
      const work = workPerShape(layers, { accelerator, goal: namedGoal(objective), settings });
      await pool.map(work, (result, index) => {
        const outcome = layerRecord(result.kind === 'mapped' ? result.layers[0]! : result.outcome);
        mappings += outcome.kind === 'unmappable' ? 0 : outcome.evaluations;
        const seconds = (performance.now() - begun) / 1000;
        tell({
          kind: 'progress',
          elapsedSeconds: seconds,
          done: known + index + 1,
          total: all.length,
          mappingsPerSecond: mappings / seconds,
          remainingSeconds: null,
          workers,
        });
        onOutcome(outcome);
      });
      return { interrupted: false };
    } catch (error) {
      if (isInterruption(error, interruption.signal)) return { interrupted: true };
      throw error;
    } finally {
      interruption.close();
      await pool.close();
    }
  };
}

function writeResults(
  run: Run<RunEvent, ExhaustiveState>,
  { request, specification }: ExhaustiveInputs,
  { report }: FinishedExhaustive,
): void {
  run.writeResult('accelerator.yaml', formatAccelerator(specification));
  run.writeResult('network.yaml', formatWorkload(report.network));
  const source = `trifold cosearch --space ${request.space} --accelerator ${request.accelerator} --search exhaustive`;
  run.writeResult('mapping.yaml', mappingText(report, source, request.batch));
}

function isExhaustiveState(value: unknown): value is ExhaustiveState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'exhaustive' &&
    'outcomes' in value &&
    Array.isArray(value.outcomes)
  );
}
