import type { AccuracyEstimate, AccuracyPoint } from '../found-network.ts';
import { addToFront, type FiguresOf } from '../pareto-front.ts';

/** Networks with two figures each: accuracy (more is better) and cost (less is better). NaN in either leaves a network out. */
export interface AccuracyCosts {
  /** Percent, per network. */
  readonly accuracy: ArrayLike<number>;
  /** Above 0, per network. */
  readonly cost: ArrayLike<number>;
}

/**
 * Index of the cheapest network whose accuracy is at least the accuracy floor; of several the most accurate, then the first. Null when there is none.
 */
export function cheapestAbove({ accuracy, cost }: AccuracyCosts, floorPercent: number): number | null {
  let best: number | null = null;
  for (let i = 0; i < cost.length; i++) {
    if (Number.isNaN(cost[i]!) || !(accuracy[i]! >= floorPercent)) continue;
    const isBetter =
      best === null || cost[i]! < cost[best]! || (cost[i]! === cost[best]! && accuracy[i]! > accuracy[best]!);
    if (isBetter) best = i;
  }
  return best;
}

/**
 * The Pareto front: indices of all networks that no other beats in one figure without losing in the other, by descending accuracy.
 * Of networks with equal figures the first stands for all.
 */
export function accuracyFront({ accuracy, cost }: AccuracyCosts): number[] {
  const order: number[] = [];
  for (let i = 0; i < cost.length; i++) if (!Number.isNaN(cost[i]!) && !Number.isNaN(accuracy[i]!)) order.push(i);
  order.sort((a, b) => accuracy[b]! - accuracy[a]! || cost[a]! - cost[b]! || a - b);
  const front: number[] = [];
  for (const i of order) if (front.length === 0 || cost[i]! < cost[front[front.length - 1]!]!) front.push(i);
  return front;
}

/** The worst accuracy and cost that count. */
export interface FrontCorner {
  readonly accuracy: number;
  readonly cost: number;
}

/** The nadir of a front: the least accuracy and the highest cost on it. Null for an empty front. */
export function nadir(networks: AccuracyCosts): FrontCorner | null {
  const front = accuracyFront(networks);
  const [first] = front;
  const last = front[front.length - 1];
  if (first === undefined || last === undefined) return null;
  return { accuracy: networks.accuracy[last]!, cost: networks.cost[first]! };
}

/**
 * Hypervolume of networks against a corner: area in points of accuracy x factors e of cost that they cover. The logarithm keeps cheap
 * networks from counting nothing. Networks beyond the corner count nothing. (Zitzler, Thiele 1998, in two dimensions.)
 */
export function hypervolume({ accuracy, cost }: AccuracyCosts, corner: FrontCorner): number {
  let volume = 0;
  let covered = Math.log(corner.cost);
  for (const i of accuracyFront({ accuracy, cost })) {
    const logCost = Math.log(cost[i]!);
    if (logCost >= covered || accuracy[i]! <= corner.accuracy) continue;
    volume += (accuracy[i]! - corner.accuracy) * (covered - logCost);
    covered = logCost;
  }
  return volume;
}

/** A network with the figures that a front of a co-search compares. */
export interface AccuracyFigures {
  readonly network: { readonly accuracy: Pick<AccuracyEstimate, 'top1Percent'> };
  readonly edpPjCycles: number;
}

/** Accuracy, more is better, and EDP. */
export const accuracyFigures: FiguresOf<AccuracyFigures> = ({ network, edpPjCycles }) => [
  -network.accuracy.top1Percent,
  edpPjCycles,
];

/** Points that no other point beats in accuracy or EDP without losing in the other, by descending accuracy. */
export function mergeFront(
  front: readonly AccuracyPoint[],
  points: readonly AccuracyPoint[],
): readonly AccuracyPoint[] {
  if (points.length === 0) return front;
  const merged = points.reduce((all, point) => addToFront(all, point, accuracyFigures), front);
  return [...merged].sort((a, b) => b.network.accuracy.top1Percent - a.network.accuracy.top1Percent);
}

/** Area that points cover against a corner, in points of accuracy x factors e of EDP; see {@link hypervolume}. */
export function frontVolume(points: readonly AccuracyFigures[], corner: FrontCorner): number {
  const accuracy = points.map(({ network }) => network.accuracy.top1Percent);
  return hypervolume({ accuracy, cost: points.map(({ edpPjCycles }) => edpPjCycles) }, corner);
}

/**
 * One figure for a front, lower = better: the EDP relative to `baselineEdp` that the front asks for, as the geometric mean over all accuracies
 * between the corner's and `topPercent`. Accuracies that the front does not reach count with the EDP of the corner.
 */
export function meanFrontRatio(volume: number, corner: FrontCorner, topPercent: number, baselineEdp: number): number {
  return (corner.cost / baselineEdp) * Math.exp(-volume / (topPercent - corner.accuracy));
}
