import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cosearchInputs, cosearchRequest } from '../src/app/cosearch/inputs.ts';
import { COSEARCH_RUN } from '../src/app/cosearch/run.ts';
import { designInputs } from '../src/app/design/inputs.ts';
import { DESIGN_RUN } from '../src/app/design/run.ts';
import { startRun } from '../src/app/run/lifecycle.ts';
import { type RunLimits, unlimited } from '../src/app/run/limits.ts';
import type { RunListener } from '../src/app/run/listener.ts';
import { formatTable } from '../src/cli/text/layout/table.ts';
import { readRequest } from '../src/options/command.ts';
import { COSEARCH } from '../src/options/cosearch.ts';
import { DESIGN } from '../src/options/design.ts';

/**
 * Accelerator only, network only and both within one budget, against ResNet-50 on the budget's own accelerator: all get the same
 * time. Then nested against joint from the same rows.
 */

const HELP = `Accelerator only, network only, both: EDP and accuracy against ResNet-50 on the budget's accelerator.

  npm run bench:cosearch -- [options]

  --budget NAME       default eyeriss
  --min-accuracy X    top-1 in percent, default 79 (what NAAS reports)
  --seconds N         time of every search, default 300
  --seeds N           seeds 1..N, default 1
  --only NAME,...     rows: accelerator, network, nested, joint
  --workers N         default the processors
`;

/** Published figures (NAAS, DAC 2021, figure 10 and abstract; Eyeriss resources, ResNet-50). */
const PAPER: Readonly<Record<string, string>> = {
  accelerator: '3.01x against NHAS; none against Eyeriss',
  network: '-',
  nested: '4.88x (figure 10), 4.4x (abstract), +2.7 points',
  joint: '-',
};

const ROWS = ['accelerator', 'network', 'nested', 'joint'] as const;

interface Settings {
  readonly budget: string;
  readonly floorPercent: number;
  readonly seconds: number;
  readonly workers: number;
}

interface Row {
  readonly name: string;
  readonly seed: number;
  readonly edp: number;
  readonly published: number | null;
  readonly optimal: number;
  readonly top1Percent: number | null;
  readonly candidates: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const LISTENER: RunListener = { onEvent: () => {}, isInterrupted: () => false };
/** More generations than any time allows. */
const ENDLESS = 1_000_000;

async function measure(name: (typeof ROWS)[number], seed: number, settings: Settings): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-bench-'));
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const limits = { ...unlimited(settings.workers), offMainThread: true, timeSeconds: settings.seconds };
  try {
    const figures =
      name === 'accelerator'
        ? await acceleratorOnly(seed, settings, join(folder, 'run'), limits)
        : await cosearch(name, seed, settings, join(folder, 'run'), limits);
    const { user, system } = process.cpuUsage(cpu);
    const times = { seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 };
    return { name, seed, ...figures, ...times };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Figures = Omit<Row, 'name' | 'seed' | 'seconds' | 'cpuSeconds'>;

async function acceleratorOnly(seed: number, { budget }: Settings, out: string, limits: RunLimits): Promise<Figures> {
  const request = readRequest(DESIGN.request, {
    workloads: ['resnet50'],
    budget,
    generations: ENDLESS,
    finalFactors: 'perfect',
    seed,
  });
  const place = { out, command: [] };
  const { finished } = await startRun(DESIGN_RUN, designInputs(request), place, limits, LISTENER);
  const { counters, improvement } = finished!.summary;
  return {
    edp: finished!.mapped[0]!.report.totals.edpPjCycles,
    published: improvement.published,
    optimal: improvement.optimal,
    top1Percent: null,
    candidates: counters.scored + counters.stopped + counters.unmappable,
  };
}

async function cosearch(
  name: 'network' | 'nested' | 'joint',
  seed: number,
  { budget, floorPercent }: Settings,
  out: string,
  limits: RunLimits,
): Promise<Figures> {
  const request = readRequest(COSEARCH.request, {
    space: 'ofa-resnet50',
    ...(name === 'network' ? { accelerator: budget } : { budget }),
    floorPercent,
    search: name === 'nested' ? 'nested' : 'joint',
    generations: ENDLESS,
    seed,
  });
  const place = { out, command: [] };
  const { finished } = await startRun(COSEARCH_RUN, cosearchInputs(cosearchRequest(request)), place, limits, LISTENER);
  const { counters } = finished!.summary;
  return {
    edp: finished!.final.report.totals.edpPjCycles,
    published: finished!.gains.published,
    optimal: finished!.gains.optimal,
    top1Percent: finished!.best.network?.accuracy.reportedTop1Percent ?? null,
    candidates: counters.scored + counters.stopped + counters.unmappable,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      budget: { type: 'string', default: 'eyeriss' },
      'min-accuracy': { type: 'string', default: '79' },
      seconds: { type: 'string', default: '300' },
      seeds: { type: 'string', default: '1' },
      only: { type: 'string', default: ROWS.join(',') },
      workers: { type: 'string', default: String(availableParallelism()) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const settings: Settings = {
    budget: values.budget,
    floorPercent: Number(values['min-accuracy']),
    seconds: Number(values.seconds),
    workers: Number(values.workers),
  };
  const wanted = values.only.split(',');
  const rows: Row[] = [];
  for (const name of ROWS.filter((row) => wanted.includes(row)))
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      rows.push(await measure(name, seed, settings));
      process.stderr.write(`${name} seed ${seed}: ${rows.at(-1)!.optimal.toFixed(3)}x\n`);
    }
  process.stdout.write(`${describe(rows, settings)}\n`);
}

function describe(rows: readonly Row[], { budget, floorPercent, seconds, workers }: Settings): string {
  const table = formatTable(
    [
      { title: 'search' },
      { title: 'seed', align: 'right' },
      { title: 'EDP pJ*cycles', align: 'right' },
      { title: 'x published', align: 'right' },
      { title: 'x optimal', align: 'right' },
      { title: 'top-1 %', align: 'right' },
      { title: 'candidates', align: 'right' },
      { title: 's', align: 'right' },
      { title: 'CPU s', align: 'right' },
      { title: 'NAAS' },
    ],
    rows.map((row) => [
      row.name,
      String(row.seed),
      row.edp.toExponential(4),
      row.published === null ? '-' : row.published.toFixed(3),
      row.optimal.toFixed(3),
      row.top1Percent === null ? '76.13' : row.top1Percent.toFixed(2),
      String(row.candidates),
      row.seconds.toFixed(0),
      row.cpuSeconds.toFixed(0),
      PAPER[row.name] ?? '',
    ]),
  );
  return [
    `gain in EDP over ResNet-50 on the accelerator of budget ${budget}: with its published dataflow, with its optimal mapping`,
    `networks of ofa-resnet50 of at least ${floorPercent} % (+- 0.53 points); ${seconds} s per search, ${workers} workers`,
    '',
    table,
  ].join('\n');
}

await main();
