import { type EvaluatedSchedule, scheduleLimits } from '../../../app/explain/evaluate-schedule.ts';
import { describeSegment } from '../../../schedule/nest-text.ts';
import { energyText, groupedText } from '../../../util/quantity-text.ts';
import { shownText } from '../../../util/shown-text.ts';
import { formatBits, formatNumber, indent } from '../format.ts';
import { beside, formatTable, names, right } from '../layout/table.ts';
import { describeLimits, describeTotals } from '../report-text.ts';
import { describeStay, ON_CHIP } from './schedule-text.ts';

/** A saved schedule as text: its operators with the homes of their operands, its segments as nests, the totals, what stays on chip. */
export function describeEvaluatedSchedule(evaluated: EvaluatedSchedule): string {
  return [
    operatorTable(evaluated),
    ...segmentNests(evaluated),
    '',
    describeTotals(evaluated.report),
    ...describeStay(evaluated),
    describeLimits(scheduleLimits(evaluated)),
  ].join('\n');
}

function operatorTable({ summary, report }: EvaluatedSchedule): string {
  const { storages, operators } = summary;
  const outermost = report.accelerator.levels[0]!.name;
  const place = { outermost, retained: ON_CHIP, fused: 'tiles' };
  const homeOf = (storage: number) => place[storages[storage]!.home];
  const columns = [
    names('operator'),
    'kind',
    right('steps'),
    right('cycles'),
    right('energy'),
    right(`${outermost} words`),
    'inputs',
    ...[beside('weights'), beside('output')],
    ...[right('room'), beside(right('used'))],
  ];
  return formatTable(
    columns,
    operators.map((one) => [
      one.name,
      one.kind === 'mac' ? 'layer' : one.kind,
      formatNumber(one.steps),
      formatNumber(one.cycles),
      energyText(one.energyPj),
      groupedText(one.dramWords),
      [...new Set(one.inputs.map(homeOf))].join(', '),
      one.weights === 'none' ? '' : one.weights,
      homeOf(one.output),
      one.kind !== 'mac' ? '' : one.roomBits === null ? 'no limit' : formatBits(one.roomBits),
      one.kind !== 'mac' ? '' : formatBits(one.tileBits),
    ]),
  );
}

/** Segments that run tile by tile or hold something; the others are the rows of the table. */
function segmentNests({ schedule, sequence, summary: { levelName } }: EvaluatedSchedule): string[] {
  return schedule.segments
    .filter(({ first, end, held }) => end - first > 1 || held.length > 0)
    .flatMap((segment) => {
      const nest = describeSegment(sequence, schedule, segment, levelName);
      const ends = [segment.first, segment.end - 1].map((operator) => sequence.operators[operator]!.name);
      return [
        '',
        `Segment ${shownText([...new Set(ends)].join(' to '))}`,
        indent(nest.split('\n').map(shownText).join('\n')),
      ];
    });
}
