/**
 * Writes accelerators/technology/cacti-<node>nm.yaml from the raw CACTI rows and prints how far the monotone fit moves them.
 * Usage: tsx scripts/fit-technology.ts [--check] [cacti-sram.json]; the default file is ../shared/technology/cacti-sram.json.
 * With --check nothing is written; exit code 1 if a file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fitSramTable, type SramRow, sramAccess, sramAreaMm2 } from '../src/accelerator/sram-table.ts';
import { cactiRows, cactiTechnologyYaml, NODES_NM } from './cacti-technology.ts';

const root = resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const input = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const raw: unknown = JSON.parse(readFileSync(input ?? resolve(root, '../shared/technology/cacti-sram.json'), 'utf8'));

for (const nodeNm of NODES_NM) {
  const rows = cactiRows(raw, nodeNm);
  const path = resolve(root, `accelerators/technology/cacti-${nodeNm}nm.yaml`);
  const text = cactiTechnologyYaml(nodeNm, rows);
  if (!check) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.log(`${path} differs from the raw rows`);
    process.exitCode = 1;
  }
  console.log(`${nodeNm} nm: ${rows.length} rows; largest change by the monotone fit: ${changes(rows)}`);
}

function changes(rows: readonly SramRow[]): string {
  const table = fitSramTable(rows);
  const columns: readonly [string, (row: SramRow) => number][] = [
    ['read', (row) => sramAccess(table, row.bytes, row.bits).readPj / row.readPj],
    ['write', (row) => sramAccess(table, row.bytes, row.bits).writePj / row.writePj],
    ['area', (row) => sramAreaMm2(table, row.bytes, row.bits) / row.areaMm2],
  ];
  return columns
    .map(([name, ratio]) => {
      const ratios = rows.map(ratio);
      const moved = ratios.filter((value) => Math.abs(value - 1) > 1e-9).length;
      const percent = (value: number) => `${((value - 1) * 100).toFixed(1)} %`;
      return `${name} ${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))} (${moved} rows moved)`;
    })
    .join(', ');
}
