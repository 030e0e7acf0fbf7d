import type { DataflowTable } from '../../app/map/dataflow-table.ts';
import { percentText, siText } from '../../util/quantity-text.ts';
import { formatChange, formatNumber } from './format.ts';
import { beside, formatTable, names, right } from './layout/table.ts';
import { describeLimits } from './report-text.ts';
import { stayingText } from './schedule/staying-text.ts';

/** A table of dataflows as text: the free optimum first, then each dataflow preset with how far it is from it. */
export function describeDataflowTable({
  request,
  workload,
  accelerator,
  scope,
  rows,
  notModelled,
  seconds,
}: DataflowTable): string {
  const staying = stayingText(rows, 'row');
  const free = rows[0]!.figures?.totals;
  const relative = (value: number, least: number | undefined) =>
    least === undefined ? '' : formatChange(value / least);
  return [
    `${workload}${request.layer === undefined ? '' : ` ${[request.layer].flat().join(' ')}`} on ${accelerator}: the best mappings within each dataflow, ${scope} mapped for ${request.objective}`,
    '',
    formatTable(
      [
        names('dataflow'),
        right('EDP (pJ*cycles)'),
        beside(right('')),
        right('energy'),
        beside(right('')),
        right('cycles'),
        right('latency'),
        beside(right('')),
        right('util.'),
        'proof',
      ],
      rows.map(({ dataflow, figures, isTimeOut }) => {
        const name = dataflow ?? 'any (optimum)';
        if (figures === null) return [name, isTimeOut ? 'none in time' : 'no mapping'];
        const { totals, optimal } = figures;
        const { physical } = totals;
        return [
          name,
          totals.edpPjCycles.toExponential(4),
          dataflow === null ? '' : relative(totals.edpPjCycles, free?.edpPjCycles),
          siText(physical.energyJoule, 'J'),
          dataflow === null ? '' : relative(totals.energyPj, free?.energyPj),
          formatNumber(totals.cycles),
          siText(physical.seconds, 's'),
          dataflow === null ? '' : relative(totals.cycles, free?.cycles),
          percentText(totals.utilization),
          optimal ? 'optimal' : 'open',
        ];
      }),
    ),
    '',
    ...rows.flatMap(({ dataflow, reason }) => (reason === null ? [] : [`  ${dataflow ?? 'any'}: ${reason}`])),
    ...(staying === null ? [] : [`  on chip: ${staying}`]),
    `  percentages are beside any mapping; ${request.factors} factors, ${formatNumber(seconds, 3)} s`,
    describeLimits(notModelled),
  ].join('\n');
}
