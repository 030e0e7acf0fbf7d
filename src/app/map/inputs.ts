import type { Accelerator } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import type { TemporalReuse } from '../../cost/evaluation.ts';
import type { DataflowTemplate } from '../../mapping/dataflow.ts';
import type { FigureLimit } from '../../search/mapping/figure-limits.ts';
import type { MapperName, MapperSettings } from '../../search/mapping/map-layer.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import { selectLayers } from '../explain/evaluate.ts';
import { goalObjective, limitFrom, objectiveFrom, type TextGoal } from '../layers/goal.ts';
import { solvesNetworkWise } from '../layers/network-wise.ts';
import { loadDataflow, loadSpecification, loadTechnology, loadWorkload } from '../presets/load.ts';

/** What the commands that map a network on one accelerator are asked. */
export interface MappingRequest {
  readonly workload: string;
  readonly accelerator: string;
  readonly objective: string;
  readonly subjectTo: readonly string[];
  readonly mapper: MapperName;
  /** Preset or file of a dataflow; at most one of the two. */
  readonly dataflow?: string;
  readonly constraints?: string;
  readonly layer?: string;
  readonly batch: number;
  readonly factors: 'perfect' | 'imperfect';
  readonly technology?: string;
  readonly temporalReuse: TemporalReuse;
  readonly evaluations: number;
  readonly seed: number;
  /** Seconds per layer. */
  readonly time?: number;
}

/** What `trifold map` is asked. */
export interface MapRequest extends MappingRequest {
  /** New file for the mappings. */
  readonly save?: string;
  /** Whether to say why the mappings are the best. */
  readonly explain?: boolean;
}

/** Everything a `map` run needs, resolved: plain JSON, so that a run can go on when presets or files have changed. */
export interface MapInputs {
  readonly kind: 'map';
  readonly request: MapRequest;
  /** The layers that are mapped. */
  readonly network: Network;
  readonly specification: AcceleratorSpecification;
  readonly technology: Technology;
  readonly dataflow: DataflowTemplate | null;
}

/** Resolves the names of a request. @throws TrifoldError for unknown names, bad files and bad expressions */
export function mapInputs(request: MapRequest): MapInputs {
  const dataflow = partialMapping(request) ?? null;
  const { network } = loadWorkload(request.workload, request.batch);
  const specification = loadSpecification(request.accelerator, request.technology);
  const technology = loadTechnology(request.technology ?? specification.technology);
  const accelerator = buildAccelerator(specification, technology);
  const layers = selectLayers(network, request.layer);
  const limits = request.subjectTo.map((text) => limitFrom(text, accelerator));
  const isWhole = layers.length > 1;
  refuseLimits(limits, isWhole, isWhole && solvesNetworkWise(objectiveFrom(request.objective, accelerator), request));
  return { kind: 'map', request, network: { ...network, layers }, specification, technology, dataflow };
}

/** Whether a run's configuration is that of a `map` run. */
export function isMapInputs(value: unknown): value is MapInputs {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'map' && 'specification' in value
  );
}

/** The objective of a request with its limits; expressions may name the area of the accelerator. @throws TrifoldError for bad text */
export function requestedObjective(
  { objective, subjectTo }: Pick<MappingRequest, 'objective' | 'subjectTo'>,
  accelerator: Accelerator,
): Objective {
  return goalObjective({ kind: 'text', objective, subjectTo }, accelerator);
}

/** The dataflow or the constraints of a request; undefined without. @throws TrifoldError `usage` when both are given */
export function partialMapping({
  dataflow,
  constraints,
}: Pick<MappingRequest, 'dataflow' | 'constraints'>): DataflowTemplate | undefined {
  if (dataflow !== undefined && constraints !== undefined)
    throw new TrifoldError('usage', '--dataflow and --constraints are both partial mappings: give one of them');
  const name = dataflow ?? constraints;
  return name === undefined ? undefined : loadDataflow(name);
}

/** Settings of the mapper that a request asks for. */
export function layerSettings(
  { mapper, factors, temporalReuse, evaluations, seed }: MappingRequest,
  dataflow: DataflowTemplate | null | undefined,
): MapperSettings {
  return { mapper, factors, temporalReuse, evaluations, seed, ...(dataflow == null ? {} : { dataflow }) };
}

/** What layers are mapped for: as asked, or without the limits where these are on the sums of a network. */
export function layerGoal({ objective, subjectTo }: MappingRequest, isWhole: boolean): TextGoal {
  return { kind: 'text', objective, subjectTo: isWhole ? [] : subjectTo };
}

/** A request as commands repeat it in their JSON. */
export function requestJson(request: MappingRequest) {
  return {
    objective: request.objective,
    subjectTo: request.subjectTo,
    mapper: request.mapper,
    factors: request.factors,
    dataflow: request.dataflow ?? request.constraints ?? null,
    temporalReuse: request.temporalReuse,
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
  if (limits.some((limit) => !limit.monotone))
    throw new TrifoldError('unsupported', 'a limit on a whole network must be an upper limit on energy or latency');
}
