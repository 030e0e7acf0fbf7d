import type { Accelerator, FanOut } from '../../accelerator/accelerator.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { flattenNest, levelExtents, type NestLoop } from '../../mapping/nest.ts';
import { product } from '../../util/integers.ts';
import { DIMS, type Dim, type PerDim, type TensorName } from '../../util/vocabulary.ts';
import { type Axis, isPadded, type Problem, type TensorProjection } from '../../workload/problem.ts';
import { reuseRule, type TemporalReuse } from '../temporal-reuse.ts';
import { type AxisSums, addSums, emptySums, liveSteps, walkAxis } from './axis-walk.ts';
import { boxWords, timeloopWords } from './timeloop-walk.ts';

/** Words of one tensor that move between a level and the next level inside that keeps the tensor (or the MACs). */
export interface Traffic {
  /** Words leaving (Outputs: reaching) the outer level, all its instances. */
  readonly accesses: number;
  /** Words reaching (Outputs: leaving) the children, all of them. */
  readonly deliveries: number;
  /** `accesses` weighted with the number of children of the outer level that each word serves. */
  readonly served: number;
  readonly busiestAccesses: number;
  readonly busiestDeliveries: number;
}

/** One transfer of a nest: from a level to the next level inside that keeps the tensor, or to the MACs. */
export interface TrafficQuery {
  readonly problem: Problem;
  readonly mapping: Mapping;
  readonly nest: readonly NestLoop[];
  /** Outermost level of the transfer. */
  readonly outer: number;
  /** Last level whose loops lie above the receiving child: outer, or further in when levels between are bypassed. */
  readonly boundary: number;
  /** Positions of each dim in a tile of the receiving child. */
  readonly childExtents: PerDim<number>;
  /** Fan-outs of all levels, outermost first. */
  readonly fanOuts: readonly FanOut[];
  readonly temporalReuse: TemporalReuse;
  /** Whether the children are MACs, which hold nothing. */
  readonly toMacs: boolean;
  /** Tensors whose tiles the children take anew at every step, whatever they held before. */
  readonly refetched: readonly TensorName[];
  /** Whether tiles are taken with the words between those that are used. */
  readonly takesBoxes: boolean;
}

/** The transfers of a mapping on an accelerator, by their outermost level and the last level whose loops lie above the receiving child. */
export function transferQueries(
  problem: Problem,
  { levels, tiles }: Pick<Accelerator, 'levels' | 'tiles'>,
  mapping: Mapping,
  temporalReuse: TemporalReuse,
): (outer: number, boundary: number) => TrafficQuery {
  const nest = flattenNest(mapping);
  const extents = levelExtents(mapping);
  const fanOuts = levels.map((level) => level.fanOut);
  return (outer, boundary) => ({
    problem,
    mapping,
    nest,
    outer,
    boundary,
    childExtents: extents[boundary + 1]!,
    fanOuts,
    temporalReuse,
    toMacs: boundary === levels.length - 1,
    refetched: levels[boundary + 1]?.refetch ?? [],
    takesBoxes: !reuseRule(temporalReuse).isTimeloop && tiles === 'box',
  });
}

interface Offset {
  /** Offset per term of the axis. */
  readonly terms: readonly number[];
  /** Shift or identity per spatial block from `outer` to `boundary`. */
  readonly key: string;
  /** Identity of the child of `outer` itself. */
  readonly firstBlock: string;
}

interface Group {
  readonly members: readonly (readonly number[])[];
  /** Children of the outer level in the group. */
  readonly firstBlockChildren: number;
}

/** What is added up of the words of a tile along an axis. */
export type Measure = (words: number) => number;

/** One axis, or one dim that does not address the tensor, with everything that the products need. */
export interface Factor {
  readonly dims: ReadonlySet<Dim>;
  readonly accesses: AxisSums;
  readonly deliveries: AxisSums;
  readonly served: AxisSums;
  /** Sums of single instances for the busiest one: parents (all their groups) and children. */
  readonly parents: readonly AxisSums[];
  readonly children: readonly AxisSums[];
}

/** The sums of one instance, or of all, of each factor; the second argument is its place. */
export type Choice = (factor: Factor, place: number) => AxisSums;

