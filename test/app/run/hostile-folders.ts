import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTable } from '../../../src/app/run/list.ts';
import { writeComparison, writeReport } from '../../../src/app/run/report.ts';
import { watchRun } from '../../../src/app/run/watch.ts';
import { progressLines } from '../../../src/cli/text/progress-text.ts';
import { describeRuns } from '../../../src/cli/text/runs-text.ts';
import { readRequest } from '../../../src/options/command.ts';
import { DESIGN } from '../../../src/options/design.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { stateSha256 } from '../../../src/study/run-files.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { drawAcceleratorPage } from '../../../src/tui/pages/accelerator-page.ts';
import { drawLayersPage } from '../../../src/tui/pages/layers-page.ts';
import { drawLogPage } from '../../../src/tui/pages/log-page.ts';
import { drawNetworkPage } from '../../../src/tui/pages/network-page.ts';
import { drawParetoPage } from '../../../src/tui/pages/pareto-page.ts';
import { drawProgressPage } from '../../../src/tui/pages/progress-page.ts';
import { EMPTY_VIEW, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { INITIAL_UI } from '../../../src/tui/state/ui-state.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import { MACRO_REQUEST } from '../cosearch/macro-request.ts';
import { cosearchRuns, designRuns, exhaustiveRuns, freshFolder, listener, mapRuns } from '../run-folders.ts';
import { MATRIX_NETWORK, SMALL_REQUEST, tinyWith } from '../small-files.ts';

/** A kind of run with a small run of it that was interrupted. */
export interface HostileKind {
  readonly name: string;
  readonly make: () => Promise<string>;
  readonly resume: (directory: string, isInterrupted: () => boolean) => Promise<unknown>;
}

type Runs =
  | Pick<typeof designRuns, 'resume'>
  | Pick<typeof mapRuns, 'resume'>
  | Pick<typeof cosearchRuns, 'resume'>
  | Pick<typeof exhaustiveRuns, 'resume'>;

/** Interrupts once so many events of a kind were heard. */
function until(kind: RunEvent['kind'], count = 1) {
  let heard = 0;
  return listener(
    (event) => {
      if (event.kind === kind) heard++;
    },
    () => heard >= count,
  );
}

function kindOf(name: string, runs: Runs, make: () => Promise<{ readonly directory: string }>): HostileKind {
  return {
    name,
    make: async () => (await make()).directory,
    resume: (directory, isInterrupted) =>
      runs.resume(
        directory,
        {},
        listener(() => {}, isInterrupted),
      ),
  };
}

const design = (strategy: string) =>
  readRequest(DESIGN.request, {
    workloads: [MATRIX_NETWORK],
    budget: 'nvdla-256',
    strategy,
    generations: 3,
    populationSize: 2,
    mapper: 'random',
    mapperEvaluations: 5,
    finalFactors: 'perfect',
    explorations: strategy === 'sizing' ? 1 : 0,
  });
const designs = (strategy: string) =>
  kindOf(`design by ${strategy}`, designRuns, () =>
    designRuns.start(design(strategy), freshFolder(), {}, until('generation', 2)),
  );
const cosearch = (search: 'nested' | 'joint') =>
  kindOf(`${search} co-search`, cosearchRuns, () =>
    cosearchRuns.start({ ...MACRO_REQUEST, search, nodeLimit: 300 }, freshFolder(), {}, until('generation')),
  );

/** Runs whose folders get hostile. */
export const HOSTILE_KINDS: readonly HostileKind[] = [
  kindOf('map', mapRuns, () =>
    mapRuns.start(
      { ...SMALL_REQUEST, workload: MATRIX_NETWORK, accelerator: tinyWith(), mapper: 'random' },
      freshFolder(),
      {},
      until('layer'),
    ),
  ),
  designs('naas'),
  designs('sizing'),
  designs('evolution'),
  cosearch('nested'),
  cosearch('joint'),
  kindOf('exhaustive co-search', exhaustiveRuns, () =>
    exhaustiveRuns.start(
      {
        space: 'nas-bench-macro',
        accelerator: 'shidiannao',
        accuracy: MACRO_REQUEST.accuracy,
        batch: 1,
        objective: 'edp',
        floorPercent: 70,
        factors: 'perfect',
        seed: 1,
      },
      freshFolder(),
      {},
      until('layer'),
    ),
  ),
];

/** Values that stand in places of others. */
export const HOSTILE_VALUES: readonly unknown[] = [
  null,
  undefined,
  {},
  [],
  '',
  'x',
  '../../x',
  true,
  0,
  -1,
  0.5,
  1e9,
  2 ** 31,
  1e300,
  -1e300,
  5e-324,
  '__proto__',
  'constructor',
  [[]],
  [null],
  { kind: 'x' },
  { length: 1e9 },
  new Array(1000).fill(0),
];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** All paths of a document. */
export function pathsOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  const own = [[...path]];
  if (typeof value !== 'object' || value === null) return own;
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return own.concat(...[...keys].map((key) => pathsOf((value as Record<string, unknown>)[key], [...path, key])));
}

