import type { ScheduleValidation } from '../../../app/validate/schedules/schedules.ts';
import { shownText } from '../../../util/shown-text.ts';
import { formatNumber } from '../format.ts';
import { formatTable, names, right } from '../layout/table.ts';

/** Differences that are printed. */
const SHOWN = 30;

/** The first differences, a table by family, and the sums. */
export function describeSchedules({ cases, matched, steps, kinds, differences }: ScheduleValidation): string {
  const lines = differences
    .slice(0, SHOWN)
    .map(({ id, step, figure, expected, actual }) =>
      shownText(`${id}  ${step === null ? '' : `${step}: `}${figure}: recorded ${expected}, here ${actual}`),
    );
  if (differences.length > SHOWN) lines.push(`... and ${differences.length - SHOWN} more`);
  const table = formatTable(
    [names('network'), right('cases'), right('match'), right('steps')],
    kinds.map((one) => [one.kind, formatNumber(one.cases), formatNumber(one.matched), formatNumber(one.steps)]),
  );
  const sums = `${matched} of ${cases} cases match in ${formatNumber(steps)} steps; differing figures: ${differences.length}`;
  return [...lines, table, sums].join('\n');
}
