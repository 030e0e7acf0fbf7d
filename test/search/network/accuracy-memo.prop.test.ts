import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccuracyMemo } from '../../../src/search/network/accuracy/accuracy-memo.ts';
import { allGenotypes } from '../../../src/search/network/network-table.ts';
import type { Genotype } from '../../../src/search/network/spaces/genes.ts';
import { TINY, tinyAccuracy, tinyEvaluator } from './cosearch-fixtures.ts';

const GENOTYPES = allGenotypes(TINY);

describe('an accuracy memo', () => {
  it.each([
    { top1Percent: Number.NaN },
    { top1Percent: Number.POSITIVE_INFINITY },
    { reportedTop1Percent: 101 },
    { reportedTop1Percent: -1 },
    { errorPoints: Number.POSITIVE_INFINITY },
    { errorPoints: -0.1 },
  ])('accepts no figure like %j, and knows the highest one also when it was asked before', async (figures) => {
    const evaluator = tinyEvaluator();
    const broken = {
      ...evaluator,
      evaluate: async (genotype: Genotype) => {
        const answer = await tinyEvaluator().evaluate(genotype);
        return genotype[0] === 0 ? { ...answer, ...figures } : answer;
      },
    };
    const options = { space: TINY, evaluator: broken, floorPercent: 90 };
    const memo = new AccuracyMemo(options);
    expect(memo.highestPercent).toBeNull();
    expect(await memo.accept(GENOTYPES)).toEqual(GENOTYPES.map(() => null));
    const highest = Math.max(...GENOTYPES.filter(([first]) => first !== 0).map(tinyAccuracy));
    expect(memo.highestPercent).toBe(highest);
    expect(memo.percentOf([0, 0, 0])).toBeNull();
    expect(JSON.parse(JSON.stringify(memo.remembered))).toEqual(memo.remembered);
    expect(new AccuracyMemo({ ...options, remembered: memo.remembered }).highestPercent).toBe(highest);
    const free = new AccuracyMemo({ ...options, floorPercent: null });
    const accepted = await free.accept(GENOTYPES);
    expect(accepted.map((one) => one === null)).toEqual(GENOTYPES.map(([first]) => first === 0));
  });

  it('asks about every network once and in any order, whatever the concurrency', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(GENOTYPES.length - 1), { maxLength: 30, size: 'max' }),
        fc.integer({ min: 1, max: 6 }),
        async (places, concurrency) => {
          const evaluator = tinyEvaluator();
          const memo = new AccuracyMemo({ space: TINY, evaluator, floorPercent: 70, concurrency });
          const answers = await memo.accept(places.map((place) => GENOTYPES[place]!));
          await memo.accept(places.map((place) => GENOTYPES[place]!));
          expect(evaluator.asked).toBe(new Set(places).size);
          answers.forEach((answer, i) => {
            const expected = tinyAccuracy(GENOTYPES[places[i]!]!);
            expect(answer?.top1Percent).toBe(expected >= 70 ? expected : undefined);
          });
        },
      ),
      { numRuns: 12 },
    );
  });

  it('that is stopped keeps the answers that it has, and no failure of what was stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(TINY.distinctSize - 1),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        async (stopAt, concurrency, isOwnError) => {
          const stop = new AbortController();
          const notes: string[] = [];
          const evaluator = tinyEvaluator();
          const stopped = {
            ...evaluator,
            evaluate: async (genotype: Genotype, signal?: AbortSignal) => {
              await Promise.resolve();
              if (evaluator.asked === stopAt) stop.abort();
              if (signal?.aborted === true) throw isOwnError ? new Error('ended by SIGTERM') : signal.reason;
              return evaluator.evaluate(genotype);
            },
          };
          const options = { space: TINY, floorPercent: 70, concurrency, onNote: (text: string) => notes.push(text) };
          const memo = new AccuracyMemo({ ...options, evaluator: stopped });
          await expect(memo.accept(GENOTYPES, stop.signal)).rejects.toHaveProperty('name', 'AbortError');
          expect(memo.remembered).toHaveLength(stopAt);
          expect(memo.failures).toBe(0);
          expect(notes).toEqual([]);
          await expect(memo.accept(GENOTYPES, stop.signal)).rejects.toBe(stop.signal.reason);
          const resumed = new AccuracyMemo({ ...options, evaluator, remembered: memo.remembered });
          const whole = new AccuracyMemo({ ...options, evaluator: tinyEvaluator() });
          expect(await resumed.accept(GENOTYPES)).toEqual(await whole.accept(GENOTYPES));
          expect(evaluator.asked).toBe(whole.remembered.length);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('tells failures once each and goes on; a saved one does not ask again', async () => {
    const notes: string[] = [];
    const evaluator = tinyEvaluator();
    const failing = {
      ...evaluator,
      evaluate: (genotype: Genotype) =>
        genotype[0] === 0 ? Promise.reject(new Error('no GPU')) : evaluator.evaluate(genotype),
    };
    const options = { space: TINY, evaluator: failing, floorPercent: null };
    const memo = new AccuracyMemo({ ...options, onNote: (text) => notes.push(text) });
    const answers = await memo.accept(GENOTYPES);
    expect(answers.map((answer) => answer === null)).toEqual(GENOTYPES.map((genotype) => genotype[0] === 0));
    expect(notes).toEqual(['the accuracy evaluator failed: no GPU']);
    expect(memo.failures).toBe(7);
    const saved = JSON.parse(JSON.stringify(memo.remembered));
    const asked = evaluator.asked;
    const again = new AccuracyMemo({ ...options, remembered: saved, onNote: (text) => notes.push(text) });
    expect(await again.accept(GENOTYPES)).toEqual(answers);
    expect(evaluator.asked).toBe(asked);
    expect(again.failures).toBe(7);
    expect(notes).toHaveLength(1);
  });
});
