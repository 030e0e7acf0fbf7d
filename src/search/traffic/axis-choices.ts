import { type AxisSums, walkAxis } from '../../cost/reference/axis-walk.ts';
import { tileWords } from '../../mapping/legality.ts';
import { TrifoldError } from '../../util/errors.ts';
import { ceilDiv } from '../../util/integers.ts';
import { perDim } from '../../util/vocabulary.ts';
import { type Axis, isPadded, type Problem } from '../../workload/problem.ts';
import type { Border } from './border.ts';
import { allExtents, plainExtents, type TileFactors } from './extents.ts';

/** A tile along a sliding axis of Inputs, and what its two loops outside the buffer move. */
export interface AxisChoice {
  /** Extents of the output dim and of the filter dim. */
  readonly outputs: number;
  readonly filters: number;
  /** Steps of the two loops. */
  readonly outputSteps: number;
  readonly filterSteps: number;
  /** Words of a tile that take room. */
  readonly tileWords: number;
  /** By the loops that are inside another one, bit 0: outputs, bit 1: filters: words that the tile before it shares with the one after it, over all steps of the loops outside. */
  readonly wrapped: readonly [number, number, number, number];
  /** Words that the loop over outputs keeps when it advances, with the loop over filters outside it and inside it. */
  readonly outputsKept: readonly [number, number];
  /** The same of the loop over filters, with that over outputs outside it and inside it. */
  readonly filtersKept: readonly [number, number];
}

/** Words of all tiles of a choice. */
export function allWords({ wrapped }: AxisChoice): number {
  return wrapped[0];
}

/** Steps of the reference's walks over an axis up to which all extents are looked at; beyond, those that only padding and gaps may favour are left out. */
const MOST_WALKED = 1_000_000;
/** Positions of an axis that can be walked at all. */
const MOST_POSITIONS = 4_000_000;

/** How the choices of an axis are asked for. */
export interface AxisOptions {
  readonly factors: TileFactors;
  readonly view: Border['view'];
  /** True ends the work without choices. */
  readonly shouldStop: () => boolean;
}

/** The choices of an axis that no other one makes needless. */
export interface AxisChoices {
  readonly choices: readonly AxisChoice[];
  /** False where extents that padding may favour are left out, as they are too many. */
  readonly isComplete: boolean;
}

/**
 * Tiles along a sliding axis, by the sums of the reference model. Of those with the same steps one is needless if another takes no more room, has no more
 * words, and keeps no fewer whichever loop advances.
 * @returns null when stopped
 * @throws TrifoldError `unsupported` for an axis that is too long to be walked
 */
export function axisChoices(
  problem: Problem,
  axis: Axis,
  { factors, view, shouldStop }: AxisOptions,
): AxisChoices | null {
  const { bounds } = problem;
  const [output, filter] = axis.terms;
  if (output === undefined || filter === undefined) throw new RangeError('an axis of Inputs slides along two dims');
  const [p, r] = [bounds[output.dim], bounds[filter.dim]];
  // Without padding and with a filter of one position, tiles have no word in common and none is clipped.
  const isPlain = r === 1 && !isPadded(axis, bounds) && (view === 'used' || output.coefficient === 1);
  if (!isPlain && p * r > MOST_POSITIONS)
    throw new TrifoldError('unsupported', `${problem.name}: an axis of ${p} x ${r} positions is too long for bounds`);
  const isComplete = isPlain || factors === 'perfect' || p * (1 + Math.log(p)) * r * (1 + Math.log(r)) <= MOST_WALKED;
  const listOf = isComplete && !isPlain ? allExtents : plainExtents;
  const [outputs, filters] = [listOf(p, factors), listOf(r, factors)];
  const bySteps = new Map<string, AxisChoice[]>();
  for (const outputExtent of outputs)
    for (const filterExtent of filters) {
      if (shouldStop()) return null;
      const tile = perDim((dim) => (dim === output.dim ? outputExtent : dim === filter.dim ? filterExtent : 1));
      const held = tileWords(problem, 'Inputs', tile, view);
      const choice = isPlain
        ? plainChoice(outputExtent, p, held)
        : walkedChoice(problem, axis, outputExtent, filterExtent, held, view);
      const key = `${choice.outputSteps},${choice.filterSteps}`;
      const alike = bySteps.get(key);
      if (alike === undefined) bySteps.set(key, [choice]);
      else if (!alike.some((other) => makesNeedless(other, choice))) alike.push(choice);
    }
  return { choices: [...bySteps.values()].flat(), isComplete };
}

