import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CmaEs } from '../src/cmaes/index.ts';
import { Random } from '../src/util/random.ts';
import { TEST_FUNCTIONS, type TestFunction } from './cmaes-functions.ts';
import { compareIntegers } from './cmaes-integers.ts';

/** A recorded series of pycma runs; medians over the successful ones. */
interface RecordedRow {
  readonly function: string;
  readonly n: number;
  readonly popsize: number;
  readonly active: boolean;
  readonly sigma0: number;
  readonly target: number;
  readonly runs: number;
  readonly successes: number;
  readonly median_evaluations: number | null;
}

const RECORD = resolve(import.meta.dirname, '../../shared/oracle/cmaes/pycma.json');
const MIN_SUCCESSES = 12;

function runOnce(f: TestFunction, row: RecordedRow, run: number): { solved: boolean; evaluations: number } {
  const starts = Random.forIndex(row.n, run);
  const es = CmaEs.create({
    mean: Array.from({ length: row.n }, () => 6 * starts.nextUnit() - 3),
    sigma: row.sigma0,
    seed: run + 1,
    populationSize: row.popsize,
    active: row.active,
    stop: { target: row.target },
  });
  while (es.stopReasons().length === 0) {
    es.tell(es.ask().map((candidate) => ({ candidate, value: f(candidate.x) })));
  }
  return { solved: es.stopReasons().includes('target'), evaluations: es.evaluations };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Chance of at most `ours` successes among our runs if both share one rate, given the total (Fisher's exact test, one-sided). */
function chanceOfFewer(ours: number, ourRuns: number, theirs: number, theirRuns: number): number {
  const total = ours + theirs;
  const ways = (k: number) =>
    Math.exp(logChoose(ourRuns, k) + logChoose(theirRuns, total - k) - logChoose(ourRuns + theirRuns, total));
  let chance = 0;
  for (let k = Math.max(0, total - theirRuns); k <= ours; k++) chance += ways(k);
  return chance;
}

function logChoose(n: number, k: number): number {
  let result = 0;
  for (let i = 1; i <= k; i++) result += Math.log((n - k + i) / i);
  return result;
}

function compareWithPycma(maxDimension: number): void {
  // The file is our own record; its form is that of RecordedRow.
  const { source, rows } = JSON.parse(readFileSync(RECORD, 'utf8')) as { source: string; rows: RecordedRow[] };
  console.log(`Evaluations to target, median over successful runs, beside ${source}\n`);
  console.log('| function | n | lambda | active | ours | pycma | ratio | solved: ours | pycma |');
  console.log('|---|---:|---:|---|---:|---:|---:|---:|---:|');
  const ratios: { readonly name: string; readonly ratio: number }[] = [];
  const unlucky: string[] = [];
  const solved = { ours: 0, pycma: 0, runs: 0 };
  for (const row of rows.filter(({ n }) => n <= maxDimension)) {
    const f = TEST_FUNCTIONS[row.function];
    if (f === undefined) throw new Error(`no function ${row.function}`);
    const runs = Array.from({ length: row.runs }, (_, run) => runOnce(f, row, run));
    const successful = runs.filter((run) => run.solved);
    const ours = successful.length === 0 ? null : median(successful.map((run) => run.evaluations));
    const theirs = row.median_evaluations;
    const ratio = ours === null || theirs === null ? null : ours / theirs;
    const name = `${row.function} n=${row.n} lambda=${row.popsize} ${row.active ? 'active' : 'not active'}`;
    if (ratio !== null && row.successes >= MIN_SUCCESSES) ratios.push({ name, ratio });
    solved.ours += successful.length;
    solved.pycma += row.successes;
    solved.runs += row.runs;
    const chance = chanceOfFewer(successful.length, row.runs, row.successes, row.runs);
    if (chance < 0.05) unlucky.push(`${name}: ${successful.length} against ${row.successes}, p = ${chance.toFixed(3)}`);
    const cells = [row.function, row.n, row.popsize, row.active ? 'yes' : 'no', ours ?? '-', theirs ?? '-'];
    console.log(
      `| ${[...cells, ratio?.toFixed(2) ?? '-', `${successful.length}/${row.runs}`, `${row.successes}/${row.runs}`].join(' | ')} |`,
    );
  }
  const geometricMean = Math.exp(ratios.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / ratios.length);
  const worst = ratios.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const best = ratios.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  console.log(`\nRows with at least ${MIN_SUCCESSES} of 15 pycma successes: ${ratios.length}`);
  console.log(`Geometric mean of the ratios: ${geometricMean.toFixed(3)}`);
  console.log(
    `Worst row: ${worst.ratio.toFixed(2)} (${worst.name}); best row: ${best.ratio.toFixed(2)} (${best.name})`,
  );
  const pooled = chanceOfFewer(solved.ours, solved.runs, solved.pycma, solved.runs);
  console.log(
    `Solved: ours ${solved.ours}, pycma ${solved.pycma} of ${solved.runs} each; chance of so few or fewer at equal rates: ${pooled.toFixed(2)}`,
  );
  console.log(`Rows with fewer successes at p < 0.05: ${unlucky.length === 0 ? 'none' : unlucky.join('; ')}`);
}

function timeGenerations(): void {
  console.log('\n| n | lambda | ms per generation | microseconds per evaluation |');
  console.log('|---:|---:|---:|---:|');
  for (const n of [10, 40, 100, 200]) {
    const stop = {
      tolFun: null,
      tolX: null,
      conditionCov: null,
      stagnation: false,
      equalFunValues: false,
      noEffect: false,
    };
    const es = CmaEs.create({ mean: new Array<number>(n).fill(1), sigma: 1, seed: 1, stop });
    const generation = () => es.tell(es.ask().map((candidate) => ({ candidate, value: candidate.x[0]! ** 2 })));
    for (let i = 0; i < 200; i++) generation();
    const samples = Array.from({ length: 7 }, () => {
      const count = Math.ceil(40_000 / n ** 1.5);
      const start = performance.now();
      for (let i = 0; i < count; i++) generation();
      return (performance.now() - start) / count;
    });
    const ms = median(samples);
    console.log(`| ${n} | ${es.populationSize} | ${ms.toFixed(3)} | ${((1000 * ms) / es.populationSize).toFixed(1)} |`);
  }
}

const limit = process.argv.indexOf('--max-n');
const started = performance.now();
timeGenerations();
compareIntegers();
console.log('');
if (existsSync(RECORD)) compareWithPycma(limit < 0 ? Number.POSITIVE_INFINITY : Number(process.argv[limit + 1]));
else console.log(`No comparison: ${RECORD} is absent.`);
console.log(`Wall-clock time: ${((performance.now() - started) / 1000).toFixed(0)} s`);
