import type { Evaluation } from '../../../cost/evaluation.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { type FigureLimits, Incumbent } from '../bounds/incumbent.ts';
import { type Mapspace, makeMapspace } from '../mapspace.ts';
import type { FoundTiling } from '../nests/partial-nest.ts';
import type { Objective } from '../objective.ts';
import { PlacementCompiler } from '../placements/placement-compiler.ts';
import type { Candidate } from '../placements/placement-queue.ts';
import type { Certificate } from './certificate.ts';
import { searchImperfect } from './imperfect-search.ts';
import { searchPlacements } from './perfect-search.ts';
import { Scorer } from './scorer.ts';

/** Nodes after which a search over imperfect factors ends with the gap that is left, if nothing else is said: about a second. */
const IMPERFECT_NODES = 400_000;

/** How an exact search runs. */
export interface ExactOptions {
  readonly limits?: FigureLimits;
  /** Only mappings whose value is below this are of interest; default: infinite. */
  readonly cutoff?: number;
  /**
   * Partial mappings to bound at most, checked every 1024 nodes. Default: no limit with perfect factors; with imperfect ones `imperfectNodes`
   * after the best mapping with perfect factors is known.
   */
  readonly nodeLimit?: number;
  /** Default: {@link IMPERFECT_NODES}, or no limit where `shouldStop` is given. */
  readonly imperfectNodes?: number;
  /** Asked every 1024 nodes: cancellation or a deadline. */
  readonly shouldStop?: () => boolean;
  /** Factor on every lower bound, 1 but in tests: above 1 the search is wrong, which is how they show that bounds are tight. */
  readonly boundScale?: number;
}

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

/** No mapping exists, or none within the limits. */
export interface ExactInfeasible {
  readonly kind: 'infeasible';
  readonly reason: string;
}

/** What an exact search returns. */
export type ExactResult = ExactMapping | ExactBound | ExactInfeasible;

/**
 * Finds the mapping with the least value of the objective and proves it: best-first over placements (what is kept where, what runs in
 * parallel), branch and bound over tiles and orders inside each, with bounds from a dynamic program over tile sizes.
 * @throws RangeError when the objective is not monotone: no bound would hold
 */
export function searchExact(mapspace: Mapspace, objective: Objective, options: ExactOptions = {}): ExactResult {
  if (!objective.monotone)
    throw new RangeError(`objective ${objective.name} is not monotone: the exact search cannot bound it`);
  return mapspace.factors === 'imperfect' && mapspace.model.levelCount > 1
    ? searchFromPerfect(mapspace, objective, options)
    : search(mapspace, objective, options, searchPlacements);
}

/** With imperfect factors: the best mapping with perfect factors is one of the mapspace, so only better ones are searched. */
function searchFromPerfect(mapspace: Mapspace, objective: Objective, options: ExactOptions): ExactResult {
  const perfectSpace = makeMapspace({ ...mapspace, factors: 'perfect' });
  const perfect = perfectSpace.feasible ? search(perfectSpace, objective, options, searchPlacements) : null;
  if (perfect?.kind !== 'found') {
    const nodeLimit = options.nodeLimit ?? options.imperfectNodes;
    return search(
      mapspace,
      objective,
      { ...options, ...(nodeLimit === undefined ? {} : { nodeLimit }) },
      searchImperfect,
    );
  }
  const { evaluations, nodes, cut, incumbent } = perfect.certificate;
  const { imperfectNodes = options.shouldStop === undefined ? IMPERFECT_NODES : Number.POSITIVE_INFINITY } = options;
  const nodeLimit = options.nodeLimit === undefined ? imperfectNodes : options.nodeLimit - nodes;
  const better = search(mapspace, objective, { ...options, nodeLimit, cutoff: incumbent }, searchImperfect);
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

function search(
  mapspace: Mapspace,
  objective: Objective,
  options: ExactOptions,
  searchAll: typeof searchPlacements,
): ExactResult {
  const { model } = mapspace;
  const incumbent = new Incumbent({
    objective,
    limits: options.limits ?? {},
    cutoff: options.cutoff ?? Number.POSITIVE_INFINITY,
    leakagePjPerCycle: model.leakagePjPerCycle.reduce((sum, pj) => sum + pj, 0),
    boundScale: options.boundScale ?? 1,
    shouldStop: options.shouldStop ?? (() => false),
    nodeLimit: options.nodeLimit ?? Number.POSITIVE_INFINITY,
  });
  const compiler = new PlacementCompiler(mapspace);
  let best: { candidate: Candidate; tiling: FoundTiling } | null = null;
  const scorer = new Scorer(mapspace);
  const openBound = Math.min(searchAll(mapspace, incumbent, compiler, score), incumbent.leftOpen);
  const value = best === null ? Number.POSITIVE_INFINITY : incumbent.value;
  const certificate: Certificate = {
    mapspaceLog10: compiler.mapspaceLog10(),
    evaluations: incumbent.counts.evaluations,
    nodes: incumbent.counts.nodes,
    cut: incumbent.counts.cut,
    incumbent: value,
    lowerBound: Math.min(incumbent.value, openBound),
    optimal: openBound >= incumbent.value && best !== null,
  };
  const found = best as { candidate: Candidate; tiling: FoundTiling } | null;
  if (found !== null) return { kind: 'found', ...scorer.report(found.candidate, found.tiling), certificate };
  if (openBound === Number.POSITIVE_INFINITY && incumbent.value === Number.POSITIVE_INFINITY)
    return { kind: 'infeasible', reason: infeasibleReason(mapspace, incumbent) };
  return { kind: 'bounded', certificate };

  function score(candidate: Candidate, tiling: FoundTiling): void {
    incumbent.counts.evaluations++;
    const figures = scorer.score(candidate, tiling);
    if (figures === null) return;
    const figure = incumbent.objectiveOf(figures.energyPj, figures.cycles);
    if (figure >= incumbent.value) return;
    incumbent.value = figure;
    best = { candidate, tiling };
  }
}

function infeasibleReason(mapspace: Mapspace, incumbent: Incumbent): string {
  if (incumbent.isLimited) return 'no mapping keeps to the limits on energy and cycles';
  return `no tiling of ${mapspace.layer.problem.name} fits the capacities of ${mapspace.accelerator.name} under the constraints`;
}
