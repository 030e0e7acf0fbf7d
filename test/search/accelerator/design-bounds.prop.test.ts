import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBudget } from '../../../src/accelerator/budget.ts';
import type { BudgetBounds } from '../../../src/accelerator/budget-bounds.ts';
import { samplePoint } from '../../../src/optimizers/sampling.ts';
import {
  acceleratorSpace,
  decodePointToDesign,
  type EncodingContext,
  encodeDesign,
} from '../../../src/search/accelerator/accelerator-encoding.ts';
import { Random } from '../../../src/util/random.ts';
import { BUDGETS } from './fixtures.ts';

const { baseline, budget, technology } = BUDGETS.find(({ name }) => name === 'eyeriss')!;

function contextOf(
  bounds: BudgetBounds,
  connectivity: EncodingContext['connectivity'] = 'importance',
): EncodingContext {
  return {
    connectivity,
    dimsPerAxis: 2,
    baseline,
    budget: { ...budget, bounds },
    technology,
    bufferSizes: 'geometric',
  };
}

const range = (low: number, high: number) =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })).map(([a, b]) => ({
    least: Math.min(a, b),
    most: Math.max(a, b),
  }));

describe('designs within a budget that bounds parameters', () => {
  it('keep the bounds, or are rejected for another limit, and come back from their points', () => {
    let designs = 0;
    let same = 0;
    fc.assert(
      fc.property(
        range(1, 200).map(({ least, most }) => ({ least: least * 128, most: (most + 1) * 128 })),
        range(1, 700).map(({ least, most }) => ({ least: least * 1024, most: (most + 1) * 1024 })),
        range(2, 14),
        range(2, 14),
        fc.nat(1e6),
        (registers, buffer, X, Y, seed) => {
          const context = contextOf({ capacityBits: { registers, buffer }, axisSizes: { X, Y } });
          const leastBits = buffer.least + X.least * Y.least * registers.least;
          // Rounded up to the steps of the sizes, a little less than the budget may exceed it too.
          if (leastBits > 0.97 * budget.onChipBits || X.least * Y.least > budget.processingElements) return;
          const point = samplePoint(acceleratorSpace(context), Random.fromSeed(seed));
          const decoded = decodePointToDesign(point, context);
          if (decoded.kind === 'rejected') {
            expect(decoded.reason).toMatch(/^(processing elements|on-chip memory|buffer bandwidth|area|power)$/);
            return;
          }
          designs++;
          const [, l2, l1] = decoded.accelerator.levels;
          expect(l1!.capacity).toSatisfy(({ bits }) => bits >= registers.least && bits <= registers.most);
          expect(l2!.capacity).toSatisfy(({ bits }) => bits >= buffer.least && bits <= buffer.most);
          expect(decoded.design.axes.map(({ name }) => name)).toEqual(['X', 'Y']);
          expect(checkBudget(decoded.accelerator, context.budget)).toEqual([]);
          const again = decodePointToDesign(encodeDesign(decoded.design, context)!, context);
          // Array sizes off the steps may come back as others, which share the memory among other PEs.
          const { l1BytesPerPe, l2Bytes, processingElements } = decoded.design;
          if (again.kind === 'rejected' || again.design.processingElements !== processingElements) return;
          same++;
          expect([again.design.l1BytesPerPe, again.design.l2Bytes]).toEqual([l1BytesPerPe, l2Bytes]);
        },
      ),
      { numRuns: 200 },
    );
    expect(designs).toBeGreaterThan(30);
    expect(same).toBeGreaterThan(10);
  });

  it('have the array that is fixed', () => {
    for (const connectivity of ['importance', 'fixed'] as const) {
      const context = contextOf({ axisSizes: { X: { least: 12, most: 12 }, Y: { least: 3, most: 3 } } }, connectivity);
      for (let seed = 0; seed < 20; seed++) {
        const decoded = decodePointToDesign(samplePoint(acceleratorSpace(context), Random.fromSeed(seed)), context);
        if (decoded.kind === 'rejected') continue;
        expect(Object.fromEntries(decoded.design.axes.map(({ name, size }) => [name, size]))).toEqual({ X: 12, Y: 3 });
        expect(decoded.design.processingElements).toBe(36);
      }
    }
  });

  it('are refused where a bound is of no level that is searched, or leaves nothing within the other limits', () => {
    const errorOf = (bounds: BudgetBounds) => {
      try {
        acceleratorSpace(contextOf(bounds));
      } catch (error) {
        return error;
      }
      return null;
    };
    expect(errorOf({ capacityBits: { L9: { least: 8 } } })).toMatchObject({ code: 'not-found' });
    expect(errorOf({ capacityBits: { DRAM: { least: 8 } } })).toMatchObject({ code: 'not-found' });
    expect(errorOf({ capacityBits: { buffer: { least: 2 * budget.onChipBits } } })).toMatchObject({
      code: 'infeasible',
    });
  });
});
