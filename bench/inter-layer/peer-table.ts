import { rankCorrelation } from '../../src/search/network/rank-correlation.ts';
import type { PeerFigures, PeerRow } from './peer-comparison.ts';
import type { PeerResult } from './peer-data.ts';

/** A published result with a row of ours. */
export interface PeerPair {
  readonly theirs: PeerResult;
  readonly ours: PeerRow;
}

/** A published result with figures of ours. */
interface FoundPair {
  readonly theirs: PeerResult;
  readonly ours: PeerFigures;
}

/** Head of the table of results. */
export const PEER_HEAD = [
  '| architecture | workload | theirs | ours | EDP, J*s | theirs | ours / theirs: EDP | energy | with terms | latency | with terms | memory bits | proof | why |',
  '|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---|',
].join('\n');

/** A row of that table. */
export function peerRow({ theirs, ours }: PeerPair): string {
  const { arch, workload, mode } = theirs;
  const cells = [arch, workload, mode, ours.mode];
  if ('reason' in ours) return `| ${[...cells, ...Array(9).fill('-'), ours.reason].join(' | ')} |`;
  const pair = { theirs, ours };
  const { explainedEnergy, explainedLatency } = ratios(pair);
  const figures = [
    ours.edpJs.toExponential(4),
    theirs.edp.toExponential(4),
    (ours.edpJs / theirs.edp).toFixed(4),
    ((ours.energyPj * 1e-12) / theirs.energy_J).toFixed(4),
    explainedEnergy.toFixed(4),
    (ours.seconds / theirs.latency_s).toFixed(4),
    explainedLatency.toFixed(4),
    (ours.memoryBits / memoryBitsOf(theirs)).toFixed(4),
    ours.isProven ? 'proven' : `gap ${(100 * ours.gap).toFixed(1)} %`,
    reasonOf(pair),
  ];
  return `| ${[...cells, ...figures].join(' | ')} |`;
}

/** Lines that say what the terms of a row are. */
export const TERMS = [
  'with terms: ours plus what the peer charges beside: a read for each word that leaves a level on its way out (drains); copies of weights for children that its',
  'mapper must use; leakage; and what its copies and word-wise operators take beyond ours (they skip levels that ours pass, or run on fewer units).',
];

function ratios({ theirs, ours: { energyPj, seconds, terms } }: FoundPair) {
  const { drainsPj, forcedPj, leakagePj, wordWisePj, wordWiseSeconds } = terms;
  return {
    explainedEnergy: ((energyPj + drainsPj + forcedPj + leakagePj + wordWisePj) * 1e-12) / theirs.energy_J,
    explainedLatency: (seconds + wordWiseSeconds) / theirs.latency_s,
  };
}

function memoryBitsOf({ main_memory_bits: bits }: PeerResult): number {
  return Object.values(bits).reduce((sum, { read, write }) => sum + read + write, 0);
}

/** Share by which figures that are equal may differ: sums of the peer are in single precision. */
const CLOSE = 1e-4;

/** Why a result differs after all terms. */
function reasonOf(pair: FoundPair): string {
  const { theirs, ours } = pair;
  const { explainedEnergy, explainedLatency } = ratios(pair);
  const isAbove = ours.edpJs > theirs.edp * (1 + CLOSE);
  const moved = ours.memoryBits / memoryBitsOf(theirs);
  if (Math.abs(explainedEnergy - 1) < CLOSE && Math.abs(explainedLatency - 1) < CLOSE) return 'equal with the terms';
  if (Math.abs(explainedEnergy - 1) < CLOSE)
    return ours.terms.forcedPj > 0
      ? 'energy equal with the terms; slower with fewer children in use'
      : 'energy equal with the terms; latency in whole cycles of each operator';
  if (isAbove && !ours.isProven) return 'the search ended early';
  if (explainedEnergy > 1 + CLOSE && moved > 1 + CLOSE && theirs.mode === 'fused')
    return ours.mode === 'fuse'
      ? 'theirs shares an axis that the last operator reduces, ours has no such loop'
      : 'theirs runs operators tile by tile';
  if (moved < 1 - CLOSE) return 'fewer words of main memory: mappings that their order of storage nodes forbids';
  if (explainedEnergy < 1)
    return 'the same words of main memory, less inside: mappings that their order of storage nodes forbids';
  return 'faster for more energy: the objective is their product';
}