/** Counts the traffic of one tensor across one transfer by walking each axis (the reference for the kernel). */
export function countTraffic(query: TrafficQuery, tensor: TensorProjection): Traffic {
  const temporal = outsideLoops(query);
  const factors = factorsOf(query, tensor, () => (words) => words);
  const isAnew = query.toMacs || query.refetched.includes(tensor.name);
  const rule = reuseRule(query.temporalReuse);
  const words =
    rule.isTimeloop && !query.toMacs
      ? timeloopCombination(query, tensor, temporal)
      : (choose: Choice) => combine(query, tensor, factors, choose);
  return {
    accesses: words((factor) => factor.accesses),
    deliveries: words((factor) => factor.deliveries),
    served: words((factor) => factor.served),
    busiestAccesses: busiest(factors, (factor) => factor.parents, words),
    busiestDeliveries: busiest(factors, (factor) => factor.children, words),
  };

  function timeloopCombination(q: TrafficQuery, projection: TensorProjection, loops: readonly NestLoop[]) {
    const one = isAnew
      ? loops.reduce((words, loop) => words * loop.bound, boxWords(projection, q.childExtents))
      : timeloopWords(projection, loops, q.childExtents, rule);
    const tile = factors.reduce((count, factor) => count * factor.children[0]!.first[0]!, 1);
    return (choose: Choice) =>
      one * (factors.reduce((count, factor, i) => count * choose(factor, i).first[0]!, 1) / tile);
  }
}

/**
 * Words that each child receives as Timeloop sums and truncates them: per multiplicity m, ascending,
 * words * m / children in doubles. One word below the true count where several multiplicities meet (P and R on one fan-out).
 * @param wordsPerChild the true count
 */
export function timeloopShare(query: TrafficQuery, tensor: TensorProjection, wordsPerChild: number): number {
  let groupsOf = new Map<number, number>([[1, 1]]);
  const spread = (sizes: readonly number[]): void => {
    const next = new Map<number, number>();
    for (const [multiplicity, groups] of groupsOf)
      for (const size of sizes) next.set(multiplicity * size, (next.get(multiplicity * size) ?? 0) + groups);
    groupsOf = next;
  };
  for (const axis of tensor.axes)
    spread(
      groupOffsets(offsetsOf(query, tensor, axis, query.outer, query.boundary)).map((group) => group.members.length),
    );
  const relevant = new Set(tensor.axes.flatMap((axis) => axis.terms.map((term) => term.dim)));
  let children = 1;
  for (const loop of query.nest) {
    if (loop.kind !== 'spatial' || loop.level !== query.outer) continue;
    children *= loop.bound;
    if (relevant.has(loop.dim)) continue;
    spread(multicasts(query, tensor, loop.level) ? [loop.bound] : Array.from({ length: loop.bound }, () => 1));
  }
  let share = 0;
  for (const [multiplicity, groups] of [...groupsOf].sort((a, b) => a[0] - b[0]))
    share += (wordsPerChild * groups * multiplicity) / children;
  return Math.floor(share);
}

/** First tile plus, for every loop, the new words of all its advances; where every step takes its tile anew, all tiles. */
export function combine(
  query: TrafficQuery,
  tensor: TensorProjection,
  factors: readonly Factor[],
  choose: Choice,
): number {
  const sums = factors.map(choose);
  const cuts = factors.map(() => 0);
  if (query.toMacs || query.refetched.includes(tensor.name))
    return sums.reduce((tiles, sum) => tiles * sum.first[sum.first.length - 1]!, 1);
  let words = sums.reduce((tile, sum) => tile * sum.first[0]!, 1);
  for (const loop of outsideLoops(query)) {
    const owner = factors.findIndex((factor) => factor.dims.has(loop.dim));
    cuts[owner]!++;
    let fetched = 1;
    let shared = 1;
    sums.forEach((sum, i) => {
      const cut = cuts[i]!;
      fetched *= i === owner ? sum.advanced[cut]! : sum.first[cut]!;
      shared *= i === owner ? sum.advanceShared[cut]! : sum.wrapShared[cut]!;
    });
    words += fetched - shared;
  }
  return words;
}

/** Temporal loops above the children of a transfer. */
function outsideLoops({ nest, boundary }: TrafficQuery): NestLoop[] {
  return nest.filter((loop) => loop.kind === 'temporal' && loop.level <= boundary);
}

