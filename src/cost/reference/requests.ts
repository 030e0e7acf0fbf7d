import type { Requests } from '../../accelerator/overheads.ts';
import type { Dim, PerDim } from '../../util/vocabulary.ts';
import type { Axis, TensorProjection } from '../../workload/problem.ts';
import { usedWords } from '../../workload/used-words.ts';
import { requestsOfRun } from '../level-overheads.ts';
import { reuseRule } from '../temporal-reuse.ts';
import { busiest, type Choice, combine, countTraffic, factorsOf, type Measure, type TrafficQuery } from './traffic.ts';

/** Requests of all instances of a level, and of the busiest one. */
export interface RequestCounts {
  readonly total: number;
  readonly busiest: number;
}

/**
 * Tiles of which the run is cut at the same place of the layout: `measureOf` gives what each axis contributes to a product, which counts `each` requests.
 */
interface RunTerm {
  readonly measureOf: (axis: Axis) => Measure;
  readonly each: number;
}

/**
 * Requests of one transfer of a tensor: the tiles that it moves, each cut into runs of words that follow each other in the layout of the outer level,
 * each run into requests. MACs take word by word.
 * @param bits stored width of a word in the outer level
 */
export function countRequests(
  query: TrafficQuery,
  tensor: TensorProjection,
  { bytes, layout }: Requests,
  bits: number,
): RequestCounts {
  if (query.toMacs) {
    const each = requestsOfRun(1, bits, bytes);
    const { accesses, busiestAccesses } = countTraffic(query, tensor);
    return { total: accesses * each, busiest: busiestAccesses * each };
  }
  const terms = runTerms(query, tensor, layout[tensor.name] ?? [], (words) => requestsOfRun(words, bits, bytes)).map(
    ({ measureOf, each }) => ({ each, factors: factorsOf(query, tensor, measureOf) }),
  );
  const sum = (choose: Choice) =>
    terms.reduce((all, { each, factors }) => all + each * combine(query, tensor, factors, choose), 0);
  return {
    total: sum((factor) => factor.accesses),
    busiest: busiest(terms[0]!.factors, (factor) => factor.parents, sum),
  };
}

/**
 * The places where a run can end: at the first axis of the layout, from the fastest on, of which a tile does not hold all words (they are in the run
 * still), or behind all of them. An axis of which a tile's words do not follow each other ends it before its own words.
 */
function runTerms(
  query: TrafficQuery,
  tensor: TensorProjection,
  layout: readonly Dim[],
  requestsOf: (words: number) => number,
): RunTerm[] {
  const { bounds } = query.problem;
  const terms: RunTerm[] = [];
  let whole: ReadonlyMap<Axis, Measure> = new Map();
  let inside = 1;
  for (const dim of [...layout].reverse()) {
    const axis = tensor.axes.find((candidate) => candidate.terms.some((term) => term.dim === dim))!;
    if (!isOneRun(query, axis)) break;
    const all = reuseRule(query.temporalReuse).isTimeloop ? boxOf(axis, bounds) : axis.length;
    const inner = whole;
    const before = inside;
    const ofAxis = measured(query, axis);
    const isWhole: Measure = (words) => (ofAxis(words) === all ? 1 : 0);
    const ofRun: Measure = (words) => {
      const own = ofAxis(words);
      return own === all ? 0 : requestsOf(before * own);
    };
    terms.push({
      each: 1,
      measureOf: (other) => (other === axis ? ofRun : (inner.get(other) ?? measured(query, other))),
    });
    whole = new Map([...whole, [axis, isWhole]]);
    inside *= all;
  }
  const outer = whole;
  return [...terms, { each: requestsOf(inside), measureOf: (axis) => outer.get(axis) ?? measured(query, axis) }];
}

/** The words of a tile as they are, or those of its box where the rule of reuse takes boxes: its tiles are all alike. */
function measured(query: TrafficQuery, axis: Axis): Measure {
  if (!reuseRule(query.temporalReuse).isTimeloop) return (words) => words;
  const box = boxOf(axis, query.childExtents);
  return (words) => (words === 0 ? 0 : box);
}

/**
 * Whether the words of a full tile along an axis follow each other: a stride or a dilation may leave gaps (boxes have none). Shorter tiles at a ragged
 * edge are taken alike.
 */
function isOneRun({ temporalReuse, takesBoxes, problem, childExtents }: TrafficQuery, axis: Axis): boolean {
  const { bounds } = problem;
  const full = (dim: Dim) => Math.min(childExtents[dim], bounds[dim]);
  const extents = Object.fromEntries(axis.terms.map(({ dim }) => [dim, full(dim)])) as PerDim<number>;
  return reuseRule(temporalReuse).isTimeloop || takesBoxes || usedBy(axis, extents) === boxOf(axis, extents);
}

function boxOf({ terms }: Axis, extents: PerDim<number>): number {
  return terms.reduce((width, { dim, coefficient }) => width + coefficient * (extents[dim] - 1), 1);
}

function usedBy({ terms: [first, second] }: Axis, extents: PerDim<number>): number {
  return usedWords(
    first?.coefficient ?? 1,
    second?.coefficient ?? 1,
    first === undefined ? 1 : extents[first.dim],
    second === undefined ? 1 : extents[second.dim],
  );
}
