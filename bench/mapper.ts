import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadAccelerator, loadWorkload } from '../src/app/presets/load.ts';
import { evaluateReference } from '../src/cost/reference/reference.ts';
import { acceleratorFromRecord, layerFromRecord, mappingFromRecord } from '../src/formats/record-conversion.ts';
import type { MapperRecord } from '../src/formats/record-schema.ts';
import { searchExact } from '../src/search/mapping/exact/exact.ts';
import { type MapspaceSpec, makeMapspace } from '../src/search/mapping/mapspace.ts';
import { EDP } from '../src/search/mapping/objective.ts';
import { perTensor } from '../src/util/vocabulary.ts';
import { makeProblem, problemKey } from '../src/workload/problem.ts';

/** Benchmark of the exact mapping search on one thread; times are CPU seconds of this process. */

const { values: options } = parseArgs({
  options: {
    workloads: { type: 'string', default: 'resnet50,vgg16,mobilenetv2' },
    accelerators: { type: 'string', default: 'eyeriss,nvdla-256,nvdla-1024,shidiannao,edge-tpu' },
    factors: { type: 'string', default: 'perfect' },
    seconds: { type: 'string', default: '20' },
    records: { type: 'string' },
    layers: { type: 'boolean', default: false },
  },
});
const factors = options.factors === 'imperfect' ? 'imperfect' : 'perfect';
const secondsPerLayer = Number(options.seconds);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function solve(spec: MapspaceSpec) {
  const start = cpuMs();
  const begun = performance.now();
  const mapspace = makeMapspace(spec);
  if (!mapspace.feasible) return { ms: cpuMs() - start, text: mapspace.reason, result: null };
  const result = searchExact(mapspace, EDP, { shouldStop: () => performance.now() - begun > secondsPerLayer * 1000 });
  return { ms: cpuMs() - start, text: '', result };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function benchPresets(): void {
  console.log(`(a) time to the proven optimum, ${factors} factors, EDP [ms CPU]`);
  console.log(
    'accelerator    workload       layers  median      p90    worst    total  evaluations  unproven  worst layer',
  );
  for (const acceleratorName of options.accelerators.split(',')) {
    const accelerator = loadAccelerator(acceleratorName);
    for (const workloadName of options.workloads.split(',')) {
      const { network } = loadWorkload(workloadName);
      const unique = new Map(network.layers.map((layer) => [problemKey(layer.problem), layer]));
      const times: number[] = [];
      let evaluations = 0;
      let unproven = 0;
      let worst = { ms: -1, name: '' };
      for (const layer of unique.values()) {
        const { ms, result, text } = solve({ layer, accelerator, factors });
        times.push(ms);
        if (ms > worst.ms) worst = { ms, name: layer.name };
        if (result?.kind === 'found') {
          evaluations += result.certificate.evaluations;
          if (!result.certificate.optimal) unproven++;
        } else unproven++;
        if (options.layers) {
          const found =
            result?.kind === 'found'
              ? `${result.certificate.incumbent.toPrecision(6)} nodes ${result.certificate.nodes}`
              : text;
          console.log(`  ${layer.name.padEnd(28)} ${ms.toFixed(1).padStart(8)} ms  ${found}`);
        }
      }
      times.sort((a, b) => a - b);
      const total = times.reduce((sum, ms) => sum + ms, 0);
      console.log(
        `${acceleratorName.padEnd(14)} ${workloadName.padEnd(14)} ${String(times.length).padStart(6)} ${[quantile(times, 0.5), quantile(times, 0.9), worst.ms, total].map((ms) => ms.toFixed(1).padStart(8)).join(' ')} ${String(evaluations).padStart(12)} ${String(unproven).padStart(9)}  ${worst.name}`,
      );
    }
  }
}

function benchRecords(file: string): void {
  console.log('\n(c) against recorded Timeloop mapper results, same reuse rule (exact)');
  console.log(
    'record                                        ms CPU  optimal  Timeloop EDP / optimum  Timeloop CPU / ours',
  );
  const records: MapperRecord[] = JSON.parse(readFileSync(file, 'utf8'));
  let logRatio = 0;
  let count = 0;
  for (const record of records) {
    const accelerator = acceleratorFromRecord(record.id, record.arch, record.mapspace);
    const layer = layerFromRecord(record.problem, record.arch.mac.word_bits);
    const { ms, result } = solve({ layer, accelerator });
    if (result?.kind !== 'found' || record.timeloop_mapper === undefined) continue;
    const theirs = evaluateReference(layer, accelerator, mappingFromRecord(record.timeloop_mapper.mapping), {
      temporalReuse: 'exact',
    });
    const edp = theirs.feasible ? theirs.edpPjCycles : record.timeloop_mapper.edp_pJ_cycles;
    const ratio = edp / result.certificate.incumbent;
    logRatio += Math.log(ratio);
    count++;
    const cpu = ((record.timeloop_mapper.cpu_s ?? Number.NaN) * 1000) / ms;
    console.log(
      `${record.id.padEnd(44)} ${ms.toFixed(1).padStart(8)} ${String(result.certificate.optimal).padStart(8)} ${ratio.toFixed(3).padStart(23)} ${cpu.toFixed(0).padStart(19)}`,
    );
  }
  console.log(`geometric mean of EDP ratios ${Math.exp(logRatio / count).toFixed(2)} over ${count} records`);
}

function benchGrowth(): void {
  console.log('\n(d) growth: 3x3 convolution, C = K, 28x28, eyeriss');
  const accelerator = loadAccelerator('eyeriss');
  for (const channels of [16, 32, 64, 128, 256, 512]) {
    const problem = makeProblem({
      name: `c${channels}`,
      bounds: { K: channels, C: channels, P: 28, Q: 28, R: 3, S: 3 },
      paddingBefore: [1, 1],
      inputSize: [28, 28],
    });
    const { ms, result } = solve({ layer: { problem, wordBits: perTensor(() => 16) }, accelerator, factors });
    const certificate = result?.kind === 'found' ? result.certificate : null;
    console.log(
      `  ${problem.name.padEnd(6)} ${ms.toFixed(1).padStart(9)} ms  mapspace 10^${certificate?.mapspaceLog10.toFixed(1)}  nodes ${certificate?.nodes}  evaluations ${certificate?.evaluations}`,
    );
  }
}

benchPresets();
if (options.records !== undefined) benchRecords(options.records);
benchGrowth();
