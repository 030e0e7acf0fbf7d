import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CosearchRequest } from '../../../src/app/cosearch/inputs.ts';

/** A table in the format of NAS-Bench-Macro that holds every network, or each so many. */
function macroTable(step = 1): string {
  const file = join(mkdtempSync(join(tmpdir(), 'trifold-macro-')), 'macro.json');
  const rows: Record<string, { test_acc: number[]; mean_acc: number }> = {};
  for (let n = 0; n < 3 ** 8; n += step) {
    const code = n.toString(3).padStart(8, '0');
    const mean = 80 + [...code].reduce((sum, digit, i) => sum + [0, 1.1, 1.4][Number(digit)]! / (i + 1), 0);
    rows[code] = { test_acc: [mean - 0.1, mean, mean + 0.1], mean_acc: mean };
  }
  writeFileSync(file, JSON.stringify(rows));
  return file;
}

/** Made up, with every network of the space. */
export const MACRO_TABLE = macroTable();
/** Made up, with a few of its networks. */
export const FEW_MACRO_NETWORKS = macroTable(1097);

/** A nested co-search that takes a second. */
export const MACRO_REQUEST: CosearchRequest = {
  space: 'nas-bench-macro',
  budget: 'shidiannao',
  floorPercent: 82,
  accuracy: { kind: 'table', file: MACRO_TABLE },
  search: 'nested',
  pareto: false,
  strategy: 'naas',
  generations: 2,
  populationSize: 2,
  evolution: {
    population: 3,
    iterations: 1,
    parentRatio: 0.34,
    mutationRatio: 0.5,
    rates: { architecture: 0.2, resolution: 0.5 },
  },
  factors: 'perfect',
  nodeLimit: 3000,
  seed: 4,
};
