/**
 * What depth costs: LLaMA 7B with its block repeated 1, 8, 80 and 800 times. Reading, mapping with its report, and a search of accelerators, in a process for
 * each count: CPU times, mappings that were scored, peak memory. Run with `npm run bench:depth`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { designInputs } from '../src/app/design/inputs.ts';
import { DESIGN_RUN } from '../src/app/design/run.ts';
import { mapInputs } from '../src/app/map/inputs.ts';
import { MAP_RUN } from '../src/app/map/run.ts';
import { loadWorkload, resolveFile } from '../src/app/presets/load.ts';
import type { RunInputs, RunKind } from '../src/app/run/kind.ts';
import { startRun } from '../src/app/run/lifecycle.ts';
import { unlimited } from '../src/app/run/limits.ts';
import { networkVectorLoads } from '../src/cost/vector-cost.ts';
import { readRequest } from '../src/options/command.ts';
import { DESIGN } from '../src/options/design.ts';
import { MAP } from '../src/options/map.ts';
import { networkMacs } from '../src/workload/network.ts';

const { values: options } = parseArgs({
  options: {
    accelerator: { type: 'string', default: 'tpu-v2' },
    budget: { type: 'string', default: 'nvdla-256' },
    /** A file to read, for the processes that this one starts. */
    file: { type: 'string' },
  },
});

interface Figures {
  readonly macs: number;
  readonly operators: number;
  /** Different loads of a vector unit. */
  readonly loads: number;
  readonly readMs: number;
  readonly mapMs: number;
  readonly designMs: number;
  readonly documentBytes: number;
  readonly peakMegabytes: number;
}

/** CPU time of some work. */
async function timed<Result>(work: () => Promise<Result> | Result): Promise<[ms: number, result: Result]> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

async function documentOf<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  inputs: Inputs,
): Promise<string> {
  const listener = { onEvent: () => {}, isInterrupted: () => false };
  const { json } = await startRun(kind, inputs, { out: null, command: [] }, unlimited(1), listener);
  return JSON.stringify(json);
}

async function figures(file: string): Promise<Figures> {
  const [readMs, { network }] = await timed(() => loadWorkload(file));
  const map = readRequest(MAP.request, {
    workload: file,
    accelerator: options.accelerator,
    betweenLayers: 'off',
  });
  const [mapMs, document] = await timed(() => documentOf(MAP_RUN, mapInputs(map)));
  const design = { workloads: [file], budget: options.budget, generations: 2, populationSize: 4 };
  const [designMs] = await timed(() => documentOf(DESIGN_RUN, designInputs(readRequest(DESIGN.request, design))));
  return {
    macs: networkMacs(network),
    operators: network.graph!.operators.length,
    loads: networkVectorLoads(network).length,
    readMs,
    mapMs,
    designMs,
    documentBytes: document.length,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

/** Figures that were measured before, on two cores that others used too. */
const RECORDED: Readonly<Record<number, string>> = {
  1: 'read 65 ms, map 1.8 s, design 13.9 s, 213 MB',
  8: 'read 77 ms, map 2.0 s, design 11.9 s, 225 MB',
  80: 'read 62 ms, map 1.7 s, design 11.0 s, 224 MB',
  800: 'read 65 ms, map 1.8 s, design 12.2 s, 213 MB',
};

if (options.file !== undefined) console.log(JSON.stringify(await figures(options.file)));
else {
  const folder = mkdtempSync(join(tmpdir(), 'depth-'));
  const text = readFileSync(resolveFile('workloads', 'llama-7b'), 'utf8');
  try {
    for (const repeat of [1, 8, 80, 800]) {
      const file = join(folder, `blocks-${repeat}.yaml`);
      writeFileSync(file, text.replace('repeat: 32', `repeat: ${repeat}`));
      const program = [...process.execArgv, process.argv[1]!, ...process.argv.slice(2), '--file', file];
      const found = JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' })) as Figures;
      const { macs, operators, loads, readMs, mapMs, designMs, documentBytes, peakMegabytes } = found;
      console.log(
        [
          `${repeat} blocks`.padEnd(10),
          `${macs.toExponential(3)} MACs`,
          `${operators} operators, ${loads} loads`,
          `read ${readMs.toFixed(0)} ms`,
          `map ${(mapMs / 1000).toFixed(1)} s, ${documentBytes} bytes`,
          `design ${(designMs / 1000).toFixed(1)} s`,
          `${peakMegabytes.toFixed(0)} MB peak`,
          `(before: ${RECORDED[repeat] ?? '-'})`,
        ].join('  '),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