/** A copy of a document with another value at a path; undefined removes it. */
export function replacedAt(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  const copy = Array.isArray(document) ? [...document] : { ...(document as object) };
  const holder = copy as Record<string | number, unknown>;
  const next = replacedAt(holder[key!], rest, value);
  if (next === undefined) delete holder[key!];
  else holder[key!] = next;
  return Array.isArray(copy) ? copy.filter((_, i) => i in copy) : copy;
}

const text = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value)) as Json & string;

/** A file of a run folder, as a document that can be changed: lines of the journal one by one, with a checkpoint that covers them. */
export interface HostileFile {
  readonly name: string;
  readonly document: unknown;
  readonly write: (directory: string, document: unknown) => void;
}

/** The files of a run folder. */
export function hostileFiles(directory: string): HostileFile[] {
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  const whole = (name: string, document: unknown): HostileFile => ({
    name,
    document,
    write: (to, value) => writeFileSync(join(to, name), text(value)),
  });
  const lines = read('journal.jsonl').trimEnd().split('\n');
  const checkpoint = JSON.parse(read('checkpoint.json'));
  return [
    whole('run.json', JSON.parse(read('run.json'))),
    {
      name: 'checkpoint.json',
      document: checkpoint,
      // Who means harm makes the hash fit.
      write: (to, value) => {
        const isHashed = typeof value === 'object' && value !== null && 'state' in value;
        writeFileSync(
          join(to, 'checkpoint.json'),
          text(isHashed ? { ...value, stateSha256: stateSha256(value.state) } : value),
        );
      },
    },
    whole('summary.json', { kind: 'x', best: [1] }),
    whole('lock.json', { pid: 1, host: 'h', processIdentity: 'x', token: 't' }),
    ...lines.map(
      (line, i): HostileFile => ({
        name: `journal.jsonl:${i + 1}`,
        document: JSON.parse(line),
        write: (to, value) => {
          const bytes = Buffer.from(`${lines.with(i, text(value)).join('\n')}\n`);
          const count = (value === undefined ? 0 : 1) + lines.length - 1;
          const covered = {
            ...checkpoint,
            journalLines: count,
            journalBytes: bytes.length,
            journalSha256: createHash('sha256').update(bytes).digest('hex'),
          };
          writeFileSync(join(to, 'journal.jsonl'), bytes);
          writeFileSync(join(to, 'checkpoint.json'), JSON.stringify(covered));
        },
      }),
    ),
  ];
}

/** A copy of a folder in a folder of its own, for the length of some work. */
export async function inCopy(directory: string, work: (copy: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'trifold-hostile-'));
  try {
    cpSync(directory, join(parent, 'run'), { recursive: true });
    await work(join(parent, 'run'));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Does something with a folder; anything but an answer or an error for users is a fault. */
async function orRefused(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TrifoldError)) throw error;
    if (error.message === '') throw new Error('an error without a message', { cause: error });
  }
}

const PAGES = [drawProgressPage, drawAcceleratorPage, drawLayersPage, drawParetoPage, drawLogPage, drawNetworkPage];

/** Watches a folder until what is there was told, as lines and as pages. */
async function watch(directory: string): Promise<void> {
  let view = EMPTY_VIEW;
  const end = new AbortController();
  const lineOf = progressLines();
  setTimeout(() => end.abort(), 1).unref();
  for await (const news of watchRun(directory, end.signal)) {
    if (news.kind === 'carried') end.abort();
    if (news.kind !== 'event') continue;
    lineOf(news.event);
    view = reduceRunView(view, news.event);
  }
  for (const layerOpen of [false, true])
    for (const draw of PAGES) draw(Canvas.create(120, 40), view, { ...INITIAL_UI, layerOpen });
}

/** Everything that reads a folder. `isDrawn`: with reports, which are slow. */
export async function readEveryWay(kind: HostileKind, directory: string, isDrawn: boolean): Promise<void> {
  let looks = 0;
  await orRefused(() => describeRuns(runTable(join(directory, '..')), 'runs'));
  await orRefused(() => watch(directory));
  if (isDrawn) {
    await orRefused(() => writeReport(directory));
    await orRefused(() => writeComparison(directory, directory, join(directory, '..', 'comparison')));
  }
  await orRefused(() => kind.resume(directory, () => ++looks > 3));
}
