/**
 * Published results of AccelForge beside the optima found here, with what explains the differences, and what fusion gains by either.
 * Usage: npm run bench:accelforge -- [--arch NAME] [--workload PART] [--mode unfused|fused] [--step-seconds N] [--row-seconds N] [--workers N] [--folder DIR]
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BetweenLayers, PeerComparison } from './inter-layer/peer-comparison.ts';
import { readPeerData } from './inter-layer/peer-data.ts';
import { PEER_HEAD, type PeerPair, peerRow, peerSummary, TERMS } from './inter-layer/peer-table.ts';

const { values: options } = parseArgs({
  options: {
    arch: { type: 'string' },
    /** A part of its name. */
    workload: { type: 'string', default: '' },
    mode: { type: 'string' },
    /** After which the search of a mapping ends, and that of a row. */
    'step-seconds': { type: 'string', default: '60' },
    'row-seconds': { type: 'string', default: '1800' },
    workers: { type: 'string', default: '2' },
    folder: { type: 'string', default: resolve(import.meta.dirname, '../../shared/oracle/accelforge') },
  },
});

const data = readPeerData(options.folder);
if (data === null) console.log(`no published results in ${options.folder}`);
else {
  const comparison = new PeerComparison(data, {
    stepSeconds: Number(options['step-seconds']),
    rowSeconds: Number(options['row-seconds']),
    workers: Number(options.workers),
  });
  const pairs: PeerPair[] = [];
  console.log(PEER_HEAD);
  for (const theirs of data.results) {
    const { arch, workload, mode } = theirs;
    if (arch !== (options.arch ?? arch) || mode !== (options.mode ?? mode) || !workload.includes(options.workload))
      continue;
    const modes: readonly BetweenLayers[] = mode === 'unfused' ? ['off'] : ['retain', 'fuse'];
    for (const own of modes) {
      const pair = { theirs, ours: await comparison.row(theirs, own) };
      pairs.push(pair);
      console.log(peerRow(pair));
    }
  }
  console.log(`\n${TERMS.join('\n')}\n\n${peerSummary(pairs).join('\n')}`);
}
