import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StorageLevel } from '../../../src/accelerator/accelerator.ts';
import type { LevelCost } from '../../../src/cost/evaluation.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import type { ReadWords } from '../../../src/workload/read-words.ts';
import { EXACT, feasible } from '../agreement.ts';
import { costCase } from '../arbitraries.ts';
import { overheadCase } from '../overhead-arbitraries.ts';
import { type ResidentCase, residentCase } from '../residency-arbitraries.ts';
import { type SimulatedCounts, simulate } from './simulator.ts';
import { storedBitsOf } from './stored-bits.ts';
import { simulateTimes } from './time-simulator.ts';

type Accesses = Pick<SimulatedCounts, 'reads' | 'fills' | 'updates'>;

/** Energy of accesses, block by block on the average instance. */
function accessPj(level: StorageLevel, { reads, fills, updates }: Accesses, bits: number, instances: number): number {
  const { readPj, fillPj, updatePj } = level.energy;
  const block = level.blockWords * level.wordBits;
  const blocks = (words: number) =>
    bits === block ? words : instances * Math.ceil((words * bits) / (instances * block));
  return blocks(reads) * readPj + blocks(fills) * fillPj + blocks(updates) * updatePj;
}

function moved({ layer: { residency }, accelerator }: ResidentCase, index: number) {
  const level = accelerator.levels[index]!;
  const { fetched, drained } = residency.moves;
  const kinds = [
    ['reads', index === 0 ? fetched : index === residency.level && level.drain === 'charged' ? drained : []],
    ['fills', index === residency.level ? fetched : []],
    ['updates', index === 0 ? drained : []],
  ] as const;
  const counts = { reads: 0, fills: 0, updates: 0, energyPj: 0 };
  for (const [kind, entries] of kinds)
    for (const { words, wordBits } of entries as readonly ReadWords[]) {
      counts[kind] += words;
      counts.energyPj += accessPj(level, { reads: 0, fills: 0, updates: 0, [kind]: words }, wordBits, 1);
    }
  return counts;
}

function expectExecuted(sampled: ResidentCase): void {
  const { layer, accelerator, mapping } = sampled;
  const { residency } = layer;
  const model = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
  const simulation = simulate(layer, accelerator, mapping);
  const times = simulateTimes(layer, accelerator, mapping, simulation);
  model.levels.forEach((level, index) => {
    const hardware = accelerator.levels[index]!;
    const isHome = index === residency.level && residency.outputs !== 'outermost';
    const { home } = simulation;
    let energyPj = 0;
    for (const tensor of TENSORS) {
      const { reads, fills, updates, busiest } = level.tensors[tensor];
      const counts = simulation.counts[index]![tensor];
      const all = tensor === 'Outputs' && isHome ? [counts, home] : [counts];
      const requests = (key: 'busiestReadRequests' | 'busiestWriteRequests') =>
        all.reduce((sum, one) => sum + one[key], 0);
      expect([index, tensor, reads, fills, updates, busiest, level.requests[tensor].busiest]).toEqual([
        index,
        tensor,
        counts.reads,
        counts.fills,
        counts.updates,
        { reads: counts.busiestReads, fills: counts.busiestFills, updates: counts.busiestUpdates },
        requests('busiestReadRequests') + requests('busiestWriteRequests'),
      ]);
      energyPj += accessPj(hardware, counts, storedBitsOf(hardware, layer, tensor), level.instancesUsed);
    }
    expect(level.home === undefined).toBe(!isHome);
    if (level.home !== undefined) {
      expect([level.home.reads, level.home.fills, level.home.updates]).toEqual([home.reads, 0, home.updates]);
      energyPj += accessPj(hardware, home, residency.activationBits, 1);
    }
    const moves = moved(sampled, index);
    const isMoving = index === 0 || index === residency.level;
    const entries = residency.moves.fetched.length + residency.moves.drained.length;
    expect(level.moved === undefined).toBe(!isMoving || entries === 0);
    expect(level.moved ?? moves).toMatchObject(moves);
    expect(level.energyPj).toBeCloseTo(energyPj + moves.energyPj + wiresPj(level) + level.leakagePj, 6);
    expect([index, level.transferCycles]).toEqual([index, times[index]!.transferCycles]);
  });
  const levelsPj = model.levels.reduce((sum, level) => sum + level.energyPj, model.macEnergyPj);
  expect(model.energyPj).toBeCloseTo(levelsPj, 6);
}

function wiresPj({ networks }: LevelCost): number {
  return TENSORS.reduce((sum, tensor) => sum + networks[tensor].energyPj, 0);
}

describe('where operands are retained the reference model equals a walk of the nest', () => {
  it('with perfect factors', () => {
    const cases = residentCase(costCase({ imperfect: false, padding: true, maxMacs: 100 }));
    fc.assert(fc.property(cases, expectExecuted), { numRuns: 70 });
  });
  it('with imperfect factors and the terms of real hardware', () => {
    const cases = residentCase(overheadCase({ imperfect: true, padding: true, maxMacs: 120 }));
    fc.assert(fc.property(cases, expectExecuted), { numRuns: 70 });
  });
});

describe('what does not pass the levels outside its home', () => {
  it('takes no wires there, and no room at all but in staged tiles', () => {
    fc.assert(
      fc.property(
        residentCase(costCase({ imperfect: true, padding: true, maxMacs: 100 })),
        ({ layer, accelerator, mapping }) => {
          const { residency } = layer;
          const { levels } = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
          const isThere = {
            Weights: residency.weights,
            Inputs: residency.inputs,
            Outputs: residency.outputs !== 'outermost',
          };
          for (const tensor of TENSORS) {
            if (!isThere[tensor]) continue;
            for (const { tensors, networks, requests } of levels.slice(0, residency.level)) {
              expect(networks[tensor]).toEqual({
                tensor,
                ingressWords: 0,
                spatialReductions: 0,
                hopWords: 0,
                energyPj: 0,
              });
              expect([requests[tensor].total, tensors[tensor].tileWords, tensors[tensor].energyPj]).toEqual([0, 0, 0]);
            }
            const own = levels[residency.level]!;
            const isStaged = tensor === 'Outputs' && residency.outputs === 'staged';
            if (!isStaged) expect(own.tensors[tensor].tileWords).toBe(0);
            else if (own.tensors[tensor].kept) expect(own.tensors[tensor].tileWords).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
