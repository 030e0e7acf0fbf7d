import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CosearchRequest, cosearchInputs } from '../../src/app/cosearch/inputs.ts';
import { COSEARCH_RUN } from '../../src/app/cosearch/run.ts';
import { designInputs } from '../../src/app/design/inputs.ts';
import { DESIGN_RUN } from '../../src/app/design/run.ts';
import { exhaustiveInputs } from '../../src/app/exhaustive/inputs.ts';
import { EXHAUSTIVE_RUN } from '../../src/app/exhaustive/run.ts';
import { namedGoal } from '../../src/app/layers/goal.ts';
import { openLayerCache } from '../../src/app/layers/layer-cache.ts';
import { type LayerWork, mapWork } from '../../src/app/layers/layer-work.ts';
import { mapInputs } from '../../src/app/map/inputs.ts';
import { MAP_RUN } from '../../src/app/map/run.ts';
import { loadWorkload } from '../../src/app/presets/load.ts';
import { isRunEvent } from '../../src/app/run/event-guard.ts';
import type { RunInputs, RunKind } from '../../src/app/run/kind.ts';
import { resumeRun, startRun } from '../../src/app/run/lifecycle.ts';
import { unlimited } from '../../src/app/run/limits.ts';
import { runTable } from '../../src/app/run/list.ts';
import { writeReport } from '../../src/app/run/report.ts';
import type { ResumeConsent } from '../../src/app/run/trust.ts';
import { describeRuns } from '../../src/cli/text/runs-text.ts';
import { readRequest } from '../../src/options/command.ts';
import { DESIGN } from '../../src/options/design.ts';
import { MAP } from '../../src/options/map.ts';
import { exactSettings } from '../../src/search/mapping/map-layer.ts';
import { readRun } from '../../src/study/read-run.ts';
import { readDescription } from '../../src/study/run-files.ts';
import { oneIn } from './choices.ts';
import { presetHardware } from './follow-ups.ts';
import type { FuzzFormat } from './format.ts';
import { mustEqual, mustHold, mustRead, mustSurviveJson } from './invariants.ts';
import { scratchFile, scratchPath } from './scratch.ts';
import { SMALL_NETWORKS, TINY_NETWORK } from './small-texts.ts';

/** A valid run folder: the texts of its files. */
interface SeedRun {
  readonly kind: AnyKind;
  readonly files: Readonly<Record<string, Buffer>>;
}

// A kind is only ever given its own inputs and state, which it reads itself.
type AnyKind = Pick<RunKind<RunInputs, unknown, unknown>, 'name' | 'title'> & {
  readonly resume: (directory: string) => Promise<unknown>;
};

const MUTATED = ['run.json', 'checkpoint.json', 'journal.jsonl', 'summary.json'];
/** Milliseconds after which a continued run is asked to end. */
const RESUME_MS = 150;

/** Made-up accuracies of some networks; a path that is the same wherever the checkout lies. */
const MACRO_TABLE = relative(process.cwd(), fileURLToPath(new URL('./macro-table.json', import.meta.url)));
/** Stands for the folder of this process. */
const FOLDER = '/scratch';

/** The files without what differs from run to run: times, and the folder of this process. */
function timeless(files: Readonly<Record<string, Buffer>>): Record<string, Buffer> {
  const same = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => {
      const text = bytes
        .toString()
        .replace(/"createdAt":\s*"[^"]*"/, '"createdAt":"2026-01-01T00:00:00.000Z"')
        .replaceAll(/"(elapsedSeconds|mappingsPerSecond|remainingSeconds|seconds)":(null|[\d.e+-]+)/g, '"$1":1')
        .replace(/,\s*"mark": *"[0-9a-f]*"/, '')
        .replaceAll(/^\{"kind":"progress".*\n/gm, '')
        .replaceAll(scratchPath(''), `${FOLDER}/`);
      return [name, Buffer.from(text)];
    }),
  );
  return { ...same, 'checkpoint.json': covering(same['checkpoint.json']!, same['journal.jsonl']!) };
}

