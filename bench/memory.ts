/**
 * Peak memory of commands on networks of many layers, each in a process of its own (resident set, threads included). What Node itself takes is told
 * first; docs/results.md holds the figures of before.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PRINT_PEAK, peakKibibytes } from './peak-memory.ts';

const { values: options } = parseArgs({
  options: { layers: { type: 'string', default: '5000' }, accelerator: { type: 'string', default: 'shidiannao' } },
});

/** Peaks in MB on the reference machine before limits were stated and documents were written in pieces. */
const BEFORE: Readonly<Record<string, number>> = { 'map of equal layers, --json': 410 };

const folder = mkdtempSync(join(tmpdir(), 'trifold-memory-'));

function networkFile(name: string, layerOf: (index: number) => string): string {
  const file = join(folder, `${name}.yaml`);
  const layers = Array.from(
    { length: Number(options.layers) },
    (_, i) => `  - { name: l${i}, kind: matmul, ${layerOf(i)} }`,
  );
  writeFileSync(file, `name: ${name}\nsource: made up\nlayers:\n${layers.join('\n')}\n`);
  return file;
}

function peakMegabytes(command: readonly string[]): number {
  const { stderr, status } = spawnSync(
    process.execPath,
    [...PRINT_PEAK, join(import.meta.dirname, '../dist/cli/main.js'), ...command],
    { encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  return (peakKibibytes(stderr) * 1024) / 1e6;
}

const equal = networkFile('equal', () => 'rows: 4, inner: 4, columns: 4');
const distinct = networkFile(
  'distinct',
  (i) => `rows: ${1 + (i % 17)}, inner: ${1 + (Math.floor(i / 17) % 17)}, columns: ${1 + Math.floor(i / 289)}`,
);
const mappings = join(folder, 'mappings.yaml');
const on = ['--accelerator', options.accelerator];
// Figures of layers each on its own, whatever the number of layers.
const islands = ['--no-cache', '--between-layers', 'off'];
const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['help', ['map', '--help']],
  ['map of equal layers', ['map', equal, ...on, ...islands, '--save', mappings]],
  ['map of equal layers, --json', ['map', equal, ...on, ...islands, '--json']],
  ['map of equal layers, --out', ['map', equal, ...on, ...islands, '--out', join(folder, 'run')]],
  ['report of that run', ['report', join(folder, 'run'), '--out', join(folder, 'report.html')]],
  ['eval of the mappings', ['eval', '--workload', equal, ...on, '--mapping', mappings]],
  ['map of distinct layers', ['map', distinct, ...on, ...islands]],
];

try {
  for (const [name, command] of CASES) {
    const peak = peakMegabytes(command);
    const before = BEFORE[name] === undefined ? '' : `, before ${BEFORE[name]} MB`;
    console.log(`${name.padEnd(30)} ${peak.toFixed(0).padStart(5)} MB${before}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
