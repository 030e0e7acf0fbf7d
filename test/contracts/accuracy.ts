import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccuracyEvaluator } from '../../src/search/network/accuracy/accuracy-evaluator.ts';
import type { NetworkSpace } from '../../src/search/network/spaces/network-space.ts';
import { genotypes } from './network-space.ts';

/** One implementation of the contract. */
export interface AccuracyEvaluatorUnderTest {
  readonly name: string;
  readonly space: NetworkSpace;
  create(): AccuracyEvaluator;
  /** Networks to try; fewer for evaluators that take long. Default 50. */
  readonly runs?: number;
}

/** What every accuracy evaluator keeps. */
export function describeAccuracyEvaluator({ name, space, create, runs = 50 }: AccuracyEvaluatorUnderTest): void {
  const any = genotypes(space);
  const parameters = { numRuns: runs };

  describe(`accuracy evaluator: ${name}`, () => {
    const evaluator = create();

    it('names itself, its source and its space', () => {
      expect(evaluator.name).not.toBe('');
      expect(evaluator.source.length).toBeGreaterThan(5);
      expect(evaluator.space).toBe(space.name);
    });

    it('answers with percentages, errors and sources in plain JSON', async () => {
      await fc.assert(
        fc.asyncProperty(any, async (genotype) => {
          const answer = await evaluator.evaluate(genotype);
          expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
          expect(answer.source).toBe(evaluator.source);
          if (answer.kind === 'unknown') {
            expect(answer.reason).not.toBe('');
            return;
          }
          for (const percent of [answer.top1Percent, answer.reportedTop1Percent]) {
            expect(percent).toBeGreaterThanOrEqual(0);
            expect(percent).toBeLessThanOrEqual(100);
          }
          if (answer.errorPoints !== null) expect(answer.errorPoints).toBeGreaterThanOrEqual(0);
          if (answer.saturated || !answer.inDomain) expect(answer.notes).not.toEqual([]);
        }),
        parameters,
      );
    });

    it('keeps its limits: none above the ceiling, saturated ones near it, those below the lowest out of domain', async () => {
      const { limits } = evaluator;
      await fc.assert(
        fc.asyncProperty(any, async (genotype) => {
          const answer = await evaluator.evaluate(genotype);
          if (limits === null || answer.kind === 'unknown') return;
          expect(answer.top1Percent).toBeLessThanOrEqual(limits.ceilingPercent);
          if (answer.saturated)
            expect(answer.top1Percent).toBeGreaterThan(limits.ceilingPercent - limits.ceilingErrorPoints);
          if (answer.inDomain) expect(answer.top1Percent).toBeGreaterThan(limits.lowestPercent - 0.1);
        }),
        parameters,
      );
    });

    it('says the same again, for genotypes of the same network, and when asked twice at once', async () => {
      await fc.assert(
        fc.asyncProperty(any, async (genotype) => {
          const before = [...genotype];
          const [first, second] = await Promise.all([evaluator.evaluate(genotype), evaluator.evaluate(genotype)]);
          expect(second).toEqual(first);
          expect(await evaluator.evaluate(space.canonical(genotype))).toEqual(first);
          expect(genotype).toEqual(before);
        }),
        parameters,
      );
    });

    it('rejects genotypes of other spaces', async () => {
      const genotype = space.genes.map(() => 0);
      await expect(evaluator.evaluate([...genotype, 0])).rejects.toThrow(RangeError);
      await expect(evaluator.evaluate([99, ...genotype.slice(1)])).rejects.toThrow(RangeError);
    });
  });
}
