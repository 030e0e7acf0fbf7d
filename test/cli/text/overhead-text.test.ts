import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { layerJson, layerReport, networkReport } from '../../../src/app/explain/evaluate.ts';
import { layerSummary } from '../../../src/app/explain/layer-summary.ts';
import { loadTechnology } from '../../../src/app/presets/load.ts';
import { describeLayerCounts, describeNetwork } from '../../../src/cli/text/report-text.ts';
import { widthsText } from '../../../src/cli/text/widths-text.ts';
import { evaluateMapping } from '../../../src/cost/evaluate.ts';
import { parseAccelerator } from '../../../src/formats/accelerator-file.ts';
import type { LevelMapping, Mapping } from '../../../src/mapping/mapping.ts';
import { siText } from '../../../src/util/quantity-text.ts';
import { TENSORS, type TensorName } from '../../../src/util/vocabulary.ts';
import type { Layer } from '../../../src/workload/network.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { feasible } from '../../cost/agreement.ts';

/** The accelerator of the page that explains the terms. */
const page = readFileSync(resolve(import.meta.dirname, '../../../docs/overheads.md'), 'utf8');
const file = /```yaml\n([\s\S]*?)```/
  .exec(page)![1]!
  .replace('shared: 8 words/cycle', 'shared: 1000 words/cycle')
  .replace('levels:', 'countLeakage: true\nlevels:')
  .replace('    array: [{ name: Y', '    hopEnergy: 0.5 pJ\n    array: [{ name: Y');
const accelerator = buildAccelerator(parseAccelerator(file, 'page'), loadTechnology('cacti-22nm'));

/** 32 x 32 weights over 8 rows; the array is 16 x 16. */
const layer: Layer = {
  name: 'product',
  kind: 'problem',
  repeat: 3,
  parameters: 0,
  problem: makeProblem({ name: 'product', bounds: { K: 32, C: 32, P: 8 } }),
  wordBits: { Weights: 8, Inputs: 8, Outputs: 8 },
};
const level = (keep: LevelMapping['keep'], given: Partial<LevelMapping> = {}): LevelMapping => ({
  temporal: [],
  spatial: [],
  noMulticast: [],
  ...given,
  keep,
});
const mapping: Mapping = {
  levels: [
    level(TENSORS, { temporal: [{ dim: 'K', bound: 2 }] }),
    level(['Inputs'], { spatial: [{ dim: 'K', bound: 16, array: 'Y' }] }),
    level(['Outputs'], {
      temporal: [
        { dim: 'C', bound: 2 },
        { dim: 'P', bound: 8 },
      ],
      spatial: [{ dim: 'C', bound: 16, array: 'X' }],
    }),
    level(['Weights']),
  ],
};

