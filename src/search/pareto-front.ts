import type { FrontPoint } from './ports.ts';

/** Figures of a point that are compared, in a fixed order; of all of them less is better. */
export type FiguresOf<Point> = (point: Point) => readonly number[];

/** Whether some point of a front is at least as good as another one in all figures. */
export function isCovered<Point>(front: readonly Point[], point: Point, figuresOf: FiguresOf<Point>): boolean {
  const figures = figuresOf(point);
  return front.some((other) => figuresOf(other).every((value, i) => value <= figures[i]!));
}

/** Adds a point to a Pareto front: left out where it is covered; otherwise those that it covers leave. */
export function addToFront<Point>(
  front: readonly Point[],
  point: Point,
  figuresOf: FiguresOf<Point>,
): readonly Point[] {
  if (isCovered(front, point, figuresOf)) return front;
  return [...front.filter((other) => !isCovered([point], other, figuresOf)), point];
}

/** Figures that a front of designs compares. */
export const designFigures: FiguresOf<FrontPoint> = ({ energyPj, cycles, areaMm2: area }) => [energyPj, cycles, area];
