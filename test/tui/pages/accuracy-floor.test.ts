import { describe, expect, it } from 'vitest';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { headerLines } from '../../../src/tui/frame.ts';
import { drawAccuracyFront } from '../../../src/tui/pages/accuracy-front.ts';
import { drawFoundNetwork } from '../../../src/tui/pages/network-panel.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { INITIAL_UI } from '../../../src/tui/state/ui-state.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const view = syntheticRun({ command: 'cosearch', generations: 4 }).reduce<RunView>(reduceRunView, EMPTY_VIEW);
const space = view.started!.space!;
const withFloor = (floorPercent: number | null): RunView => ({
  ...view,
  started: { ...view.started!, space: { ...space, floorPercent } },
});

function drawn(draw: (canvas: Canvas) => void): string {
  const canvas = Canvas.create(100, 30);
  draw(canvas);
  return textOf(canvas.lines());
}

const textOf = (lines: ReturnType<Canvas['lines']>) =>
  lines.map((line) => line.map(({ text }) => text).join('')).join('\n');
const header = (one: RunView) => textOf(headerLines({ columns: 120, rows: 30 }, one, INITIAL_UI));
const panel = (one: RunView) => drawn((canvas) => drawFoundNetwork(canvas, one.best!.network!, one.started!.space));
const chart = (one: RunView) => drawn((canvas) => drawAccuracyFront(canvas, one, ''));

describe('the accuracy floor of a co-search', () => {
  it('stands in the header, beside the network and in the chart', () => {
    expect(header(withFloor(74.5))).toContain('top-1 ≥ 74.5 %');
    expect(panel(withFloor(74.5))).toMatch(/^floor +74\.5 %/m);
    expect(chart(withFloor(74.5))).toContain('floor 74.5 %');
  });

  it('is a line at its accuracy', () => {
    const lowest = (one: RunView) =>
      Math.min(...[...chart(one).matchAll(/^ *([\d.]+) ┤/gm)].map(([, tick]) => Number(tick)));
    expect(lowest(withFloor(60))).toBeLessThan(65);
    expect(lowest(withFloor(60))).toBeGreaterThan(50);
    expect(lowest(withFloor(null))).toBeGreaterThan(70);
  });

  it('is nowhere where none is asked for', () => {
    for (const draw of [header, panel, chart]) expect(draw(withFloor(null))).not.toMatch(/floor|≥/);
  });
});
