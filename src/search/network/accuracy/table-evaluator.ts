import { TrifoldError } from '../../../util/errors.ts';
import type { Genotype } from '../spaces/genes.ts';
import type { NetworkSpace } from '../spaces/network-space.ts';
import type { AccuracyEvaluator } from './accuracy-evaluator.ts';

/** Figures of one trained network. */
export interface TableRow {
  /** Accuracy in percent to search on. */
  readonly searchPercent: number;
  /** Accuracy in percent to report. */
  readonly reportPercent: number;
  /** Standard error of the reported figure in points; null when the table has none. */
  readonly errorPoints: number | null;
}

/** A benchmark of trained networks. */
export interface AccuracyTable {
  /** Name of the space. */
  readonly space: string;
  readonly source: string;
  /** Names of the two figures, e.g. `validation, 12 epochs`. */
  readonly searchFigure: string;
  readonly reportFigure: string;
  /** Rows by {@link tableKey}. */
  readonly rows: ReadonlyMap<string, TableRow>;
}

/** The values of a network's genes, joined by commas. */
export function tableKey(space: NetworkSpace, genotype: Genotype): string {
  const canonical = space.canonical(genotype);
  return space.genes.map(({ values }, i) => values[canonical[i]!]).join(',');
}

/**
 * Looks networks up in a table: exact figures, nothing between them.
 * @throws TrifoldError `value` for a table of another space or without rows
 */
export function tableEvaluator(space: NetworkSpace, table: AccuracyTable): AccuracyEvaluator {
  if (table.space !== space.name)
    throw new TrifoldError('value', `the table holds networks of ${table.space}, not of ${space.name}`);
  if (table.rows.size === 0) throw new TrifoldError('value', 'the table holds no networks');
  let ceilingPercent = 0;
  let lowestPercent = 100;
  for (const { searchPercent } of table.rows.values()) {
    ceilingPercent = Math.max(ceilingPercent, searchPercent);
    lowestPercent = Math.min(lowestPercent, searchPercent);
  }
  const notes =
    table.searchFigure === table.reportFigure
      ? [`searched and reported: ${table.reportFigure}`]
      : [`searched on ${table.searchFigure}; reported: ${table.reportFigure}`];
  return {
    name: 'table',
    source: table.source,
    space: space.name,
    limits: { ceilingPercent, ceilingErrorPoints: 0, lowestPercent },
    evaluate: async (genotype) => {
      const row = table.rows.get(tableKey(space, genotype));
      if (row === undefined)
        return { kind: 'unknown', reason: 'the table does not hold this network', source: table.source };
      return {
        kind: 'estimate',
        top1Percent: row.searchPercent,
        reportedTop1Percent: row.reportPercent,
        errorPoints: row.errorPoints,
        source: table.source,
        inDomain: true,
        saturated: false,
        notes,
      };
    },
  };
}
