import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAccelerator } from '../../../src/app/presets/load.ts';
import { networkVectorDemands, vectorCost } from '../../../src/cost/vector-cost.ts';
import { DEFAULT_WORD_BITS } from '../../../src/formats/workload/workload.ts';
import { cheapestAbove } from '../../../src/search/network/network-front.ts';
import {
  allGenotypes,
  type LayerRecord,
  layerRecord,
  networkCosts,
  networkTable,
} from '../../../src/search/network/network-table.ts';
import { operationCosts } from '../../../src/search/network/operation-costs.ts';
import { type Genotype, geneList } from '../../../src/search/network/spaces/genes.ts';
import { NetworkBuilder } from '../../../src/search/network/spaces/network-builder.ts';
import { defineSpace } from '../../../src/search/network/spaces/network-space.ts';
import { findNetworkSpace } from '../../../src/search/network/spaces/spaces.ts';
import { networkMacs } from '../../../src/workload/network.ts';
import { mappedLayer } from '../mapping/mapped-layer.ts';

const OPTIONS = { batch: 1, wordBits: DEFAULT_WORD_BITS };

/** Three blocks; the last gene is silent when the one before skips. */
const TINY = defineSpace({
  name: 'tiny',
  title: 'tiny',
  source: 'test',
  genes: geneList('blocks', 3, ['skip', 'c1', 'c3'], false),
  distinctSize: 21,
  isSilent: (genotype) => [false, false, genotype[1] === 0],
  build: (genotype: Genotype, options) => {
    const builder = new NetworkBuilder({ channels: 4, size: 3 }, options);
    builder.convolution('stem', { out: 4, kernel: 3 });
    for (const [i, gene] of genotype.entries())
      if (gene > 0) builder.convolution(`b${i}`, { out: 4, kernel: gene === 1 ? 1 : 3 });
    return builder.globalPool('pool').linear('head', 2).build('tiny', 'test');
  },
});

describe('exhaustive scoring', () => {
  it('holds every distinct network once', () => {
    const genotypes = allGenotypes(TINY);
    expect(new Set(genotypes.map((genotype) => TINY.key(genotype))).size).toBe(TINY.distinctSize);
    expect(genotypes).toHaveLength(TINY.distinctSize);
    expect(allGenotypes(findNetworkSpace('nas-bench-macro'))).toHaveLength(6561);
    expect(() => allGenotypes(findNetworkSpace('ofa-resnet50'))).toThrow(/too many networks/);
  });

  it('equals mapping network by network, layer by layer', () => {
    const accelerator = loadAccelerator('shidiannao');
    const table = networkTable(TINY, allGenotypes(TINY), OPTIONS);
    expect(table.layers.length).toBeLessThan(6);
    const costs = networkCosts(
      table,
      table.layers.map((layer) => layerRecord(mappedLayer(layer, accelerator))),
      accelerator,
    );
    for (const [n, genotype] of table.genotypes.entries()) {
      const network = TINY.build(genotype, OPTIONS);
      let energyPj = 0;
      let cycles = 0;
      for (const layer of network.layers) {
        const { evaluation } = mappedLayer(layer, accelerator);
        energyPj += layer.repeat * evaluation.energyPj;
        cycles += layer.repeat * evaluation.cycles;
      }
      expect(table.macs[n]).toBe(networkMacs(network));
      expect(costs.energyPj[n]).toBeCloseTo(energyPj, 3);
      expect(costs.cycles[n]).toBe(cycles);
      expect(costs.edpPjCycles[n]! / (energyPj * cycles)).toBeCloseTo(1, 12);
    }
  });

  it('prices the words that squeezing and exciting moves, which changes the order', () => {
    const space = defineSpace({
      name: 'excited',
      title: 'excited',
      source: 'test',
      genes: geneList('block', 1, ['wide', 'excited'], false),
      distinctSize: 2,
      build: ([gene], options) => {
        const builder = new NetworkBuilder({ channels: 4, size: 8 }, options);
        if (gene === 0) builder.convolution('wide', { out: 5, kernel: 3 }).convolution('narrow', { out: 4 });
        else builder.convolution('conv', { out: 4, kernel: 3 }).squeezeExcite('block', 1, ['relu', 'sigmoid']);
        return builder.linear('head', 2).build('excited', 'test');
      },
    });
    const plain = loadAccelerator('shidiannao');
    const vectorUnit = { level: 0, simplePerCycle: 1, specialPerCycle: 1, simplePj: 1, specialPj: 1 };
    const accelerator = { ...plain, vectorUnit };
    const table = networkTable(space, allGenotypes(space), OPTIONS);
    const outcomes = table.layers.map((layer) => layerRecord(mappedLayer(layer, plain)));
    const [without, priced] = [plain, accelerator].map((on) => networkCosts(table, outcomes, on));
    // Pool: 63 sums and a factor for each of 4 means; scale: 256 products; sigmoid of 4 words.
    expect(priced!.cycles[1]! - without!.cycles[1]!).toBe(64 * 4 + 256 + 4 * (1 + 2));
    expect(priced!.cycles[0]).toBe(without!.cycles[0]);
    expect(without!.edpPjCycles[1]).toBeLessThan(without!.edpPjCycles[0]!);
    expect(priced!.edpPjCycles[1]).toBeGreaterThan(priced!.edpPjCycles[0]!);
    for (const [n, genotype] of table.genotypes.entries()) {
      const network = space.build(genotype, OPTIONS);
      const cost = vectorCost(networkVectorDemands(network), accelerator);
      expect(priced!.energyPj[n]! - without!.energyPj[n]!).toBeCloseTo(cost.energyPj, 6);
    }
    const layersOnly = networkTable(space, table.genotypes, { ...OPTIONS, isLayersOnly: true });
    expect(networkCosts(layersOnly, outcomes, plain)).toEqual(without);
  });

  it('gives networks of the same layers the same cost, to the bit', () => {
    const space = findNetworkSpace('nas-bench-201');
    const table = networkTable(
      space,
      allGenotypes(space).filter((_genotype, i) => i % 19 === 0),
      OPTIONS,
    );
    const outcomes = table.layers.map(
      (_layer, i): LayerRecord => ({
        kind: 'mapped',
        energyPj: Math.exp(i) / 7,
        cycles: 10 + i,
        mapping: { levels: [] },
        evaluations: 1,
        optimal: true,
        lowerBound: 0,
      }),
    );
    const { energyPj } = networkCosts(table, outcomes, loadAccelerator('shidiannao'));
    const counts = table.genotypes.map(
      (genotype) => `${genotype.filter((g) => g === 2).length},${genotype.filter((g) => g === 3).length}`,
    );
    expect(new Set(energyPj).size).toBe(new Set(counts).size);
  });

  it('leaves out networks with a layer that cannot be mapped', () => {
    const table = networkTable(TINY, allGenotypes(TINY), OPTIONS);
    const place = table.layers.findIndex(
      ({ name, problem }) => name !== 'stem' && problem.bounds.R === 1 && problem.bounds.P > 1,
    );
    const outcomes = table.layers.map(
      (_layer, i): LayerRecord =>
        i === place
          ? { kind: 'unmappable', reason: 'too small' }
          : {
              kind: 'mapped',
              energyPj: 1,
              cycles: 2,
              mapping: { levels: [] },
              evaluations: 1,
              optimal: true,
              lowerBound: 2,
            },
    );
    const { edpPjCycles } = networkCosts(table, outcomes, loadAccelerator('shidiannao'));
    for (const [n, genotype] of table.genotypes.entries())
      expect(Number.isNaN(edpPjCycles[n]!)).toBe(genotype.includes(1));
    const best = cheapestAbove({ accuracy: table.genotypes.map(() => 50), cost: edpPjCycles }, 50);
    expect(table.genotypes[best!]).toEqual([0, 0, 0]);
  });
});

