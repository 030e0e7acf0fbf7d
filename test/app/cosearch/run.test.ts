import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBudget } from '../../../src/accelerator/budget.ts';
import type { CosearchRequest } from '../../../src/app/cosearch/inputs.ts';
import { evaluateMappings } from '../../../src/app/explain/evaluate.ts';
import type { MappingCaches } from '../../../src/app/layers/cache-folder.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { loadAccelerator, loadBudget, loadWorkload } from '../../../src/app/presets/load.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { networkMacs, networkParameters } from '../../../src/workload/network.ts';
import { cosearchRuns, freshFolder, listener, mapped as mappedOn, results } from '../run-folders.ts';
import { SMALL_REQUEST } from '../small-files.ts';
import { MACRO_REQUEST as REQUEST, MACRO_TABLE as TABLE } from './macro-request.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'trifold-cosearch-'));

/**
 * Says 70 % plus a few points for every block that is not skipped. A script of the shell: Node takes ten times as long to start.
 * @param extra what it does before, with the blocks in `$blocks`, quoted and between commas
 */
function accuracyProgram(extra: string): string {
  const file = join(FOLDER, `accuracy-${readdirSync(FOLDER).length}.sh`);
  writeFileSync(
    file,
    String.raw`blocks=$(sed 's/.*"genotype":{"blocks":\[\([^]]*\)\].*/\1/')
${extra}
echo "$blocks" | awk -F, '{
  for (i = 1; i <= NF; i++) if ($i != "\"identity\"") points += i
  print "{\"top1Percent\":" 70 + points / 2 ",\"errorPoints\":0.3}"
}'
`,
  );
  return `sh ${file}`;
}

/** Of a shell: whether the last block is skipped. */
const SKIPS_LAST = `test "\${blocks##*,}" = '"identity"'`;

const { budget: _budget, ...WITHOUT_BUDGET } = REQUEST;

/** The mappings of all tests: they ask for other things than what a mapping costs. */
const caches = (): MappingCaches => ({
  layers: openLayerCache(join(FOLDER, 'cache')),
  candidates: openLayerCache(join(FOLDER, 'cache')),
});

const NESTED: CosearchRequest = { ...REQUEST, generations: 1, evolution: { ...REQUEST.evolution, population: 2 } };
const KINDS: readonly (readonly [string, number, CosearchRequest])[] = [
  ['nested', 2, NESTED],
  ['joint pareto', 2, { ...REQUEST, search: 'joint', pareto: true }],
  ['network-only', 2, { ...WITHOUT_BUDGET, accelerator: 'shidiannao' }],
];

/** The document as scripts see it. */
// biome-ignore lint/suspicious/noExplicitAny: a parsed JSON document
function documentOf(json: unknown): any {
  return JSON.parse(JSON.stringify(json));
}

async function wholeWithEvents(request: CosearchRequest) {
  const events: RunEvent[] = [];
  const limits = { workers: 1, caches: caches() };
  const hearing = listener((event) => events.push(event));
  return { ...(await cosearchRuns.start(request, freshFolder(), limits, hearing)), events };
}

const made = new Map<CosearchRequest, ReturnType<typeof wholeWithEvents>>();
/** The run of a request that never stops, made once: its folder is only read. */
function wholeRun(request: CosearchRequest): ReturnType<typeof wholeWithEvents> {
  const run = made.get(request) ?? wholeWithEvents(request);
  made.set(request, run);
  return run;
}

