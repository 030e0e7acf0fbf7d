import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { mapConfiguration } from '../../formats/run/configurations.ts';
import { refuseUnfit } from '../../formats/run/read.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { readRequest } from '../../options/command.ts';
import { MAP, type MapRequest } from '../../options/map.ts';
import type { FigureLimit } from '../../search/mapping/figure-limits.ts';
import type { MapperSettings } from '../../search/mapping/map-layer.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import { selectNetwork } from '../../workload/select-layers.ts';
import { type BetweenLayers, resolveBetweenLayers } from '../layers/between-layers.ts';
import { goalObjective, limitFrom, objectiveFrom, type TextGoal } from '../layers/goal.ts';
import { solvesNetworkWise } from '../layers/network-wise.ts';
import { isOneLayer } from '../layers/one-layer.ts';
import { dataflowNames, loadDataflow, loadSpecification, loadTechnology, loadWorkload } from '../presets/load.ts';
import { hasKind } from '../run/kind.ts';
import { type OutputPlace, refuseUnwritable } from '../run/output-files.ts';

/** `--dataflow` of a table of all dataflow presets. */
export const ALL_DATAFLOWS = 'all';

/** The request of a command that maps a network on one accelerator. */
export type MappingRequest = Omit<MapRequest, 'save' | 'explain'>;

/** Everything a `map` run needs, resolved: plain JSON, so that a run can go on when presets or files have changed. */
export interface MapInputs {
  readonly kind: 'map';
  readonly request: MapRequest;
  /** The layers that are mapped. */
  readonly network: Network;
  readonly specification: AcceleratorSpecification;
  readonly technology: Technology;
  readonly dataflow: DataflowTemplate | null;
  /** What may stay on chip between the layers; absent in runs of versions that kept nothing there. */
  readonly between?: BetweenLayers;
}

/** Resolves the names of a request. @param place circumstances of the file to save to @throws TrifoldError for unknown names, bad files and bad expressions */
export function mapInputs(request: MapRequest, place: OutputPlace = { isForced: false }): MapInputs {
  if (request.pin !== undefined && !request.explain)
    throw new TrifoldError('usage', '--pin holds a figure while something is varied: it goes with --explain', {
      hint: 'for one map, limit it: --subject-to "latency < 2 ms" --objective energy',
    });
  const { save, ...others } = request;
  refuseTwoPartialMappings(request);
  const network = selectNetwork(loadWorkload(request.workload, request.batch, request).network, request.layer);
  const specification = loadSpecification(request.accelerator, request.technology);
  const technologyFile = request.technology ?? specification.technology;
  if (save !== undefined) refuseUnwritable(save, { ...place, inputs: [others, technologyFile] });
  const technology = loadTechnology(technologyFile);
  const accelerator = buildAccelerator(specification, technology);
  const dataflow = partialMapping(request, accelerator) ?? null;
  checkGoal(request, !isOneLayer(network, accelerator), accelerator);
  for (const text of request.subjectTo) refuseHopeless(limitFrom(text, accelerator), accelerator);
  const settings = layerSettings(request, dataflow);
  const between = resolveBetweenLayers(request, { network, accelerator, goal: requestedGoal(request), settings });
  return { kind: 'map', request, network, specification, technology, dataflow, between };
}

/** An upper limit that even a mapping without energy and time would break, such as one on the area. */
function refuseHopeless({ text, monotone, holds }: FigureLimit, accelerator: Accelerator): void {
  if (!monotone || holds(0, 0)) return;
  const why = /\barea\b/.test(text)
    ? `: the area is ${Number(areaMm2(accelerator).toPrecision(4))} mm^2, however it is mapped`
    : '';
  throw new TrifoldError('infeasible', `no mapping on ${accelerator.name} keeps the limit ${text}${why}`);
}

/**
 * Refuses what cannot be kept, before any work.
 * @param isWhole whether the request is about several layers together
 * @throws TrifoldError for an objective or limit that is no expression, and for limits and pins that this request cannot keep
 */
