import { describe, expect, it } from 'vitest';
import { cosearchInputs, cosearchRequest } from '../../../src/app/cosearch/inputs.ts';
import { exhaustiveRequest } from '../../../src/app/exhaustive/inputs.ts';
import { readRequest } from '../../../src/options/command.ts';
import { COSEARCH } from '../../../src/options/cosearch.ts';
import { refuseFraction } from '../../../src/search/network/accuracy/accuracy-evaluator.ts';
import { errorOf } from '../../formats/errors.ts';

const options = (stated: Parameters<typeof COSEARCH.request.parse>[0]) => readRequest(COSEARCH.request, stated);

describe('the request that options of a co-search make', () => {
  it('has the sizes of a nested search within a budget alone, and keeps stated ones', () => {
    const sizesOf = (stated: object) => {
      const { search, generations, populationSize } = cosearchRequest(options(stated));
      return [search, generations, populationSize];
    };
    expect(sizesOf({ budget: 'eyeriss' })).toEqual(['nested', 20, 8]);
    expect(sizesOf({ budget: 'eyeriss', search: 'joint' })).toEqual(['joint', 60, 32]);
    expect(sizesOf({ accelerator: 'eyeriss' })).toEqual(['nested', 60, 32]);
    const stated = { generations: 3, populationSize: 5 };
    expect(sizesOf({ budget: 'eyeriss', ...stated })).toEqual(['nested', 3, 5]);
    expect(sizesOf({ accelerator: 'eyeriss', ...stated })).toEqual(['nested', 3, 5]);
  });

  it('says what is not stated, and who says how accurate networks are', () => {
    const request = cosearchRequest(options({ budget: 'eyeriss' }));
    expect(request).toMatchObject({ floorPercent: null, accuracy: { kind: 'predictor' }, seed: 1, pareto: false });
    expect(cosearchRequest(options({ budget: 'eyeriss', floorPercent: 78.5 })).floorPercent).toBe(78.5);
    const command = options({ budget: 'eyeriss', accuracy: 'command=ask', accuracySeconds: '2m' });
    expect(cosearchRequest(command).accuracy).toEqual({ kind: 'command', command: 'ask', timeLimitSeconds: 120 });
    expect(Object.keys(request)).not.toContain('accuracySeconds');
  });

  it('refuses a floor that is a fraction, unless networks are that bad', () => {
    const inputs = (floorPercent: number) => () =>
      cosearchInputs(cosearchRequest(options({ budget: 'eyeriss', floorPercent })));
    const error = errorOf(inputs(0.77));
    expect([error.code, error.details.hint]).toEqual(['usage', 'for 77 % write --min-accuracy 77']);
    expect(errorOf(inputs(1)).details.hint).toContain('--min-accuracy 100');
    expect(inputs(77)).not.toThrow();
    expect(() => refuseFraction(null, 0.9)).toThrow(/it is in percent/);
    const limits = { ceilingPercent: 47, ceilingErrorPoints: 0, lowestPercent: 0.83 };
    expect(() => refuseFraction(limits, 0.9)).not.toThrow();
  });

  it('takes dims per axis and array sizes from the baseline and the factors, where accelerators are searched', () => {
    const hardwareOf = (stated: object) => {
      const { dimsPerAxis, arraySizes } = cosearchInputs(
        cosearchRequest(options({ floorPercent: 76, ...stated })),
      ).request;
      return [dimsPerAxis, arraySizes];
    };
    expect(hardwareOf({ budget: 'eyeriss' })).toEqual([4, 'useful']);
    expect(hardwareOf({ budget: 'eyeriss', factors: 'imperfect' })).toEqual([4, 'published']);
    expect(hardwareOf({ budget: 'nvdla-256' })[0]).toBe(1);
    expect(hardwareOf({ budget: 'eyeriss', dimsPerAxis: 2, arraySizes: 'published' })).toEqual([2, 'published']);
    expect(hardwareOf({ accelerator: 'eyeriss' })).toEqual([undefined, undefined]);
  });

  it('of an exhaustive one limits nodes with imperfect factors alone, and needs an accelerator', () => {
    const stated = {
      accelerator: 'eyeriss',
      search: 'exhaustive',
      nodeLimit: 70,
      recorded: 'edge_ms',
      floorPercent: 90,
    } as const;
    const request = exhaustiveRequest(options({ ...stated, technology: 'cacti-65nm', space: 'nas-bench-macro' }));
    expect(request).toMatchObject({
      ...{ space: 'nas-bench-macro', accelerator: 'eyeriss', technology: 'cacti-65nm', objective: 'edp', batch: 1 },
      ...{ floorPercent: 90, recordedColumn: 'edge_ms', factors: 'perfect', nodeLimit: undefined },
    });
    expect(exhaustiveRequest(options({ ...stated, factors: 'imperfect' })).nodeLimit).toBe(70);
    expect(() => exhaustiveRequest(options({ budget: 'eyeriss' }))).toThrow('one accelerator');
    expect(() => exhaustiveRequest(options({ budget: 'eyeriss', accelerator: 'eyeriss' }))).toThrow('one accelerator');
  });
});
