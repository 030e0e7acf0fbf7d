import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CosearchRequest, cosearchInputs } from '../../../src/app/cosearch/inputs.ts';
import { baselineViolations, outsideBudgetText, publishedDataflow } from '../../../src/app/design/baseline.ts';
import { type DesignInputs, designInputs } from '../../../src/app/design/inputs.ts';
import { DESIGN_RUN } from '../../../src/app/design/run.ts';
import { loadBudget } from '../../../src/app/presets/load.ts';
import { errorOf } from '../../formats/errors.ts';
import { eyerissWith, freshPath, SMALL_DESIGN } from '../small-files.ts';

/** Says nothing of final factors. */
const { finalFactors: _finalFactors, ...REQUEST } = SMALL_DESIGN;

const COSEARCH: CosearchRequest = {
  space: 'ofa-resnet50',
  budget: 'eyeriss',
  floorPercent: 76,
  accuracy: { kind: 'predictor' },
  search: 'nested',
  pareto: false,
  strategy: 'naas',
  generations: 1,
  populationSize: 2,
  evolution: {
    population: 2,
    iterations: 1,
    parentRatio: 0.5,
    mutationRatio: 0.5,
    rates: { architecture: 0.1, resolution: 0.5 },
  },
  factors: 'perfect',
  nodeLimit: 1000,
  seed: 1,
};