describe.each(KINDS)('a %s co-search run', (_, workers, request) => {
  it(`is the same when it is interrupted and resumed with ${workers} workers and the mappings of earlier runs`, async () => {
    // The first of these runs finds no mapping yet, which is enough to tell that a cache changes nothing.
    const { json, events, directory: whole } = await wholeRun(request);
    expect(events[0]).toMatchObject({
      kind: 'started',
      command: 'cosearch',
      seed: request.seed,
      space: { name: request.space, floorPercent: request.floorPercent },
    });
    expect(Object.keys(results(whole)).sort()).toEqual([
      'accelerator.yaml',
      'front.csv',
      'mapping.yaml',
      'network.yaml',
      'summary.json',
    ]);
    // Killed by: a report of the run without the limits of its figures.
    const end = events.find(({ kind }) => kind === 'finished');
    expect(documentOf(json).notModelled).toContainEqual(expect.stringContaining('that are no layers'));
    expect(end).toMatchObject({ notModelled: documentOf(json).notModelled });
    const stopped = freshFolder();
    let generations = 0;
    const count = (event: RunEvent) => {
      if (event.kind === 'generation') generations++;
    };
    const interrupted = listener(count, () => generations > 0);
    const first = await cosearchRuns.start(request, stopped, { workers: 1, caches: caches() }, interrupted);
    expect(first.json).toBeNull();
    expect(existsSync(join(stopped, 'summary.json'))).toBe(false);
    const filling = caches();
    const resumed = await cosearchRuns.resume(stopped, { workers, caches: filling }, listener());
    expect(filling.layers.counters.hits).toBeGreaterThan(0);
    expect(documentOf(resumed.json)).toEqual(documentOf(json));
    expect(results(stopped)).toEqual(results(whole));
    expect((await cosearchRuns.resume(stopped, { workers: 1 }, listener())).json).toEqual(documentOf(json));
  });
});

describe('a co-search run whose accuracies are gone', () => {
  it('is refused and given free', async () => {
    const file = join(FOLDER, 'moved.json');
    copyFileSync(TABLE, file);
    const request: CosearchRequest = { ...REQUEST, accuracy: { kind: 'table', file } };
    const directory = freshFolder();
    const interrupted = listener(undefined, () => true);
    await cosearchRuns.start(request, directory, { workers: 1 }, interrupted);
    renameSync(file, `${file}.away`);
    for (let i = 0; i < 2; i++)
      await expect(cosearchRuns.resume(directory, { workers: 1 }, listener())).rejects.toThrow('moved.json');
  });
});

describe('the files of a co-search run', () => {
  it('give eval the reported figures and map nothing better; network above the floor, accelerator within the budget', async () => {
    const { json, directory } = await wholeRun(NESTED);
    const { network, mapped, front } = documentOf(json);
    expect(mapped.networkWise.optimal).toBe(true);
    const accelerator = join(directory, 'accelerator.yaml');
    const workload = join(directory, 'network.yaml');
    const mapping = join(directory, 'mapping.yaml');
    const { report } = evaluateMappings({ accelerator, workload, mapping, temporalReuse: 'exact' });
    expect(report.totals.edpPjCycles).toBe(mapped.totals.edpPjCycles);
    expect(report.totals.energyPj).toBe(mapped.totals.energyPj);
    expect(report.totals.cycles).toBe(mapped.totals.cycles);
    const remapped = await mappedOn({ ...SMALL_REQUEST, workload, accelerator });
    expect(remapped.networkWise!.report.totals.edpPjCycles).toBe(mapped.totals.edpPjCycles);
    expect(remapped.mapped.report.totals.edpPjCycles).toBe(mapped.layerWiseEdpPjCycles);
    const read = loadWorkload(workload).network;
    expect(networkMacs(read)).toBe(network.macs);
    expect(networkParameters(read)).toBe(network.parameters);
    expect(network.accuracy.top1Percent).toBeGreaterThanOrEqual(82);
    for (const point of front) expect(point.top1Percent).toBeGreaterThanOrEqual(82);
    expect(checkBudget(loadAccelerator(accelerator), loadBudget('shidiannao'))).toEqual([]);
  });
});

