import { type Accelerator, type Capacity, capacityBits, totalWordsPerCycle } from '../../accelerator/accelerator.ts';
import { type Budget, type BudgetViolation, checkBudget, violationText } from '../../accelerator/budget.ts';
import { buildAccelerator, buildBandwidth } from '../../accelerator/build.ts';
import { type AcceleratorSpecification, specificationProblems } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import type { Dimension, Point, PointValue, Space } from '../../optimizers/space.ts';
import { TrifoldError } from '../../util/errors.ts';
import { product } from '../../util/integers.ts';
import type { Design } from '../ports.ts';
import { arraySizes, arrayWeights, PE_STEP } from './array-shape.ts';
import { MOST_DIMS_PER_AXIS, orderOfAxes, parallelAxes, RANKED_DIMS, rankedAxes } from './array-wiring.ts';
import { designBounds, type SearchedRange } from './design-bounds.ts';
import { BYTES_STEP, designLevels } from './design-levels.ts';
import { designSpecification } from './design-specification.ts';
import type { UsefulSizes } from './useful-sizes.ts';

/**
 * How the connectivity is encoded. `importance`: one importance per dim, sorted decreasing; `index`: the place of the order in the
 * list of all 720; `fixed`: the baseline's array dimensions and their parallel dims, only sizes are searched.
 */
export type ConnectivityEncoding = 'importance' | 'index' | 'fixed';

/** Setting that points are decoded in. */
export interface EncodingContext {
  readonly connectivity: ConnectivityEncoding;
  /** Ranked dims that an axis may carry at most; 1 to {@link MOST_DIMS_PER_AXIS}, 1 = as published. The fixed connectivity ignores it. */
  readonly dimsPerAxis: number;
  /** The budget's own accelerator: everything that is not searched comes from it. */
  readonly baseline: AcceleratorSpecification;
  readonly budget: Budget;
  readonly technology: Technology;
  readonly bufferSizes: BufferSizes;
  /** Array sizes are taken from these; absent = any even ones, as published. */
  readonly usefulSizes?: UsefulSizes;
}

/** Array sizes of designs: those that the layers can fill with perfect factors, see {@link UsefulSizes}, or any even ones, as published. */
export type ArraySizes = 'useful' | 'published';

/**
 * How sizes of the global buffer lie in their range: equally likely per factor, as those of register files do, or per byte. What a buffer costs
 * and what fits in it goes by factors: linear ones leave a sixteenth of the range to everything below a sixteenth of the budget.
 */
export type BufferSizes = 'geometric' | 'linear';

/** A point that stands for a design within the budget. */
export interface DecodedDesign {
  readonly kind: 'design';
  readonly design: Design;
  readonly specification: AcceleratorSpecification;
  readonly accelerator: Accelerator;
}

/** A point that does not. */
export interface RejectedPoint {
  readonly kind: 'rejected';
  /** The first exceeded resource of the budget, or `specification`. */
  readonly reason: string;
  readonly message: string;
  /** The exceeded resource; null for a `specification` that cannot be built. */
  readonly violation: BudgetViolation | null;
}

/** Largest number of array dimensions. */
const MOST_AXES = 3;

/**
 * The vector of NAAS (DAC 2021, section II-A) as a search space. In this order:
 *
 * | dimension | values |
 * |---|---|
 * | `PEs` | [0, 1]: 8, 16, ... up to the budget, equally likely |
 * | `size1`..`size3` | [0, 1]: weights by which the axes share the PEs, see {@link arraySizes} (those of the axes in use) |
 * | `L1` | [0, 1]: bytes per PE, step 16, geometric from 16 to all that the budget has for this number of PEs |
 * | `L2` | [0, 1]: bytes, step 16, geometric from 16 (at least a block of the baseline) to all that the budget has, or linear, see {@link BufferSizes} |
 * | `bandwidth` | [0, 1]: words per cycle of the global buffer, whole, up to the budget; absent where nothing limits it |
 * | `dimensions` | 1, 2 or 3 axes; absent when the connectivity is fixed |
 * | `parallel` | order of K, C, P, Q, R, S: the first k become the parallel dims of the k axes, see {@link parallelAxes}; absent when the connectivity is fixed |
 *
 * An axis may carry several dims (`dimsPerAxis`), as those of the chips that searches are compared with do: the mapping of every layer then
 * splits the axis among them. No gene is added, the same order decides: the next k dims are dealt to the axes likewise. Where the
 * technology knows wires, further dims take the area of multiplexers; the published encoding has one dim per axis.
 *
 * The paper has both a number of PEs and array sizes. Here the number of PEs is what the array may use and the weights say how its
 * axes share it, so the two never contradict each other; what is built is the product of the sizes, which is what the budget checks.
 * With `usefulSizes` the sizes nearest to these that the layers can fill are built, which may be more PEs than the gene says (never more than the
 * budget has), and L1 shares the memory among the PEs that are built.
 *
 * A k-D array is one fan-out with k axes between L2 and L1. The paper gives every array dimension a mapping level of its own;
 * levels without storage between them change no count in this cost model, so mappings have loops at DRAM, L2 and PE only.
 *
 * Groups (G) are not ranked. They may run in parallel wherever K or C may: a loop over channels of groups needs one stream of
 * inputs, weights and outputs per PE, which the wires of K (own weights, own outputs) and C (own inputs, own weights) have already
 * when nothing is shared or summed. Without this a K-C array would run depthwise layers on a single PE.
 *
 * @throws TrifoldError `infeasible` if not even the smallest design keeps the budget; `value` for the number of dims per axis; `unsupported` or `value` for a bad baseline
 */
