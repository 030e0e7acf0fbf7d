import type { Accelerator } from '../../accelerator/accelerator.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import type { Evaluation } from '../../cost/evaluation.ts';
import type { TemporalReuse } from '../../cost/temporal-reuse.ts';
import { type MappingConstraints, UNCONSTRAINED } from '../../mapping/constraints.ts';
import { resolveDataflow } from '../../mapping/dataflow.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import type { LayerShape } from '../../workload/network.ts';
import { type Poll, searchExact } from './exact/exact.ts';
import { infeasibleReason } from './figure-limits.ts';
import type { MapperName } from './mapper-names.ts';
import { type Mapspace, makeMapspace } from './mapspace.ts';
import { type Objective, valueRatio } from './objective.ts';
import { searchSampled } from './sampled/sampled.ts';
import type { Factors } from './space/spatial-choices.ts';

/** How layers are mapped. Plain data. */
export interface MapperSettings {
  readonly mapper: MapperName;
  readonly factors: Factors;
  readonly temporalReuse: TemporalReuse;
  /** A dataflow or a user's constraints; absent = every mapping. */
  readonly dataflow?: DataflowTemplate;
  /** Mappings that a sampled mapper scores per layer. */
  readonly evaluations: number;
  /** Of a sampled mapper: every layer is searched with the same seed, so a result depends on layer and accelerator alone. */
  readonly seed: number;
  /** Partial mappings that the exact mapper may bound per layer; absent = no limit but that on imperfect factors. */
  readonly nodeLimit?: number;
  /** Of them over imperfect factors, after the best mapping with perfect ones; absent = the default of the search. */
  readonly imperfectNodes?: number;
  /**
   * For networks that a search is about to drop: when the node limit is used up, a layer with nothing below its cutoff counts as cut there, which
   * is a guess, and one without any mapping gets a larger limit until it has one. Absent: the cutoff is not used within a node limit, so that
   * answers do not depend on it.
   */
  readonly guesses?: boolean;
}

/** Settings of the exact mapper; what sampled mappers need is of no account. */
export function exactSettings(settings: Pick<MapperSettings, 'factors'> & Partial<MapperSettings>): MapperSettings {
  return { mapper: 'exact', temporalReuse: 'exact', evaluations: 1, seed: 1, ...settings };
}

/** What is known of a mapping's distance from the optimum. Plain JSON. */
export interface MappingProof {
  /** The mapper that ran: a sampled one where the objective is not monotone. */
  readonly mapper: MapperName;
  readonly optimal: boolean;
  /** Value of the objective. */
  readonly value: number;
  /** No mapping of the mapspace has a smaller value; null when nothing is known (sampled mappers). */
  readonly lowerBound: number | null;
  /** How far the value is above the bound, as a share of it; null when nothing is known. */
  readonly gap: number | null;
  /** Complete mappings scored. */
  readonly evaluations: number;
  /** Partial mappings bounded and cut; 0 for sampled mappers. */
  readonly nodes: number;
  readonly cut: number;
  /** Size of the mapspace as a power of ten; null for sampled mappers. */
  readonly mapspaceLog10: number | null;
}

/** A layer with its best mapping. Plain data. */
export interface MappedLayer {
  readonly kind: 'mapped';
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly proof: MappingProof;
}

/** The part of a mapped layer that decides what it is worth to a candidate. */
export interface MappedFigures {
  readonly kind: 'mapped';
  readonly evaluation: Pick<Evaluation, 'energyPj' | 'cycles'>;
  readonly proof: Pick<MappingProof, 'optimal' | 'evaluations'>;
}

/** Stopped at the cutoff: no mapping (or with `guesses`, none that was met) has a value below `lowerBound`, which is at least the cutoff. */
export interface CutLayer {
  readonly kind: 'cut';
  readonly lowerBound: number;
  readonly evaluations: number;
}

/** The accelerator cannot run the layer, or no mapping was found within the limits. */
export interface UnmappableLayer {
  readonly kind: 'unmappable';
  readonly reason: string;
  /** What the user can do about it. */
  readonly hint?: string;
  /** Whether the time was over before any mapping was found: there may be one. */
  readonly isTimeOut?: boolean;
}

/** What became of a layer. */
export type MappingOutcome<Mapped = MappedLayer> = Mapped | CutLayer | UnmappableLayer;

/** When a search ends before its proof. */
export interface MappingStops {
  /** Value of the objective from which on the caller does not care; sampled mappers ignore it. */
  readonly cutoff?: number | undefined;
  /** Asked now and then; true ends the search with what it has. */
  readonly shouldStop?: (() => boolean) | undefined;
  /** Asked as often; unlike `shouldStop` it lifts no limit on nodes. */
  readonly poll?: Poll | undefined;
}

/**
 * The best mapping of one layer for an objective: the one entry of level 1. A function of its arguments, `stops` aside.
 * @throws TrifoldError `not-found` when the dataflow names a level that the accelerator does not have
 */
export function mapLayer(
  layer: LayerShape,
  accelerator: Accelerator,
  objective: Objective,
  settings: MapperSettings,
  stops: MappingStops = {},
): MappingOutcome {
  return searchLayer(layer, accelerator, objective, settings, stops).outcome;
}

/** What became of a layer, with what the search of its mappings took and proves whatever it found. */
export interface SearchedLayer {
  readonly outcome: MappingOutcome;
  /** No mapping has a smaller value; infinite where there is none; null when nothing is known. */
  readonly lowerBound: number | null;
  /** As in {@link MappingProof}. */
  readonly evaluations: number;
  readonly nodes: number;
  readonly cut: number;
}

