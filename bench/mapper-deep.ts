/**
 * The exact mapping search on deep accelerators (files of 4 to 6 levels) and on published matrix products: time to the proof or the gap that is left,
 * time to the first mapping, memory. CPU times of this process on one thread; limits on them too. Memory is the peak of the process so far: for that
 * of one accelerator, name it alone. Run with `npm run bench:mapper-deep -- FILE.yaml ...`, or with `--gemms goma.json`.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { Accelerator } from '../src/accelerator/accelerator.ts';
import { loadAccelerator, loadWorkload } from '../src/app/presets/load.ts';
import { acceleratorFromRecord } from '../src/formats/record-conversion.ts';
import type { MapperRecord } from '../src/formats/record-schema.ts';
import { searchExact } from '../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../src/search/mapping/mapspace.ts';
import { EDP, ENERGY } from '../src/search/mapping/objective.ts';
import { perTensor } from '../src/util/vocabulary.ts';
import type { LayerShape } from '../src/workload/network.ts';
import { makeProblem, problemKey } from '../src/workload/problem.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Numbers of unique layers, from 0, per workload. */
    workloads: { type: 'string', default: 'resnet50:1,6,11,16,21;bert-base:0,2,4;mobilenetv2:1,10,19,28' },
    factors: { type: 'string', default: 'perfect' },
    objective: { type: 'string', default: 'edp' },
    seconds: { type: 'string', default: '10' },
    gemms: { type: 'string' },
    layers: { type: 'boolean', default: false },
  },
});
const factors = options.factors === 'imperfect' ? 'imperfect' : 'perfect';
const objective = options.objective === 'energy' ? ENERGY : EDP;

/** A search with what is printed of it. */
interface Solved {
  readonly name: string;
  readonly ms: number;
  readonly firstMs: number | null;
  readonly gap: number | null;
  readonly value: number;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function solve(layer: LayerShape, accelerator: Accelerator): Solved {
  const { name } = layer.problem;
  const start = cpuMs();
  const mapspace = makeMapspace({ layer, accelerator, factors });
  if (!mapspace.feasible) return { name, ms: cpuMs() - start, firstMs: null, gap: null, value: Number.NaN };
  let firstMs: number | null = null;
  const result = searchExact(mapspace, objective, {
    shouldStop: () => cpuMs() - start > Number(options.seconds) * 1000,
    poll: (isFound) => {
      if (isFound) firstMs ??= cpuMs() - start;
      return false;
    },
  });
  const ms = cpuMs() - start;
  if (result.kind !== 'found') return { name, ms, firstMs, gap: null, value: Number.NaN };
  const { incumbent, lowerBound } = result.certificate;
  return { name, ms, firstMs: firstMs ?? ms, gap: 1 - lowerBound / incumbent, value: incumbent };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function print(label: string, solved: readonly Solved[]): void {
  if (options.layers)
    for (const { name, ms, gap, value } of solved)
      console.log(
        `  ${name.padEnd(28)} ${ms.toFixed(0).padStart(7)} ms  ${value.toPrecision(6)}  gap ${gap?.toFixed(4)}`,
      );
  const times = solved.map(({ ms }) => ms);
  const firsts = solved.map(({ firstMs }) => firstMs ?? Number.POSITIVE_INFINITY);
  const open = solved.map(({ gap }) => gap ?? 1).filter((gap) => gap > 1e-9);
  const close = solved.filter(({ gap }) => gap !== null && gap <= 0.01).length;
  const figures = [quantile(times, 0.5), Math.max(...times), Math.max(...firsts)].map((ms) =>
    ms.toFixed(0).padStart(9),
  );
  console.log(
    `${label.padEnd(34)} ${`${solved.length - open.length}/${solved.length}`.padStart(8)} ${String(close).padStart(6)} ${figures.join(' ')} ${(process.resourceUsage().maxRSS / 1024).toFixed(0).padStart(6)}  ${open.map((gap) => gap.toFixed(3)).join(' ')}`,
  );
}

function layersOf(text: string): LayerShape[] {
  return text.split(';').flatMap((part) => {
    const [name = '', places] = part.split(':');
    const { network } = loadWorkload(name);
    const unique = [...new Map(network.layers.map((layer) => [problemKey(layer.problem), layer])).values()];
    return places === undefined ? unique : places.split(',').map((place) => unique[Number(place)]!);
  });
}

/** The published cases as far as they are read here. */
interface GemmFile {
  readonly mapspace: MapperRecord['mapspace'];
  readonly archs: Readonly<Record<string, MapperRecord['arch']>>;
  readonly cases: readonly {
    readonly id: string;
    readonly arch: string;
    readonly gemms: readonly { readonly name: string; readonly M: number; readonly N: number; readonly K: number }[];
  }[];
}

console.log(`${factors} factors, ${objective.name}, ${options.seconds} s of CPU per layer; times in ms`);
console.log(
  'accelerator                          proven  <=1 %    median     worst  first, worst  MB  gaps of the rest',
);
for (const file of positionals) {
  const accelerator = loadAccelerator(file);
  print(
    basename(file, '.yaml'),
    layersOf(options.workloads).map((layer) => solve(layer, accelerator)),
  );
}
if (options.gemms !== undefined) {
  const file: GemmFile = JSON.parse(readFileSync(options.gemms, 'utf8'));
  for (const { id, arch, gemms } of file.cases) {
    const accelerator = acceleratorFromRecord(arch, file.archs[arch]!, file.mapspace);
    print(
      id,
      gemms.map(({ name, M, N, K }) =>
        solve(
          { problem: makeProblem({ name, bounds: { N: M, K: N, C: K } }), wordBits: perTensor(() => 8) },
          accelerator,
        ),
      ),
    );
  }
}
