import type { Accelerator } from '../accelerator/accelerator.ts';
import type { Evaluation } from '../cost/evaluation.ts';
import { evaluateReference } from '../cost/reference.ts';
import { UNCONSTRAINED } from '../mapping/constraints.ts';
import { resolveDataflow } from '../mapping/dataflow.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { searchExact } from '../search/mapping/exact.ts';
import { type Mapspace, makeMapspace } from '../search/mapping/mapspace.ts';
import type { Objective } from '../search/mapping/objective.ts';
import { searchSampled } from '../search/mapping/sampled.ts';
import { TrifoldError } from '../util/errors.ts';
import type { LayerShape } from '../workload/network.ts';
import type { MapperName, MapperSettings } from './mapper-settings.ts';

/** What is known of a mapping's distance from the optimum. */
export interface MappingProof {
  /** The mapper that ran: a sampled one where the objective is not monotone. */
  readonly mapper: MapperName;
  readonly optimal: boolean;
  /** Value of the objective. */
  readonly value: number;
  /** No mapping of the mapspace has a smaller value; null when nothing is known (sampled mappers). */
  readonly lowerBound: number | null;
  /** value / lowerBound - 1; null when nothing is known. */
  readonly gap: number | null;
  /** Complete mappings scored. */
  readonly evaluations: number;
  /** Partial mappings bounded and cut; 0 for sampled mappers. */
  readonly nodes: number;
  readonly cut: number;
  /** Size of the mapspace as a power of ten; null for sampled mappers. */
  readonly mapspaceLog10: number | null;
}

/** A mapped layer with its proof. */
export interface MappedLayer {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly proof: MappingProof;
}

/**
 * Best mapping of one layer.
 * @throws TrifoldError `infeasible` with the reason when no mapping exists, or none was found in the time given
 */
export function mapLayer(
  layer: LayerShape,
  accelerator: Accelerator,
  objective: Objective,
  settings: MapperSettings,
): MappedLayer {
  const constraints =
    settings.dataflow === undefined
      ? UNCONSTRAINED
      : resolveDataflow(settings.dataflow, layer, accelerator, settings.factors);
  const { factors, temporalReuse } = settings;
  const within = constraints === UNCONSTRAINED ? '' : ` within ${constraints.name}`;
  const fail: Fail = (reason, hint) => {
    throw new TrifoldError('infeasible', `${layer.problem.name} on ${accelerator.name}${within}: ${reason}`, {
      ...(hint === undefined ? {} : { hint }),
    });
  };
  const mapspace = makeMapspace({ layer, accelerator, factors, temporalReuse, constraints });
  if (!mapspace.feasible) return fail(mapspace.reason);
  return settings.mapper === 'exact' && objective.monotone
    ? mapExactly(mapspace, objective, settings, fail)
    : mapBySampling(mapspace, objective, settings, fail);
}

/** An objective with limits is infinite where they are broken, which the search itself cannot tell from a capacity. */
function infeasibleReason({ name }: Objective, reason: string): string {
  const limits = name.split(' subject to ')[1];
  return limits === undefined ? reason : `no mapping keeps the limit ${limits}, or ${reason}`;
}

type Fail = (reason: string, hint?: string) => never;

function mapExactly(mapspace: Mapspace, objective: Objective, settings: MapperSettings, fail: Fail): MappedLayer {
  const { shouldStop } = settings;
  const result = searchExact(mapspace, objective, shouldStop === undefined ? {} : { shouldStop });
  if (result.kind === 'infeasible') return fail(infeasibleReason(objective, result.reason));
  if (result.kind === 'bounded')
    return fail(
      `nothing found in the time given; no mapping is below ${result.certificate.lowerBound} (${objective.name})`,
    );
  const { certificate, mapping, evaluation } = result;
  return {
    mapping,
    evaluation,
    proof: {
      mapper: 'exact',
      optimal: certificate.optimal,
      value: certificate.incumbent,
      lowerBound: certificate.lowerBound,
      gap: certificate.optimal ? 0 : certificate.incumbent / certificate.lowerBound - 1,
      evaluations: certificate.evaluations,
      nodes: certificate.nodes,
      cut: certificate.cut,
      mapspaceLog10: certificate.mapspaceLog10,
    },
  };
}

function mapBySampling(mapspace: Mapspace, objective: Objective, settings: MapperSettings, fail: Fail): MappedLayer {
  const mapper = settings.mapper === 'exact' ? 'cmaes' : settings.mapper;
  const { shouldStop, evaluations, seed } = settings;
  const { layer, accelerator, temporalReuse } = mapspace;
  const result = searchSampled(mapspace, objective, {
    mapper,
    evaluations,
    seed,
    ...(shouldStop === undefined ? {} : { shouldStop }),
  });
  const evaluation =
    result.mapping === null ? null : evaluateReference(layer, accelerator, result.mapping, { temporalReuse });
  if (result.mapping === null || evaluation === null || !evaluation.feasible)
    return fail(
      `none of ${result.evaluations} sampled mappings is legal and within the limits`,
      'the exact mapper (--mapper exact) proves whether there is one',
    );
  return {
    mapping: result.mapping,
    evaluation,
    proof: {
      mapper,
      optimal: false,
      value: result.value,
      lowerBound: null,
      gap: null,
      evaluations: result.evaluations,
      nodes: 0,
      cut: 0,
      mapspaceLog10: null,
    },
  };
}
