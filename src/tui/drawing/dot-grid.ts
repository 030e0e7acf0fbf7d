import type { SeriesPoint } from '../state/series.ts';
import type { Canvas } from './canvas.ts';
import type { Style } from './palette.ts';

/** Dots of a braille character by row, then column (Unicode Standard, block U+2800). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Dots on a region, each cell in the style of its latest dot. */
export class DotGrid {
  readonly width: number;
  readonly height: number;
  readonly #bits: Uint8Array;
  readonly #styles: Style[];
  readonly #plot: Canvas;

  constructor(plot: Canvas) {
    this.#plot = plot;
    this.width = plot.width * 2;
    this.height = plot.height * 4;
    this.#bits = new Uint8Array(plot.width * plot.height);
    this.#styles = Array(plot.width * plot.height).fill('text');
  }

  set(x: number, y: number, style: Style): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const cell = (y >> 2) * this.#plot.width + (x >> 1);
    this.#bits[cell]! |= DOTS[y & 3]![x & 1]!;
    this.#styles[cell] = style;
  }

  draw(): void {
    this.#bits.forEach((bits, cell) => {
      if (bits === 0) return;
      const [x, y] = [cell % this.#plot.width, Math.floor(cell / this.#plot.width)];
      this.#plot.put(x, y, String.fromCharCode(0x2800 + bits), this.#styles[cell]!);
    });
  }
}

/** The step from one dot to the next: along the first one's row, then up or down. */
export function drawStep(dots: DotGrid, before: SeriesPoint | undefined, now: SeriesPoint, style: Style): void {
  if (before === undefined) {
    dots.set(now.x, now.y, style);
    return;
  }
  for (let x = before.x; x <= now.x; x++) dots.set(x, before.y, style);
  const [top, bottom] = before.y < now.y ? [before.y, now.y] : [now.y, before.y];
  for (let y = top; y <= bottom; y++) dots.set(now.x, y, style);
}

/** A straight line of dots. */
export function drawLine(dots: DotGrid, from: SeriesPoint, to: SeriesPoint, style: Style): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  for (let i = 0; i <= steps; i++) {
    const [x, y] = [from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps].map(Math.round);
    dots.set(x!, y!, style);
  }
}