export function acceleratorSpace(context: EncodingContext): Space {
  const { connectivity, dimsPerAxis } = context;
  const { axisCount, bounds, bufferWords } = limitsOf(context);
  if (!Number.isSafeInteger(dimsPerAxis) || dimsPerAxis < 1 || dimsPerAxis > MOST_DIMS_PER_AXIS)
    throw new TrifoldError('value', `an axis carries 1 to ${MOST_DIMS_PER_AXIS} dims`, { keyPath: 'dimsPerAxis' });
  refuseImpossibleBudget(context);
  const unit = (name: string): Dimension => ({ kind: 'continuous', name, low: 0, high: 1 });
  const space = [unit('PEs')];
  for (let axis = 1; axis <= axisCount; axis++) space.push(unit(`size${axis}`));
  space.push(unit('L1'), unit('L2'));
  if (bufferWords !== null) space.push(unit('bandwidth'));
  if (connectivity !== 'fixed')
    space.push(
      { kind: 'integer', name: 'dimensions', low: bounds.axes?.length ?? 1, high: axisCount, step: 1 },
      { kind: 'permutation', name: 'parallel', length: RANKED_DIMS.length, encoding: connectivity },
    );
  return space;
}

/**
 * Refuses a budget that no design can keep: with fewer PEs or bytes than the smallest has, or with limits that not even one PE with the smallest
 * memories keeps (all use of resources grows with both).
 * @throws TrifoldError `infeasible` with the limits and the values; `unsupported` or `value` for a bad baseline
 */
export function refuseImpossibleBudget({
  baseline,
  budget,
  technology,
}: Pick<EncodingContext, 'baseline' | 'budget' | 'technology'>): void {
  if (budget.processingElements < PE_STEP || budget.onChipBits < 8 * BYTES_STEP * (PE_STEP + 1))
    throw new TrifoldError('infeasible', `budget ${budget.name} is too small for any design`, {
      hint: `the smallest has ${PE_STEP} PEs with ${BYTES_STEP} B each and ${BYTES_STEP} B of global buffer`,
    });
  const { l1, l2, axes: bounded } = designBounds(baseline, budget);
  const axes = designLevels(baseline).l2.fanOut.dimensions.map((axis) => {
    return { ...axis, size: bounded?.find(({ name }) => name === axis.name)?.least ?? 1 };
  });
  const l1BytesPerPe = Math.max(BYTES_STEP, l1.least);
  const l2Bytes = Math.max(BYTES_STEP, l2.least);
  const processingElements = product(axes.map(({ size }) => size));
  const sizes = { processingElements, l1BytesPerPe, l2Bytes, bufferWordsPerCycle: 2 };
  const least = designSpecification({ ...sizes, axes }, baseline, 'smallest');
  const broken = checkBudget(buildAccelerator(least, technology), budget).filter(
    ({ resource }) => resource !== 'buffer bandwidth' && !resource.startsWith('size of axis '),
  );
  if (broken.length > 0)
    throw new TrifoldError(
      'infeasible',
      `budget ${budget.name} allows no design: ${processingElements === 1 ? 'one PE' : `${processingElements} PEs`} with ${l1BytesPerPe} B and a buffer of ${l2Bytes} B already exceed it: ${broken.map(violationText).join(', ')}`,
      {
        hint: 'designs inherit clock, widths, DRAM and technology of the baseline; raise the limit or take another --baseline',
      },
    );
}

