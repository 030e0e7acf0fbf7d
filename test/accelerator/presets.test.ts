import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Accelerator, onChipBits } from '../../src/accelerator/accelerator.ts';
import { checkBudget } from '../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { isSizeDependent, memoryAccess } from '../../src/accelerator/technology.ts';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { parseBudget } from '../../src/formats/budget-file.ts';
import { checkMapping } from '../../src/mapping/legality.ts';
import type { Mapping, SpatialLoop } from '../../src/mapping/mapping.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { makeProblem } from '../../src/workload/problem.ts';
import { TECHNOLOGIES, yamlFiles } from './files.ts';

const specifications = [...yamlFiles('accelerators'), ...yamlFiles('accelerators/boards')].map(
  ({ name, file, text }) => ({ name, specification: parseAccelerator(text, file) }),
);
const BOARDS = yamlFiles('accelerators/boards').map(({ name }) => name);
const budgets = yamlFiles('accelerators/budgets').map(({ name, file, text }) => ({
  name,
  budget: parseBudget(text, file),
}));

function preset(name: string, technology?: string): Accelerator {
  const { specification } = specifications.find((one) => one.name === name)!;
  return buildAccelerator(specification, TECHNOLOGIES.get(technology ?? specification.technology)!);
}

describe('accelerator presets', () => {
  it('are the published ones', () => {
    const chips = specifications.map(({ name }) => name).filter((name) => !BOARDS.includes(name));
    expect(chips.sort()).toEqual([
      'a100',
      'a100-sm',
      'coral-usb',
      'edge-tpu',
      'ethos-u55-256',
      'eyeriss',
      'eyeriss-spads',
      'eyeriss-v2',
      ...[16, 32, 4, 64, 8].map((rows) => `gemmini-${rows}`),
      ...[1024, 128, 2048, 256, 32, 512, 64].map((macs) => `nvdla-${macs}`),
      'shidiannao',
      'shidiannao-banks',
      'simba-chiplet',
      'tpu-v1',
      'tpu-v4i',
    ]);
    const variants = ['eyeriss-spads', 'shidiannao-banks'];
    expect(budgets.map(({ name }) => name).sort()).toEqual(
      [...chips.filter((name) => !variants.includes(name)), 'dpu-zcu102', 'tpu-v2'].sort(),
    );
  });

  it('carry the name of their file and a source', () => {
    for (const { name, specification } of specifications) expect(specification.name).toBe(name);
    for (const { name, budget } of budgets) expect(budget.name).toBe(name);
    for (const { budget } of budgets) expect(budget.source.length).toBeGreaterThan(40);
    for (const { specification } of specifications) expect(specification.source.length).toBeGreaterThan(40);
  });

  it('build with every technology, by default with one in which sizes matter', () => {
    for (const { name, specification } of specifications) {
      expect(isSizeDependent(TECHNOLOGIES.get(specification.technology)!)).toBe(true);
      for (const technology of TECHNOLOGIES.keys()) expect(preset(name, technology).technology).toBe(technology);
    }
  });

  it.each(budgets)('$name fits its own budget and uses it up', ({ name, budget }) => {
    const accelerator = preset(name);
    expect(checkBudget(accelerator, budget)).toEqual([]);
    expect(accelerator.mac.instances).toBe(budget.processingElements);
    expect(onChipBits(accelerator)).toBe(budget.onChipBits);
  });

  it('exceed their budget with one bit more, or a part in 10^8 of large memories', () => {
    for (const { name, budget } of budgets) {
      const less = budget.onChipBits - Math.max(1, Math.ceil(budget.onChipBits / 1e8));
      expect(checkBudget(preset(name), { ...budget, onChipBits: less }), name).toHaveLength(1);
    }
  });

  it('get dearer per bit of every tensor from the PE to DRAM', () => {
    for (const { name } of specifications)
      for (const tensor of TENSORS) {
        const levels = preset(name).levels.filter((level) => level.mayKeep.includes(tensor));
        const perBit = levels.map((level) => level.energy.readPj / level.blockWords / level.wordBits);
        expect(
          [...perBit].sort((a, b) => b - a),
          `${name} ${tensor}`,
        ).toEqual(perBit);
      }
  });

  it('read finished outputs on their way out of every level that a chip of this release holds them in', () => {
    const older = /^(edge-tpu|eyeriss|eyeriss-spads|nvdla-1024|nvdla-256|shidiannao.*)$/;
    for (const { name, specification } of specifications.filter(({ name }) => !BOARDS.includes(name)))
      for (const level of specification.levels.slice(1))
        if (level.mayKeep.includes('Outputs'))
          expect(level.drain, `${name} ${level.name}`).toBe(older.test(name) ? undefined : 'charged');
  });

  it('state the energies of their technology where the outermost level is a memory on chip', () => {
    const onChip = [{ name: 'ethos-u55-256', mebibytes: 4, bits: 64 }];
    for (const { name, mebibytes, bits } of onChip) {
      const { technology, levels } = specifications.find((one) => one.name === name)!.specification;
      const { readPj, writePj } = memoryAccess(TECHNOLOGIES.get(technology)!, 'buffer', mebibytes * 2 ** 23, bits);
      const { energy, blockWords, wordBits } = levels[0]!;
      expect(blockWords * wordBits).toBe(bits);
      expect([energy?.readPj, energy?.fillPj, energy?.updatePj].map((pj) => pj?.toFixed(3))).toEqual(
        [readPj, writePj, writePj].map((pj) => pj.toFixed(3)),
      );
    }
  });

  it('have the ratios of Eyeriss within a factor of two to its published table', () => {
    const { levels, mac } = preset('eyeriss');
    const ratio = levels.map((level) => level.energy.readPj / level.blockWords / mac.energyPj);
    for (const [i, published] of [200, 6, 1].entries()) {
      expect(ratio[i]! / published).toBeGreaterThan(0.5);
      expect(ratio[i]! / published).toBeLessThan(2);
    }
  });
});

