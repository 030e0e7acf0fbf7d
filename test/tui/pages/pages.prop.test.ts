import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design, GenerationEvent, ScoredDesign } from '../../../src/search/ports.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { footerLines, headerLines } from '../../../src/tui/frame.ts';
import { drawAcceleratorPage } from '../../../src/tui/pages/accelerator-page.ts';
import { drawHelpPage } from '../../../src/tui/pages/help-page.ts';
import { drawLayersPage } from '../../../src/tui/pages/layers-page.ts';
import { drawLogPage } from '../../../src/tui/pages/log-page.ts';
import { drawNetworkPage } from '../../../src/tui/pages/network-page.ts';
import { drawParetoPage } from '../../../src/tui/pages/pareto-page.ts';
import { drawProgressPage } from '../../../src/tui/pages/progress-page.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import type { UiState } from '../../../src/tui/state/ui-state.ts';
import { textColumns } from '../../../src/util/text-columns.ts';
import { DIMS } from '../../../src/util/vocabulary.ts';
import { specificationOf } from '../../search/synthetic-design.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const ui: fc.Arbitrary<UiState> = fc.record({
  page: fc.nat(5),
  helpOpen: fc.boolean(),
  selectedLayer: fc.nat(60),
  layerOpen: fc.boolean(),
  detailScroll: fc.nat(30),
  logScroll: fc.nat(600),
  tradeOff: fc.nat(2),
  network: fc.nat(3),
  selectedOperator: fc.nat(40),
  paused: fc.boolean(),
  ending: fc.boolean(),
  message: fc.string({ unit: 'binary', maxLength: 80 }),
});

/** Any moment of any run, with names that no terminal likes. */
const moments: fc.Arbitrary<RunView> = fc
  .record({
    seed: fc.nat(50),
    command: fc.constantFrom('design' as const, 'map' as const),
    networks: fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { minLength: 1, maxLength: 3 }),
    layers: fc.integer({ min: 1, max: 40 }),
    scheduled: fc.nat(30),
    share: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ share, ...options }) => {
    const events = syntheticRun({ ...options, generations: 6 });
    return events.slice(0, Math.round(share * events.length)).reduce(reduceRunView, EMPTY_VIEW);
  });

const designs: fc.Arbitrary<Design> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 3 }),
    dims: fc.array(fc.oneof(fc.constant('any' as const), fc.subarray([...DIMS])), { minLength: 3, maxLength: 3 }),
    l1BytesPerPe: fc.nat(1 << 20),
    l2Bytes: fc.nat(1 << 24),
    bufferWordsPerCycle: fc.option(fc.integer({ min: 1, max: 4096 })),
  })
  .map(({ sizes, dims, ...rest }) => ({
    ...rest,
    processingElements: sizes.reduce((a, b) => a * b, 1),
    axes: sizes.map((size, i) => ({ name: ['X', 'Y', 'Z'][i]!, size, parallelDims: dims[i]! })),
  }));

function expectWithin(width: number, height: number, draw: (canvas: Canvas) => void): void {
  const outer = Canvas.create(width + 2, height + 2);
  for (let y = 0; y < height + 2; y++) outer.text(0, y, '#'.repeat(width + 2));
  const inner = outer.region(1, 1, width, height);
  draw(inner);
  const lines = outer.lines().map((line) => line.map(({ text }) => text).join(''));
  expect(lines[0]).toBe('#'.repeat(width + 2));
  expect(lines.at(-1)).toBe('#'.repeat(width + 2));
  for (const line of lines) expect(line).toMatch(/^#.*#$/su);
}

describe('pages', () => {
  it('draw any moment of a run at any size within that size', () => {
    fc.assert(
      fc.property(moments, ui, fc.nat(260), fc.nat(90), (view, state, width, height) => {
        for (const draw of [
          drawProgressPage,
          drawAcceleratorPage,
          drawLayersPage,
          drawParetoPage,
          drawLogPage,
          drawNetworkPage,
        ])
          expectWithin(width, height, (canvas) => draw(canvas, view, state));
        const controls = { readOnly: state.paused, keepsFolder: state.ending };
        expectWithin(width, height, (canvas) => drawHelpPage(canvas, controls, 5));
        const size = { columns: width, rows: height };
        for (const line of [...headerLines(size, view, state), ...footerLines(size, view, state, controls)])
          expect(textColumns(line.map(({ text }) => text).join(''))).toBe(width);
      }),
      { numRuns: 60 },
    );
  });

  it('draw any design', () => {
    const [started, ...events] = syntheticRun({ generations: 2, isFinished: false });
    const generation = events.find((event): event is GenerationEvent => event.kind === 'generation')!;
    fc.assert(
      fc.property(
        designs,
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 5, max: 70 }),
        (design, width, height) => {
          const best: ScoredDesign = {
            ...generation.best!,
            trial: 9999,
            design,
            specification: specificationOf(design),
          };
          const told: RunEvent[] = [
            started!,
            generation,
            { ...generation, generation: 1, best, counters: { ...generation.counters, scored: 9999 } },
          ];
          const view = told.reduce(reduceRunView, EMPTY_VIEW);
          expect(view.best).toBe(best);
          expect(view.previousBest).toBe(generation.best);
          for (const draw of [drawProgressPage, drawAcceleratorPage])
            expectWithin(width, height, (canvas) => draw(canvas, view));
        },
      ),
      { numRuns: 100 },
    );
  });
});
