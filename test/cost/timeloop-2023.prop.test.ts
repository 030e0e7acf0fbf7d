import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import { boxWords } from '../../src/cost/reference/timeloop-walk.ts';
import type { LevelMapping } from '../../src/mapping/mapping.ts';
import { flattenNest, levelExtents } from '../../src/mapping/nest.ts';
import { divisors } from '../../src/util/integers.ts';
import { Random } from '../../src/util/random.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { makeProblem } from '../../src/workload/problem.ts';
import { EXACT, expectEqual, feasible, TIMELOOP, TIMELOOP_2023 } from './agreement.ts';
import { type CostCase, costCase, sampleCase } from './arbitraries.ts';
import { collidingCase } from './kernel/arbitraries.ts';
import { overheadCase } from './overhead-arbitraries.ts';
import { simulatedInputs } from './timeloop-simulator.ts';

/** Convolutions whose tiles overlap at every level: one child each, loops of all dims spread over the levels in any order. */
const sliding = fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed): CostCase => {
  const random = Random.fromSeed(seed);
  const pick = (values: readonly number[]) => values[random.nextInt(values.length)]!;
  const { layer, accelerator } = sampleCase(random, { imperfect: false, padding: false, maxMacs: 1 });
  const bounds = { K: pick([1, 2, 3]), C: pick([1, 2]), P: pick([4, 6]), R: pick([2, 3, 4]), Q: pick([1, 4]), S: 2 };
  const strides = [pick([1, 1, 2]), 1] as const;
  const problem = makeProblem({ name: 'sliding', bounds, stride: strides, dilation: [pick([1, 1, 2]), 1] });
  const levels: LevelMapping[] = [];
  const left = { ...bounds };
  for (let index = 0; index < accelerator.levels.length; index++) {
    const isLast = index === accelerator.levels.length - 1;
    const temporal = (Object.keys(bounds) as (keyof typeof bounds)[])
      .map((dim) => ({ dim, bound: isLast ? left[dim] : pick(divisors(left[dim])), rank: random.nextUnit() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ dim, bound }) => ({ dim, bound }));
    for (const { dim, bound } of temporal) left[dim] /= bound;
    levels.push({ temporal, spatial: [], keep: TENSORS, noMulticast: [] });
  }
  return { layer: { ...layer, problem }, accelerator, mapping: { levels } };
});

/** The same with the order of the temporal loops of all levels by a comparison of their places. */
function ordered({ mapping, ...rest }: CostCase, isInner: (dim: string) => boolean): CostCase {
  const levels = mapping.levels.map((level) => ({
    ...level,
    temporal: level.temporal.toSorted((a, b) => Number(isInner(a.dim)) - Number(isInner(b.dim))),
  }));
  return { ...rest, mapping: { levels } };
}

describe('the rule of the Timeloop of 2023', () => {
  it('counts words of Inputs as a walk of its loops at two indices does, word by word', () => {
    let differing = 0;
    fc.assert(
      fc.property(sliding, ({ layer, accelerator, mapping }) => {
        const [own, later] = [TIMELOOP_2023, TIMELOOP].map((rule) =>
          feasible(evaluateReference(layer, accelerator, mapping, rule)),
        );
        mapping.levels.forEach((_, level) => {
          if (level === 0) return;
          const { fills } = own!.levels[level]!.tensors.Inputs.busiest;
          expect(fills).toBe(simulatedInputs(layer.problem, mapping, level));
          if (fills !== later!.levels[level]!.tensors.Inputs.busiest.fills) differing++;
        });
      }),
      { numRuns: 80 },
    );
    expect(differing).toBeGreaterThan(3);
  });

  it('reuses no overlap where a loop over K is innermost', () => {
    let overlapping = 0;
    fc.assert(
      fc.property(sliding, (sampled) => {
        const { layer, accelerator, mapping } = ordered(sampled, (dim) => dim === 'K');
        const [own, exact] = [TIMELOOP_2023, EXACT].map((rule) =>
          feasible(evaluateReference(layer, accelerator, mapping, rule)),
        );
        const loops = flattenNest(mapping).filter(({ kind }) => kind === 'temporal');
        mapping.levels.forEach((_, level) => {
          const outside = loops.filter((loop) => loop.level < level);
          if (level === 0 || outside.at(-1)?.dim !== 'K') return;
          // An output and a filter dim that go back and forth may leave the tile where it is.
          const dims = outside.map(({ dim }) => dim).join('');
          if (/P.*R|R.*P|Q.*S|S.*Q/.test(dims)) return;
          const relevant = outside.slice(0, outside.findLastIndex(({ dim }) => dim !== 'K') + 1);
          const steps = relevant.reduce((count, { bound }) => count * bound, 1);
          const whole = steps * boxWords(layer.problem.tensors.Inputs, levelExtents(mapping)[level]!);
          const { fills } = own!.levels[level]!.tensors.Inputs.busiest;
          expect(fills).toBe(whole);
          if (exact!.levels[level]!.tensors.Inputs.busiest.fills < fills) overlapping++;
        });
      }),
      { numRuns: 80 },
    );
    expect(overlapping).toBeGreaterThan(1);
  });

  it('reads every output once more than today’s, to drain it, below the outermost level and whatever that states', () => {
    const cases = overheadCase({ imperfect: false, padding: true, maxMacs: 400 });
    fc.assert(
      fc.property(cases, ({ layer, accelerator, mapping }) => {
        const [own, later] = [TIMELOOP_2023, TIMELOOP].map((rule) =>
          feasible(evaluateReference(layer, accelerator, mapping, rule)),
        );
        own!.levels.forEach(({ tensors: { Weights, Outputs } }, level) => {
          const before = later!.levels[level]!.tensors;
          expect(Weights).toEqual(before.Weights);
          const drained = level > 0 && Outputs.kept;
          // No first touch is read, and every last one is.
          expect(Outputs.reads).toBe(drained ? Outputs.updates : before.Outputs.reads);
          expect(Outputs.busiest.reads).toBe(drained ? Outputs.busiest.updates : before.Outputs.busiest.reads);
          expect([Outputs.fills, Outputs.updates]).toEqual([before.Outputs.fills, before.Outputs.updates]);
          if (drained) expect(Outputs.reads).toBeGreaterThan(before.Outputs.reads);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is counted alike by kernel and reference, to the bit', () => {
    const cases = fc.oneof(
      costCase({ imperfect: false, padding: true, maxMacs: 2000 }),
      overheadCase({ imperfect: false, padding: true, maxMacs: 400 }),
      collidingCase({ padding: false, imperfect: false }),
      sliding,
    );
    fc.assert(
      fc.property(cases, (sampled) => {
        expectEqual(sampled, TIMELOOP_2023);
      }),
      { numRuns: 120 },
    );
  });
});
