import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { checkMapping } from '../../../src/mapping/legality.ts';
import { flattenNest, isPerfect } from '../../../src/mapping/nest.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { tensorWords } from '../../../src/workload/problem.ts';
import { EXACT, expectEqual, expectSimulated, feasible, TIMELOOP } from '../agreement.ts';
import { type CostCase, costCase } from '../arbitraries.ts';
import { changed, comparePaths, everyKind, plainKinds, rareKinds, refetching } from '../counting-arbitraries.ts';

describe('tiles that come anew at every step', () => {
  it('are counted as a walk of the nest counts them', () => {
    for (const cases of plainKinds(80))
      fc.assert(fc.property(changed(cases, refetching), expectSimulated), { numRuns: 18 });
  });

  it('are counted alike by kernel and reference, on every path', () => {
    const paths = comparePaths([changed(everyKind(400), refetching), 60], [changed(rareKinds(), refetching), 30]);
    expect(Math.min(...Object.values(paths))).toBeGreaterThan(2);
  });

  it('are boxes by the rule of Timeloop, and kernel and reference agree', () => {
    const cases = changed(costCase({ imperfect: false, padding: true, maxMacs: 800 }), refetching);
    fc.assert(
      fc.property(cases, (sampled) => {
        expectEqual(sampled, TIMELOOP);
      }),
      { numRuns: 50 },
    );
  });

  it('never lower a count, and change none of a level that does not keep the tensor', () => {
    fc.assert(
      fc.property(changed(everyKind(300), refetching), ({ layer, accelerator, mapping }) => {
        const counts = (levels: CostCase['accelerator']['levels']) =>
          feasible(evaluateReference(layer, { ...accelerator, levels }, mapping, EXACT)).levels.flatMap((level) =>
            TENSORS.flatMap((tensor) => [level.tensors[tensor].reads, level.tensors[tensor].fills]),
          );
        const anew = counts(accelerator.levels);
        const held = counts(accelerator.levels.map(({ refetch: _, ...level }) => level));
        held.forEach((count, i) => {
          expect(anew[i]!).toBeGreaterThanOrEqual(count);
        });
        const bypassing = accelerator.levels.map((level, index) => {
          const refetch = level.refetch?.filter((tensor) => mapping.levels[index]!.keep.includes(tensor));
          return refetch === undefined ? level : { ...level, refetch };
        });
        expect(counts(bypassing)).toEqual(anew);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a level that never takes partial sums back', () => {
  it('refuses exactly the mappings that fill it with Outputs, by how often they return', () => {
    let refused = 0;
    fc.assert(
      fc.property(everyKind(300), ({ layer, accelerator, mapping }) => {
        const { levels } = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
        const isWhole = isPerfect(mapping, layer.problem.bounds);
        levels.forEach((level, index) => {
          if (index === 0) return;
          const strict = accelerator.levels.map((own, i) => (i === index ? { ...own, spill: 'never' as const } : own));
          const violations = checkMapping(layer, { ...accelerator, levels: strict }, mapping);
          const { fills } = level.tensors.Outputs;
          expect(violations.map(({ rule }) => rule)).toEqual(fills > 0 ? ['spill'] : []);
          if (fills === 0) return;
          refused++;
          const [{ excess, message }] = violations as [(typeof violations)[0]];
          expect(message).toMatch(
            new RegExp(`^level ${level.name} never .* over [CRS] at level .* over [NGKPQ] at level`),
          );
          const copies = flattenNest(mapping).reduce(
            (count, loop) =>
              loop.kind === 'spatial' && loop.level < index && 'CRS'.includes(loop.dim) ? count * loop.bound : count,
            1,
          );
          const distinct = tensorWords(layer.problem, 'Outputs') * copies;
          if (isWhole) expect(excess).toBe(fills / distinct);
          else expect(excess).toBeGreaterThan(0);
        });
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});
