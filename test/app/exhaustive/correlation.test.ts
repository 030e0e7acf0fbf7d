import { describe, expect, it } from 'vitest';
import { latencyCorrelation } from '../../../src/app/exhaustive/correlation.ts';
import { buildOptions, type ScoredSpace } from '../../../src/app/exhaustive/score.ts';
import { loadAccelerator } from '../../../src/app/presets/load.ts';
import { tableKey } from '../../../src/search/network/accuracy/table-evaluator.ts';
import { allGenotypes, networkTable } from '../../../src/search/network/network-table.ts';
import { rankCorrelation } from '../../../src/search/network/rank-correlation.ts';
import { findNetworkSpace } from '../../../src/search/network/spaces/spaces.ts';

const SPACE = findNetworkSpace('nas-bench-201');
const GENOTYPES = allGenotypes(SPACE).filter((_genotype, i) => i % 11 === 0);
const TABLE = networkTable(SPACE, GENOTYPES, buildOptions(1));
const ACCELERATOR = loadAccelerator('eyeriss');
const count = (genotype: readonly number[], gene: number) => genotype.filter((one) => one === gene).length;

/** Networks whose latency is a sum over operations: `[1x1, 3x3, pooling]` in cycles. */
function scoredWith([small, large, pooling]: readonly [number, number, number]): ScoredSpace {
  const cycles = Float64Array.from(
    GENOTYPES,
    (genotype) => 1000 + small * count(genotype, 2) + large * count(genotype, 3) + pooling * count(genotype, 4),
  );
  const nothing = new Float64Array(cycles.length);
  return {
    space: SPACE,
    accelerator: ACCELERATOR,
    table: TABLE,
    answers: [],
    searchPercent: nothing,
    reportPercent: nothing,
    costs: { energyPj: nothing, cycles, edpPjCycles: nothing },
  };
}

function recordedWith(terms: readonly [number, number, number]) {
  const { cycles } = scoredWith(terms).costs;
  const figures = new Map(GENOTYPES.map((genotype, n) => [tableKey(SPACE, genotype), cycles[n]! / 1000]));
  return { column: 'eyeriss_ms', figures };
}

describe('modelled against recorded latency', () => {
  it('correlates all networks in the same order of both figures', () => {
    const scored = scoredWith([3, 4, 0]);
    const recorded = recordedWith([1, 6, 6]);
    const event = latencyCorrelation(scored, recorded);
    const x = [...recorded.figures.values()];
    const y = [...scored.costs.cycles].map((cycles) => (cycles / scored.accelerator.clockHz) * 1000);
    expect(event).toMatchObject(rankCorrelation(x, y));
    expect(event?.points).toEqual(x.map((one, i) => [one, y[i]]));
  });

  it('names the operations that cost time in the records only, and correlates without them', () => {
    const event = latencyCorrelation(scoredWith([1, 6, 0]), recordedWith([1, 6, 6]));
    expect(event?.kendallTau).toBeLessThan(0.9);
    expect(event?.notes[0]).toContain('+ 0.00600 per nor_conv_3x3 + 0.00600 per avg_pool_3x3');
    const without = GENOTYPES.filter((genotype) => !genotype.includes(4)).length;
    expect(event?.notes[2]).toMatch(/^avg_pool_3x3 costs time in the records/);
    expect(event?.notes[2]).toContain(`over the ${without} networks without it Kendall tau is 1.000, Spearman 1.000`);
  });

  it('says nothing of that where both have the same operations, nothing at all without records', () => {
    expect(latencyCorrelation(scoredWith([1, 6, 6]), recordedWith([1, 6, 6]))?.notes).toHaveLength(2);
    expect(latencyCorrelation(scoredWith([1, 6, 6]), null)).toBeNull();
    expect(latencyCorrelation(scoredWith([0, 0, 0]), recordedWith([1, 6, 6]))).toBeNull();
  });

  it('leaves out networks without a record', () => {
    const recorded = recordedWith([1, 6, 6]);
    const part = new Map([...recorded.figures].slice(100));
    expect(latencyCorrelation(scoredWith([1, 5, 0]), { ...recorded, figures: part })?.points).toHaveLength(part.size);
  });
});
