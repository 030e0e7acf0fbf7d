import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementOf, groupAgreement, type Pair, spearmanOf } from '../../../src/app/validate/agreement.ts';

const figure = fc.integer({ min: 1, max: 12 });
const pair = fc.record({ measured: figure, model: figure });
const pairs = fc.array(pair, { minLength: 1, maxLength: 12 });

/** Ranks by counting: one more than what lies below, and half of what is equal beside itself. */
const ranks = (values: readonly number[]) =>
  values.map(
    (value) => 1 + values.filter((one) => one < value).length + (values.filter((one) => one === value).length - 1) / 2,
  );
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function plainSpearman(list: readonly Pair[]): number | null {
  const [x, y] = [ranks(list.map(({ measured }) => measured)), ranks(list.map(({ model }) => model))];
  const [meanX, meanY] = [mean(x), mean(y)];
  const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0);
  const spread = sum((i) => (x[i]! - meanX) ** 2) * sum((i) => (y[i]! - meanY) ** 2);
  return spread === 0 ? null : sum((i) => (x[i]! - meanX) * (y[i]! - meanY)) / Math.sqrt(spread);
}

describe('agreement with measured figures', () => {
  it('is the rank correlation of ranks with ties, and the errors of each figure', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const { spearman, meanAbsoluteError, meanRatio } = agreementOf(list);
        const plain = plainSpearman(list);
        if (plain === null) expect(spearman).toBeNull();
        else expect(spearman).toBeCloseTo(plain, 12);
        expect(meanAbsoluteError).toBeCloseTo(
          mean(list.map(({ measured, model }) => Math.abs(model - measured) / measured)),
          12,
        );
        expect(Math.log(meanRatio!)).toBeCloseTo(
          mean(list.map(({ measured, model }) => Math.log(model / measured))),
          12,
        );
      }),
    );
  });

  it('does not depend on units but in the errors', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(0.5, 2, 1000), (list, factor) => {
        const other = list.map(({ measured, model }) => ({ measured, model: model ** 3 * factor }));
        expect(spearmanOf(other)).toBe(spearmanOf(list));
        expect(groupAgreement([other], 1)).toEqual(groupAgreement([list], 1));
      }),
    );
  });

  it('of no pairs is unknown', () => {
    expect(agreementOf([])).toEqual({ spearman: null, meanAbsoluteError: null, meanRatio: null });
    expect(groupAgreement([], 4)).toEqual({ groups: 0, spearman: null, pickedOverBest: null });
  });
});

describe('the choice within groups', () => {
  const groups = fc.array(pairs, { minLength: 1, maxLength: 15 });

  it('is told of groups that are large enough, as means over them', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 6 }), (list, least) => {
        const { groups: count, spearman, pickedOverBest } = groupAgreement(list, least);
        const large = list.filter((one) => one.length >= least);
        expect(count).toBe(large.length);
        const known = large.map(plainSpearman).filter((rank) => rank !== null);
        if (known.length === 0) expect(spearman).toBeNull();
        else expect(spearman).toBeCloseTo(mean(known), 12);
        const picked = large.map((one) => {
          const chosen = Math.min(...one.map(({ model }) => model));
          const which = one.filter(({ model }) => model === chosen).map(({ measured }) => measured);
          return mean(which) / Math.min(...one.map(({ measured }) => measured));
        });
        if (picked.length === 0) {
          expect(pickedOverBest).toBeNull();
          return;
        }
        expect(pickedOverBest!.mean).toBeCloseTo(mean(picked), 12);
        expect(Math.log(pickedOverBest!.geometricMean)).toBeCloseTo(mean(picked.map(Math.log)), 12);
        // At least nine tenths of the groups do no worse, and fewer than that do better.
        const share = (holds: (value: number) => boolean) => picked.filter(holds).length / picked.length;
        expect(share((value) => value <= pickedOverBest!.p90)).toBeGreaterThanOrEqual(0.9);
        expect(share((value) => value < pickedOverBest!.p90)).toBeLessThan(0.9);
      }),
    );
  });

  it('of a model that is right is the best one', () => {
    fc.assert(
      fc.property(groups, (list) => {
        const right = list.map((one) => one.map(({ measured }) => ({ measured, model: measured })));
        expect(groupAgreement(right, 1).pickedOverBest).toEqual({ geometricMean: 1, mean: 1, p90: 1 });
      }),
    );
  });
});
