import { factorFigure, figure } from '../page/figure.ts';
import type { Hole } from '../page/html.ts';

/** A figure of two runs as cells: of A, of B, A / B where both have it. @param missing stands for a figure that a run lacks */
export function pairCells(
  [a, b]: readonly [number | null, number | null],
  text: (value: number) => string,
  missing: string,
): readonly Hole[] {
  const show = (value: number | null) => (value === null ? missing : figure(value, text(value)));
  return [show(a), show(b), a === null || b === null ? '' : factorFigure(a / b)];
}
