import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StorageLevel } from '../../../src/accelerator/accelerator.ts';
import type { Requests } from '../../../src/accelerator/overheads.ts';
import { transferCycles } from '../../../src/cost/level-cost.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import type { TemporalReuse } from '../../../src/cost/temporal-reuse.ts';
import { storedWordBits } from '../../../src/mapping/legality.ts';
import { perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { EXACT, expectEqual, expectSimulated, feasible, TIMELOOP } from '../agreement.ts';
import { type CostCase, costCase } from '../arbitraries.ts';
import { changed, comparePaths, everyKind, plainKinds, rareKinds, requesting } from '../counting-arbitraries.ts';

describe('requests', () => {
  it('are counted as sorted addresses are cut', () => {
    for (const cases of plainKinds(100))
      fc.assert(fc.property(changed(cases, requesting), expectSimulated), { numRuns: 18 });
  });

  it('are counted alike by kernel and reference, on every path', () => {
    const paths = comparePaths([changed(everyKind(400), requesting), 60], [changed(rareKinds(), requesting), 30]);
    expect(Math.min(...Object.values(paths))).toBeGreaterThan(2);
  });

  it('end before columns with gaps, where padding lets parts of the rows hold all that is stored', () => {
    const [sampled] = fc.sample(costCase({ imperfect: false, padding: false, maxMacs: 1 }), { numRuns: 1, seed: 1 });
    const [outer, inner] = sampled!.accelerator.levels;
    const problem = makeProblem({
      name: 'rows 1 and 2 of 4, every second column',
      bounds: { P: 2, R: 3, Q: 3 },
      stride: [1, 2],
      paddingBefore: [1, 0],
      inputSize: [2, 5],
    });
    const requests = { bytes: 8, cycles: 1, layout: { Inputs: ['Q', 'P'] as const } };
    const levels = [
      { ...outer!, requests },
      { ...inner!, refetch: ['Inputs'] as const },
    ];
    const bounds = (...dims: readonly ['P' | 'Q' | 'R', number][]) => dims.map(([dim, bound]) => ({ dim, bound }));
    const level = { spatial: [], keep: TENSORS, noMulticast: [] };
    const mapping = {
      levels: [
        { ...level, temporal: bounds(['P', 2]) },
        { ...level, temporal: bounds(['Q', 3], ['R', 3]) },
      ],
    };
    const one = { layer: { ...sampled!.layer, problem }, accelerator: { ...sampled!.accelerator, levels }, mapping };
    expectEqual(one, EXACT);
    expectSimulated(one);
    expect(
      feasible(evaluateReference(one.layer, one.accelerator, mapping, EXACT)).levels[0]!.requests.Inputs.total,
    ).toBe(6);
  });

  it('are of boxes by the rule of Timeloop, and kernel and reference agree', () => {
    const cases = changed(costCase({ imperfect: false, padding: true, maxMacs: 800 }), requesting);
    fc.assert(
      fc.property(cases, (sampled) => {
        expectEqual(sampled, TIMELOOP);
      }),
      { numRuns: 50 },
    );
  });
});

/** Requests of all levels and tensors: totals, then those of the busiest instances. */
function requestsOf({ layer, accelerator, mapping }: CostCase): number[] {
  const { levels } = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
  return levels.flatMap(({ requests }) =>
    TENSORS.flatMap((tensor) => [requests[tensor].total, requests[tensor].busiest]),
  );
}

function withRequests(sampled: CostCase, change: (requests: Requests) => Requests): CostCase {
  const levels = sampled.accelerator.levels.map((level) =>
    level.requests === undefined ? level : { ...level, requests: change(level.requests) },
  );
  return { ...sampled, accelerator: { ...sampled.accelerator, levels } };
}

describe('the number of requests', () => {
  const cases = changed(everyKind(200), requesting);

  it('never grows with the bytes of a request, nor with the dims that are contiguous', () => {
    const fewer = { bytes: 0, layout: 0 };
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 9 }), (sampled, more) => {
        const before = requestsOf(sampled);
        const longer = requestsOf(withRequests(sampled, (requests) => ({ ...requests, bytes: requests.bytes + more })));
        // The slowest dim of each layout left out: longer runs are cut.
        const shorter = requestsOf(
          withRequests(sampled, (requests) => ({
            ...requests,
            layout: perTensor((tensor) => requests.layout[tensor]?.slice(1)) as Requests['layout'],
          })),
        );
        before.forEach((count, i) => {
          expect(longer[i]!).toBeLessThanOrEqual(count);
          expect(shorter[i]!).toBeGreaterThanOrEqual(count);
          if (longer[i]! < count) fewer.bytes++;
          if (shorter[i]! > count) fewer.layout++;
        });
      }),
      { numRuns: 60 },
    );
    expect(Math.min(fewer.bytes, fewer.layout)).toBeGreaterThan(5);
  });

  it('takes time of the port beside the words', () => {
    fc.assert(
      fc.property(cases, ({ layer, accelerator, mapping }) => {
        const { levels } = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
        levels.forEach((cost, index) => {
          const level = accelerator.levels[index]!;
          const { sharedWordsPerCycle = Number.POSITIVE_INFINITY, readWordsPerCycle } = level.bandwidth;
          if (readWordsPerCycle !== undefined) return;
          let bits = 0;
          let requests = 0;
          for (const tensor of TENSORS) {
            const { reads, fills, updates } = cost.tensors[tensor].busiest;
            bits += (reads + fills + updates) * storedWordBits(level, layer, tensor);
            requests += cost.requests[tensor].busiest;
          }
          const words = Math.ceil(bits / (sharedWordsPerCycle * level.wordBits));
          expect(cost.transferCycles).toBe(words + requests * (level.requests?.cycles ?? 0));
        });
      }),
      { numRuns: 60 },
    );
    const level = { wordBits: 8, requests: { bytes: 1, cycles: 3, layout: {} } };
    const uses = [
      { reads: 10, writes: 4, bits: 8, readRequests: 2, writeRequests: 7 },
      { reads: 1, writes: 1, bits: 16, readRequests: 1, writeRequests: 1 },
    ];
    const cyclesOf = (bandwidth: StorageLevel['bandwidth'], rule: TemporalReuse = 'exact') =>
      transferCycles({ ...level, bandwidth }, 2, uses, rule);
    expect(cyclesOf({})).toBe(3 * 11);
    expect(cyclesOf({ sharedWordsPerCycle: 5 })).toBe(4 + 3 * 11);
    expect(cyclesOf({ readWordsPerCycle: 1 })).toBe(3 * 8);
    expect(cyclesOf({ readWordsPerCycle: 0.5 })).toBe(24 + 3 * 3);
    expect(cyclesOf({ writeWordsPerCycle: 5 })).toBe(2 + 3 * 8);
    expect(cyclesOf({ writeWordsPerCycle: 5 }, 'timeloop')).toBe(2 + 3 * 8);
    expect(cyclesOf({ readWordsPerCycle: 0.1 }, 'timeloop')).toBe(120 + 3 * 3);
  });
});
