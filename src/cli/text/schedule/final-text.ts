import type { FinalNetwork } from '../../../app/layers/final-network.ts';
import { describeNetwork, describeTotals } from '../report-text.ts';
import { describeSchedule, scheduleTable } from './schedule-text.ts';

/** A network with its final mappings: the steps of its schedule, or its layers. */
export function describeFinal({ report, schedule }: FinalNetwork): string {
  if (schedule === null) return describeNetwork(report);
  const { answer, islands } = schedule;
  return [scheduleTable(answer), '', describeTotals(report), ...describeSchedule(answer, islands)].join('\n');
}
