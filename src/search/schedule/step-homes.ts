import type { MacStep } from '../../schedule/step-kind.ts';

/** Where the operands of a step are: which of them lie in the retention level. */
export type StepHomes = Pick<MacStep, 'weights' | 'inputs' | 'outputs' | 'activationBits' | 'resumes' | 'moves'>;