describe('an accuracy command', () => {
  const request = (command: string, timeLimitSeconds = 30): CosearchRequest => ({
    ...WITHOUT_BUDGET,
    accelerator: 'shidiannao',
    floorPercent: 72,
    populationSize: 4,
    generations: 1,
    accuracy: { kind: 'command', command, timeLimitSeconds },
  });

  async function run(one: CosearchRequest): Promise<{ notes: string[]; document: ReturnType<typeof documentOf> }> {
    const notes: string[] = [];
    const note = (event: RunEvent) => {
      if (event.kind === 'note') notes.push(event.text);
    };
    const { json } = await cosearchRuns.start(one, freshFolder(), { workers: 1, caches: caches() }, listener(note));
    return { notes, document: documentOf(json) };
  }

  it('that fails or talks now and then is told as notes and does not stop the run', async () => {
    const command = accuracyProgram(`if ${SKIPS_LAST}; then echo 'out of memory' >&2; exit 3; fi\necho 'training...'`);
    const { notes, document } = await run(request(command));
    expect(notes.filter((text) => text.includes('out of memory'))).toHaveLength(1);
    expect(notes.some((text) => text.startsWith('accuracy: '))).toBe(true);
    expect(document.network.accuracy.source).toBe(`command: ${command}`);
    expect(document.network.accuracy.top1Percent).toBeGreaterThanOrEqual(72);
    expect(document.network.genes.blocks[7]).not.toBe('identity');
    expect(document.search.accuracyFailures).toBeGreaterThan(0);
  });

  it('is asked about every network once, also when the run is interrupted and resumed', async () => {
    const log = join(FOLDER, 'asked.log');
    const program = accuracyProgram(`echo "$blocks" >> ${log}\nif ${SKIPS_LAST}; then exit 3; fi`);
    const one = { ...request(program), populationSize: 4, generations: 2 };
    const asked = () => readFileSync(log, 'utf8').trim().split('\n');
    const { document } = await run(one);
    const whole = asked();
    expect(new Set(whole).size).toBe(whole.length);
    expect(document.search.accuracyFailures).toBeGreaterThan(0);
    rmSync(log);
    const directory = freshFolder();
    let generations = 0;
    const count = (event: RunEvent) => {
      if (event.kind === 'generation') generations++;
    };
    await cosearchRuns.start(
      one,
      directory,
      { workers: 1, caches: caches() },
      listener(count, () => generations > 0),
    );
    expect(asked().length).toBeLessThan(whole.length);
    const { json } = await cosearchRuns.resume(directory, { workers: 1, caches: caches() }, listener());
    expect(asked().sort()).toEqual([...whole].sort());
    expect(documentOf(json)).toEqual(document);
  });

  it('that always fails ends the run as infeasible, with the reason', async () => {
    await expect(run(request(accuracyProgram('exit 1')))).rejects.toMatchObject({ code: 'infeasible' });
  });
});

describe('an accuracy floor', () => {
  const OFA: CosearchRequest = { ...REQUEST, space: 'ofa-resnet50', accuracy: { kind: 'predictor' } };

  it('out of reach is refused before a folder is made', async () => {
    const directory = freshFolder();
    const start = cosearchRuns.start({ ...OFA, floorPercent: 80 }, directory, { workers: 1 }, listener());
    await expect(start).rejects.toMatchObject({ code: 'infeasible' });
    expect(existsSync(directory)).toBe(false);
  });

  it('near saturation is answered with a warning', async () => {
    const notes: string[] = [];
    const events = (event: RunEvent) => {
      if (event.kind === 'note') notes.push(event.text);
    };
    const stopAtOnce = listener(events, () => notes.length > 0);
    await cosearchRuns.start({ ...OFA, floorPercent: 79.2 }, freshFolder(), { workers: 1 }, stopAtOnce);
    expect(notes[0]).toMatch(/end at 79\.4 % \+- 0\.5/);
  });

  it('without a floor only a front can be asked for', async () => {
    const start = cosearchRuns.start({ ...OFA, floorPercent: null }, freshFolder(), { workers: 1 }, listener());
    await expect(start).rejects.toMatchObject({ code: 'usage' });
  });
});
