import { resolve } from 'node:path';
import { type BetweenLayers, comparePeer, type PeerComparison, type PeerRow } from './inter-layer/peer-comparison.ts';
import { readPeerData } from './inter-layer/peer-data.ts';

/**
 * Published results of AccelForge beside the optima found here, with what explains the difference: words that leave a level are a read there, all children
 * of an array that can be used must be, and leakage.
 * Usage: npm run bench:accelforge [-- [--arch NAME] [--workload PART] [--step-seconds N] [--folder DIR]]
 */
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const folder = option('folder') ?? resolve(import.meta.dirname, '../../shared/oracle/accelforge');
const stepMs = 1000 * Number(option('step-seconds') ?? 10);
const data = readPeerData(folder);
if (data === null) console.log(`no published results in ${folder}`);
for (const theirs of data?.results ?? []) {
  if (theirs.arch !== (option('arch') ?? theirs.arch) || !theirs.workload.includes(option('workload') ?? '')) continue;
  const modes: readonly BetweenLayers[] = theirs.mode === 'unfused' ? ['off'] : ['retain', 'fuse'];
  print(comparePeer(data!, theirs, modes, stepMs));
}

function print({ theirs, leakagePj, ours }: PeerComparison): void {
  const { arch, workload, mode, energy_J: energyJ, latency_s: seconds, edp } = theirs;
  console.log(
    `${arch}, ${workload}, ${mode}: ${joules(energyJ)}, ${seconds.toExponential(4)} s, EDP ${edp.toExponential(4)}`,
  );
  for (const row of ours) console.log(`  ${row.mode.padEnd(6)} ${row.reason ?? rowText(row, energyJ, leakagePj, edp)}`);
}

function rowText(row: PeerRow, energyJ: number, leakagePj: number, edp: number): string {
  const explained = row.energyPj + row.drainsPj + row.forcedPj + leakagePj;
  const terms = [
    `${joules(row.energyPj * 1e-12)}, ${row.seconds.toExponential(4)} s, EDP ${row.edpJs.toExponential(4)} (${(row.edpJs / edp).toFixed(4)} of theirs${row.isProven ? '' : ', open'})`,
    `+ drains ${joules(row.drainsPj * 1e-12)}`,
    `+ children that must be used ${joules(row.forcedPj * 1e-12)}`,
    `+ leakage ${joules(leakagePj * 1e-12)}`,
    `= ${joules(explained * 1e-12)}, ${((explained * 1e-12) / energyJ).toFixed(6)} of theirs`,
  ];
  return terms.join(' ');
}

function joules(value: number): string {
  return `${value.toExponential(6)} J`;
}