/** Whether a choice never takes or moves more than another with the same steps. */
function makesNeedless(one: AxisChoice, other: AxisChoice): boolean {
  return (
    one.outputs <= other.outputs &&
    one.filters <= other.filters &&
    one.tileWords <= other.tileWords &&
    allWords(one) <= allWords(other) &&
    [1, 2, 3].every((inside) => one.wrapped[inside]! >= other.wrapped[inside]!) &&
    [0, 1].every((i) => one.outputsKept[i]! >= other.outputsKept[i]! && one.filtersKept[i]! >= other.filtersKept[i]!)
  );
}

function plainChoice(outputs: number, bound: number, held: number): AxisChoice {
  return {
    outputs,
    filters: 1,
    outputSteps: ceilDiv(bound, outputs),
    filterSteps: 1,
    tileWords: held,
    wrapped: [bound, 0, 0, 0],
    outputsKept: [0, 0],
    filtersKept: [0, 0],
  };
}

function walkedChoice(
  { bounds }: Problem,
  axis: Axis,
  outputs: number,
  filters: number,
  held: number,
  view: Border['view'],
): AxisChoice {
  const [output, filter] = [axis.terms[0]!, axis.terms[1]!];
  const outputSteps = ceilDiv(bounds[output.dim], outputs);
  const filterSteps = ceilDiv(bounds[filter.dim], filters);
  const terms = [
    { coefficient: output.coefficient, bound: bounds[output.dim], extent: outputs, steps: outputSteps },
    { coefficient: filter.coefficient, bound: bounds[filter.dim], extent: filters, steps: filterSteps },
  ];
  // The walk takes terms by ascending coefficient.
  const places = output.coefficient <= filter.coefficient ? [0, 1] : [1, 0];
  const stored = isPadded(axis, bounds)
    ? { storedFrom: axis.paddingBefore, storedTo: axis.paddingBefore + axis.length }
    : { storedFrom: Number.NEGATIVE_INFINITY, storedTo: Number.POSITIVE_INFINITY };
  const walk = (order: readonly number[]): AxisSums =>
    walkAxis({
      loops: order
        .filter((term) => terms[term]!.steps > 1)
        .map((term) => ({ term: places.indexOf(term), bound: terms[term]!.steps, step: terms[term]!.extent })),
      terms: places.map((place) => terms[place]!),
      members: [[0, 0]],
      ...stored,
      measure: (words) => words,
      isBox: view !== 'used',
    });
  const choice = { outputs, filters, outputSteps, filterSteps, tileWords: held };
  const around = walk([0, 1]);
  const loopCount = around.first.length - 1;
  const all = around.first[loopCount]!;
  const one = { wrapped: around.wrapShared[0]!, kept: around.advanceShared[loopCount]! };
  if (loopCount < 2)
    return {
      ...choice,
      wrapped: [all, outputSteps > 1 ? one.wrapped : 0, filterSteps > 1 ? one.wrapped : 0, 0],
      outputsKept: [outputSteps > 1 ? one.kept : 0, 0],
      filtersKept: [filterSteps > 1 ? one.kept : 0, 0],
    };
  const inside = walk([1, 0]);
  return {
    ...choice,
    wrapped: [all, inside.wrapShared[1]!, around.wrapShared[1]!, around.wrapShared[0]!],
    outputsKept: [inside.advanceShared[2]!, around.advanceShared[1]!],
    filtersKept: [around.advanceShared[2]!, inside.advanceShared[1]!],
  };
}
