import { buildAccelerator } from '../accelerator/build.ts';
import { evaluateReference } from '../cost/reference.ts';
import { formatAccelerator } from '../formats/accelerator-text.ts';
import { formatMappings } from '../formats/mapping.ts';
import type { RunEvent } from '../search/run-events.ts';
import { createRun, openRun, type Run } from '../study/run.ts';
import { TrifoldError } from '../util/errors.ts';
import { isRunEvent, type RunLimits, type RunListener } from './design-run.ts';
import { isStoredLayer, type StoredLayer } from './layer-cache.ts';
import { type LayerCache, openLayerPool } from './layer-pool.ts';
import { packageVersion } from './library.ts';
import { type MapResult, mapWith } from './map.ts';
import { isMapInputs, type MapInputs, type MapRequest, mapInputs } from './map-inputs.ts';
import { mapJson } from './map-json.ts';
import type { MappedLayer } from './map-layer.ts';
import { distinctShapes } from './map-network.ts';
import { refuseExisting, writeNewFile } from './output-files.ts';
import { announcedPauses } from './pauses.ts';

/** State of a `map` run between two events; plain JSON. */
export interface MapState {
  readonly kind: 'map';
  /** The first shapes of the network. */
  readonly shapes: readonly StoredLayer[];
}

const INITIAL_STATE: MapState = { kind: 'map', shapes: [] };

/** Outcome of a `map` run that this process carried. */
export interface MapRunResult {
  /** Null without a run folder. */
  readonly directory: string | null;
  /** Null when it was interrupted, and when the run was finished already. */
  readonly finished: MapResult | null;
  /** The document of `--json`; null when interrupted. */
  readonly json: unknown;
}

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
  const run =
    out === undefined
      ? null
      : createRun<RunEvent, MapState>(out, {
          packageVersion: packageVersion(),
          command,
          seed: request.seed,
          configuration: inputs,
          state: INITIAL_STATE,
        });
  return carry(run, inputs, limits, listener);
}

/** Continues an interrupted `map` run, or returns what a finished one said. @throws TrifoldError `foreign`, `busy`, `io` */
export async function resumeMapRun(directory: string, limits: MapLimits, listener: RunListener): Promise<MapRunResult> {
  const run = openRun<RunEvent, MapState>(directory, { isEvent: isRunEvent, isState: isMapState }, packageVersion());
  const inputs = run.description.configuration;
  if (run.summary !== undefined || !isMapInputs(inputs)) {
    const json = run.summary;
    run.close();
    if (json !== undefined) return { directory, finished: null, json };
    throw new TrifoldError('foreign', `${directory} is not a map run`);
  }
  for (const { message } of run.warnings) listener.onEvent({ kind: 'note', level: 'warning', text: message });
  for (const event of run.events) listener.onEvent(event);
  return carry(run, inputs, limits, listener);
}

/** Milliseconds between two looks at whether the user wants the run to end. */
const INTERRUPT_POLL_MS = 50;

async function carry(
  run: Run<RunEvent, MapState> | null,
  inputs: MapInputs,
  { workers, offMainThread, cache }: MapLimits,
  listener: RunListener,
): Promise<MapRunResult> {
  const directory = run?.directory ?? null;
  if (directory !== null) listener.onFolder?.(directory);
  const end = new AbortController();
  const poll = setInterval(() => {
    if (listener.isInterrupted()) end.abort();
  }, INTERRUPT_POLL_MS);
  const tell = (event: RunEvent): void => {
    run?.append(event);
    listener.onEvent(event);
  };
  const pool = openLayerPool({
    workers,
    ...(offMainThread === true || run !== null ? { offMainThread: true } : {}),
    signal: end.signal,
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
      run.writeResult(`mapping-${inputs.network.name}.yaml`, mappingsText(finished));
      run.finish(state, json);
    }
    return { directory, finished, json };
  } catch (error) {
    if (end.signal.aborted) return { directory, finished: null, json: null };
    throw error;
  } finally {
    clearInterval(poll);
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
    return { mapping, evaluation, proof };
  });
}

/** The best mappings as YAML that `trifold eval` reads: those of the network as a whole where it was solved. */
function mappingsText({ inputs, mapped, networkWise }: MapResult): string {
  const { request, network } = inputs;
  const { accelerator, layers } = networkWise?.report ?? mapped.report;
  return formatMappings(
    {
      name: `${network.name}-on-${accelerator.name}`,
      source: `trifold map ${network.name} --accelerator ${accelerator.name} (${[request.objective, ...request.subjectTo].join(' subject to ')})`,
      accelerator,
      workload: network.name,
      batch: request.batch,
    },
    layers.map(({ layer, mapping }) => ({ layer: layer.name, mapping })),
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
