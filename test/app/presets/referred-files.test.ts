import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBaseline } from '../../../src/app/design/baseline.ts';
import { loadAccelerator, loadBudget, loadSpecification, loadTechnology } from '../../../src/app/presets/load.ts';
import { errorOf } from '../../formats/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'trifold-referred-'));
const preset = (name: string) => readFileSync(join(import.meta.dirname, '../../..', name), 'utf8');
const budget = (accelerator: string, dataflow: string) =>
  `name: b
source: test
baseline: { accelerator: ${accelerator}, dataflow: ${dataflow} }
processingElements: 64
onChipMemory: 288 KiB
`;

beforeAll(() => {
  mkdirSync(join(folder, 'chips'));
  mkdirSync(join(folder, 'budgets'));
  writeFileSync(
    join(folder, 'chips/tech.yaml'),
    preset('accelerators/technology/maestro.yaml').replace('maestro', 'mine'),
  );
  writeFileSync(
    join(folder, 'chips/chip.yaml'),
    preset('accelerators/shidiannao.yaml').replace(/^technology: .*$/m, 'technology: tech.yaml'),
  );
  writeFileSync(join(folder, 'budgets/b.yaml'), budget('../chips/chip.yaml', '../chips/flow.yaml'));
  writeFileSync(join(folder, 'chips/flow.yaml'), 'name: mine\ndataflow:\n  - { level: array, parallelOnly: [K] }\n');
  writeFileSync(join(folder, 'budgets/bad.yaml'), budget('eyeriss', 'flow.yaml'));
  writeFileSync(join(folder, 'budgets/preset.yaml'), budget('shidiannao', 'output-stationary'));
});

describe('paths inside a file begin at its folder, wherever the command runs', () => {
  it('the technology of an accelerator', () => {
    for (const file of [join(folder, 'chips/chip.yaml'), relative(process.cwd(), join(folder, 'chips/chip.yaml'))]) {
      expect(loadAccelerator(file).technology).toBe('mine');
      expect(loadTechnology(loadSpecification(file).technology).name).toBe('mine');
    }
  });

  it('the baseline of a budget, its dataflow and its technology', () => {
    const loaded = loadBudget(join(folder, 'budgets/b.yaml'));
    const { specification, technology, dataflow } = loadBaseline(undefined, undefined, loaded);
    expect([specification.name, technology.name, dataflow?.name]).toEqual(['shidiannao', 'mine', 'mine']);
    // The same file by another path has the same dataflow.
    const again = loadBaseline(relative(process.cwd(), join(folder, 'chips/chip.yaml')), undefined, loaded);
    expect(again.dataflow?.name).toBe('mine');
  });

  it('what is not there is refused at its place; presets go first', () => {
    const error = errorOf(() => loadBudget(join(folder, 'budgets/bad.yaml')));
    expect(error.message).toContain('no mapping preset and no file named');
    expect(error.message).toContain(join('budgets', 'flow.yaml'));
    expect(error.details).toMatchObject({ keyPath: 'baseline.dataflow', place: { line: 3 } });
    expect(loadBudget(join(folder, 'budgets/preset.yaml')).baseline).toEqual({
      accelerator: 'shidiannao',
      dataflow: 'output-stationary',
    });
  });
});
