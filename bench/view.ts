/**
 * Cost of the live view to a search. The same seeded design run goes with and without the view, in turns, each in a terminal of its
 * own (`script` of util-linux) and with its work on one thread beside the main one. Both must find the same design.
 *
 * The processor time of the main thread tells the cost even on a busy machine: the search runs on the other one, whose time varies more
 * than the view takes. Wall time means something on an idle machine only. Counted is what happens between the start of the run and
 * its end; what opening the view takes (loading Ink, the first frame) is told apart, for it does not grow with the run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { designInputs } from '../src/app/design/inputs.ts';
import { DESIGN_RUN } from '../src/app/design/run.ts';
import { startRun } from '../src/app/run/lifecycle.ts';
import { unlimited } from '../src/app/run/limits.ts';
import { readRequest } from '../src/options/command.ts';
import { DESIGN } from '../src/options/design.ts';
import { median } from './naas/statistics.ts';

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'squeezenet' },
    budget: { type: 'string', default: 'nvdla-256' },
    generations: { type: 'string', default: '24' },
    rounds: { type: 'string', default: '5' },
    columns: { type: 'string', default: '160' },
    rows: { type: 'string', default: '50' },
    /** Internal: does one run and writes its measurements into this file. */
    result: { type: 'string' },
    view: { type: 'boolean', default: false },
  },
});

/** Runs a command in a terminal of its own (util-linux). */
const SCRIPT = 'script';

/** Measurements of one run; times in seconds. */
interface Measured {
  readonly openCpu: number;
  /** All threads. */
  readonly cpu: number;
  /** The main thread, which draws; the search is on another. */
  readonly mainCpu: number;
  readonly wall: number;
  readonly frames: number;
  readonly bytes: number;
  readonly edp: number;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Processor time of the main thread: first figure of its schedstat, in ns (Linux). */
function mainThreadSeconds(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}

async function openView() {
  const { openLiveView } = await import('../src/tui/live-view.tsx');
  const actions = { stop: () => {}, togglePause: () => false, writeReport: async () => '' };
  return openLiveView({ stdout: process.stdout, stdin: process.stdin, readOnly: false, actions });
}

/** One run in this process. */
async function measure(folder: string): Promise<Measured> {
  if (options.view && process.stdout.isTTY !== true) throw new Error('no terminal to show the view on');
  let [frames, bytes] = [0, 0];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((text: string) => {
    frames++;
    bytes += text.length;
    return write(text);
  }) as typeof process.stdout.write;
  const loaded = cpuSeconds();
  const view = options.view ? await openView() : null;
  const [begunCpu, begunMain, begun] = [cpuSeconds(), mainThreadSeconds(), performance.now()];
  let edp = Number.NaN;
  const request = readRequest(DESIGN.request, {
    workloads: [options.network],
    budget: options.budget,
    generations: Number(options.generations),
    finalFactors: 'perfect',
  });
  await startRun(
    DESIGN_RUN,
    designInputs(request),
    { out: join(folder, 'run'), command: ['bench'] },
    { ...unlimited(1), offMainThread: true },
    {
      onEvent: (event) => {
        view?.onEvent(event);
        if (event.kind === 'finished') edp = event.networks[0]!.edpPjCycles;
      },
      isInterrupted: () => false,
    },
  );
  const [cpu, wall] = [cpuSeconds() - begunCpu, (performance.now() - begun) / 1000];
  const mainCpu = mainThreadSeconds() - begunMain;
  await view?.close();
  return { openCpu: begunCpu - loaded, cpu, mainCpu, wall, frames, bytes, edp };
}

/** One run in a process and a terminal of its own. */
function measureApart(view: boolean): Measured {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-bench-view-'));
  try {
    const result = join(folder, 'result.json');
    const words = [
      ...[process.execPath, '--import', 'tsx', import.meta.filename, ...(view ? ['--view'] : [])],
      ...['--network', options.network, '--budget', options.budget, '--generations', options.generations],
      ...['--result', result],
    ];
    const command = `stty rows ${options.rows} columns ${options.columns}; exec ${words.map((word) => `'${word}'`).join(' ')}`;
    const { status, stdout } = spawnSync(SCRIPT, ['-qefc', command, '/dev/null'], {
      encoding: 'utf8',
      maxBuffer: 64e6,
      env: { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    });
    if (status !== 0) throw new Error(`a run failed (needs \`script\` of util-linux):\n${stdout.slice(-2000)}`);
    return JSON.parse(readFileSync(result, 'utf8')) as Measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.result !== undefined) {
  writeFileSync(options.result, JSON.stringify(await measure(join(options.result, '..'))));
  process.exit(0);
}

const rounds: { readonly without: Measured; readonly with: Measured }[] = [];
console.log('       all threads           main thread           wall');
console.log('round  without      with     without      with     without      with  writes');
for (let round = 0; round < Number(options.rounds); round++) {
  // In turns, so that neither is always the first.
  const first = measureApart(round % 2 === 1);
  const second = measureApart(round % 2 === 0);
  const pair = round % 2 === 1 ? { without: second, with: first } : { without: first, with: second };
  if (pair.with.edp !== pair.without.edp) throw new Error('the two runs found different designs');
  rounds.push(pair);
  const cells = (of: 'cpu' | 'mainCpu' | 'wall') =>
    [pair.without, pair.with].map((one) => `${one[of].toFixed(2)} s`.padStart(10)).join('');
  console.log(
    `${String(round + 1).padStart(5)}${cells('cpu')}  ${cells('mainCpu')}  ${cells('wall')}${String(pair.with.frames).padStart(8)}`,
  );
}
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const share = median(rounds.map((pair) => (pair.with.mainCpu - pair.without.mainCpu) / pair.without.cpu));
const ratio = (of: 'cpu' | 'wall') => median(rounds.map((pair) => pair.with[of] / pair.without[of] - 1));
const seconds = median(rounds.map((pair) => pair.with.wall));
console.log(
  `\nwhat the view takes of the search's processor time: ${percent(share)} (median; target: below 3 %); all threads ${percent(ratio('cpu'))}, wall ${percent(ratio('wall'))}`,
);
console.log(
  `writes to the terminal: ${(median(rounds.map((pair) => pair.with.frames)) / seconds).toFixed(2)} per second, ${Math.round(median(rounds.map((pair) => pair.with.bytes)) / seconds)} bytes per second`,
);
console.log(`opening it: ${median(rounds.map((pair) => pair.with.openCpu)).toFixed(2)} s of processor time, once`);