interface RowStationary {
  readonly layer: string;
  readonly RS: number;
  readonly EF: number;
  readonly C: number;
  readonly M: number;
  readonly U: number;
  /** Output rows per pass, sets over channels and over filters. */
  readonly e: number;
  readonly r: number;
  readonly t: number;
  readonly activePes: number;
}

/** The published row-stationary arrangement: R rows by e columns, folded when wider than the array, and r x t copies. */
function rowStationary({ RS, EF, C, M, e, r, t }: RowStationary): { spatial: SpatialLoop[]; mapping: Mapping } {
  const folds = Math.ceil(e / 14);
  const width = Math.ceil(e / folds);
  const sideways = Math.floor(14 / width) >= t && RS * folds * r * t > 12;
  const spatial: SpatialLoop[] = [
    { dim: 'R', bound: RS, array: 'Y' },
    { dim: 'P', bound: folds, array: 'Y' },
    { dim: 'P', bound: width, array: 'X' },
    { dim: 'C', bound: r, array: 'Y' },
    { dim: 'K', bound: t, array: sideways ? 'X' : 'Y' },
  ];
  const temporal = [
    { dim: 'K', bound: Math.ceil(M / t) },
    { dim: 'C', bound: Math.ceil(C / r) },
    { dim: 'P', bound: Math.ceil(EF / (folds * width)) },
    { dim: 'Q', bound: EF },
    { dim: 'S', bound: RS },
  ] as const;
  const nothing = { temporal: [], spatial: [], keep: [], noMulticast: [] };
  return {
    spatial,
    mapping: { levels: [{ ...nothing, temporal, keep: TENSORS }, { ...nothing, spatial }, nothing] },
  };
}

describe('the Eyeriss array', () => {
  const file = resolve(import.meta.dirname, '../golden/eyeriss-row-stationary.json');
  const table: RowStationary[] = JSON.parse(readFileSync(file, 'utf8'));

  it.each(table)('runs the published row-stationary arrangement of AlexNet $layer', (row) => {
    const { spatial, mapping } = rowStationary(row);
    const problem = makeProblem({
      name: row.layer,
      bounds: { K: row.M, C: row.C, P: row.EF, Q: row.EF, R: row.RS, S: row.RS },
      stride: [row.U, row.U],
    });
    const shape = { problem, wordBits: { Weights: 16, Inputs: 16, Outputs: 16 } };
    expect(checkMapping(shape, preset('eyeriss'), mapping)).toEqual([]);
    const active = row.RS * row.e * row.r * row.t;
    expect(active).toBe(row.activePes);
    const children = spatial.reduce((product, loop) => product * loop.bound, 1);
    expect(children).toBeGreaterThanOrEqual(active);
    expect(children).toBeLessThanOrEqual(168);
  });
});