/** The design that a point of {@link acceleratorSpace} stands for, built and checked against the budget. The same point gives the same answer always. */
export function decodePointToDesign(point: Point, context: EncodingContext): DecodedDesign | RejectedPoint {
  const design = pointToDesign(point, context);
  const specification = designSpecification(design, context.baseline, 'candidate');
  const [problem] = specificationProblems(specification);
  if (problem !== undefined)
    return { kind: 'rejected', reason: 'specification', message: problem.message, violation: null };
  const accelerator = buildAccelerator(specification, context.technology);
  const [violation] = checkBudget(accelerator, context.budget);
  if (violation !== undefined)
    return { kind: 'rejected', reason: violation.resource, message: violationText(violation), violation };
  return { kind: 'design', design, specification, accelerator };
}

/**
 * A point that decodes to `design`. Defined for designs whose sizes lie on the steps and, unless the connectivity is fixed, whose
 * axes are wired for as many ranked dims as {@link parallelAxes} gives them; values off the steps are moved to the nearest.
 * @returns undefined for another connectivity
 */
export function encodeDesign(design: Design, context: EncodingContext): Point | undefined {
  const { axisCount, bounds, mostPes, mostBytes, leastL2Bytes, mostL2Bytes, bufferWords } = limitsOf(context);
  const sizes = design.axes.map((axis) => axis.size);
  if (sizes.length > axisCount || (context.connectivity === 'fixed' && sizes.length < axisCount)) return undefined;
  const pes = Math.min(mostPes, Math.max(PE_STEP, snap(design.processingElements, PE_STEP)));
  const weights = arrayWeights(sizes);
  while (weights.length < axisCount) weights.push(0.5);
  const sharing = bounds.axes === null ? pes : design.processingElements;
  const l1 = l1Range(sharing, mostBytes, leastL2Bytes, bounds.l1);
  const point: PointValue[] = [
    (pes / PE_STEP - 0.5) / (mostPes / PE_STEP),
    ...weights,
    geometricShare(design.l1BytesPerPe, l1),
    context.bufferSizes === 'linear'
      ? Math.min(1, design.l2Bytes / mostL2Bytes)
      : geometricShare(design.l2Bytes, { least: bounds.l2.least, most: mostL2Bytes }),
  ];
  if (bufferWords !== null)
    point.push(
      (Math.min(bufferWords, Math.max(2, design.bufferWordsPerCycle ?? bufferWords)) - 1.5) / (bufferWords - 1),
    );
  if (context.connectivity === 'fixed') return point;
  const order = orderOfAxes(design.axes, context.dimsPerAxis);
  return order === undefined ? undefined : [...point, design.axes.length, order];
}

/**
 * The point of the baseline itself, for a search to start from: its sizes, and of every axis in turn the first ranked dim that it is wired for
 * and that no axis has yet, as often as an axis carries dims. Axes may be wired for more than the ranking knows; where one is wired for
 * less, it gets a dim that is left over.
 * @returns undefined if an axis has not even a first dim
 */
export function baselinePoint(context: EncodingContext): Point | undefined {
  const design = designOfSpecification(context.baseline);
  return encodeDesign(
    context.connectivity === 'fixed' ? design : { ...design, axes: rankedAxes(design.axes, context.dimsPerAxis) },
    context,
  );
}

/** The accelerator that designs are made from, as a design. @throws TrifoldError as {@link designLevels} does */
export function designOfSpecification(baseline: AcceleratorSpecification): Design {
  const { l1, l2 } = designLevels(baseline);
  const axes = l2.fanOut.dimensions;
  const words = totalWordsPerCycle(buildBandwidth(l2, baseline.clockHz));
  return {
    processingElements: axes.reduce((count, axis) => count * axis.size, 1),
    l1BytesPerPe: capacityBytes(l1.capacity),
    l2Bytes: capacityBytes(l2.capacity),
    bufferWordsPerCycle: Number.isFinite(words) ? words : null,
    axes,
  };
}

function capacityBytes(capacity: Capacity): number {
  const bits = capacityBits(capacity);
  return bits === null ? BYTES_STEP : bits / 8;
}

