import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CmaEs, type Variable } from '../src/cmaes/index.ts';
import { medianOf } from '../src/cmaes/termination.ts';
import { Random } from '../src/util/random.ts';

/** A recorded series of pycma runs with integers; the median is over the solved ones. */
interface RecordedRow {
  readonly function: string;
  readonly n: number;
  readonly integers: number;
  /** Which coordinates are integers: those that count least, most, or evenly spread. */
  readonly place: 'first' | 'last' | 'spread';
  readonly low: number;
  readonly high: number;
  readonly sigma0: number;
  readonly runs: number;
  readonly successes: number;
  readonly median_evaluations: number | null;
}

const RECORD = resolve(import.meta.dirname, '../test/golden/pycma-integers.json');

function objectiveOf(row: RecordedRow): (x: readonly number[]) => number {
  const { n } = row;
  const condition = /^ellipsoid_(.+)$/.exec(row.function)?.[1];
  if (condition !== undefined)
    return (x) => x.reduce((sum, v, i) => sum + Number(condition) ** (i / (n - 1)) * v * v, 0);
  const split = n - row.integers;
  return (x) => {
    const bits = x.slice(split);
    const firstZero = bits.indexOf(0);
    const ones =
      row.function === 'sphere_one_max' ? bits.reduce((a, b) => a + b, 0) : firstZero < 0 ? bits.length : firstZero;
    return x.slice(0, split).reduce((sum, v) => sum + v * v, 0) + row.integers - ones;
  };
}

function isInteger({ n, integers, place }: RecordedRow, i: number): boolean {
  if (place === 'first') return i < integers;
  if (place === 'last') return i >= n - integers;
  return Math.floor((i * integers) / n) !== Math.floor(((i + 1) * integers) / n);
}

/** Evaluations to 1e-9 of mixed-integer problems beside recorded runs of pycma, each with its own default population. */
export function compareIntegers(): void {
  // The file is our own record; its form is that of RecordedRow.
  const { source, rows } = JSON.parse(readFileSync(RECORD, 'utf8')) as { source: string; rows: RecordedRow[] };
  console.log(`\nWith integers, beside ${source}\n`);
  console.log('| function | n | integers | place | ours | pycma | solved: ours | pycma |');
  console.log('|---|---:|---:|---|---:|---:|---:|---:|');
  for (const row of rows) {
    const f = objectiveOf(row);
    const variables = Array.from(
      { length: row.n },
      (_, i): Variable =>
        isInteger(row, i)
          ? { kind: 'integer', low: row.low, high: row.high }
          : { kind: 'continuous', low: -10, high: 10 },
    );
    const counts: number[] = [];
    for (let run = 0; run < row.runs; run++) {
      const starts = Random.forIndex(row.n, run);
      const es = CmaEs.create({
        mean: variables.map((v) => (v.kind === 'integer' && row.high === 1 ? 0.5 : 10 * starts.nextUnit() - 5)),
        sigma: row.sigma0,
        seed: run + 1,
        variables,
        stop: { target: 1e-9, maxEvaluations: 200_000 },
      });
      while (es.stopReasons().length === 0)
        es.tell(es.ask().map((candidate) => ({ candidate, value: f(candidate.x) })));
      if (es.stopReasons().includes('target')) counts.push(es.evaluations);
    }
    const ours = counts.length === 0 ? '-' : medianOf(counts);
    console.log(
      `| ${[row.function, row.n, row.integers, row.place, ours, row.median_evaluations ?? '-', `${counts.length}/${row.runs}`, `${row.successes}/${row.runs}`].join(' | ')} |`,
    );
  }
}