let seeds = 0;

/** Starts a run and interrupts it after some events; null = runs it to its end. */
async function seedRun<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  inputs: Inputs,
  stopAfter: number | null,
): Promise<SeedRun> {
  const directory = scratchPath(`seed-${seeds++}`);
  let events = 0;
  const onEvent = () => {
    events++;
  };
  const isInterrupted = () => stopAfter !== null && events >= stopAfter;
  await startRun(kind, inputs, { out: directory, command: ['trifold', kind.name] }, unlimited(1), {
    onEvent,
    isInterrupted,
  });
  const names = readdirSync(directory).filter((name) => MUTATED.includes(name));
  const files = timeless(Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name))])));
  const resume = (to: string) => {
    const end = performance.now() + RESUME_MS;
    const listener = { onEvent: mustSurviveJson, isInterrupted: () => performance.now() > end };
    return resumeRun(kind, to, unlimited(1), listener, consentTo(to));
  };
  return { kind: { name: kind.name, title: kind.title, resume }, files };
}

/** What a user says who trusts a folder; never to one that would run a program. */
function consentTo(directory: string): ResumeConsent | undefined {
  const text = JSON.stringify(readDescription(directory));
  return text.includes('"kind":"command"') ? undefined : { text };
}

async function seedRuns(): Promise<SeedRun[]> {
  const workload = scratchFile('small-network.yaml', SMALL_NETWORKS[1]!);
  const map = mapInputs(readRequest(MAP.request, { workload, accelerator: 'eyeriss' }));
  const design = designInputs(
    readRequest(DESIGN.request, {
      ...{
        workloads: [scratchFile('tiny-network.yaml', TINY_NETWORK)],
        budget: 'shidiannao',
        generations: 2,
        populationSize: 2,
      },
      ...{ finalFactors: 'perfect', explorations: 1 },
    }),
  );
  const cosearch = cosearchInputs(cosearchSeed('nested'));
  const joint = cosearchInputs(cosearchSeed('joint'));
  const exhaustive = exhaustiveInputs({
    ...{
      space: 'nas-bench-macro',
      accelerator: 'shidiannao',
      accuracy: { kind: 'table', file: MACRO_TABLE },
      batch: 1,
    },
    ...{ objective: 'edp', floorPercent: 82, factors: 'imperfect', nodeLimit: 100, seed: 1 },
  });
  return [
    await seedRun(MAP_RUN, map, 2),
    await seedRun(MAP_RUN, map, null),
    await seedRun(DESIGN_RUN, design, 4),
    await seedRun(DESIGN_RUN, design, null),
    await seedRun(COSEARCH_RUN, cosearch, 4),
    await seedRun(COSEARCH_RUN, joint, 4),
    await seedRun(EXHAUSTIVE_RUN, exhaustive, 3),
  ];
}

function cosearchSeed(search: CosearchRequest['search']): CosearchRequest {
  return {
    ...{
      space: 'nas-bench-macro',
      budget: 'shidiannao',
      floorPercent: 82,
      accuracy: { kind: 'table', file: MACRO_TABLE },
    },
    ...{
      search,
      pareto: false,
      strategy: 'naas',
      generations: 2,
      populationSize: 2,
      factors: 'perfect',
      nodeLimit: 300,
      seed: 4,
    },
    evolution: {
      ...{ population: 3, iterations: 1, parentRatio: 0.34, mutationRatio: 0.5 },
      rates: { architecture: 0.2, resolution: 0.5 },
    },
  };
}

/** Files of run folders, one of them changed, and segments of the cache. */
export async function runFormats(): Promise<FuzzFormat[]> {
  const runs = await seedRuns();
  return [
    ...MUTATED.map((name) =>
      runFormat(
        name,
        runs.filter(({ files }) => name in files),
      ),
    ),
    lockFormat(runs[0]!),
    cacheFormat(),
  ];
}