describe('costs of operations', () => {
  it('finds the terms of any sum over operations', () => {
    const space = findNetworkSpace('nas-bench-201');
    const genotypes = allGenotypes(space).filter((_genotype, i) => i % 7 === 0);
    const term = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(fc.array(term, { minLength: 5, maxLength: 5 }), (terms) => {
        const figures = genotypes.map((genotype) => genotype.reduce((sum, gene) => sum + terms[gene]!, 3));
        const costs = operationCosts(space, genotypes, figures);
        expect(costs?.base).toBe('none');
        expect(costs?.baseFigure).toBeCloseTo(3 + 6 * terms[0]!, 6);
        for (const [i, { operation, added }] of costs!.steps.entries()) {
          expect(operation).toBe(space.genes[0]!.values[i + 1]);
          expect(added).toBeCloseTo(terms[i + 1]! - terms[0]!, 6);
        }
        expect(costs?.explained).toBeCloseTo(1, 9);
      }),
      { numRuns: 20 },
    );
  });

  it('says how much it leaves unexplained', () => {
    const space = findNetworkSpace('nas-bench-201');
    const genotypes = allGenotypes(space);
    const byPlace = genotypes.map((genotype) => (genotype[0] === 3 ? 1 : 0));
    const { explained, steps } = operationCosts(space, genotypes, byPlace)!;
    // One of six edges decides: the count of the operation correlates with it by 1 / sqrt(6).
    expect(explained).toBeCloseTo(1 / 6, 9);
    expect(steps.find(({ operation }) => operation === 'nor_conv_3x3')?.added).toBeCloseTo(1 / 6, 9);
  });

  it('does not fit spaces of unlike genes, or too few networks', () => {
    const macro = findNetworkSpace('nas-bench-macro');
    const one = allGenotypes(macro).slice(0, 1);
    expect(operationCosts(macro, one, [1])).toBeNull();
    const resnet = findNetworkSpace('ofa-resnet50');
    expect(operationCosts(resnet, [], [])).toBeNull();
  });
});
