import { shownText } from '../../util/shown-text.ts';
import { characters, textColumns } from '../../util/text-columns.ts';
import type { Line, Style } from './palette.ts';

/** A cell that the character to its left reaches into. */
const COVERED = '';

/** Cells shared by a canvas and its regions. */
interface Cells {
  readonly width: number;
  readonly characters: string[];
  readonly styles: Style[];
}

/**
 * A rectangle of character cells to draw on. Whatever is drawn outside is lost, so a drawing is never wider or higher than its size.
 * Text is shown as {@link shownText} spells it, wide characters in two columns.
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

  /** Draws one character (one column wide, or a wide one before covered cells). */
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
    let column = x;
    for (const character of characters(fitText(shownText(text), Math.min(limit, this.width - x)))) {
      if (character.columns === 0) continue;
      this.put(column, y, character.text, style);
      for (let i = 1; i < character.columns; i++) this.put(column + i, y, COVERED, style);
      column += character.columns;
    }
    return column;
  }

  /** Writes text that ends before column `end`. @returns its first column */
  textRight(end: number, y: number, text: string, style: Style = 'text'): number {
    const x = Math.max(0, end - textColumns(shownText(text)));
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
      const character = this.#shownAt(i, start, start + this.width);
      const last = spans.at(-1);
      const style = this.#cells.styles[i]!;
      if (last !== undefined && last.style === style) last.text += character;
      else spans.push({ text: character, style });
    }
    return spans;
  }

  /** A character that is wider than one cell shows where all its cells are left to it. */
  #shownAt(index: number, start: number, end: number): string {
    const { characters: cells } = this.#cells;
    const own = cells[index]!;
    if (own.length === 1 && own < '\u1100') return own;
    let first = index;
    while (first > start && cells[first] === COVERED) first--;
    const text = cells[first]!;
    const after = first + (text === COVERED ? 1 : textColumns(text));
    const isWhole = text !== COVERED && after <= end && !cells.slice(first + 1, after).some((cell) => cell !== COVERED);
    if (first === index) return isWhole ? text : ' ';
    return isWhole && index < after ? COVERED : ' ';
  }

  #inside(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.width && y < this.height && Number.isInteger(x) && Number.isInteger(y);
  }
}

/** Cuts text to `width` columns; what was cut shows as an ellipsis. */
export function fitText(text: string, width: number): string {
  if (textColumns(text) <= width) return text;
  if (width < 1) return '';
  let left = Math.floor(width) - 1;
  const parts = characters(text);
  const end = parts.findIndex(({ columns }) => {
    left -= columns;
    return left < 0;
  });
  return `${parts
    .slice(0, end)
    .map((part) => part.text)
    .join('')}…`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(Math.floor(value), low), Math.max(low, high));
}
