import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Screen, type TerminalOutput } from '../../../src/tui/terminal/screen.ts';
import { ESC } from '../sgr.ts';

const TOKEN = new RegExp(`${ESC}\\[[?0-9;]*[A-Za-z]|[^${ESC}]`, 'g');
const ADDRESS = new RegExp(`^${ESC}\\[(\\d+);1H$`);
const MODE = new RegExp(`^${ESC}\\[\\?\\d+[hl]$`);

/** A terminal that knows the few sequences a screen uses. */
class ModelTerminal implements TerminalOutput {
  columns = 20;
  rows = 5;
  cells: string[][] = [];
  modes = new Set(['cursor', 'wrap']);
  bytes = 0;
  #row = 0;
  #column = 0;

  readonly write = (chunk: string | Uint8Array): boolean => {
    const text = String(chunk);
    this.bytes += text.length;
    for (const [token] of text.matchAll(TOKEN)) this.#take(token);
    return true;
  };

  get lines(): string[] {
    return this.cells.map((row) => row.join('').trimEnd());
  }

  #take(token: string): void {
    const address = ADDRESS.exec(token);
    if (address !== null) [this.#row, this.#column] = [Number(address[1]) - 1, 0];
    else if (token === '\x1b[K') this.cells[this.#row]?.fill(' ', Math.min(this.#column, this.columns - 1));
    else if (token === '\x1b[2J') this.cells = Array.from({ length: this.rows }, () => Array(this.columns).fill(' '));
    else if (MODE.test(token)) this.#setMode(token.slice(3, -1), token.endsWith('h'));
    else if (!token.startsWith('\x1b')) {
      const row = this.cells[this.#row];
      if (row !== undefined) row[Math.min(this.#column, this.columns - 1)] = token;
      this.#column++;
    }
  }

  #setMode(number: string, on: boolean): void {
    const mode = { '25': 'cursor', '7': 'wrap', '1049': 'alternate', '2026': 'update' }[number] ?? number;
    if (on) this.modes.add(mode);
    else this.modes.delete(mode);
  }
}

const character = fc.constantFrom('a', 'b', ' ', '█');
const line = fc.oneof(
  fc.string({ unit: character, maxLength: 20 }),
  fc.string({ unit: character, minLength: 20, maxLength: 20 }),
);
const frame = fc.array(line, { minLength: 1, maxLength: 8 });

describe('screen', () => {
  it('shows every frame as if the screen had been cleared, cut to its rows', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), (frames) => {
        const terminal = new ModelTerminal();
        const screen = new Screen(terminal);
        screen.enter();
        for (const lines of frames) screen.write(lines.join('\n'));
        const expected = frames
          .at(-1)!
          .slice(0, 5)
          .map((line) => line.trimEnd());
        while (expected.length < 5) expected.push('');
        expect(terminal.lines).toEqual(expected);
      }),
    );
  });

  it('writes nothing when nothing changed, and only what did', () => {
    const terminal = new ModelTerminal();
    const screen = new Screen(terminal);
    screen.enter();
    screen.write('one\n\x1b[1mtwo\x1b[0m\nthree');
    const before = terminal.bytes;
    screen.write('one\n\x1b[1mtwo\x1b[0m\nthree');
    expect(terminal.bytes).toBe(before);
    screen.write('one\n\x1b[1mtwo\x1b[0m\nthrew');
    expect(terminal.bytes - before).toBeLessThan(40);
    expect(terminal.lines[2]).toBe('threw');
    screen.invalidate();
    expect(terminal.lines.join('')).toBe('');
    screen.write('one\ntwo');
    expect(terminal.lines.slice(0, 2)).toEqual(['one', 'two']);
  });

  it('gives the modes of the terminal back, once', () => {
    const terminal = new ModelTerminal();
    const before = [...terminal.modes].sort();
    const screen = new Screen(terminal);
    screen.write('lost');
    expect(terminal.bytes).toBe(0);
    screen.enter();
    expect([...terminal.modes].sort()).toEqual(['alternate']);
    screen.write('frame');
    screen.leave();
    expect([...terminal.modes].sort()).toEqual(before);
    const { bytes } = terminal;
    screen.leave();
    screen.write('late');
    expect(terminal.bytes).toBe(bytes);
  });
});
