import { afterEach, expect, it, vi } from 'vitest';
import { print, printAsIs, printError, printJson, printJsonLine, progress, warn } from '../../src/cli/context.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { HOSTILE_CHARACTERS, hiddenIn } from '../util/hostile-text.ts';

const written = vi.hoisted(() => ({
  text: '',
  columns: { stdout: Number.POSITIVE_INFINITY, stderr: Number.POSITIVE_INFINITY },
}));
vi.mock('../../src/cli/streams.ts', () => {
  const write = (text: string): void => {
    written.text += text;
  };
  const outputColumns = (stream: 'stdout' | 'stderr' = 'stdout') => written.columns[stream];
  return { writeOut: write, writeError: write, lostOutput: () => null, outputColumns };
});
afterEach(() => {
  written.text = '';
  written.columns = { stdout: Number.POSITIVE_INFINITY, stderr: Number.POSITIVE_INFINITY };
});

const HOSTILE = HOSTILE_CHARACTERS.join('');

it.each([
  ['a warning', () => warn(HOSTILE)],
  ['progress', () => progress({ quiet: false }, HOSTILE)],
  ['an error', () => printError(new TrifoldError('value', HOSTILE))],
  ['a line of JSON', () => printJsonLine({ [HOSTILE]: HOSTILE })],
])('%s is one line of which nothing is obeyed or hidden', (_, write) => {
  write();
  expect(hiddenIn(written.text)).toEqual([]);
  expect(written.text.split('\n')).toHaveLength(2);
});

it('prints results as the lines they are', () => {
  print(`one\u001b[2J\ntwo${HOSTILE}`);
  expect(hiddenIn(written.text)).toEqual([]);
  expect(written.text.split('\n').slice(0, 2)).toEqual(['one\\x1b[2J', expect.stringMatching(/^two/)]);
});

// Killed by: lines that are folded before what is hidden in them is spelled out, files that are folded.
it('folds results on a terminal, and no files', () => {
  written.columns.stdout = 20;
  const line = `${'\u001b[2J '.repeat(4)}end`;
  print(line);
  expect(written.text.split('\n').every((one) => one.length <= 20)).toBe(true);
  written.text = '';
  printAsIs(line);
  expect(written.text.split('\n')).toHaveLength(2);
});

// Killed by: progress and errors that take the width of stdout, or none; hints that are folded to the left border.
it('folds what goes to the terminal of stderr by its own width', () => {
  written.columns = { stdout: 60, stderr: 24 };
  warn('a warning that is longer than the terminal is wide');
  progress({ quiet: false }, '  3 of 4 layers are done, and the last is due');
  printError(new TrifoldError('value', 'no schedule keeps the limit', { hint: 'the limit is latency <= 1 ms' }));
  const lines = written.text.trimEnd().split('\n');
  expect(lines.every((line) => line.length <= 24)).toBe(true);
  expect(lines.length).toBeGreaterThan(6);
  expect(lines.filter((line) => /^\S/.test(line))).toEqual(['a warning that is', 'no schedule keeps the']);
});

it('prints JSON that reads back equal', () => {
  const value = { [`key${HOSTILE}`]: [HOSTILE, 'שלום 日本 👩‍👩‍👧‍👦'] };
  printJson(value);
  expect(hiddenIn(written.text)).toEqual([]);
  expect(JSON.parse(written.text)).toEqual(value);
  expect(written.text).toContain('שלום 日本 👩‍👩‍👧‍👦');
});

it('is quiet where that is asked for', () => {
  progress({ quiet: true }, 'x');
  expect(written.text).toBe('');
});