/** Gain of fusion, for an architecture and a workload: EDP unfused / fused. */
interface Gain {
  readonly name: string;
  readonly theirs: number;
  readonly ours: number;
  readonly isProven: boolean;
}

/** Gains where both results of a pair are there; of ours the best of all modes. */
function gainsOf(pairs: readonly FoundPair[]): Gain[] {
  const best = (arch: string, workload: string, mode: PeerResult['mode']): FoundPair | undefined =>
    pairs
      .filter(({ theirs }) => theirs.arch === arch && theirs.workload === workload && theirs.mode === mode)
      .sort((a, b) => a.ours.edpJs - b.ours.edpJs)[0];
  return pairs.flatMap(({ theirs: { arch, workload, mode }, ours }) => {
    if (mode !== 'unfused' || ours.mode !== 'off') return [];
    const [off, fused] = [best(arch, workload, 'unfused')!, best(arch, workload, 'fused')];
    if (fused === undefined) return [];
    return [
      {
        name: `${arch}, ${workload}`,
        theirs: off.theirs.edp / fused.theirs.edp,
        ours: off.ours.edpJs / fused.ours.edpJs,
        isProven: off.ours.isProven && fused.ours.isProven,
      },
    ];
  });
}

/** What the rows say together. */
export function peerSummary(pairs: readonly PeerPair[]): string[] {
  const found = pairs.filter((pair): pair is FoundPair => !('reason' in pair.ours));
  const gains = gainsOf(found);
  const lines = [
    '| fusion gains (EDP unfused / fused) | theirs | ours | ours / theirs | proof |',
    '|---|---:|---:|---:|---|',
    ...gains.map(
      ({ name, theirs, ours, isProven }) =>
        `| ${name} | ${theirs.toFixed(4)} | ${ours.toFixed(4)} | ${(ours / theirs).toFixed(4)} | ${isProven ? 'proven' : 'open'} |`,
    ),
    '',
  ];
  if (gains.length > 1) {
    const { spearmanRho } = rankCorrelation(
      gains.map(({ theirs }) => theirs),
      gains.map(({ ours }) => ours),
    );
    const errors = gains.map(({ theirs, ours }) => Math.abs(ours / theirs - 1));
    lines.push(
      `gains: rank correlation ${spearmanRho.toFixed(3)}, mean error ${(100 * mean(errors)).toFixed(1)} % over ${gains.length}, ${gains.filter(({ isProven }) => isProven).length} proven`,
    );
  }
  const off = found.filter(({ ours }) => ours.mode !== 'retain');
  const raw = off.map(({ theirs, ours }) => Math.abs((ours.energyPj * 1e-12) / theirs.energy_J - 1));
  const explained = off.map((pair) => Math.abs(ratios(pair).explainedEnergy - 1));
  const above = found.filter(({ theirs, ours }) => ours.mode !== 'retain' && ours.edpJs > theirs.edp * (1 + CLOSE));
  lines.push(
    `energy of ${off.length} results (off for unfused, fuse for fused): mean error ${(100 * mean(raw)).toFixed(1)} %, with the terms ${(100 * mean(explained)).toFixed(1)} %; equal with the terms: ${explained.filter((error) => error < CLOSE).length}`,
    `EDP above theirs: ${above.length}${above.map(({ theirs }) => `; ${theirs.arch}, ${theirs.workload}, ${theirs.mode}`).join('')}`,
  );
  return lines;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
