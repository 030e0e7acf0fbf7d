import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrayDimension } from '../../../src/accelerator/accelerator.ts';
import { parallelText, wiresOf } from '../../../src/accelerator/wiring.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { drawAcceleratorPage } from '../../../src/tui/pages/accelerator-page.ts';
import { bestFacts } from '../../../src/tui/pages/progress-facts.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import type { Dim } from '../../../src/util/vocabulary.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const RUN = syntheticRun({ generations: 2 }).reduce<RunView>(reduceRunView, EMPTY_VIEW);

/** The run with another array in its best design. */
function withArray(axes: readonly ArrayDimension[]): RunView {
  const best = RUN.best!;
  const { levels } = best.specification;
  const specification = {
    ...best.specification,
    levels: levels.map((level) =>
      level.fanOut.dimensions.length === 0 ? level : { ...level, fanOut: { ...level.fanOut, dimensions: [...axes] } },
    ),
  };
  return { ...RUN, best: { ...best, design: { ...best.design, axes }, specification } };
}

function page(view: RunView, width: number, height: number): string {
  const canvas = Canvas.create(width, height);
  drawAcceleratorPage(canvas, view);
  return canvas
    .lines()
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n');
}

const dims = fc.uniqueArray(fc.constantFrom<Dim>('K', 'C', 'P', 'Q', 'R', 'S', 'G'), { minLength: 1, maxLength: 5 });

describe('an array whose axes carry several dims', () => {
  it('has all of them on a terminal of 80 columns: on its axes, in its title and in the list of its wires', () => {
    fc.assert(
      fc.property(dims, dims, (across, down) => {
        const axes: ArrayDimension[] = [
          { name: 'X', size: 12, parallelDims: across },
          { name: 'Y', size: 14, parallelDims: down },
        ];
        const view = withArray(axes);
        const text = page(view, 78, 20);
        expect(text).toContain(`${across.join('')}-${down.join('')} parallel`);
        for (const one of axes)
          expect([parallelText(one), parallelText(one, 0)].some((dim) => text.includes(`∥ ${dim}`))).toBe(true);
        const { fanOut } = view.best!.specification.levels.find((level) => level.fanOut.dimensions.length > 0)!;
        for (const one of axes)
          for (const { tensor, dim, kind } of wiresOf(fanOut, one)) {
            const verb = kind === 'broadcast' ? 'broadcast' : 'reduced';
            expect(text).toMatch(new RegExp(`${tensor} ${verb} (along )?${one.name} \\([^)…]*${dim}[^)…]*\\)`));
          }
        expect(bestFacts(view)).toContainEqual({ name: 'parallel dims', value: `${across.join('')}-${down.join('')}` });
      }),
      { numRuns: 60 },
    );
  });
});
