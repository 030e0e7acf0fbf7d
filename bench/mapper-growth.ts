/**
 * Growth of the exact mapping search: with the size of the layer, the number of levels and the number of dims that may run in parallel, and what
 * imperfect factors cost and bring per layer. CPU times of this process on one thread. Run with `npm run bench:mapper-growth`.
 */
import { parseArgs } from 'node:util';
import type { Accelerator, StorageLevel } from '../src/accelerator/accelerator.ts';
import { loadAccelerator, loadWorkload } from '../src/app/presets/load.ts';
import { searchExact } from '../src/search/mapping/exact/exact.ts';
import { type MapspaceSpec, makeMapspace } from '../src/search/mapping/mapspace.ts';
import { EDP } from '../src/search/mapping/objective.ts';
import { DIMS, perTensor } from '../src/util/vocabulary.ts';
import type { LayerShape } from '../src/workload/network.ts';
import { makeProblem, problemKey } from '../src/workload/problem.ts';

const { values: options } = parseArgs({
  options: {
    workload: { type: 'string', default: 'resnet50' },
    accelerator: { type: 'string', default: 'eyeriss' },
    seconds: { type: 'string', default: '10' },
  },
});

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** @param limited whether the search ends after `--seconds`; else by its own default */
function solve(spec: MapspaceSpec, limited: boolean) {
  const start = cpuMs();
  const mapspace = makeMapspace(spec);
  if (!mapspace.feasible) throw new Error(mapspace.reason);
  const until = start + Number(options.seconds) * 1000;
  const result = searchExact(mapspace, EDP, limited ? { shouldStop: () => cpuMs() > until } : {});
  if (result.kind !== 'found') throw new Error(`${spec.layer.problem.name}: nothing found`);
  return { ms: cpuMs() - start, certificate: result.certificate };
}

function convolution(channels: number): LayerShape {
  const problem = makeProblem({
    name: `c${channels}`,
    bounds: { K: channels, C: channels, P: 28, Q: 28, R: 3, S: 3 },
    paddingBefore: [1, 1],
    inputSize: [28, 28],
  });
  return { problem, wordBits: perTensor(() => 16) };
}

function printLine(label: string, { ms, certificate }: ReturnType<typeof solve>): void {
  const { mapspaceLog10, nodes, evaluations, optimal, incumbent, lowerBound } = certificate;
  const proof = optimal ? 'optimal' : `gap ${(100 * (1 - lowerBound / incumbent)).toFixed(1)} %`;
  console.log(
    `  ${label.padEnd(24)} ${ms.toFixed(0).padStart(7)} ms  mapspace 10^${mapspaceLog10.toFixed(1).padStart(4)}  nodes ${String(nodes).padStart(9)}  evaluations ${String(evaluations).padStart(7)}  ${proof}`,
  );
}

/** The accelerator with the given number of levels: the innermost on-chip level is halved in size and energy, or levels are left out. */
function withLevels(accelerator: Accelerator, count: number): Accelerator {
  const levels = [...accelerator.levels];
  while (levels.length > count) levels.splice(1, 1);
  while (levels.length < count) {
    const last = levels[levels.length - 1]!;
    const { capacity, energy } = last;
    const halved = (pj: number) => pj / 2;
    const inner: StorageLevel = {
      ...last,
      name: `${last.name}${levels.length}`,
      capacity: capacity.kind === 'shared' ? { kind: 'shared', bits: capacity.bits / 4 } : capacity,
      energy: { readPj: halved(energy.readPj), fillPj: halved(energy.fillPj), updatePj: halved(energy.updatePj) },
    };
    levels.push(inner);
  }
  return { ...accelerator, levels };
}

/** The accelerator with the given dims allowed on all its arrays. */
function withDims(accelerator: Accelerator, count: number): Accelerator {
  const order = ['K', 'C', 'P', 'Q', 'R', 'S', 'N', 'G'] as const;
  const parallelDims = DIMS.filter((dim) => order.slice(0, count).includes(dim));
  return {
    ...accelerator,
    levels: accelerator.levels.map((level) => ({
      ...level,
      fanOut: {
        ...level.fanOut,
        dimensions: level.fanOut.dimensions.map((dimension) => ({ ...dimension, parallelDims })),
      },
    })),
  };
}

const accelerator = loadAccelerator(options.accelerator);
console.log(`3x3 convolution, C = K, 28x28, ${options.accelerator}, EDP, perfect factors`);
console.log('growth with channels');
for (const channels of [16, 32, 64, 128, 256])
  printLine(`${channels} channels`, solve({ layer: convolution(channels), accelerator }, true));
console.log('growth with levels (64 channels)');
for (const count of [2, 3, 4, 5]) {
  const own = withLevels(loadAccelerator('nvdla-256'), count);
  printLine(`${count} levels, nvdla-256`, solve({ layer: convolution(64), accelerator: own }, true));
}
console.log('growth with dims that may run in parallel (64 channels)');
for (const count of [1, 2, 3, 4, 6])
  printLine(`${count} dims`, solve({ layer: convolution(64), accelerator: withDims(accelerator, count) }, true));

console.log(`\nimperfect against perfect factors: ${options.workload} on ${options.accelerator}, default node limit`);
const { network } = loadWorkload(options.workload);
const layers = [...new Map(network.layers.map((layer) => [problemKey(layer.problem), layer])).values()];
let perfectMs = 0;
let imperfectMs = 0;
for (const layer of layers) {
  const perfect = solve({ layer, accelerator }, false);
  const imperfect = solve({ layer, accelerator, factors: 'imperfect' }, false);
  perfectMs += perfect.ms;
  imperfectMs += imperfect.ms;
  const ratio = imperfect.certificate.incumbent / perfect.certificate.incumbent;
  const { optimal, incumbent, lowerBound } = imperfect.certificate;
  const proof = optimal ? 'optimal' : `gap ${(100 * (1 - lowerBound / incumbent)).toFixed(1)} %`;
  console.log(
    `  ${layer.name.padEnd(24)} ${perfect.ms.toFixed(0).padStart(6)} ms perfect ${imperfect.ms.toFixed(0).padStart(6)} ms imperfect (x${(imperfect.ms / perfect.ms).toFixed(1)})  EDP ratio ${ratio.toFixed(3)}  ${proof}`,
  );
}
console.log(
  `  all: ${perfectMs.toFixed(0)} ms and ${imperfectMs.toFixed(0)} ms, x${(imperfectMs / perfectMs).toFixed(1)}`,
);
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