export function checkGoal(request: MappingRequest, isWhole: boolean, accelerator: Accelerator): void {
  const limits = request.subjectTo.map((text) => limitFrom(text, accelerator));
  const objective = objectiveFrom(request.objective, accelerator);
  refuseLimits(limits, isWhole, isWhole && solvesNetworkWise(objective, request));
  if (request.pin !== undefined && isWhole && request.mapper !== 'exact')
    throw new TrifoldError('unsupported', `a sampled mapper cannot pin the ${request.pin} of a whole network`, {
      hint: 'take the exact mapper, or one layer (--layer)',
    });
}

/** The inputs of a run folder; null when it is no `map` run. */
export function readMapInputs(configuration: unknown): MapInputs | null {
  if (!isMapInputs(configuration)) return null;
  refuseUnfit(mapConfiguration, configuration, 'configuration');
  // A request without the option is of a version that kept nothing on chip between layers.
  const { betweenLayers = 'off', ...request } = configuration.request;
  return { ...configuration, request: readRequest(MAP.request, { ...request, betweenLayers }) };
}

function isMapInputs(value: unknown): value is MapInputs {
  return hasKind(value, 'map');
}

/** The objective of a request with its limits; expressions may name the area of the accelerator. @throws TrifoldError for bad text */
export function requestedObjective(
  { objective, subjectTo }: Pick<MappingRequest, 'objective' | 'subjectTo'>,
  accelerator: Accelerator,
): Objective {
  return goalObjective({ kind: 'text', objective, subjectTo }, accelerator);
}

/**
 * The dataflow or the constraints of a request, which must have a meaning on the accelerator; undefined without.
 * @throws TrifoldError `usage` when both are given, and with the place for a bad file
 */
export function partialMapping(
  request: Pick<MappingRequest, 'dataflow' | 'constraints'>,
  accelerator: Accelerator,
): DataflowTemplate | undefined {
  refuseTwoPartialMappings(request);
  if (request.dataflow === ALL_DATAFLOWS)
    throw new TrifoldError('usage', `--dataflow ${ALL_DATAFLOWS} is a table that trifold map prints`, {
      hint: `here name one of them: ${dataflowNames().join(', ')}`,
    });
  const name = request.dataflow ?? request.constraints;
  return name === undefined ? undefined : loadDataflow(name, accelerator);
}

function refuseTwoPartialMappings({ dataflow, constraints }: Pick<MappingRequest, 'dataflow' | 'constraints'>): void {
  if (dataflow !== undefined && constraints !== undefined)
    throw new TrifoldError('usage', '--dataflow and --constraints are both partial mappings: give one of them');
}

/** Settings of the mapper that a request asks for. */
export function layerSettings(
  { mapper, factors, temporalReuse, evaluations, seed }: MappingRequest,
  dataflow: DataflowTemplate | null | undefined,
): MapperSettings {
  return { mapper, factors, temporalReuse, evaluations, seed, ...(dataflow == null ? {} : { dataflow }) };
}

/** The goal of a request. */
export function requestedGoal({ objective, subjectTo }: Pick<MappingRequest, 'objective' | 'subjectTo'>): TextGoal {
  return { kind: 'text', objective, subjectTo };
}

/** A request as commands repeat it in their JSON. */
export function requestJson(request: MappingRequest) {
  return {
    objective: request.objective,
    subjectTo: request.subjectTo,
    ...(request.pin === undefined ? {} : { pin: request.pin }),
    mapper: request.mapper,
    factors: request.factors,
    dataflow: request.dataflow ?? request.constraints ?? null,
    temporalReuse: request.temporalReuse,
    betweenLayers: request.betweenLayers,
    pinWeights: request.pinWeights,
    batch: request.batch,
    seed: request.seed,
  };
}

function refuseLimits(limits: readonly FigureLimit[], isWhole: boolean, solvesWhole: boolean): void {
  if (!isWhole || limits.length === 0) return;
  if (!solvesWhole)
    throw new TrifoldError(
      'unsupported',
      'limits on a whole network need the exact mapper and objective edp, ed2p, energy or latency',
      { hint: 'for one layer (--layer) any objective can be limited' },
    );
  const other = limits.find((limit) => !limit.monotone);
  if (other !== undefined)
    throw new TrifoldError(
      'unsupported',
      `the limit ${other.text}: on a whole network it must be an upper limit on energy or latency`,
      { hint: 'for one layer (--layer) any figure can be limited' },
    );
}
