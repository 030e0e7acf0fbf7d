/**
 * Reads ONNX models that it makes: one with weights of hundreds of MB in the file, and graphs of many nodes; and imports them with
 * `trifold import`, from its start to its end. Each is read in a process of its
 * own, since the peak memory of a process never goes down; a process that only starts shows what of it is Node itself.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readOnnx } from '../src/formats/onnx/read-onnx.ts';
import { fileSource } from '../src/formats/onnx/wire/byte-source.ts';
import { MAX_LAYERS } from '../src/workload/network.ts';
import { encodeModel, type Part, type TestModel, type TestNode, type TestTensor } from '../test/formats/onnx/encode.ts';
import { PRINT_PEAK, peakKibibytes } from './peak-memory.ts';

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '500' },
    nodes: { type: 'string', default: '1000000' },
    /** A file to read, for the processes that this one starts. */
    file: { type: 'string' },
    idle: { type: 'boolean', default: false },
  },
});

interface Figures {
  readonly seconds: number;
  /** Of the process as a whole, its start too. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly nodes: number;
}

/** A chain of matrix products whose weights lie in the file. */
function heavyModel(megabytes: number, isExternal = false): TestModel {
  const size = 2048;
  const count = Math.ceil((megabytes * 2 ** 20) / (size * size * 4));
  const initializers = Array.from({ length: count }, (_, index): TestTensor => {
    const weights = { name: `w${index}`, dims: [size, size] };
    return isExternal ? { ...weights, external: true } : { ...weights, raw: size * size * 4 };
  });
  const nodes = initializers.map((_, index): TestNode => {
    return { op: 'MatMul', inputs: [`t${index}`, `w${index}`], outputs: [`t${index + 1}`] };
  });
  return {
    graph: { nodes, initializers, inputs: [{ name: 't0', dims: [1, size] }], outputs: [{ name: `t${count}` }] },
  };
}

/** A chain of operators without names, in the order of the file or against it. */
function longModel(count: number, isReversed: boolean): TestModel {
  const nodes = Array.from({ length: count }, (_, index): TestNode => {
    return {
      op: index % 2 === 0 ? 'Relu' : 'Add',
      inputs: index % 2 === 0 ? [`t${index}`] : [`t${index}`, 't0'],
      outputs: [`t${index + 1}`],
    };
  });
  return { graph: { nodes: isReversed ? nodes.reverse() : nodes, inputs: [{ name: 't0', dims: [1, 8] }] } };
}

function write(path: string, parts: readonly Part[]): void {
  const zeros = new Uint8Array(1 << 20);
  const file = openSync(path, 'w');
  let pending: Uint8Array[] = [];
  const flush = () => {
    writeSync(file, Buffer.concat(pending));
    pending = [];
  };
  for (const part of parts) {
    if (typeof part !== 'number') {
      pending.push(part);
      if (pending.length >= 1 << 16) flush();
      continue;
    }
    flush();
    for (let left = part; left > 0; left -= zeros.length) writeSync(file, zeros, 0, Math.min(left, zeros.length));
  }
  flush();
  closeSync(file);
}

function figures(path: string): Figures {
  const start = process.hrtime.bigint();
  const file = openSync(path, 'r');
  const { nodes } = readOnnx(fileSource(file, path));
  closeSync(file);
  return report(Number(process.hrtime.bigint() - start) / 1e9, nodes.length);
}

/** Layers and additions, as a network of so many nodes has them. */
function layeredModel(count: number): TestModel {
  const nodes = Array.from({ length: count }, (_, index): TestNode => {
    const isLayer = index % 2 === 0;
    return {
      op: isLayer ? 'MatMul' : 'Add',
      name: `node${index}`,
      inputs: [`t${index}`, isLayer ? 'w' : 't0'],
      outputs: [`t${index + 1}`],
    };
  });
  return {
    graph: {
      nodes,
      initializers: [{ name: 'w', dims: [64, 64], external: true }],
      inputs: [{ name: 't0', dims: [1, 64] }],
      outputs: [{ name: `t${count}` }],
    },
  };
}

/** The command line as it is installed; its sources, which start more slowly, where it is not built. */
const BUILT = 'dist/cli/main.js';
const isBuilt = existsSync(BUILT);

/** What `trifold import` takes, the start of the process too. */
function imported(path: string): { seconds: number; peakMegabytes: number } {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...(isBuilt ? [] : process.execArgv),
      ...PRINT_PEAK,
      isBuilt ? BUILT : 'src/cli/main.ts',
      'import',
      path,
      '-o',
      `${path}.yaml`,
      '--force',
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, peakMegabytes: peakKibibytes(stderr) / 1024 };
}

function report(seconds: number, nodes: number): Figures {
  const { user, system } = process.cpuUsage();
  return { seconds, cpuSeconds: (user + system) / 1e6, nodes, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
}

function measured(args: readonly string[]): Figures {
  const program = [...process.execArgv, process.argv[1]!, ...args];
  return JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' })) as Figures;
}

if (options.idle) console.log(JSON.stringify(report(0, 0)));
else if (options.file !== undefined) console.log(JSON.stringify(figures(options.file)));
else {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
  const path = join(folder, 'model.onnx');
  const show = (name: string, { seconds, cpuSeconds, peakMegabytes, nodes }: Figures) =>
    console.log(
      `${name.padEnd(36)} ${String(nodes).padStart(8)} nodes ${seconds.toFixed(2).padStart(7)} s ${cpuSeconds.toFixed(2).padStart(7)} s of processor ${peakMegabytes.toFixed(0).padStart(6)} MB peak`,
    );
  try {
    show('nothing read', measured(['--idle']));
    const count = Number(options.nodes);
    const models: [string, () => TestModel][] = [
      [`${options.megabytes} MB of weights`, () => heavyModel(Number(options.megabytes))],
      ['many nodes in order', () => longModel(count, false)],
      ['many nodes from last to first', () => longModel(count, true)],
    ];
    for (const [name, model] of models) {
      write(path, encodeModel(model()));
      show(name, measured(['--file', path]));
    }
    // What was measured before, as built, on two cores that others used too.
    const imports: [string, () => TestModel, string][] = [
      [`${options.megabytes} MB of weights in the file`, () => heavyModel(Number(options.megabytes)), '0.66 s, 89 MB'],
      [
        `${options.megabytes} MB of weights beside it`,
        () => heavyModel(Number(options.megabytes), true),
        '0.72 s, 86 MB',
      ],
      // With its input as many as a workload file holds.
      [`${MAX_LAYERS - 1} nodes`, () => layeredModel(MAX_LAYERS - 1), '5.7 s'],
    ];
    console.log(`\ntrifold import, from start to end, ${isBuilt ? 'as built' : 'from sources'}`);
    for (const [name, model, recorded] of imports) {
      write(path, encodeModel(model()));
      const { seconds, peakMegabytes } = imported(path);
      console.log(
        `${name.padEnd(36)} ${seconds.toFixed(2).padStart(7)} s ${peakMegabytes.toFixed(0).padStart(6)} MB peak   (before: ${recorded})`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
