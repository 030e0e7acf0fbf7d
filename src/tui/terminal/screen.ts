import { EventEmitter } from 'node:events';
import { textColumns } from '../../util/text-columns.ts';
import type { Size } from '../frame.ts';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J\x1b[H';
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';

/** The part of a terminal's output stream that a screen needs. */
export type TerminalOutput = Pick<NodeJS.WriteStream, 'write'> & { readonly columns?: number; readonly rows?: number };

/**
 * The alternate screen of a terminal, handed to Ink as its stdout. Ink writes whole frames; only lines that changed reach the terminal,
 * each by its own address, so nothing scrolls or flickers and the scrollback stays untouched. While it is open the cursor is hidden
 * and lines do not wrap; {@link leave} undoes all of it.
 */
export class Screen extends EventEmitter {
  /** For Ink: a pipe, so that it adds no cursor or clearing sequences of its own. */
  readonly isTTY = false;
  readonly #terminal: TerminalOutput;
  #shown: readonly string[] = [];
  #isOpen = false;

  constructor(terminal: TerminalOutput) {
    super();
    this.#terminal = terminal;
  }

  /** Size of the terminal now; 80 x 24 where it does not say. */
  get size(): Size {
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 };
  }

  /** For Ink: the width of its layout. */
  get columns(): number {
    return this.size.columns;
  }

  /** Switches to the alternate screen. */
  enter(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#shown = [];
    this.#terminal.write(ENTER);
  }

  /** Gives the terminal back as it was; safe to call twice. Written synchronously where the terminal is. */
  leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.write(LEAVE);
  }

  /** Forgets what is shown, so that the next frame is written whole. */
  invalidate(): void {
    if (this.#isOpen) this.#terminal.write('\x1b[0m\x1b[2J');
    this.#shown = [];
  }

  /** Shows a frame: lines joined by newlines. Lines beyond the last row are lost; nothing happens while the screen is closed. */
  write(frame: string): boolean {
    if (!this.#isOpen) return true;
    const { columns, rows } = this.size;
    const lines = frame.split('\n').slice(0, rows);
    let out = '';
    for (let row = 0; row < Math.max(lines.length, this.#shown.length); row++) {
      const line = lines[row] ?? '';
      if (line === this.#shown[row]) continue;
      // At the right edge the cursor stays on the last column, where erasing would take the last character away.
      const erase = visibleColumns(line) < columns ? '\x1b[K' : '';
      out += `\x1b[${row + 1};1H${line}\x1b[0m${erase}`;
    }
    this.#shown = lines;
    return out === '' ? true : this.#terminal.write(`${BEGIN_UPDATE}${out}${END_UPDATE}`);
  }
}

function visibleColumns(line: string): number {
  const [first = '', ...others] = line.split('\x1b');
  return textColumns([first, ...others.map((part) => part.slice(part.indexOf('m') + 1))].join(''));
}
