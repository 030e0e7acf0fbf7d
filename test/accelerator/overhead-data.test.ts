import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { overheadData, statedTerms } from '../../src/accelerator/overhead-data.ts';
import { specificationArbitrary } from './arbitraries.ts';

describe('what an accelerator states of overheads', () => {
  it('reads as YAML to what its file holds, level by level', () => {
    fc.assert(
      fc.property(specificationArbitrary, (specification) => {
        const terms = statedTerms(specification);
        for (const { name, ...level } of specification.levels) {
          const own = terms.filter((term) => term.level === name);
          const text = own.map(({ key, value }) => `${key}: ${value.replace(/\[\.\./g, "['..'")}`).join('\n');
          expect(text === '' ? {} : parse(text)).toEqual(overheadData(level, level.fanOut));
        }
        const stated = (['tiles', 'link'] as const).filter((key) => specification[key] !== undefined);
        expect(terms.filter(({ level }) => level === null).map(({ key }) => key)).toEqual(stated);
      }),
      { numRuns: 40 },
    );
  });
});