function runFormat(name: string, runs: readonly SeedRun[]): FuzzFormat {
  return {
    name,
    weight: 2,
    data: name === 'journal.jsonl' ? 'json lines' : 'json',
    seeds: runs.map(({ files }) => files[name]!),
    run: async (bytes, random, at) => {
      const { kind, files } = runs[at]!;
      const changed: Record<string, Buffer> = { ...files, [name]: bytes };
      if (name === 'journal.jsonl' && oneIn(random, 2))
        changed['checkpoint.json'] = covering(files['checkpoint.json']!, bytes);
      const directory = runFolder(changed);
      mustRead(describeRuns(runTable(join(directory, '..')), 'runs'), bytes.toString());
      if (oneIn(random, 3)) await kind.resume(directory);
      else if (oneIn(random, 8))
        mustRead(
          readFileSync(await writeReport(directory), 'utf8').replace(/<script[\s\S]*?<\/script>/g, ''),
          bytes.toString(),
        );
      else mustHold(readRun(directory, isRunEvent).events.length >= 0, 'no events');
    },
  };
}

function lockFormat(run: SeedRun): FuzzFormat {
  return {
    name: 'lock.json',
    weight: 1,
    data: 'json',
    seeds: [
      Buffer.from(JSON.stringify({ pid: 999999999, host: 'elsewhere', processIdentity: 'boot/1', token: 'a-token' })),
    ],
    run: async (bytes) => {
      const directory = runFolder({ ...run.files, 'lock.json': bytes });
      runTable(join(directory, '..'));
      await run.kind.resume(directory);
    },
  };
}

/** A checkpoint that covers another journal: what somebody who makes up a run writes. */
function covering(checkpoint: Buffer, journal: Buffer): Buffer {
  const journalSha256 = createHash('sha256').update(journal).digest('hex');
  const lines = journal.toString('latin1').split('\n').length - 1;
  return Buffer.from(
    JSON.stringify({
      ...JSON.parse(checkpoint.toString()),
      journalLines: lines,
      journalBytes: journal.length,
      journalSha256,
    }),
  );
}

function runFolder(files: Readonly<Record<string, Buffer>>): string {
  const directory = scratchPath('runs/run');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

function cacheFormat(): FuzzFormat {
  const { network } = loadWorkload(scratchFile('tiny-network.yaml', TINY_NETWORK));
  const work: LayerWork = {
    ...{ name: 'cached', layers: network.layers, accelerator: presetHardware('eyeriss').accelerator },
    ...{ goal: namedGoal('edp'), settings: exactSettings({ factors: 'perfect' }) },
  };
  const result = mapWork(work);
  const directory = scratchPath('cache');
  openLayerCache(directory).put(work, result);
  const segment = readdirSync(directory)[0]!;
  const seed = readFileSync(join(directory, segment));
  if (result.kind !== 'mapped') throw new Error('the layer has a mapping');
  const [own] = result.layers;
  return {
    name: 'cache segment',
    weight: 3,
    data: 'none',
    seeds: [seed],
    run: (bytes, random) => {
      writeFileSync(join(directory, segment), oneIn(random, 2) ? bytes : resealed(bytes));
      const found = openLayerCache(directory).get(work);
      if (found?.kind !== 'mapped') return;
      mustSurviveJson(found);
      mustHold(found.layers[0]!.evaluation.feasible, 'a mapping of the cache is not legal');
      if (bytes.equals(seed))
        mustEqual(found.layers[0]!.evaluation.energyPj, own!.evaluation.energyPj, 'energy of the cache');
    },
  };
}

/** Entries with their checksums made right. */
function resealed(bytes: Buffer): Buffer {
  const lines = bytes
    .toString('latin1')
    .split('\n')
    .map((line) => {
      const [, key, payload] = /^(\w{64}) \w{16} (.+)$/.exec(line) ?? [];
      if (key === undefined || payload === undefined) return line;
      const sum = createHash('sha256')
        .update(Buffer.from(payload, 'latin1').toString('utf8'))
        .digest('hex')
        .slice(0, 16);
      return `${key} ${sum} ${payload}`;
    });
  return Buffer.from(lines.join('\n'), 'latin1');
}
