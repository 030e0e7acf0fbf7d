import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedOnce } from '../../../src/app/layers/asked-once.ts';
import type { LayerWork, LayerWorkResult } from '../../../src/app/layers/layer-work.ts';
import type { LayerSteps } from '../../../src/app/layers/steps.ts';
import { makeProblem } from '../../../src/workload/problem.ts';

/** A piece of work in short: a product of matrices with so many rows, a weight, and what makes it none to be kept. */
interface Piece {
  readonly rows: number;
  readonly lambda: number | null;
  readonly is: 'island' | 'step' | 'two' | 'cut' | 'other goal' | 'unproven';
}

const piece: fc.Arbitrary<Piece> = fc.record({
  rows: fc.integer({ min: 1, max: 3 }),
  lambda: fc.constantFrom(null, 0, 2),
  is: fc.constantFrom('island', 'island', 'island', 'step', 'two', 'cut', 'other goal', 'unproven'),
});

function workOf({ rows, lambda, is }: Piece): LayerWork {
  const layer = {
    problem: makeProblem({ name: 'product', bounds: { K: rows, C: 2 } }),
    wordBits: { Weights: 8, Inputs: 8, Outputs: is === 'unproven' ? 16 : 8 },
    ...(is === 'step' ? { residency: { roomBits: 8 } } : {}),
  };
  return {
    name: `${rows} ${lambda} ${is}`,
    layers: is === 'two' ? [layer, layer] : [layer],
    goal: is === 'other goal' ? { kind: 'objective' } : { kind: 'supporting-line', lambda },
    ...(is === 'cut' ? { cutoff: 1 } : {}),
  } as unknown as LayerWork;
}

/** What a pool gives: results that say what was asked. */
function resultOf({ name }: LayerWork): LayerWorkResult {
  return {
    kind: 'mapped',
    layers: [{ name, proof: { optimal: !name.endsWith('unproven') } }],
  } as unknown as LayerWorkResult;
}

function* echo(batches: readonly (readonly Piece[])[]): LayerSteps<unknown[]> {
  const heard: unknown[] = [];
  for (const batch of batches) heard.push(yield batch.map(workOf));
  return heard;
}

/** @returns the answer, and the names of what was asked */
function run(steps: LayerSteps<unknown[]>) {
  const asked: string[] = [];
  let step = steps.next();
  while (step.done !== true) {
    asked.push(...step.value.map(({ name }) => name));
    step = steps.next(step.value.map(resultOf));
  }
  return { answer: step.value, asked };
}

describe('steps that ask for a layer of its own once', () => {
  // Killed by: results of other weights, layers or goals, of steps, of unproven searches, or in another order.
  it('get the same answers, and ask again only for what is not one proven layer on a line', () => {
    let spared = 0;
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 6 }), (batches) => {
        const plain = run(echo(batches));
        const once = run(askedOnce(echo(batches)));
        expect(once.answer).toEqual(plain.answer);
        const isIsland = (name: string) => name.endsWith('island');
        const others = (names: readonly string[]) => names.filter((name) => !isIsland(name));
        expect(others(once.asked)).toEqual(others(plain.asked));
        const before = new Set<string>();
        const due: string[] = [];
        for (const batch of batches) {
          const names = batch.map((one) => workOf(one).name).filter(isIsland);
          due.push(...names.filter((name) => !before.has(name)));
          for (const name of names) before.add(name);
        }
        expect(once.asked.filter(isIsland)).toEqual(due);
        spared += plain.asked.length - once.asked.length;
      }),
      { numRuns: 400 },
    );
    expect(spared).toBeGreaterThan(20);
  });
});
