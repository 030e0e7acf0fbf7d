import { describe, expect, it } from 'vitest';
import { networkProofText } from '../../src/cli/text/proof-text.ts';

describe('what is said of the proof of a network', () => {
  // Killed by: a proof of another objective beside an EDP as if it were the EDP's.
  it('names the objective that it is about, where that is not EDP', () => {
    const open = { optimal: false, value: 103, lowerBound: 100 };
    expect(networkProofText({ ...open, optimal: true }, 'edp')).toBe('proven optimal');
    expect(networkProofText({ ...open, optimal: true }, 'latency')).toBe('proven optimal for latency');
    expect(networkProofText(open, 'energy')).toBe('gap <= 3.000 % for energy');
    expect(networkProofText({ ...open, lowerBound: 0 }, 'edp')).toBe('not proven');
  });
});
