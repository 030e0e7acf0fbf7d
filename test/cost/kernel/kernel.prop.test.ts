import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostOptions } from '../../../src/cost/evaluation.ts';
import { compileKernel, type Kernel, type KernelPaths } from '../../../src/cost/kernel/kernel.ts';
import { STATUS_RULES } from '../../../src/cost/kernel/packed-legality.ts';
import { packMapping } from '../../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import type { Mapping, SpatialLoop, TemporalLoop } from '../../../src/mapping/mapping.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem, type Problem } from '../../../src/workload/problem.ts';
import { EXACT, expectEqual, TIMELOOP } from '../agreement.ts';
import { type CostCase, costCase } from '../arbitraries.ts';
import { anyResidentCase } from '../residency-arbitraries.ts';
import { collidingCase, limitedCase } from './arbitraries.ts';

/** Runs random cases through `check`; returns how often each path of their kernels ran. */
function pathsOf(cases: fc.Arbitrary<CostCase>, runs: number, check: (sampled: CostCase) => Kernel): KernelPaths {
  const total: KernelPaths = { perfect: 0, padded: 0, grouped: 0, ragged: 0, united: 0, walked: 0, infeasible: 0 };
  fc.assert(
    fc.property(cases, (sampled) => {
      const { paths } = check(sampled);
      total.perfect += paths.perfect;
      total.padded += paths.padded;
      total.grouped += paths.grouped;
      total.ragged += paths.ragged;
      total.united += paths.united;
      total.walked += paths.walked;
      total.infeasible += paths.infeasible;
    }),
    { numRuns: runs },
  );
  return total;
}

describe('the kernel equals the reference to the bit', () => {
  it('with perfect factors', () => {
    const cases = costCase({ imperfect: false, padding: false, maxMacs: 3000 });
    const paths = pathsOf(cases, 150, (sampled) => expectEqual(sampled, EXACT));
    expect(paths).toEqual({ perfect: 300, padded: 0, grouped: 0, ragged: 0, united: 0, walked: 0, infeasible: 0 });
  });
  it('with perfect factors and padding', () => {
    const cases = costCase({ imperfect: false, padding: true, maxMacs: 3000 });
    const paths = pathsOf(cases, 220, (sampled) => expectEqual(sampled, EXACT));
    expect(paths.padded).toBeGreaterThan(60);
    expect(paths.grouped).toBeGreaterThan(60);
    expect(paths.perfect + paths.padded + paths.grouped).toBe(440);
  });
  it('with imperfect factors', () => {
    const cases = costCase({ imperfect: true, padding: false, maxMacs: 1500 });
    const paths = pathsOf(cases, 180, (sampled) => expectEqual(sampled, EXACT));
    expect(paths.ragged).toBeGreaterThan(180);
  });
  it('with imperfect factors and padding', () => {
    const cases = costCase({ imperfect: true, padding: true, maxMacs: 1500 });
    const paths = pathsOf(cases, 180, (sampled) => expectEqual(sampled, EXACT));
    expect(paths.ragged).toBeGreaterThan(180);
  });
  it('with output and filter dims in parallel in one block', () => {
    const paths = pathsOf(collidingCase({ padding: false, imperfect: true }), 300, (sampled) =>
      expectEqual(sampled, EXACT),
    );
    expect(paths.ragged).toBeGreaterThan(25);
    expect(paths.united).toBeGreaterThan(1);
    // United tiles with gaps.
    expect(paths.walked).toBeGreaterThan(4);
  });
  it('with output and filter dims in parallel in one block and padding', () => {
    const paths = pathsOf(collidingCase({ padding: true, imperfect: true }), 300, (sampled) =>
      expectEqual(sampled, EXACT),
    );
    expect(paths.ragged).toBeGreaterThan(25);
    expect(paths.united).toBeGreaterThan(1);
    expect(paths.walked).toBeGreaterThan(4);
  });
  it('with perfect output and filter dims in parallel in one block', () => {
    const paths = pathsOf(collidingCase({ padding: true, imperfect: false }), 140, (sampled) =>
      expectEqual(sampled, EXACT),
    );
    expect(paths.grouped).toBeGreaterThan(60);
    const timeloop = pathsOf(collidingCase({ padding: false, imperfect: false }), 140, (sampled) =>
      expectEqual(sampled, TIMELOOP),
    );
    expect(timeloop.perfect).toBe(280);
  });
  it('under the reuse rule of Timeloop', () => {
    const cases = costCase({ imperfect: false, padding: true, maxMacs: 3000 });
    const paths = pathsOf(cases, 150, (sampled) => expectEqual(sampled, TIMELOOP));
    expect(paths).toEqual({ perfect: 300, padded: 0, grouped: 0, ragged: 0, united: 0, walked: 0, infeasible: 0 });
  });
});