const evaluation = feasible(evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' }));
const report = layerReport(layer, accelerator, mapping, evaluation);

describe('widths of words', () => {
  it('are stored ones and means of coded ones where they differ, each by what makes them so', () => {
    const words = { Weights: 16, Inputs: 16, Outputs: 16 };
    const coded = { ...layer, wordBits: words, zeros: { Inputs: 0.5, Outputs: 0 } };
    expect(widthsText({ ...layer, wordBits: words }, accelerator)).toBe(
      'bits per word: Weights 16, Inputs 16, Outputs 16',
    );
    // A pair for two words, three pairs in 64 bits: 32 / 3, in parts of 1/64. Without zeros the code would take more room than it saves.
    expect(widthsText(coded, accelerator)).toMatch(/^bits per word: [^;]*; by compression: DRAM Inputs 10\.671875$/);
    const [dram, ...inside] = accelerator.levels;
    const narrow = { levels: [{ ...dram!, storedBits: { Inputs: 12, Outputs: 8 } }, ...inside] };
    expect(widthsText(coded, narrow)).toMatch(
      /; by storedBits of the accelerator: DRAM Inputs 12, Outputs 8; by compression: DRAM Inputs 10\.671875$/,
    );
  });
});

describe('a mapping on an accelerator that states overheads', () => {
  const text = describeLayerCounts(accelerator, report);
  const lineOf = (start: string) =>
    text
      .split('\n')
      .find((line) => line.trim().startsWith(start))
      ?.trim();

  it('has visits, launches, loads and what comes anew in its loop nest, for views as well', () => {
    const scratchpad = '(2 visits, launches take 250 cycles, Inputs anew at each)';
    const accumulator = '(2 visits, 4 loads of weights into the array, partial sums do not return)';
    expect(lineOf('(2 visits, launches')).toBe(scratchpad);
    expect(lineOf('(2 visits, 4')).toBe(accumulator);
    const { loopNest } = layerSummary({ network: { name: 'n' }, accelerator }, report, true);
    expect(loopNest).toContain(scratchpad);
    expect(loopNest).toContain(accumulator);
  });

  it('has every term of the cycles, the slowest first', () => {
    // 32 steps of the array; 4 loads of 16 cycles hide 32 of 64, and 2 visits ramp for 32 cycles each.
    const array = 32 + (4 * 16 - 32) + 2 * 32;
    const { cycles, levels, serialCycles } = evaluation;
    expect(levels[2]!.arrayCycles).toBe(array);
    const terms = {
      'requests of DRAM': levels[0]!.transferCycles,
      'launch of Scratchpad': 250,
      'array below Accumulator': array,
      'no overlap at Scratchpad': serialCycles,
      compute: 32,
      Scratchpad: levels[1]!.transferCycles,
    };
    const ordered = Object.entries(terms).sort(([, a], [, b]) => b - a);
    const shown = ordered.map(
      ([name, own]) => `${name} ${own.toLocaleString('en-US')} (${((100 * own) / cycles).toFixed(0)} %)`,
    );
    expect(lineOf('cycles: the most of')).toBe(`cycles: the most of ${shown.join(', ')}`);
    expect(describeNetwork(networkReport({ name: 'n', source: 's', layers: [layer] }, accelerator, [report]))).toMatch(
      new RegExp(`product +x3 .* ${ordered[0]![0]} +[\\d.]+x`),
    );
  });

  it('has the requests that transfers are cut into', () => {
    // Inputs: 8 rows of 32 channels at each of 2 visits; weights go into registers word by word; a column holds one channel of outputs.
    expect(lineOf('requests of DRAM')).toBe(
      'requests of DRAM: Weights 1,024, Inputs 16, Outputs 256; each of at most 64 contiguous B takes 1 cycle of its port',
    );
  });

  // Killed by: requests of the busiest instance for those of all, cycles of ports that have no limit.
  it('has requests of all instances and cycles of limited ports in its JSON', () => {
    const levels = accelerator.levels.with(2, {
      ...accelerator.levels[2]!,
      requests: { bytes: 1, cycles: 1, layout: { Outputs: ['K'] } },
    });
    const changed = { ...accelerator, levels };
    const counted = feasible(evaluateMapping(layer, changed, mapping, { temporalReuse: 'exact' }));
    const json = layerJson(layerReport(layer, changed, mapping, counted), changed) as {
      levels: { portCycles: number | null; tensors: Record<TensorName, { requests: number }> }[];
    };
    const { total, busiest } = counted.levels[2]!.requests.Outputs;
    expect(total).toBeGreaterThan(busiest);
    expect(json.levels[2]!.tensors.Outputs.requests).toBe(total);
    expect(json.levels.map(({ portCycles }) => portCycles)).toEqual([
      counted.levels[0]!.transferCycles,
      counted.levels[1]!.transferCycles,
      counted.levels[2]!.transferCycles,
      null,
    ]);
  });

  it('has the shares of wires and leakage in the energy of a network', () => {
    const network = networkReport({ name: 'n', source: 's', layers: [layer] }, accelerator, [report]);
    const sum = (figure: (level: (typeof evaluation.levels)[number]) => number) =>
      evaluation.levels.reduce((all, one) => all + figure(one), 0) / evaluation.energyPj;
    const wires = sum(({ networks }) => TENSORS.reduce((all, tensor) => all + networks[tensor].energyPj, 0));
    const leakage = sum(({ leakagePj }) => leakagePj);
    expect(Math.min(wires, leakage)).toBeGreaterThan(0);
    const shares = [`wires ${(100 * wires).toFixed(1)} %`, `leakage ${(100 * leakage).toFixed(1)} %`];
    expect(describeNetwork(network)).toContain(`; in these ${shares.join(', ')}`);
    const { watts } = network.totals.physical;
    const power = `power        ${siText(watts, 'W')} (leakage ${siText(watts * leakage, 'W')})`;
    expect(describeNetwork(network)).toContain(power);
  });
});