/** The same as {@link mapLayer} with what is known of the search. */
export function searchLayer(
  layer: LayerShape,
  accelerator: Accelerator,
  objective: Objective,
  settings: MapperSettings,
  stops: MappingStops = {},
): SearchedLayer {
  const { factors, temporalReuse } = settings;
  const constraints = constraintsOf(layer, accelerator, settings);
  const mapspace = makeMapspace({ layer, accelerator, factors, temporalReuse, constraints });
  if (!mapspace.feasible) return searched({ kind: 'unmappable', reason: mapspace.reason }, Number.POSITIVE_INFINITY);
  return settings.mapper === 'exact' && objective.monotone
    ? mapExactly(mapspace, objective, settings, stops)
    : mapBySampling(mapspace, objective, settings, stops);
}

/** What a dataflow fixes of a layer's mappings. @throws TrifoldError as {@link mapLayer} */
export function constraintsOf(
  layer: LayerShape,
  accelerator: Accelerator,
  { dataflow, factors }: Pick<MapperSettings, 'dataflow' | 'factors'>,
): MappingConstraints {
  return dataflow === undefined ? UNCONSTRAINED : resolveDataflow(dataflow, layer, accelerator, factors);
}

type SearchWork = Pick<SearchedLayer, 'evaluations' | 'nodes' | 'cut'>;

const NO_WORK: SearchWork = { evaluations: 0, nodes: 0, cut: 0 };

function searched(
  outcome: MappingOutcome,
  lowerBound: number | null,
  { evaluations, nodes, cut }: SearchWork = NO_WORK,
): SearchedLayer {
  return { outcome, lowerBound, evaluations, nodes, cut };
}

/** For a layer whose time was over. */
const MORE_TIME = 'give more --time, or none';

/** Growth of the node limit while a layer has no mapping at all. */
const LIMIT_GROWTH = 8;

function mapExactly(
  mapspace: Mapspace,
  objective: Objective,
  settings: MapperSettings,
  stops: MappingStops,
): SearchedLayer {
  const { factors, nodeLimit, imperfectNodes, guesses = false } = settings;
  const { cutoff, shouldStop, poll } = stops;
  const usesCutoff = cutoff !== undefined && (guesses || (nodeLimit === undefined && factors === 'perfect'));
  const result = searchExact(mapspace, objective, {
    ...(usesCutoff ? { cutoff } : {}),
    ...(nodeLimit === undefined ? {} : { nodeLimit }),
    ...(imperfectNodes === undefined ? {} : { imperfectNodes }),
    ...(shouldStop === undefined ? {} : { shouldStop }),
    poll,
  });
  if (result.kind === 'infeasible')
    return searched(
      { kind: 'unmappable', reason: infeasibleReason(mapspace, objective, result.reason, poll) },
      Number.POSITIVE_INFINITY,
    );
  const { incumbent: value, lowerBound, optimal, evaluations, nodes, cut, mapspaceLog10 } = result.certificate;
  if (result.kind === 'found') {
    const { mapping, evaluation } = result;
    const gap = optimal ? 0 : valueRatio(objective, value, lowerBound) - 1;
    const proof = { mapper: 'exact', optimal, value, lowerBound, gap, evaluations, nodes, cut, mapspaceLog10 } as const;
    return searched({ kind: 'mapped', mapping, evaluation, proof }, lowerBound, proof);
  }
  const work = { evaluations, nodes, cut };
  if (cutoff !== undefined && (guesses || lowerBound >= cutoff))
    return searched({ kind: 'cut', lowerBound: Math.max(lowerBound, cutoff), evaluations }, lowerBound, work);
  if (guesses && nodeLimit !== undefined)
    return mapExactly(mapspace, objective, { ...settings, nodeLimit: nodeLimit * LIMIT_GROWTH }, stops);
  const most = nodeLimit ?? imperfectNodes;
  if (most !== undefined)
    return searched(
      { kind: 'unmappable', reason: `no mapping of ${mapspace.layer.problem.name} found within ${most} nodes` },
      lowerBound,
      work,
    );
  const reason = `the time was over before a mapping was found; none has a value below ${lowerBound} (${objective.name})`;
  return searched({ kind: 'unmappable', reason, hint: MORE_TIME, isTimeOut: true }, lowerBound, work);
}

function mapBySampling(
  mapspace: Mapspace,
  objective: Objective,
  settings: MapperSettings,
  { shouldStop = () => false, poll = () => false }: MappingStops,
): SearchedLayer {
  const mapper = settings.mapper === 'exact' ? 'cmaes' : settings.mapper;
  const { layer, accelerator, temporalReuse } = mapspace;
  const result = searchSampled(mapspace, objective, {
    mapper,
    evaluations: settings.evaluations,
    seed: settings.seed,
    shouldStop: (_, best) => shouldStop() || poll(best < Number.POSITIVE_INFINITY),
  });
  const { mapping, value, evaluations } = result;
  const work = { ...NO_WORK, evaluations };
  const evaluation = mapping === null ? null : evaluateMapping(layer, accelerator, mapping, { temporalReuse });
  if (evaluations < settings.evaluations && mapping === null)
    return searched(
      {
        kind: 'unmappable',
        reason: `the time was over after ${evaluations} sampled mappings, none of them legal and within the limits`,
        hint: MORE_TIME,
        isTimeOut: true,
      },
      null,
      work,
    );
  if (mapping === null || evaluation?.feasible !== true)
    return searched(
      {
        kind: 'unmappable',
        reason: `none of ${evaluations} sampled mappings is legal and within the limits`,
        hint: 'the exact mapper (--mapper exact) proves whether there is one',
      },
      null,
      work,
    );
  const proof = { mapper, optimal: false, value, lowerBound: null, gap: null, ...work, mapspaceLog10: null };
  return searched({ kind: 'mapped', mapping, evaluation, proof }, null, work);
}
