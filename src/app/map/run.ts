import { buildAccelerator } from '../../accelerator/build.ts';
import { evaluateReference } from '../../cost/reference/reference.ts';
import { formatAccelerator } from '../../formats/accelerator-text.ts';
import type { MappedLayer } from '../../search/mapping/map-layer.ts';
import type { RunEvent } from '../../search/run-events.ts';
import type { Run } from '../../study/run.ts';
import { TrifoldError } from '../../util/errors.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import { type LayerCache, openLayerPool } from '../layers/layer-pool.ts';
import { isStoredLayer, type StoredLayer } from '../layers/stored-layer.ts';
import { followInterruption, isInterruption, type RunLimits, type RunListener } from '../run/listener.ts';
import { beginRun, type RunKind, type RunResult, reopenRun, tellBoth } from '../run/opening.ts';
import { refuseExisting, writeNewFile } from '../run/output-files.ts';
import { announcedPauses } from '../run/pauses.ts';
import { isMapInputs, type MapInputs, type MapRequest, mapInputs } from './inputs.ts';
import { mapJson } from './json.ts';
import { type MapResult, mapWith } from './map.ts';
import { mappingFileName, mappingText } from './mapping-text.ts';

/** State of a `map` run between two events; plain JSON. */
export interface MapState {
  readonly kind: 'map';
  /** The first shapes of the network. */
  readonly shapes: readonly StoredLayer[];
}

const INITIAL_STATE: MapState = { kind: 'map', shapes: [] };

/** Outcome of a `map` run that this process carried; without a run folder its directory is null. */
export type MapRunResult = Omit<RunResult<MapResult>, 'directory'> & { readonly directory: string | null };

const KIND: RunKind<MapState, MapInputs> = { name: 'a map run', isState: isMapState, isInputs: isMapInputs };

/** Limits of this process that a `map` run knows. */
export interface MapLimits extends Pick<RunLimits, 'workers' | 'offMainThread'> {
  /** Results of earlier runs. */
  readonly cache?: LayerCache;
}

/**
 * Maps a network, in a new run folder when `out` is given.
 * @throws TrifoldError for bad input (before anything is mapped or written), `infeasible` when a layer has no mapping
 */
export async function startMapRun(
  request: MapRequest,
  out: string | undefined,
  command: readonly string[],
  limits: MapLimits,
  listener: RunListener,
): Promise<MapRunResult> {
  const inputs = mapInputs(request);
  if (request.save !== undefined) refuseExisting(request.save);
  const run = out === undefined ? null : beginRun(out, command, inputs, INITIAL_STATE);
  return carry(run, inputs, limits, listener);
}

/** Continues an interrupted `map` run, or returns what a finished one said. @throws TrifoldError `foreign`, `busy`, `io` */
export async function resumeMapRun(directory: string, limits: MapLimits, listener: RunListener): Promise<MapRunResult> {
  const opened = reopenRun(directory, KIND, listener);
  return opened.kind === 'finished' ? opened.result : carry(opened.run, opened.inputs, limits, listener);
}

async function carry(
  run: Run<RunEvent, MapState> | null,
  inputs: MapInputs,
  { workers, offMainThread, cache }: MapLimits,
  listener: RunListener,
): Promise<MapRunResult> {
  const directory = run?.directory ?? null;
  if (directory !== null) listener.onFolder?.(directory);
  const interruption = followInterruption(listener);
  const tell = tellBoth(run, listener);
  const pool = openLayerPool({
    workers,
    ...(offMainThread === true || run !== null ? { offMainThread: true } : {}),
    signal: interruption.signal,
    ...(cache === undefined ? {} : { cache }),
    whenUnpaused: announcedPauses(listener, tell),
  });
  let state = run?.state ?? INITIAL_STATE;
  try {
    const finished = await mapWith(inputs, {
      pool,
      onEvent: tell,
      known: restoredLayers(inputs, state),
      onShapes: (mapped) => {
        state = { kind: 'map', shapes: mapped.map(({ mapping, proof }) => ({ mapping, proof })) };
        run?.checkpoint(state);
      },
    });
    const json = mapJson(finished);
    if (inputs.request.save !== undefined) writeNewFile(inputs.request.save, mappingsText(finished));
    if (run !== null) {
      run.writeResult('accelerator.yaml', formatAccelerator(inputs.specification));
      run.writeResult(mappingFileName(inputs.network.name), mappingsText(finished));
      run.finish(state, json);
    }
    return { directory, finished, json };
  } catch (error) {
    if (isInterruption(error, interruption.signal)) return { directory, finished: null, json: null };
    throw error;
  } finally {
    interruption.close();
    await pool.close();
    run?.close();
  }
}

/** The shapes of a state with their figures. */
function restoredLayers({ network, specification, technology, request }: MapInputs, state: MapState): MappedLayer[] {
  const accelerator = buildAccelerator(specification, technology);
  const { shapes } = distinctShapes(network);
  return state.shapes.map(({ mapping, proof }, i) => {
    const evaluation = evaluateReference(shapes[i]!, accelerator, mapping, { temporalReuse: request.temporalReuse });
    if (!evaluation.feasible)
      throw new TrifoldError(
        'foreign',
        `the run is damaged: ${shapes[i]!.problem.name} has a mapping that is not legal`,
      );
    return { kind: 'mapped', mapping, evaluation, proof };
  });
}

/** The best mappings as YAML that `trifold eval` reads: those of the network as a whole where it was solved. */
function mappingsText({ inputs, mapped, networkWise }: MapResult): string {
  const { request, network } = inputs;
  const report = networkWise?.report ?? mapped.report;
  const goal = [request.objective, ...request.subjectTo].join(' subject to ');
  return mappingText(
    report,
    `trifold map ${network.name} --accelerator ${report.accelerator.name} (${goal})`,
    request.batch,
  );
}

function isMapState(value: unknown): value is MapState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'map' &&
    'shapes' in value &&
    Array.isArray(value.shapes) &&
    value.shapes.every(isStoredLayer)
  );
}
