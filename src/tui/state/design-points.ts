import type { Design, FrontPoint, TrialRecord } from '../../search/ports.ts';
import { meanFigures } from '../../search/run-figures.ts';

/** A scored design as a point of a trade-off; figures are geometric means over the networks. */
export interface DesignPoint {
  readonly trial: number;
  readonly edpPjCycles: number;
  readonly energyPj: number;
  readonly cycles: number;
  readonly areaMm2: number;
  readonly design: Design;
  /** Top-1 accuracy of its network; null where networks are given. */
  readonly top1Percent: number | null;
}

/** A scored trial as a point; null where it has no figures. */
export function toDesignPoint({ trial, networks, areaMm2, design, network }: TrialRecord): DesignPoint | null {
  if (networks === undefined || networks.length === 0) return null;
  return { trial, ...meanFigures(networks), areaMm2, design, top1Percent: network?.accuracy.top1Percent ?? null };
}

/** A point of the search's own front; its EDP is the product of its means. */
export function fromFrontPoint(point: FrontPoint): DesignPoint {
  return { ...point, edpPjCycles: point.energyPj * point.cycles, top1Percent: null };
}

/** A pair of figures that are both to be small. */
export interface TradeOff {
  readonly name: string;
  readonly x: { readonly label: string; readonly of: (point: DesignPoint) => number };
  readonly y: { readonly label: string; readonly of: (point: DesignPoint) => number };
}

/** The trade-offs that the Pareto page shows. */
export const TRADE_OFFS: readonly TradeOff[] = [
  {
    name: 'area against EDP',
    x: { label: 'area, mm²', of: (point) => point.areaMm2 },
    y: { label: 'EDP, pJ·cycles', of: (point) => point.edpPjCycles },
  },
  {
    name: 'latency against energy',
    x: { label: 'latency, cycles', of: (point) => point.cycles },
    y: { label: 'energy, pJ', of: (point) => point.energyPj },
  },
  {
    name: 'PEs against EDP',
    x: { label: 'PEs', of: (point) => point.design.processingElements },
    y: { label: 'EDP, pJ·cycles', of: (point) => point.edpPjCycles },
  },
];

/** Designs met so far, bounded: a thinned sample of all, and the front of every trade-off. */
export interface DesignPoints {
  readonly sample: readonly DesignPoint[];
  /** The sample takes every so-manieth design. */
  readonly every: number;
  readonly seen: number;
  /** One per entry of {@link TRADE_OFFS}, by ascending x: no point of a front is beaten in both figures. */
  readonly fronts: readonly (readonly DesignPoint[])[];
}

/** Most points of the sample, and of one front. */
export const POINT_LIMIT = 1024;

/** No designs. */
export const NO_POINTS: DesignPoints = { sample: [], every: 1, seen: 0, fronts: TRADE_OFFS.map(() => []) };

/** The points with more designs. */
export function addDesignPoints(
  before: DesignPoints,
  added: readonly DesignPoint[],
  limit = POINT_LIMIT,
): DesignPoints {
  let { every, seen } = before;
  let sample = [...before.sample];
  for (const point of added) {
    if (seen++ % every !== 0) continue;
    sample.push(point);
    if (sample.length <= limit) continue;
    sample = sample.filter((_, i) => i % 2 === 0);
    every *= 2;
  }
  const fronts = before.fronts.map((front, i) =>
    added.reduce((points, point) => addToFront(points, point, TRADE_OFFS[i]!, limit), front),
  );
  return { sample, every, seen, fronts };
}

function addToFront(
  front: readonly DesignPoint[],
  point: DesignPoint,
  { x, y }: TradeOff,
  limit: number,
): readonly DesignPoint[] {
  if (front.some((other) => x.of(other) <= x.of(point) && y.of(other) <= y.of(point))) return front;
  const kept = front.filter((other) => x.of(other) < x.of(point) || y.of(other) < y.of(point));
  const after = kept.findIndex((other) => x.of(other) > x.of(point));
  const joined = kept.toSpliced(after < 0 ? kept.length : after, 0, point);
  return joined.length <= limit ? joined : joined.filter((_, i) => i % 2 === 0 || i === joined.length - 1);
}
