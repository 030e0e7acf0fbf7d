import type { Line, Style } from './palette.ts';

/** Cells shared by a canvas and its regions. */
interface Cells {
  readonly width: number;
  readonly characters: string[];
  readonly styles: Style[];
}

/**
 * A rectangle of character cells to draw on. Whatever is drawn outside is lost, so a drawing is never wider or higher than its size.
 * Every character takes one column; text from outside goes through {@link oneColumnText}.
 */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #cells: Cells;
  readonly #left: number;
  readonly #top: number;

  private constructor(cells: Cells, left: number, top: number, width: number, height: number) {
    this.#cells = cells;
    this.#left = left;
    this.#top = top;
    this.width = width;
    this.height = height;
  }

  /** An empty canvas; sizes below 0 count as 0. */
  static create(width: number, height: number): Canvas {
    const [columns, rows] = [Math.max(0, Math.floor(width)), Math.max(0, Math.floor(height))];
    const size = columns * rows;
    const cells = { width: columns, characters: Array(size).fill(' '), styles: Array<Style>(size).fill('text') };
    return new Canvas(cells, 0, 0, columns, rows);
  }

  /** A part of this canvas with its own origin, cut to this canvas. */
  region(left: number, top: number, width: number, height: number): Canvas {
    const [x, y] = [clamp(left, 0, this.width), clamp(top, 0, this.height)];
    const columns = clamp(left + width - x, 0, this.width - x);
    const rows = clamp(top + height - y, 0, this.height - y);
    return new Canvas(this.#cells, this.#left + x, this.#top + y, columns, rows);
  }

  /** Draws one character (one column wide). */
  put(x: number, y: number, character: string, style: Style): void {
    if (!this.#inside(x, y)) return;
    const index = (this.#top + y) * this.#cells.width + this.#left + x;
    this.#cells.characters[index] = character;
    this.#cells.styles[index] = style;
  }

  /** The character at a place; empty outside. */
  at(x: number, y: number): string {
    return this.#inside(x, y) ? this.#cells.characters[(this.#top + y) * this.#cells.width + this.#left + x]! : '';
  }

  /** Writes text from `x` on, cut with an ellipsis at `limit` columns or the edge. @returns the column after it */
  text(x: number, y: number, text: string, style: Style = 'text', limit = Infinity): number {
    const shown = fitText(oneColumnText(text), Math.min(limit, this.width - x));
    for (let i = 0; i < shown.length; i++) this.put(x + i, y, shown[i]!, style);
    return x + shown.length;
  }

  /** Writes text that ends before column `end`. @returns its first column */
  textRight(end: number, y: number, text: string, style: Style = 'text'): number {
    const x = Math.max(0, end - text.length);
    this.text(x, y, text, style, end - x);
    return x;
  }

  /** The drawing as lines of spans; trailing blanks stay. */
  lines(): Line[] {
    return Array.from({ length: this.height }, (_, y) => this.#line(y));
  }

  #line(y: number): Line {
    const start = (this.#top + y) * this.#cells.width + this.#left;
    const spans: { text: string; style: Style }[] = [];
    for (let i = start; i < start + this.width; i++) {
      const character = this.#cells.characters[i]!;
      const last = spans.at(-1);
      const style = this.#cells.styles[i]!;
      if (last !== undefined && last.style === style) last.text += character;
      else spans.push({ text: character, style });
    }
    return spans;
  }

  #inside(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.width && y < this.height && Number.isInteger(x) && Number.isInteger(y);
  }
}

/** Cuts text to `width` columns; what was cut shows as an ellipsis. */
export function fitText(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
}

/** Text in which every UTF-16 unit takes one column: control characters become blanks, wide and combining ones `?`. */
export function oneColumnText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text
    .replace(/[\ud800-\udbff][\udc00-\udfff]/g, '?')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(
      /[\p{M}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u1100-\u115f\u231a-\u231b\u23e9-\u23fa\u25fd-\u25fe\u2614-\u27bf\u2b1b-\u2b55\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffe6]/gu,
      '?',
    );
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(Math.floor(value), low), Math.max(low, high));
}
