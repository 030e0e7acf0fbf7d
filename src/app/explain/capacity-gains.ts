import type { Accelerator } from '../../accelerator/accelerator.ts';
import { type BetweenLayers, schedulable, scheduleSpace } from '../layers/between-layers.ts';
import type { NetworkQuestion } from '../layers/network-answer.ts';
import { type ScheduleAnswer, scheduleSteps } from '../layers/schedule-answer.ts';
import type { LayerSteps } from '../layers/steps.ts';

/** The best schedule with a larger retention level, beside that with the level as it is. */
export interface CapacityGain {
  /** Of the larger level. */
  readonly capacityBits: number;
  /** Ratios to before, below 1 is better; null: not solved. */
  readonly result: {
    readonly objective: number;
    readonly edp: number;
    /** Words of the outermost level. */
    readonly dramWords: number;
    readonly optimal: boolean;
  } | null;
}

const KIBIBYTE = 8 * 1024;

/**
 * What one more KiB of the retention level brings, and twice its capacity: the network scheduled anew, while every access, leakage and area stay as they are.
 * None where the level is unlimited.
 */
export function* capacityGainSteps(
  question: NetworkQuestion,
  between: Exclude<BetweenLayers, { mode: 'off' }>,
  { optimum, report, summary, scored }: ScheduleAnswer,
): LayerSteps<readonly CapacityGain[]> {
  const { retention } = scored;
  const { capacityBits: before } = retention;
  if (before === null) return [];
  const gains: CapacityGain[] = [];
  for (const capacityBits of [before + KIBIBYTE, 2 * before]) {
    const accelerator = withCapacity(question.accelerator, retention.level, capacityBits);
    const asked = { ...question, accelerator };
    const possible = schedulable(asked);
    const found =
      'reason' in possible
        ? null
        : yield* scheduleSteps({ ...asked, ...possible, space: scheduleSpace(between), islandWords: null });
    const isFound = found !== null && found.kind === 'scheduled';
    gains.push({
      capacityBits,
      result: isFound
        ? {
            objective: found.optimum.value / optimum.value,
            edp: found.report.totals.edpPjCycles / report.totals.edpPjCycles,
            dramWords: found.summary.dramWords.spent / summary.dramWords.spent,
            optimal: found.optimum.optimal,
          }
        : null,
    });
  }
  return gains;
}

function withCapacity(accelerator: Accelerator, level: number, bits: number): Accelerator {
  const levels = accelerator.levels.map((one, i) =>
    i === level ? { ...one, capacity: { kind: 'shared' as const, bits } } : one,
  );
  return { ...accelerator, levels };
}
