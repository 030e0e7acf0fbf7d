import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TEST_FUNCTIONS } from '../../bench/cmaes-functions.ts';
import { CmaEs } from '../../src/cmaes/index.ts';
import { medianOf } from '../../src/cmaes/termination.ts';
import { Random } from '../../src/util/random.ts';
import { runToStop } from './drive.ts';

interface Row {
  readonly function: string;
  readonly n: number;
  readonly popsize: number;
  readonly active: boolean;
  readonly successes: number;
  readonly median_evaluations: number;
}

const RECORD = resolve(import.meta.dirname, '../../../shared/oracle/cmaes/pycma.json');

describe.skipIf(!existsSync(RECORD))(
  'CMA-ES beside recorded pycma runs (5 and 10 dimensions; bench:cmaes has all)',
  () => {
    it('needs as many evaluations to 1e-9', () => {
      // The file is our own record; its form is that of Row.
      const { rows } = JSON.parse(readFileSync(RECORD, 'utf8')) as { rows: Row[] };
      const chosen = rows.filter(({ n, successes }) => (n === 5 || n === 10) && successes >= 12);
      expect(chosen.length).toBeGreaterThanOrEqual(30);
      let logSum = 0;
      for (const row of chosen) {
        const counts: number[] = [];
        for (let run = 0; run < 15; run++) {
          const starts = Random.forIndex(row.n, run);
          const es = CmaEs.create({
            mean: Array.from({ length: row.n }, () => 6 * starts.nextUnit() - 3),
            sigma: 1,
            seed: run + 1,
            populationSize: row.popsize,
            active: row.active,
            stop: { target: 1e-9 },
          });
          if (runToStop(es, TEST_FUNCTIONS[row.function]!).includes('target')) counts.push(es.evaluations);
        }
        const ratio = medianOf(counts) / row.median_evaluations;
        const label = `${row.function} n=${row.n} active=${row.active}`;
        expect(counts.length, label).toBeGreaterThanOrEqual(row.successes - 4);
        expect(ratio, label).toBeLessThan(1.4);
        logSum += Math.log(ratio);
      }
      const geometricMean = Math.exp(logSum / chosen.length);
      expect(geometricMean).toBeGreaterThan(0.9);
      expect(geometricMean).toBeLessThan(1.1);
    });
  },
);
