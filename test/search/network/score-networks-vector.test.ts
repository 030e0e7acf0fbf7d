import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { networkVectorDemands, vectorCost } from '../../../src/cost/vector-cost.ts';
import { itemScorer, type ScoreItem } from '../../../src/search/network/score-networks.ts';
import type { Genotype } from '../../../src/search/network/spaces/genes.ts';
import { EYERISS, SCORER, TINY, WORD_BITS } from './cosearch-fixtures.ts';

const GENOTYPES: readonly Genotype[] = [
  [0, 0, 0],
  [1, 2, 1],
  [2, 2, 2],
];

/** Eyeriss with a unit so slow that the poolings take most of the time. */
const VECTOR = {
  ...EYERISS.baseline,
  vectorUnit: { level: 'GlobalBuffer', simplePerCycle: 1e-4, specialPerCycle: 1, simplePj: 1e7, specialPj: 0 },
};

function itemOf(specification: ScoreItem['specification'], cutoffPjCycles: number | null): ScoreItem {
  const networks = GENOTYPES.map((genotype) => ({ genotype, top1Percent: 80 }));
  const keep = { kind: 'best', count: GENOTYPES.length, edps: [] } as const;
  return { trial: 1, specification, networks, keep, cutoffPjCycles, known: [] };
}

describe('networks that are scored on an accelerator with a vector unit', () => {
  const besides = GENOTYPES.map((genotype) => {
    const network = TINY.build(genotype, { batch: 1, wordBits: WORD_BITS });
    return vectorCost(networkVectorDemands(network), buildAccelerator(VECTOR, EYERISS.technology));
  });

  // Killed by: networks without their vector operators, or those prepared for an accelerator without a unit.
  it('cost as much more as their vector operators do', () => {
    const score = itemScorer(SCORER);
    const [none, some, again] = [EYERISS.baseline, VECTOR, EYERISS.baseline].map((one) => score(itemOf(one, null)));
    expect(again!.networks).toEqual(none!.networks);
    for (const [n, beside] of besides.entries()) {
      const [without, with_] = [none!.networks[n]!, some!.networks[n]!];
      if (without.kind !== 'scored' || with_.kind !== 'scored') throw new Error('not scored');
      expect(beside.cycles).toBeGreaterThan(without.cycles);
      expect(with_.cycles).toBe(without.cycles + beside.cycles);
      expect(with_.energyPj / (without.energyPj + beside.energyPj)).toBeCloseTo(1, 12);
    }
  });

  // Killed by: bounds without the vector operators.
  it('are bounded by them before any layer is mapped', () => {
    const { networks, counters } = itemScorer(SCORER)(itemOf(VECTOR, 1));
    for (const [n, { energyPj, cycles }] of besides.entries()) {
      const one = networks[n]!;
      expect(one.kind === 'stopped' && one.boundPjCycles).toBeGreaterThan(energyPj * cycles);
    }
    expect(counters.layersMapped).toBe(0);
  });
});