describe('a design run', () => {
  it('has a folder of the names of its networks and budget, whatever files they are in', () => {
    const { workloads } = REQUEST;
    const inputs = designInputs(REQUEST);
    expect(workloads[0]).toMatch(/\.yaml$/);
    expect(DESIGN_RUN.folderName(inputs)).toBe(
      `${inputs.networks.map(({ name }) => name).join('+')}-${REQUEST.budget}`,
    );
    expect(DESIGN_RUN.folderName(inputs)).not.toMatch(/yaml|\//);
  });

  it('sizes buffers by factors where sizes alone are searched', () => {
    const sizesOf = (more: object) => designInputs({ ...REQUEST, ...more }).request.bufferSizes;
    expect(sizesOf({ strategy: 'sizing' })).toBe('geometric');
    expect(sizesOf({ strategy: 'naas' })).toBe('linear');
    expect(sizesOf({ strategy: 'sizing', bufferSizes: 'linear' })).toBe('linear');
  });
});

describe('the published dataflow', () => {
  it('refuse two networks of one name, whose results could not be told apart', () => {
    const twice = { ...REQUEST, workloads: ['dqn', 'squeezenet', 'dqn'] };
    expect(() => designInputs(twice)).toThrow(/two workloads of the run are called dqn/);
  });

  it('refuse two names that only look alike, and take those that only file systems take for the same', () => {
    const workload = (name: string) => {
      const path = freshPath('net.yaml');
      const layer = '{ kind: matmul, name: m, rows: 4, inner: 4, columns: 4 }';
      writeFileSync(path, `name: "${name}"\nsource: s\nlayers: [${layer}]\n`);
      return path;
    };
    const inputsOf = (...names: string[]) => designInputs({ ...REQUEST, workloads: names.map(workload) });
    expect(() => inputsOf('caf\u00e9', 'cafe\u0301')).toThrow(/two workloads of the run are called caf/);
    expect(inputsOf('a/b', 'a-b', 'A-b').networks.map(({ name }) => name)).toEqual(['a/b', 'a-b', 'A-b']);
  });

  it('is that of the baseline, not of the budget', () => {
    const dataflowOf = (baseline?: string) =>
      designInputs({ ...REQUEST, ...(baseline === undefined ? {} : { budget: 'edge-tpu', baseline }) }).dataflow
        ?.name ?? null;
    expect(dataflowOf()).toBe('row-stationary');
    expect(dataflowOf('eyeriss')).toBe('row-stationary');
    expect(dataflowOf('nvdla-256')).toBe('weight-stationary');
    expect(dataflowOf('shidiannao')).toBe('output-stationary');
    expect(dataflowOf('eyeriss-spads')).toBeNull();
    expect(dataflowOf(eyerissWith(['capacity: 512 B', 'capacity: 256 B']))).toBeNull();
  });

  it('is the same for co-searches, within a budget and without one', () => {
    const { budget: _budget, ...without } = COSEARCH;
    expect(cosearchInputs({ ...COSEARCH, budget: 'edge-tpu', baseline: 'shidiannao' }).dataflow?.name).toBe(
      'output-stationary',
    );
    expect(cosearchInputs({ ...COSEARCH, baseline: 'eyeriss-spads' }).dataflow).toBeNull();
    expect(cosearchInputs({ ...without, accelerator: 'edge-tpu' }).dataflow?.name).toBe('weight-stationary');
  });

  it('of the budget of the run goes before those of presets', () => {
    const budget = { ...loadBudget('eyeriss'), baseline: { accelerator: 'nvdla-256', dataflow: 'output-stationary' } };
    expect(publishedDataflow('nvdla-256', budget)?.name).toBe('output-stationary');
    expect(publishedDataflow('eyeriss', budget)?.name).toBe('row-stationary');
    expect(publishedDataflow('eyeriss', null)?.name).toBe('row-stationary');
  });
});

describe('final factors', () => {
  it('are imperfect by default with the exact mapper alone, and kept where stated', () => {
    expect(designInputs(REQUEST).request.finalFactors).toBe('imperfect');
    expect(designInputs({ ...REQUEST, mapper: 'cmaes' }).request.finalFactors).toBe('perfect');
    expect(designInputs({ ...REQUEST, finalFactors: 'perfect' }).request.finalFactors).toBe('perfect');
    expect(designInputs({ ...REQUEST, mapper: 'cmaes', finalFactors: 'imperfect' }).request.finalFactors).toBe(
      'imperfect',
    );
  });
});

describe('budgets', () => {
  const limited = (limits: Partial<Budget>, baseline = 'eyeriss') => {
    const file = freshPath('budget.yaml');
    const { area = '', power = '', memory = '192 KiB' } = limits;
    const list = [area && `area: ${area}`, power && `power: ${power}`].filter((line) => line !== '');
    writeFileSync(
      file,
      [
        'name: b',
        'source: test',
        `baseline: { accelerator: ${baseline}, dataflow: row-stationary }`,
        'processingElements: 168',
        `onChipMemory: ${memory}`,
        ...list,
      ].join('\n'),
    );
    return designInputs({ ...REQUEST, budget: file });
  };

  it.each([
    [{ area: '0.001 mm^2' }, /budget b allows no design: .* area 0\.0\d+ mm\^2 of 0\.001 mm\^2/],
    [{ power: '0.1 mW' }, /budget b allows no design: .* power [\d.]+ mW of 0\.1 mW/],
    [{ area: '0.001 mm^2', power: '0.1 mW' }, /area .* of 0\.001 mm\^2, power .* of 0\.1 mW/],
    [{ memory: '100 B' }, /budget b is too small for any design/],
  ])('%o that nothing can keep is infeasible before any work, with value and limit', (limits, message) => {
    const error = errorOf(() => limited(limits));
    expect(error.code).toBe('infeasible');
    expect(error.message).toMatch(message);
  });

  it('name what a baseline exceeds', () => {
    const text = (inputs: DesignInputs) => outsideBudgetText(baselineViolations(inputs), inputs.template.name);
    expect(text(limited({}))).toBeNull();
    expect(text(limited({ memory: '100 KiB' }))).toBe(
      'the baseline eyeriss exceeds the budget (on-chip memory 192 KiB of 100 KiB): gains are over an accelerator that the budget does not allow',
    );
    expect(text(limited({ area: '1 mm^2' }))).toMatch(/\(area [\d.]+ mm\^2 of 1 mm\^2\)/);
  });
});

interface Budget {
  readonly area: string;
  readonly power: string;
  readonly memory: string;
}
