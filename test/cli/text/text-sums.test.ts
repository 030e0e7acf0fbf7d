import { beforeAll, describe, expect, it } from 'vitest';
import {
  energyByLevel,
  type LayerReport,
  layerJson,
  layerReport,
  type NetworkReport,
  networkReport,
} from '../../../src/app/explain/evaluate.ts';
import type { MapResult } from '../../../src/app/map/map.ts';
import { describeExplanations } from '../../../src/cli/text/explain-text.ts';
import { describeLayerCounts, describeLimits, describeNetwork } from '../../../src/cli/text/report-text.ts';
import { notModelled } from '../../../src/cost/analysis/not-modelled.ts';
import { evaluateMapping } from '../../../src/cost/evaluate.ts';
import { perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { mapped } from '../../app/run-folders.ts';
import { MATRIX_NETWORK, SMALL_REQUEST } from '../../app/small-files.ts';
import { smallCase } from '../../search/mapping/random-mapspace.ts';

const PREFIXES: Readonly<Record<string, number>> = { p: 1, n: 1e3, '\u00b5': 1e6, m: 1e9 };

/** The number in a cell. */
const numberOf = (cell: string) => Number(cell.replaceAll(',', ''));

/** An energy such as `1.654 \u00b5J` in pJ. */
function pjOf(text: string): number {
  const [, number, prefix = ''] = /([\d.]+) (p|n|\u00b5|m)?J/.exec(text)!;
  return Number(number) * (PREFIXES[prefix] ?? 1e12);
}

/** Three levels with leaking memories, and wires that cost energy below two of them. */
const accelerator = (() => {
  const base = smallCase(3, { levels: [3], dims: ['K'], bounds: [2], mostMacs: 8, padding: false, mostChildren: 2 });
  const levels = base.accelerator.levels.map((level, index) => ({
    ...level,
    capacity: { kind: 'unlimited' as const },
    mayKeep: TENSORS,
    mustKeep: index === 0 ? TENSORS : [],
    energy: { readPj: 3.3 / (index + 1), fillPj: 2.7, updatePj: 1.9 },
    instances: [1, 2, 10][index]!,
    leakagePjPerCycle: [0, 6, 4][index]!,
    fanOut: {
      dimensions: index === 2 ? [] : [{ name: 'X', size: [2, 5][index]!, parallelDims: 'any' as const }],
      multicast: perTensor(() => true),
      hopEnergyPj: [0.7, 2, 0][index]!,
    },
  }));
  return { ...base.accelerator, levels, mac: { ...base.accelerator.mac, instances: 10 } };
})();

function reportOf(name: string, repeat: number, rows: number): LayerReport {
  const problem = makeProblem({ name, bounds: { K: 48, C: 64, P: rows } });
  const layer = {
    name,
    kind: 'linear',
    problem,
    wordBits: perTensor(() => 16),
    repeat,
  } as unknown as LayerReport['layer'];
  const none = { noMulticast: [] };
  const mapping = {
    levels: [
      { ...none, temporal: [{ dim: 'K', bound: 3 }], spatial: [{ dim: 'K', bound: 2, array: 'X' }], keep: TENSORS },
      { ...none, temporal: [{ dim: 'C', bound: 64 }], spatial: [{ dim: 'K', bound: 4, array: 'X' }], keep: ['Inputs'] },
      {
        ...none,
        temporal: [
          { dim: 'K', bound: 2 },
          { dim: 'P', bound: rows },
        ],
        spatial: [],
        keep: TENSORS,
      },
    ],
  } as const;
  const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
  if (!evaluation.feasible) throw new Error(evaluation.violations[0]!.message);
  return layerReport(layer, accelerator, mapping, evaluation);
}

const layers = [reportOf('first', 3, 10), reportOf('second', 1, 7)];
const network: NetworkReport = networkReport(
  { name: 'two', source: 'test', layers: layers.map(({ layer }) => layer) },
  accelerator,
  layers,
);

describe('the rows of a table', () => {
  it.each(layers)(
    'of access counts add up to the energy of the layer, with wires and leakage: $layer.name',
    (report) => {
      const text = describeLayerCounts(accelerator, report);
      const { evaluation } = report;
      const table = text.slice(text.indexOf('---'), text.indexOf('MACs: ')).split('\n').slice(1);
      const energies = table
        .filter((line) => /(Weights|Inputs|Outputs|leakage)/.test(line))
        .map((line) => numberOf(line.trim().split(/ {2,}/).at(-1)!));
      const [, macs, all] = /MACs: .* = ([\d.,]+) pJ; with all rows above ([\d.,]+) pJ/.exec(text)!;
      const sum = energies.reduce((total, pj) => total + pj, numberOf(macs!));
      expect(sum / evaluation.energyPj).toBeCloseTo(1, 5);
      expect(numberOf(all!)).toBeCloseTo(evaluation.energyPj, 0);
      for (const { leakagePj, networks } of evaluation.levels) {
        if (leakagePj > 0) expect(energies).toContainEqual(expect.closeTo(leakagePj, 0));
        for (const { energyPj } of Object.values(networks))
          if (energyPj > 0) expect(energies).toContainEqual(expect.closeTo(energyPj, 0));
      }
      expect(evaluation.levels.some(({ leakagePj }) => leakagePj > 0)).toBe(true);
      expect(evaluation.levels.filter(({ networks }) => networks.Inputs.energyPj > 0).length).toBeGreaterThan(0);
      expect(text).toContain('leakage in pJ per cycle: L1 6 x 2, L2 4 x 10');
      expect(text).toContain('energy per word and hop in pJ: L0 0.7, L1 2');
    },
  );

  it('of layers add up to the totals of the network', () => {
    const text = describeNetwork(network);
    const rows = text.split('\n').slice(2, 2 + layers.length);
    const figures = rows.map((row) => {
      const [, repeat = '1'] = / x(\d+) /.exec(row) ?? [];
      const [cycles] = /[\d,]+(?= +[\d.]+ %)/.exec(row)!;
      return { cycles: Number(repeat) * numberOf(cycles), energyPj: Number(repeat) * pjOf(row) };
    });
    const [, cycles] = /cycles +([\d,]+) =/.exec(text)!;
    const [, pj] = /energy +([\d.,]+) pJ/.exec(text)!;
    expect(figures.reduce((sum, row) => sum + row.cycles, 0)).toBe(numberOf(cycles!));
    expect(figures.reduce((sum, row) => sum + row.energyPj, 0) / numberOf(pj!)).toBeCloseTo(1, 3);
    const shares = [.../pJ = [^;\n]*/.exec(text)![0].matchAll(/ ([\d.]+) %/g)].map(([, share]) => Number(share));
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(0.25);
  });

  it('of JSON add up, level by level and in all', () => {
    for (const report of layers) {
      const json = layerJson(report, accelerator) as {
        energyPj: number;
        macEnergyPj: number;
        levels: {
          energyPj: number;
          leakagePj: number;
          tensors: Record<string, { energyPj: number; network: { energyPj: number } }>;
        }[];
      };
      for (const level of json.levels) {
        const parts = Object.values(level.tensors).map(({ energyPj, network: wires }) => energyPj + wires.energyPj);
        expect(parts.reduce((sum, part) => sum + part, level.leakagePj)).toBeCloseTo(level.energyPj, 6);
      }
      const all = json.levels.reduce((sum, { energyPj }) => sum + energyPj, json.macEnergyPj);
      expect(all).toBeCloseTo(json.energyPj, 6);
    }
    const byLevel = energyByLevel(network).reduce((sum, { energyPj }) => sum + energyPj, 0);
    expect(byLevel).toBeCloseTo(network.totals.energyPj, 4);
  });
});

describe('the EDP', () => {
  it('is printed in J*s too, and is so in the JSON of a layer', () => {
    const { edpPjCycles, edpJouleSeconds } = network.totals;
    expect(edpJouleSeconds).toBeCloseTo((edpPjCycles * 1e-12) / accelerator.clockHz, 20);
    expect(describeNetwork(network)).toMatch(/EDP +[\d.e+]+ pJ\*cycles = [\d.]+ .?J\*s/);
    const [layer] = layers;
    expect(layerJson(layer!, accelerator)).toMatchObject({
      edpJouleSeconds: expect.closeTo((layer!.evaluation.edpPjCycles * 1e-12) / accelerator.clockHz, 20),
    });
  });
});

describe('what the figures leave out', () => {
  it('is a list of all sentences', () => {
    const sentences = notModelled(accelerator, []);
    expect(describeLimits(sentences).split('\n').slice(2)).toEqual(sentences.map((sentence) => `  - ${sentence}`));
  });
});

describe('the explanation', () => {
  let whole: MapResult;
  let single: MapResult;
  beforeAll(async () => {
    whole = await mapped({ ...SMALL_REQUEST, workload: MATRIX_NETWORK, explain: true });
    single = await mapped({ ...SMALL_REQUEST, workload: MATRIX_NETWORK, layer: 'a', explain: true });
  });

  it('of a network shares all of its time among what binds it', () => {
    const text = describeExplanations(whole, whole.explanations!);
    const [line] = /time is bound by .*/.exec(text)!;
    const parts = [...line.matchAll(/ (\d+) % \((\d+) layers\)/g)];
    expect(parts.reduce((sum, [, share]) => sum + Number(share), 0)).toBeCloseTo(100, -0.5);
    expect(parts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(2);
  });

  it('of a layer adds its floor of energy up from its parts', () => {
    const text = describeExplanations(single, single.explanations!);
    const [, floor, macs, dram, operands, leakage] =
      /the floor of ([^:]*J): MACs (.*J), every needed word once through DRAM (.*J), the cheapest possible operand delivery (.*?J)(?:, leakage (.*J))?$/m.exec(
        text,
      )!;
    const parts = [macs!, dram!, operands!, ...(leakage === undefined ? [] : [leakage])];
    expect(leakage !== undefined).toBe(single.explanations!.layers[0]!.floors!.leakagePj > 0);
    expect(parts.reduce((sum, part) => sum + pjOf(part), 0) / pjOf(floor!)).toBeCloseTo(1, 2);
  });
});
