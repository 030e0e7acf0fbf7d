import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Evaluation } from '../../cost/evaluation.ts';
import { evaluateReference } from '../../cost/reference/reference.ts';
import { UNCONSTRAINED } from '../../mapping/constraints.ts';
import { resolveDataflow } from '../../mapping/dataflow.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { searchExact } from '../../search/mapping/exact/exact.ts';
import type { MapperName } from '../../search/mapping/mapper-names.ts';
import { type Mapspace, makeMapspace } from '../../search/mapping/mapspace.ts';
import { ENERGY, LATENCY, type Objective } from '../../search/mapping/objective.ts';
import { searchSampled } from '../../search/mapping/sampled/sampled.ts';
import { TrifoldError } from '../../util/errors.ts';
import { siText } from '../../util/quantity-text.ts';
import type { LayerShape } from '../../workload/network.ts';
import { isLimited, type MapperSettings } from './mapper-settings.ts';

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

/**
 * Why nothing was found. An objective with limits is infinite where they are broken, which the search itself cannot tell from a
 * capacity: a second search without them says which of the two it is, and how far away the limits are.
 */
function infeasibleReason(mapspace: Mapspace, objective: Objective, reason: string): string {
  if (!isLimited(objective)) return reason;
  const limits = objective.limits.map(({ text }) => text).join(', ');
  const least = [
    ['energy', ENERGY],
    ['latency', LATENCY],
  ] as const;
  const found: string[] = [];
  for (const [name, figure] of least) {
    const result = searchExact(mapspace, figure, { nodeLimit: LEAST_FIGURE_NODES });
    if (result.kind === 'infeasible') return `${result.reason} (whatever the limit)`;
    if (result.kind === 'bounded') continue;
    const { energyPj, cycles } = result.evaluation;
    const atLeast = result.certificate.optimal ? 'least' : 'least found';
    found.push(
      name === 'energy'
        ? `${atLeast} energy ${siText(energyPj * 1e-12, 'J', 4)}`
        : `${atLeast} latency ${siText(cycles / mapspace.accelerator.clockHz, 's', 4)} (${cycles} cycles)`,
    );
  }
  const without = found.length === 0 ? '' : `; without it: ${found.join(', ')}`;
  return `it fits the capacities, but no mapping keeps the limit ${limits}${without}`;
}

/** Partial mappings that each search for a least figure may bound: about a second. */
const LEAST_FIGURE_NODES = 300_000;

type Fail = (reason: string, hint?: string) => never;

function mapExactly(mapspace: Mapspace, objective: Objective, settings: MapperSettings, fail: Fail): MappedLayer {
  const { shouldStop, imperfectNodes } = settings;
  const result = searchExact(mapspace, objective, {
    ...(shouldStop === undefined ? {} : { shouldStop }),
    ...(imperfectNodes === undefined ? {} : { imperfectNodes }),
  });
  if (result.kind === 'infeasible') return fail(infeasibleReason(mapspace, objective, result.reason));
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
