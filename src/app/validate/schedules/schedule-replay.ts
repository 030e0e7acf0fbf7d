import type { CaseSchedule, CaseStep } from '../../../formats/schedule/case-schedule.ts';
import type { CaseSums, ScheduleCase } from '../../../formats/schedule/schedule-cases.ts';
import { type ScoredSegment, scoreSchedule } from '../../../schedule/score.ts';
import { scoreStep } from '../../../schedule/step-score.ts';
import { CaseDifferences, type Difference } from './case-differences.ts';
import { compareStep } from './step-differences.ts';

/** What a replay found. */
export interface Replay {
  /** Steps that were compared. */
  readonly steps: number;
  readonly differences: readonly Difference[];
}

/**
 * Runs a recorded schedule step by step with its mappings and compares every figure: boxes, homes, moves, room, counts, energy and cycles of the steps, and their
 * sums. Steps that cost the same by their kind may have different mappings in a record, so each is scored with its own.
 */
export function replaySchedule(one: ScheduleCase, recorded: CaseSchedule, sums: CaseSums): Replay {
  const { sequence, accelerator } = one;
  const differences = new CaseDifferences(one.id);
  const steps = recorded.steps ?? [];
  const scored = scoreSchedule(sequence, accelerator, recorded.schedule, ({ segment, iteration, step }) => {
    const own = steps[segment]!.find(({ operator, iteration: at }) => operator === step.operator && at === iteration);
    return own?.mapping ?? null;
  });
  if (!scored.feasible) {
    const reasons = scored.violations.map(({ message }) => message).join('; ');
    differences.compare(null, 'schedule', 'legal', reasons);
    return { steps: 0, differences: differences.found };
  }
  let compared = 0;
  let energyPj = 0;
  let cycles = 0;
  for (const [index, segment] of scored.segments.entries()) {
    const own = steps[index]!;
    const order = [...segment.plan.order()];
    compareOrder(one, own, segment, index, differences);
    for (const [i, { kind, iteration }] of order.entries()) {
      const { step, roomBits } = segment.steps[kind]!;
      const { name } = sequence.operators[step.operator]!;
      const where = `segment ${index}, ${name} at iteration ${iteration}`;
      const record = own[i];
      if (record?.operator !== step.operator) continue;
      const found = scoreStep({ accelerator, retention: scored.retention }, step, roomBits, record.mapping);
      if ('violations' in found) {
        differences.compare(where, 'mapping', 'legal', found.violations.map(({ message }) => message).join('; '));
        continue;
      }
      compareStep(sequence, record, found, where, differences);
      compared++;
      energyPj += found.energyPj;
      cycles += found.cycles;
    }
  }
  differences.energy(null, 'energy_pJ', sums.energyPj, energyPj);
  differences.compare(null, 'cycles', sums.cycles, cycles);
  return { steps: compared, differences: differences.found };
}

function compareOrder(
  { sequence }: ScheduleCase,
  recorded: readonly CaseStep[],
  { plan, steps }: ScoredSegment,
  index: number,
  differences: CaseDifferences,
): void {
  const textOf = (operator: number, iteration: number) => `${sequence.operators[operator]!.name} ${iteration}`;
  const expected = recorded.map(({ operator, iteration }) => textOf(operator, iteration));
  const actual = [...plan.order()].map(({ kind, iteration }) => textOf(steps[kind]!.step.operator, iteration));
  differences.compare(`segment ${index}`, 'steps', expected.join(', '), actual.join(', '));
}