/** The axes of a tensor, each measured as `measureOf` says, and the dims that do not address it. */
export function factorsOf(query: TrafficQuery, tensor: TensorProjection, measureOf: (axis: Axis) => Measure): Factor[] {
  const temporal = outsideLoops(query);
  const relevant = new Set(tensor.axes.flatMap((axis) => axis.terms.map((term) => term.dim)));
  return [
    ...tensor.axes.map((axis) => axisFactor(query, tensor, axis, temporal, measureOf(axis))),
    ...DIMS.filter((dim) => !relevant.has(dim)).map((dim) => unrelatedFactor(query, tensor, dim, temporal)),
  ];
}

function axisFactor(
  query: TrafficQuery,
  tensor: TensorProjection,
  given: Axis,
  temporal: readonly NestLoop[],
  measure: Measure,
): Factor {
  const axis = { ...given, terms: [...given.terms].sort((a, b) => a.coefficient - b.coefficient) };
  const termOf = (dim: Dim) => axis.terms.findIndex((term) => term.dim === dim);
  const loops = temporal
    .filter((loop) => termOf(loop.dim) >= 0)
    .map((loop) => ({ term: termOf(loop.dim), bound: loop.bound, step: loop.step }));
  const terms = axis.terms.map((term) => ({
    coefficient: term.coefficient,
    bound: query.problem.bounds[term.dim],
    extent: query.childExtents[term.dim],
  }));
  const padded = isPadded(axis, query.problem.bounds) && !reuseRule(query.temporalReuse).isTimeloop;
  const stored = padded
    ? { storedFrom: axis.paddingBefore, storedTo: axis.paddingBefore + axis.length }
    : { storedFrom: Number.NEGATIVE_INFINITY, storedTo: Number.POSITIVE_INFINITY };
  const groups = groupOffsets(offsetsOf(query, tensor, axis, query.outer, query.boundary));
  const parentOffsets = offsetsOf(query, tensor, axis, 0, query.outer - 1);
  const totals = {
    accesses: emptySums(loops.length),
    deliveries: emptySums(loops.length),
    served: emptySums(loops.length),
  };
  const parents: AxisSums[] = [];
  const children: AxisSums[] = [];
  for (const parent of parentOffsets) {
    const own = emptySums(loops.length);
    for (const group of groups) {
      const members = group.members.map((member) => member.map((offset, i) => offset + parent.terms[i]!));
      const walk = { loops, terms, members, ...stored, measure, isBox: query.takesBoxes };
      const sums = query.toMacs ? stepsOnly(liveSteps(walk), loops.length) : walkAxis(walk);
      addSums(own, sums, 1);
      addSums(totals.deliveries, sums, group.members.length);
      addSums(totals.served, sums, group.firstBlockChildren);
      if (padded || children.length === 0) children.push(sums);
    }
    addSums(totals.accesses, own, 1);
    if (padded || parents.length === 0) parents.push(own);
  }
  return { dims: new Set(axis.terms.map((term) => term.dim)), ...totals, parents, children };
}

function stepsOnly(steps: number, loopCount: number): AxisSums {
  const sums = emptySums(loopCount);
  sums.first[loopCount] = steps;
  return sums;
}

/**
 * A dim that does not address the tensor: it repeats the traffic once per live index of every child that is served apart. Children that share
 * accesses are alive whenever the first of them is; those without work at a step are not served.
 */
function unrelatedFactor(
  query: TrafficQuery,
  tensor: TensorProjection,
  dim: Dim,
  temporal: readonly NestLoop[],
): Factor {
  const { outer } = query;
  const loops = temporal.filter((loop) => loop.dim === dim);
  const isServedApart = (level: number) => level >= outer && !multicasts(query, tensor, level);
  const repeats = (runsOver: (level: number) => boolean): AxisSums => {
    const live = emptySums(loops.length);
    const starts = childPositions(query, dim, runsOver);
    liveIndexCounts(query.problem.bounds[dim], loops, starts).forEach(({ all, advanced }, cut) => {
      live.first[cut] = all;
      live.wrapShared[cut] = all;
      live.advanced[cut] = advanced;
      live.advanceShared[cut] = advanced;
    });
    return live;
  };
  return {
    dims: new Set([dim]),
    accesses: repeats((level) => level < outer || isServedApart(level)),
    deliveries: repeats(() => true),
    served: repeats((level) => level <= outer || isServedApart(level)),
    parents: [repeats(isServedApart)],
    children: [repeats(() => false)],
  };
}

