import { describe, expect, it } from 'vitest';
import { evaluateMappings } from '../../../src/app/explain/evaluate.ts';

describe('a dataflow where a mapping is asked for', () => {
  it('is answered with a command that a shell takes as it stands', () => {
    const request = { accelerator: "my chip's.yaml", workload: 'my net.yaml', temporalReuse: 'exact' } as const;
    expect(() => evaluateMappings({ ...request, mapping: 'weight-stationary' })).toThrow(
      expect.objectContaining({
        code: 'usage',
        details: {
          hint: `find the best mapping within it: trifold map 'my net.yaml' --accelerator 'my chip'\\''s.yaml' --dataflow weight-stationary`,
        },
      }),
    );
  });
});