function pointToDesign(point: Point, context: EncodingContext): Design {
  const { axisCount, bounds, mostPes, mostBytes, leastL2Bytes, mostL2Bytes, bufferWords, baselineAxes } =
    limitsOf(context);
  const { bufferSizes, connectivity, dimsPerAxis, usefulSizes } = context;
  // Points of the space have numbers everywhere but in the last place, which the fixed connectivity does not have.
  const numbers = point.filter((value): value is number => typeof value === 'number');
  let next = 0;
  const take = () => numbers[next++]!;
  const pes = PE_STEP * (1 + cell(take(), mostPes / PE_STEP));
  const weights = Array.from({ length: axisCount }, take);
  const l1Share = take();
  const l2Share = take();
  const l2Wanted =
    bufferSizes === 'linear'
      ? snap(l2Share * mostL2Bytes, BYTES_STEP)
      : geometricBytes(l2Share, { least: bounds.l2.least, most: mostL2Bytes });
  const l2 = Math.max(leastL2Bytes, l2Wanted);
  const bandwidth = bufferWords === null ? null : 2 + cell(take(), bufferWords - 1);
  let wired = baselineAxes;
  if (connectivity !== 'fixed') {
    const order = point.at(-1);
    if (typeof order !== 'object') throw new RangeError('the last value of a point must be the order of the dims');
    weights.length = take();
    wired = parallelAxes(
      order,
      weights.map(() => 1),
      dimsPerAxis,
    );
  }
  const wiring = wired.map((axis) => axis.parallelDims);
  const aimed = usefulSizes?.nearest(pes, weights, wiring) ?? arraySizes(pes, weights);
  const sizes = wired.map(({ name }, i) => {
    const { least, most } = bounds.axes?.find((axis) => axis.name === name) ?? ANY_SIZE;
    return Math.min(most, Math.max(least, aimed[i]!));
  });
  const axes = wired.map((axis, i) => ({ ...axis, size: sizes[i]! }));
  const processingElements = product(sizes);
  const sharing = usefulSizes === undefined && bounds.axes === null ? pes : processingElements;
  return {
    processingElements,
    l1BytesPerPe: geometricBytes(l1Share, l1Range(sharing, mostBytes, leastL2Bytes, bounds.l1)),
    l2Bytes: l2,
    bufferWordsPerCycle: bandwidth,
    axes,
  };
}

/** Bounds of the space. */
function limitsOf({ baseline, budget, connectivity }: EncodingContext) {
  const { l2 } = designLevels(baseline);
  const baselineAxes = l2.fanOut.dimensions;
  if (connectivity === 'fixed' && baselineAxes.length === 0)
    throw new TrifoldError('unsupported', `${baseline.name} has no array whose sizes could be searched`);
  const bounds = designBounds(baseline, budget);
  const mostBytes = Math.floor(budget.onChipBits / 8 / BYTES_STEP) * BYTES_STEP;
  const blockBytes = Math.ceil((l2.blockWords * l2.wordBits) / 8 / BYTES_STEP) * BYTES_STEP;
  const leastL2Bytes = Math.max(bounds.l2.least, blockBytes);
  const own = totalWordsPerCycle(buildBandwidth(l2, baseline.clockHz));
  const allowed = budget.bufferBytesPerCycle === undefined ? own : (budget.bufferBytesPerCycle * 8) / l2.wordBits;
  return {
    baselineAxes,
    bounds,
    axisCount: connectivity === 'fixed' ? baselineAxes.length : (bounds.axes?.length ?? MOST_AXES),
    mostPes: Math.floor(budget.processingElements / PE_STEP) * PE_STEP,
    mostBytes,
    leastL2Bytes,
    mostL2Bytes: Math.max(leastL2Bytes, Math.min(bounds.l2.most, mostBytes)),
    bufferWords: Number.isFinite(allowed) ? Math.max(2, Math.floor(allowed + 1e-9)) : null,
  };
}

const ANY_SIZE: SearchedRange = { least: 1, most: Number.POSITIVE_INFINITY };

/**
 * Bytes of one of `pes` register files: at most all that there is beside the smallest global buffer, which holds a block; at least one step (then the
 * budget rejects).
 */
function l1Range(pes: number, mostBytes: number, leastL2Bytes: number, { least, most }: SearchedRange): SearchedRange {
  const share = Math.floor((mostBytes - leastL2Bytes) / pes / BYTES_STEP) * BYTES_STEP;
  return { least, most: Math.max(least, Math.min(most, share)) };
}

/** Bytes at a share of a geometric range, on the steps. */
function geometricBytes(share: number, { least, most }: SearchedRange): number {
  return Math.min(most, Math.max(least, snap(least * (most / least) ** share, BYTES_STEP)));
}

/** The share that {@link geometricBytes} turns into `bytes`, or into the nearest that there is. */
function geometricShare(bytes: number, { least, most }: SearchedRange): number {
  if (most === least) return 0.5;
  return Math.log(Math.min(most, Math.max(least, bytes)) / least) / Math.log(most / least);
}

/** Number of the cell of [0, 1] cut into `cells` equal ones. */
function cell(unit: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.floor(unit * cells)));
}

function snap(value: number, step: number): number {
  return Math.max(1, Math.round(value / step)) * step;
}