/** Positions along a dim at which the children of the boundary start: all on the levels that are run over, the first on the others. */
function childPositions(query: TrafficQuery, dim: Dim, runsOver: (level: number) => boolean): number[] {
  let positions = [0];
  for (const loop of query.nest)
    if (loop.kind === 'spatial' && loop.dim === dim && loop.level <= query.boundary && runsOver(loop.level))
      positions = positions.flatMap((start) =>
        Array.from({ length: loop.bound }, (_, child) => start + child * loop.step),
      );
  return positions;
}

/** Per cut: live index combinations, over all starts, of the outermost `cut` loops over one dim, and those with the last index >= 1. */
function liveIndexCounts(
  bound: number,
  loops: readonly NestLoop[],
  starts: readonly number[],
): { all: number; advanced: number }[] {
  const counts = Array.from({ length: loops.length + 1 }, (_, cut) =>
    starts.reduce((sum, start) => sum + liveCount(bound - start, loops.slice(0, cut)), 0),
  );
  return counts.map((all, cut) => ({ all, advanced: cut === 0 ? 0 : all - counts[cut - 1]! }));
}

/**
 * Index combinations of loops over one dim, outermost first, that end within `room` positions. Inner loops span less than a step of the loops around
 * them, so they run whole at all live indices of a loop but the last.
 */
export function liveCount(room: number, loops: readonly NestLoop[]): number {
  const [loop, ...inner] = loops;
  if (loop === undefined) return room > 0 ? 1 : 0;
  const last = Math.min(loop.bound, Math.ceil(room / loop.step)) - 1;
  if (last < 0) return 0;
  return last * product(inner.map(({ bound }) => bound)) + liveCount(room - last * loop.step, inner);
}

function multicasts(query: TrafficQuery, tensor: TensorProjection, level: number): boolean {
  return (
    query.fanOuts[level]!.multicast[tensor.name] && !query.mapping.levels[level]!.noMulticast.includes(tensor.name)
  );
}

/** Offsets on one axis of all children reached by the spatial loops of levels `from`..`to`. */
function offsetsOf(query: TrafficQuery, tensor: TensorProjection, axis: Axis, from: number, to: number): Offset[] {
  let offsets: Offset[] = [{ terms: axis.terms.map(() => 0), key: '', firstBlock: '' }];
  for (let level = from; level <= to; level++) {
    const block = query.nest.filter((loop) => loop.kind === 'spatial' && loop.level === level);
    let inBlock: number[][] = [axis.terms.map(() => 0)];
    for (const loop of block) {
      const term = axis.terms.findIndex(({ dim }) => dim === loop.dim);
      if (term < 0) continue;
      inBlock = inBlock.flatMap((base) =>
        Array.from({ length: loop.bound }, (_, k) =>
          base.map((value, i) => (i === term ? value + k * loop.step : value)),
        ),
      );
    }
    const shared = multicasts(query, tensor, level);
    offsets = offsets.flatMap((outer) =>
      inBlock.map((inner) => {
        const identity = inner.join(',');
        const shift = inner.reduce((sum, value, i) => sum + value * axis.terms[i]!.coefficient, 0);
        return {
          terms: outer.terms.map((value, i) => value + inner[i]!),
          key: `${outer.key}|${shared ? shift : identity}`,
          firstBlock: level === from ? identity : outer.firstBlock,
        };
      }),
    );
  }
  return offsets;
}

function groupOffsets(offsets: readonly Offset[]): Group[] {
  const byKey = new Map<string, Offset[]>();
  for (const offset of offsets) {
    const group = byKey.get(offset.key);
    if (group === undefined) byKey.set(offset.key, [offset]);
    else group.push(offset);
  }
  return [...byKey.values()].map((group) => ({
    members: group.map((offset) => offset.terms),
    firstBlockChildren: new Set(group.map((offset) => offset.firstBlock)).size,
  }));
}

/** Largest count of a single instance. Without padding it is the first one, whose tiles are clipped least. */
export function busiest(
  factors: readonly Factor[],
  instances: (factor: Factor) => readonly AxisSums[],
  count: (choose: Choice) => number,
): number {
  let choices: number[][] = [[]];
  for (const factor of factors)
    choices = choices.flatMap((choice) => instances(factor).map((_, instance) => [...choice, instance]));
  return choices.reduce(
    (most, choice) =>
      Math.max(
        most,
        count((factor, i) => instances(factor)[choice[i]!]!),
      ),
    0,
  );
}
