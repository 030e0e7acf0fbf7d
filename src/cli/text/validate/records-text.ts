import { type DosaValidation, ENERGY_SHARE, type RowDifference } from '../../../app/validate/dosa-rows.ts';
import type { RecordFileValidation } from '../../../app/validate/record-file.ts';
import { shownText } from '../../../util/shown-text.ts';
import { counted, formatNumber } from '../format.ts';
import { beside, formatTable, right } from '../layout/table.ts';

/** Rows that are named, and figures of records. */
const SHOWN = 30;

/** What a file of recorded results has to say: figures that differ, rows that nothing explains, and the sums. */
export function recordFileText(found: RecordFileValidation): string {
  if (found.kind === 'rows') return describeDosaRows(found.result);
  const { cases, matched, mismatches } = found.result;
  const lines = mismatches
    .slice(0, SHOWN)
    .map(({ id, where, expected, actual }) => shownText(`${id}  ${where}: recorded ${expected}, here ${actual}`));
  if (mismatches.length > SHOWN) lines.push(`... and ${mismatches.length - SHOWN} more`);
  const sums = `${matched} of ${cases} records match (temporal reuse: ${found.rule}), ${mismatches.length} figures differ`;
  return [...lines, sums].join('\n');
}

/** How rows of DOSA's data set agree, a line per rule of temporal reuse, and the rows that none of them explains. */
function describeDosaRows({ rows, rules, unexplained }: DosaValidation): string {
  const shareOf = (count: number) =>
    `${formatNumber(count)} (${(Math.floor((1000 * count) / rows) / 10).toFixed(1)} %)`;
  const table = formatTable(
    [
      'temporal reuse',
      right('cycles equal'),
      right('within one'),
      beside(right('worst')),
      right(`energy within ${100 * ENERGY_SHARE} %`),
      beside(right('worst')),
    ],
    rules.map(({ rule, cyclesEqual, cyclesWithinOne, worstCycles, energyWithin, worstEnergy }) => [
      rule,
      shareOf(cyclesEqual),
      shareOf(cyclesWithinOne),
      errorText(worstCycles),
      shareOf(energyWithin),
      errorText(worstEnergy),
    ]),
  );
  const named = unexplained.slice(0, SHOWN).map(rowText);
  const more = unexplained.length > SHOWN ? [`... and ${unexplained.length - SHOWN} more`] : [];
  const head = `${counted(rows, 'row')}; not explained, by cycles within one and energy within ${100 * ENERGY_SHARE} %: ${formatNumber(unexplained.length)}`;
  return [table, head, ...named, ...more].join('\n');
}

function rowText({ id, layer, accelerator, mapping, recorded, model, reason }: RowDifference): string {
  const found =
    model === null
      ? `cannot run: ${reason}`
      : `${formatNumber(recorded.cycles)} cycles, here ${formatNumber(model.cycles)}; ${microjoules(recorded.energyPj)} uJ, here ${microjoules(model.energyPj)}`;
  return shownText(`${id}  ${layer} on ${accelerator}, ${mapping}: ${found}`);
}

function microjoules(pj: number): string {
  return formatNumber(pj / 1e6, 8);
}

function errorText(error: number): string {
  return error === 0 ? '0' : `${error > 0 ? '+' : ''}${formatNumber(100 * error, 2)} %`;
}
