import { describe, expect, it } from 'vitest';
import { BASELINE_TRIAL, trialCell, trialText, trialTitle } from '../../src/search/trials.ts';

describe('trials', () => {
  it('are named by number, the baseline as what it is', () => {
    expect([trialText(0), trialTitle(7), trialCell(12)]).toEqual(['trial 0', 'Trial 7', '12']);
    for (const name of [trialText, trialTitle, trialCell]) {
      expect(name(BASELINE_TRIAL)).toMatch(/baseline$/i);
      expect(name(BASELINE_TRIAL)).not.toContain('-1');
    }
  });
});
