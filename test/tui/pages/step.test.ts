import { describe, expect, it } from 'vitest';
import type { ProgressEvent, RunEvent } from '../../../src/search/run-events.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { headerLines } from '../../../src/tui/frame.ts';
import { drawProgressPage } from '../../../src/tui/pages/progress-page.ts';
import { atTime, EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { INITIAL_UI } from '../../../src/tui/state/ui-state.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const RUN = syntheticRun({ generations: 6 });
const viewOf = (events: readonly RunEvent[]): RunView => events.reduce<RunView>(reduceRunView, EMPTY_VIEW);

function page(view: RunView, width: number, height: number): string[] {
  const canvas = Canvas.create(width, height);
  drawProgressPage(canvas, view);
  return canvas.lines().map((line) => line.map(({ text }) => text).join(''));
}

const text = (view: RunView, width: number, height: number) => page(view, width, height).join('\n');
const header = (view: RunView) =>
  headerLines({ columns: 80, rows: 24 }, view, INITIAL_UI)
    .map((line) => line.map((part) => part.text).join(''))
    .join('\n');

function stepEvent(done: number, total: number, seconds = 12, words = 'generation 2'): ProgressEvent {
  const figures = { done: 0, total: null, mappingsPerSecond: 0, remainingSeconds: 40, workers: 1 };
  const step = { text: words, done, total };
  return { kind: 'progress', elapsedSeconds: seconds, ...figures, step };
}

const filled = (line: string) => [...line].filter((character) => character === '━').length;

describe('the first page while a step is under way', () => {
  it.each([
    [78, 20],
    [118, 36],
  ])('says how far it is at %i columns, with a bar of its own', (width, height) => {
    const barOf = (done: number): number => {
      const lines = page(viewOf([RUN[0]!, stepEvent(done, 24)]), width, height);
      const at = lines.findIndex((line) => line.includes(`generation 2: ${done} of 24`));
      expect(at).toBeGreaterThanOrEqual(0);
      return filled(lines[at]!) + filled(lines[at + 1]!);
    };
    const [none, half, all] = [barOf(0), barOf(12), barOf(24)];
    expect(half).toBeGreaterThan(none);
    expect(all - none).toBeGreaterThanOrEqual(2 * (half - none) - 1);
  });

  it('keeps the count where the words are too long', () => {
    const event = stepEvent(17, 22, 12, `final mappings of the best design: ${'a long name '.repeat(9)}`);
    for (const width of [78, 40])
      expect(text(viewOf([RUN[0]!, event]), width, 20)).toMatch(/^final mappings.*…: 17 of 22 /m);
  });

  it('has no step any more when the next figures come, nor at the end', () => {
    const { step: _, ...between } = stepEvent(1, 2);
    expect(text(viewOf([RUN[0]!, stepEvent(1, 2), between]), 78, 20)).not.toContain('1 of 2');
    expect(text(viewOf([...RUN.slice(0, -1), stepEvent(1, 2), RUN.at(-1)!]), 118, 36)).not.toContain('1 of 2');
  });

  it('shows the baseline as what there is before anything was found', () => {
    const baselines = RUN.filter(({ kind }) => kind === 'started' || kind === 'baseline');
    const view = viewOf(baselines);
    for (const [width, height] of [
      [78, 20],
      [118, 36],
    ] as const)
      expect(text(view, width, height)).toMatch(/(baseline EDP|EDP) +[\d.]+e\d+[\s\S]*no feasible design yet/);
  });
});

describe('the time of a view', () => {
  it('goes on between events, and what is left shrinks with it', () => {
    const view = viewOf([RUN[0]!, stepEvent(1, 24)]);
    expect(header(view)).toContain('0:12');
    const later = atTime(view, 32);
    expect(header(later)).toContain('0:32');
    expect(text(later, 118, 36)).toMatch(/elapsed +0:32[\s\S]*time left +0:20/);
  });

  it('stands still when the run is over or nobody works on it', () => {
    expect(header(atTime(viewOf(RUN), 9000))).not.toContain('2:30:00');
    expect(header(atTime({ ...viewOf([RUN[0]!, stepEvent(1, 24)]), isAttended: false }, 32))).toContain('0:12');
  });
});

describe('the mean of a generation', () => {
  it('says what it averages and is drawn in steps, never below the best', () => {
    expect(text(viewOf(RUN), 78, 20)).toContain('─ mean of the designs scored in a generation');
    expect(text(viewOf(RUN), 58, 20)).toContain('─ mean of those scored');
  });
});