describe('the kernel equals the reference where random cases seldom go', () => {
  const multicast = { Weights: true, Inputs: true, Outputs: true };
  /** Two multicasting levels that keep everything; all loops at the outer one. */
  const twoLevels = (
    problem: Problem,
    temporal: readonly TemporalLoop[],
    spatial: readonly SpatialLoop[],
  ): CostCase => {
    const { layer, accelerator } = fc.sample(collidingCase({ padding: false, imperfect: true }), {
      numRuns: 1,
      seed: 1,
    })[0]!;
    const levels = accelerator.levels
      .slice(0, 2)
      .map((level) => ({ ...level, fanOut: { ...level.fanOut, multicast } }));
    const mapping: Mapping = {
      levels: [
        { temporal, spatial, keep: TENSORS, noMulticast: [] },
        { temporal: [], spatial: [], keep: TENSORS, noMulticast: [] },
      ],
    };
    return { layer: { ...layer, problem }, accelerator: { ...accelerator, levels }, mapping };
  };

  it('when the loop inside the cut is dead for some groups only', () => {
    const problem = makeProblem({ name: 'p and r', bounds: { K: 2, P: 6, Q: 2, R: 5, S: 2 }, dilation: [2, 1] });
    const temporal = (['P', 'S', 'R', 'K', 'Q'] as const).map((dim) => ({ dim, bound: 2 }));
    const spatial = (['P', 'R'] as const).map((dim) => ({ dim, bound: 3, array: 'X' }));
    expect(expectEqual(twoLevels(problem, temporal, spatial), EXACT).paths.ragged).toBe(2);
  });

  it("when Timeloop's share of the words is truncated to one less", () => {
    const problem = makeProblem({ name: 'diagonals', bounds: { C: 247, P: 5, R: 3 } });
    const spatial = [
      { dim: 'P', bound: 5, array: 'X' },
      { dim: 'R', bound: 3, array: 'Y' },
    ] as const;
    const kernel = expectEqual(twoLevels(problem, [{ dim: 'C', bound: 247 }], spatial), TIMELOOP);
    const inner = TENSORS.length + TENSORS.indexOf('Inputs');
    expect(kernel.counts.fills[inner]).toBe(15 * 246);
  });
});

describe('the kernel rejects what the reference rejects', () => {
  const verdicts = new Map<string, number>();
  const expectSameVerdict = ({ layer, accelerator, mapping }: CostCase, options: CostOptions): Kernel => {
    const kernel = compileKernel(layer, accelerator, options);
    const packed = packMapping(kernel.layout, mapping)!;
    const reference = evaluateReference(layer, accelerator, mapping, options);
    const rule = STATUS_RULES[kernel.evaluate(packed)]!;
    verdicts.set(rule, (verdicts.get(rule) ?? 0) + 1);
    if (reference.feasible) {
      expect(rule).toBe('feasible');
      expect(kernel.toEvaluation(packed)).toEqual(reference);
      return kernel;
    }
    const excesses = reference.violations.filter((violation) => violation.rule === rule).map(({ excess }) => excess);
    expect(kernel.violationExcess).toBe(Math.max(...excesses));
    const detailed = kernel.toEvaluation(packed);
    expect(detailed.feasible).toBe(false);
    return kernel;
  };

  it('with the same rule and excess', () => {
    for (const imperfect of [false, true])
      pathsOf(limitedCase({ imperfect, padding: true, maxMacs: 500 }), 420, (sampled) =>
        expectSameVerdict(sampled, EXACT),
      );
    pathsOf(limitedCase({ imperfect: true, padding: false, maxMacs: 500 }), 90, (sampled) =>
      expectSameVerdict(sampled, TIMELOOP),
    );
    for (const imperfect of [false, true])
      pathsOf(anyResidentCase(limitedCase({ imperfect, padding: true, maxMacs: 300 })), 140, (sampled) =>
        expectSameVerdict(sampled, EXACT),
      );
    expect([...verdicts.keys()].sort()).toEqual([...STATUS_RULES].sort());
    for (const count of verdicts.values()) expect(count).toBeGreaterThan(5);
  });
});
