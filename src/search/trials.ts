/** Number that the baseline has as a trial: it is known before the first. */
export const BASELINE_TRIAL = -1;

/** A trial within a sentence: `trial 7`, or `the baseline`. */
export function trialText(trial: number): string {
  return trial === BASELINE_TRIAL ? 'the baseline' : `trial ${trial}`;
}

/** A trial at the start of a label: `Trial 7`, or `The baseline`. */
export function trialTitle(trial: number): string {
  return trial === BASELINE_TRIAL ? 'The baseline' : `Trial ${trial}`;
}

/** A trial in a column of them: `7`, or `baseline`. */
export function trialCell(trial: number): string {
  return trial === BASELINE_TRIAL ? 'baseline' : String(trial);
}
