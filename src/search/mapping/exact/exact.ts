import type { Evaluation } from '../../../cost/evaluation.ts';
import type { PackedMapping } from '../../../cost/packed-mapping.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { Incumbent } from '../bounds/incumbent.ts';
import { type Mapspace, perfectPart } from '../mapspace.ts';
import { type Objective, tieObjective } from '../objective.ts';
import { constraintText } from '../space/constraint-conflicts.ts';
import { mapspaceLog10 } from '../space/mapspace-size.ts';
import type { Certificate } from './certificate.ts';
import { searchImperfect } from './imperfect-search.ts';
import { searchPerfect } from './perfect-search.ts';
import { SampledStarts } from './sampled-starts.ts';
import { Scorer, type ScoreTiling } from './scorer.ts';

/** Nodes after which a search over imperfect factors ends with the gap that is left, if nothing else is said: about a second. */
const IMPERFECT_NODES = 400_000;

/** How an exact search runs. */
export interface ExactOptions {
  /** Only mappings whose value is below this are of interest; default: infinite. */
  readonly cutoff?: number;
  /**
   * Partial mappings to bound at most, but for those under way. Default: no limit with perfect factors; with imperfect ones `imperfectNodes`
   * after the best mapping with perfect factors is known.
   */
  readonly nodeLimit?: number;
  /** Default: {@link IMPERFECT_NODES}, or no limit where `shouldStop` is given. */
  readonly imperfectNodes?: number;
  /** Open tiles of a placement up to which tighter bounds are not worth their time; default: 128. */
  readonly fewTiles?: number;
  /** Asked every 1024 nodes: cancellation or a deadline. */
  readonly shouldStop?: () => boolean;
  /** Asked then too, but lifts no limit on nodes; see {@link Poll}. */
  readonly poll?: Poll | undefined;
}

/**
 * Asked by a search now and then, and told whether it has a mapping already. True ends it with what it has, an error ends it without an answer: work on
 * the calling thread, where no timer could end it.
 */
export type Poll = (isFound: boolean) => boolean;

/** A best mapping with its proof. */
export interface ExactMapping {
  readonly kind: 'found';
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly certificate: Certificate;
}

/** Nothing below the cutoff, or the search stopped before it found anything. */
export interface ExactBound {
  readonly kind: 'bounded';
  readonly certificate: Certificate;
}

/** No mapping exists, or none with a finite value. */
export interface ExactInfeasible {
  readonly kind: 'infeasible';
  readonly reason: string;
}

/** The answer of an exact search. */
export type ExactResult = ExactMapping | ExactBound | ExactInfeasible;

/**
 * Searches all placements of a mapspace, best bound first.
 * @returns least bound of what was left; infinite when everything was searched
 */
type SearchPlacements = (mapspace: Mapspace, incumbent: Incumbent, score: ScoreTiling) => number;

/**
 * Finds the mapping with the least value of the objective and proves it: best-first over placements (what is kept where, what runs in
 * parallel), branch and bound over tiles and orders inside each, with lower bounds from a dynamic program over tile sizes. Where many mappings share
 * the least value a second search finds the one among them with least of what decides ties.
 * @throws RangeError when the objective is not monotone: no bound would hold
 */
export function searchExact(mapspace: Mapspace, objective: Objective, options: ExactOptions = {}): ExactResult {
  if (!objective.monotone)
    throw new RangeError(`objective ${objective.name} is not monotone: the exact search cannot bound it`);
  const scorer = new Scorer(mapspace);
  const found = searchValue(mapspace, objective, options, scorer);
  return found.kind === 'found' && found.certificate.optimal && objective.hasTies
    ? settleTies(mapspace, objective, options, scorer, found)
    : found;
}

function searchValue(mapspace: Mapspace, objective: Objective, options: ExactOptions, scorer: Scorer): ExactResult {
  return mapspace.factors === 'imperfect' && mapspace.model.levelCount > 1
    ? searchFromPerfect(mapspace, objective, options, scorer)
    : search(mapspace, objective, options, scorer, searchPerfect);
}

/** Among the mappings of the least value the one with least of what decides ties; the one found before where the limits allow no more. */
function settleTies(
  mapspace: Mapspace,
  objective: Objective,
  { nodeLimit, ...options }: ExactOptions,
  scorer: Scorer,
  found: ExactMapping,
): ExactMapping {
  const { energyPj, cycles } = found.evaluation;
  const { nodes, cut, evaluations, incumbent } = found.certificate;
  const nodesLeft = nodeLimit === undefined ? {} : { nodeLimit: nodeLimit - nodes };
  const better = searchValue(
    mapspace,
    tieObjective(objective, incumbent),
    { imperfectNodes: IMPERFECT_NODES, ...options, ...nodesLeft, cutoff: objective.tie(energyPj, cycles) },
    scorer,
  );
  if (better.kind === 'infeasible') return found;
  const { evaluation, mapping } = better.kind === 'found' ? better : found;
  const value = objective.value(evaluation.energyPj, evaluation.cycles);
  const certificate: Certificate = {
    ...found.certificate,
    evaluations: evaluations + better.certificate.evaluations,
    nodes: nodes + better.certificate.nodes,
    cut: cut + better.certificate.cut,
    incumbent: value,
    lowerBound: value,
  };
  return { kind: 'found', mapping, evaluation, certificate };
}

