import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, Capacity, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { compileKernel, type Kernel } from '../../../src/cost/kernel/kernel.ts';
import { STATUS_RULES } from '../../../src/cost/kernel/packed-legality.ts';
import { packMapping } from '../../../src/cost/packed-mapping.ts';
import { tileWords } from '../../../src/mapping/legality.ts';
import { levelExtents } from '../../../src/mapping/nest.ts';
import { perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import { type Problem, tensorWords } from '../../../src/workload/problem.ts';
import { type CostCase, costCase } from '../arbitraries.ts';
import { limitedCase } from './arbitraries.ts';

const EXACT = { temporalReuse: 'exact' } as const;

function larger(capacity: Capacity, factor: number): Capacity {
  if (capacity.kind === 'unlimited') return capacity;
  if (capacity.kind === 'shared') return { kind: 'shared', bits: capacity.bits * factor };
  return { kind: 'partitioned', bits: perTensor((tensor) => capacity.bits[tensor] * factor) };
}

function withLevels(accelerator: Accelerator, change: (level: StorageLevel) => StorageLevel): Accelerator {
  return { ...accelerator, levels: accelerator.levels.map(change) };
}

function score({ layer, accelerator, mapping }: CostCase): Kernel {
  const kernel = compileKernel(layer, accelerator, EXACT);
  kernel.evaluate(packMapping(kernel.layout, mapping)!);
  return kernel;
}

/** Stored words that some multiply-accumulate reads; with stride above the filter fewer than the tensor has. */
function touchedInputs(problem: Problem): number {
  let words = 1;
  for (const axis of problem.tensors.Inputs.axes) {
    let positions = new Set([0]);
    for (const { dim, coefficient } of axis.terms)
      positions = new Set(
        [...positions].flatMap((at) => Array.from({ length: problem.bounds[dim] }, (_, k) => at + k * coefficient)),
      );
    const stored = [...positions].filter((at) => at >= axis.paddingBefore && at < axis.paddingBefore + axis.length);
    words *= stored.length;
  }
  return words;
}

describe('the kernel obeys the laws of storage', () => {
  it('a larger buffer never makes a legal mapping illegal or worse', () => {
    let broken = 0;
    fc.assert(
      fc.property(
        limitedCase({ imperfect: true, padding: true, maxMacs: 400 }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        (sampled, factor) => {
          const kernel = compileKernel(sampled.layer, sampled.accelerator, EXACT);
          const packed = packMapping(kernel.layout, sampled.mapping)!;
          const grown = withLevels(sampled.accelerator, (level) => ({
            ...level,
            capacity: larger(level.capacity, factor),
          }));
          const roomier = compileKernel(sampled.layer, grown, EXACT);
          const before = STATUS_RULES[kernel.evaluate(packed)]!;
          const after = STATUS_RULES[roomier.evaluate(packed)]!;
          if (before === 'capacity') {
            broken++;
            // What a mapping does with partial sums is asked once its tiles fit.
            expect(['capacity', 'spill', 'feasible']).toContain(after);
            if (after === 'capacity') expect(roomier.violationExcess).toBeLessThanOrEqual(kernel.violationExcess);
            return;
          }
          expect(after).toBe(before);
          if (after === 'feasible')
            expect([roomier.energyPj, roomier.cycles]).toEqual([kernel.energyPj, kernel.cycles]);
        },
      ),
      { numRuns: 600 },
    );
    expect(broken).toBeGreaterThan(50);
  });

  it('a mapping is legal from exactly the capacity on that its tiles need', () => {
    fc.assert(
      fc.property(costCase({ imperfect: true, padding: true, maxMacs: 400 }), fc.nat(3), (sampled, chosen) => {
        const { layer, accelerator, mapping } = sampled;
        const index = chosen % accelerator.levels.length;
        const extents = levelExtents(mapping)[index]!;
        const level = accelerator.levels[index]!;
        let bits = 0;
        for (const tensor of mapping.levels[index]!.keep)
          bits += tileWords(layer.problem, tensor, extents) * (level.storedBits[tensor] ?? layer.wordBits[tensor]);
        const statusAt = (available: number): number => {
          const sized = withLevels(accelerator, (candidate) =>
            candidate === level ? { ...candidate, capacity: { kind: 'shared', bits: available } } : candidate,
          );
          const kernel = compileKernel(layer, sized, EXACT);
          return kernel.evaluate(packMapping(kernel.layout, mapping)!);
        };
        expect(statusAt(bits)).toBe(0);
        if (bits > 0) expect(STATUS_RULES[statusAt(bits - 1)]).toBe('capacity');
      }),
      { numRuns: 300 },
    );
  });

  it('the outermost level moves every touched word at least once', () => {
    for (const imperfect of [false, true])
      fc.assert(
        fc.property(costCase({ imperfect, padding: true, maxMacs: 1000 }), (sampled) => {
          const { problem } = sampled.layer;
          const { reads, updates } = score(sampled).counts;
          expect(reads[TENSORS.indexOf('Weights')]).toBeGreaterThanOrEqual(tensorWords(problem, 'Weights'));
          expect(reads[TENSORS.indexOf('Inputs')]).toBeGreaterThanOrEqual(touchedInputs(problem));
          expect(updates[TENSORS.indexOf('Outputs')]).toBeGreaterThanOrEqual(tensorWords(problem, 'Outputs'));
        }),
        { numRuns: 500 },
      );
  });

  it('nothing is negative and energy is the sum of its parts', () => {
    fc.assert(
      fc.property(costCase({ imperfect: true, padding: true, maxMacs: 1000 }), (sampled) => {
        const kernel = score(sampled);
        for (const counts of Object.values(kernel.counts)) expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
        expect(kernel.edpPjCycles).toBe(kernel.energyPj * kernel.cycles);
      }),
      { numRuns: 200 },
    );
  });
});
