import { parseJson } from '../../../formats/document/json-document.ts';
import { DOCUMENT_LIMITS } from '../../../formats/document/limits.ts';
import { readScheduleCases, type ScheduleCase } from '../../../formats/schedule/schedule-cases.ts';
import { readText } from '../../presets/load.ts';
import type { Difference } from './case-differences.ts';
import { type Replay, replaySchedule } from './schedule-replay.ts';
import { findingDifferences, searchCase } from './schedule-solve.ts';

/** The cases of one family of networks. */
export interface FamilyValidation {
  readonly kind: string;
  readonly cases: number;
  /** Cases without a difference. */
  readonly matched: number;
  /** Steps whose figures were compared. */
  readonly steps: number;
}

/** Result of {@link validateSchedules}. */
export interface ScheduleValidation extends Omit<FamilyValidation, 'kind'> {
  /** In the order in which they first occur. */
  readonly kinds: readonly FamilyValidation[];
  readonly differences: readonly Difference[];
}

/** How {@link validateSchedules} runs. */
export interface ScheduleValidationOptions {
  /** Whether the spaces of solved cases are searched too. */
  readonly search: boolean;
  /** Called after every case. */
  readonly onCase?: (one: Pick<ScheduleCase, 'id' | 'kind'>, differences: number) => void;
}

/**
 * Replays the recorded schedules of all cases of a file step by step, searches the spaces of those that were solved, and compares every figure with the
 * recorded one.
 * @throws TrifoldError with the place for a file that is not a list of cases
 */
export function validateSchedules(file: string, { search, onCase }: ScheduleValidationOptions): ScheduleValidation {
  const cases = readScheduleCases(parseJson(readText(file, DOCUMENT_LIMITS.jsonBytes), file));
  const kinds = new Map<string, FamilyValidation>();
  const all: Difference[] = [];
  for (const one of cases) {
    const { steps, differences } = compareCase(one, search);
    const before = kinds.get(one.kind) ?? { kind: one.kind, cases: 0, matched: 0, steps: 0 };
    kinds.set(one.kind, {
      kind: one.kind,
      cases: before.cases + 1,
      matched: before.matched + (differences.length === 0 ? 1 : 0),
      steps: before.steps + steps,
    });
    for (const difference of differences) all.push(difference);
    onCase?.(one, differences.length);
  }
  const sum = (of: 'cases' | 'matched' | 'steps') => [...kinds.values()].reduce((total, one) => total + one[of], 0);
  return {
    ...{ cases: sum('cases'), matched: sum('matched'), steps: sum('steps') },
    ...{ kinds: [...kinds.values()], differences: all },
  };
}

/** A given schedule; or of a solved case the optimal ones whose steps are recorded, and what a search finds. */
function compareCase(one: ScheduleCase, search: boolean): Replay {
  const { given, solved } = one;
  if (given !== null) return replaySchedule(one, given.schedule, given);
  const recorded = Object.values(solved?.found?.best ?? {}).filter(({ schedule }) => schedule.steps !== null);
  const replays = recorded.map((best) => replaySchedule(one, best.schedule, best));
  const found = solved !== null && search ? findingDifferences(one, solved, searchCase(one, solved)) : [];
  return {
    steps: replays.reduce((sum, { steps }) => sum + steps, 0),
    differences: [...replays.flatMap(({ differences }) => differences), ...found],
  };
}