/** With imperfect factors: the best mapping with perfect factors is one of the mapspace, so only better ones are searched. */
function searchFromPerfect(
  mapspace: Mapspace,
  objective: Objective,
  options: ExactOptions,
  scorer: Scorer,
): ExactResult {
  const perfectSpace = perfectPart(mapspace);
  // Below a cutoff of the caller there is rarely anything: the proof is what is asked for.
  const startsFrom = (known: Mapping | null) => (options.cutoff === undefined ? { objective, known } : null);
  const perfect = perfectSpace === null ? null : search(perfectSpace, objective, options, scorer, searchPerfect);
  if (perfect?.kind !== 'found') {
    const nodeLimit = options.nodeLimit ?? options.imperfectNodes ?? Number.POSITIVE_INFINITY;
    return search(mapspace, objective, { ...options, nodeLimit }, scorer, (own, best, score) =>
      searchImperfect(own, best, score, startsFrom(null)),
    );
  }
  const { evaluations, nodes, cut, incumbent } = perfect.certificate;
  const { imperfectNodes = options.shouldStop === undefined ? IMPERFECT_NODES : Number.POSITIVE_INFINITY } = options;
  const nodeLimit = options.nodeLimit === undefined ? imperfectNodes : options.nodeLimit - nodes;
  const limits = { ...options, nodeLimit, cutoff: incumbent };
  const better = search(mapspace, objective, limits, scorer, (own, best, score) =>
    searchImperfect(own, best, score, startsFrom(perfect.mapping)),
  );
  if (better.kind === 'infeasible') return perfect;
  const lowerBound = Math.min(incumbent, better.certificate.lowerBound);
  const certificate: Certificate = {
    ...better.certificate,
    evaluations: evaluations + better.certificate.evaluations,
    nodes: nodes + better.certificate.nodes,
    cut: cut + better.certificate.cut,
    lowerBound,
  };
  return better.kind === 'found'
    ? { ...better, certificate }
    : { ...perfect, certificate: { ...certificate, incumbent, optimal: lowerBound >= incumbent } };
}

/** The best mapping so far. */
interface FoundMapping {
  readonly packed: PackedMapping;
  readonly value: number;
  readonly tie: number;
}

function search(
  mapspace: Mapspace,
  objective: Objective,
  {
    cutoff = Number.POSITIVE_INFINITY,
    nodeLimit = Number.POSITIVE_INFINITY,
    shouldStop = () => false,
    poll = () => false,
    fewTiles,
  }: Omit<ExactOptions, 'imperfectNodes'>,
  scorer: Scorer,
  searchPlacements: SearchPlacements,
): ExactResult {
  const leakagePjPerCycle = mapspace.model.leakagePjPerCycle.reduce((sum, pj) => sum + pj, 0);
  const best: { found: FoundMapping | null } = { found: null };
  const isEnded = () => shouldStop() || poll(best.found !== null || cutoff < Number.POSITIVE_INFINITY);
  // Sampled mappings with imperfect factors can have slack, with which they would be none of the mapspace.
  const canSample = mapspace.factors === 'perfect' && cutoff === Number.POSITIVE_INFINITY;
  const starts = canSample ? new SampledStarts(mapspace, objective) : null;
  const isStopped = () => {
    const start = starts?.poll(incumbent.value, incumbent.openBound, isEnded) ?? null;
    if (start !== null) {
      const { packed, value, energyPj, cycles } = start;
      incumbent.value = value;
      best.found = { packed, value, tie: objective.tie(energyPj, cycles) };
    }
    return isEnded();
  };
  const incumbent = new Incumbent({ objective, cutoff, leakagePjPerCycle, shouldStop: isStopped, nodeLimit, fewTiles });
  const leftBound = searchPlacements(mapspace, incumbent, (placement, tiling) => {
    incumbent.counts.evaluations++;
    const figures = scorer.score(placement, tiling);
    if (figures === null) return Number.POSITIVE_INFINITY;
    const value = objective.value(figures.energyPj, figures.cycles);
    const tie = objective.tie(figures.energyPj, figures.cycles);
    const { found } = best;
    if (value === found?.value ? tie >= found.tie : value >= incumbent.value) return value;
    incumbent.value = Math.min(value, incumbent.value);
    best.found = { packed: scorer.lastScored(), value, tie };
    return value;
  });
  incumbent.counts.evaluations += starts?.evaluations ?? 0;
  const openBound = Math.min(leftBound, incumbent.leftOpen);
  const { found } = best;
  const certificate: Certificate = {
    mapspaceLog10: mapspaceLog10(mapspace),
    ...incumbent.counts,
    incumbent: found === null ? Number.POSITIVE_INFINITY : incumbent.value,
    lowerBound: Math.min(incumbent.value, openBound),
    optimal: found !== null && openBound >= incumbent.value,
  };
  if (found !== null) return { kind: 'found', ...scorer.report(found.packed), certificate };
  if (openBound < Number.POSITIVE_INFINITY || incumbent.value < Number.POSITIVE_INFINITY)
    return { kind: 'bounded', certificate };
  const { layer, accelerator, constraints } = mapspace;
  const stated = constraintText(constraints, accelerator);
  const within = stated === '' ? '' : ` under the constraints ${stated}`;
  const kept = accelerator.levels.filter(({ spill }) => spill === 'never').map(({ name }) => name);
  const summing = kept.length === 0 ? '' : ` and keeps partial sums from leaving ${kept.join(', ')} to come back`;
  return {
    kind: 'infeasible',
    reason: `no tiling of ${layer.problem.name} fits the capacities of ${accelerator.name}${summing}${within}`,
  };
}
