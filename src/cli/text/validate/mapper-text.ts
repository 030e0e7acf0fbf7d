import type { MapperComparison } from '../../../app/validate/mapper.ts';
import { geometricMean } from '../../../util/geometric-mean.ts';
import { formatNumber } from '../format.ts';
import { formatTable, names, right } from '../layout/table.ts';

/** Mapper records as a table, with the geometric mean of the ratios. */
export function describeMapperComparison(records: readonly MapperComparison[]): string {
  const table = formatTable(
    [names('record'), right('EDP'), right('recorded'), right('ratio'), 'proof', right('s'), right('scored')],
    records.map(({ id, edp, recorded_edp: recorded, ratio, optimal, seconds, evaluations }) => [
      id,
      edp.toExponential(4),
      recorded === null ? '' : recorded.toExponential(4),
      ratio === null ? '' : ratio.toFixed(4),
      optimal ? 'optimal' : 'open',
      seconds.toFixed(2),
      formatNumber(evaluations),
    ]),
  );
  const ratios = records.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
  if (ratios.length === 0) return table;
  const mean = geometricMean(ratios);
  return `${table}\ngeometric mean of EDP / recorded EDP: ${mean.toFixed(4)} (${(1 / mean).toFixed(2)}x better)`;
}
