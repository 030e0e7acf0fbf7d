import type { FrontPoint } from './ports.ts';

/** Adds a point to a front of energy, cycles and area: dropped if another is at least as good in all three; otherwise those that it covers leave. */
export function addToFront(front: readonly FrontPoint[], point: FrontPoint): readonly FrontPoint[] {
  if (front.some((other) => covers(other, point))) return front;
  return [...front.filter((other) => !covers(point, other)), point];
}

function covers(a: FrontPoint, b: FrontPoint): boolean {
  return a.energyPj <= b.energyPj && a.cycles <= b.cycles && a.areaMm2 <= b.areaMm2;
}
