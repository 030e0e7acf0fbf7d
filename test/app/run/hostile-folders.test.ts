import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRunEvent } from '../../../src/app/run/event-guard.ts';
import { listRuns, readRun } from '../../../src/study/read-run.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import {
  HOSTILE_KINDS,
  HOSTILE_VALUES,
  type HostileKind,
  hostileFiles,
  inCopy,
  pathsOf,
  readEveryWay,
  replacedAt,
} from './hostile-folders.ts';

const made = new Map<string, Promise<string>>();
/** The folder of a kind, made once. */
function folderOf(kind: HostileKind): Promise<string> {
  const folder = made.get(kind.name) ?? kind.make();
  made.set(kind.name, folder);
  return folder;
}

const kindNamed = (name: string) => HOSTILE_KINDS.find((kind) => kind.name === name)!;

/** The error of continuing a folder whose file has another value at a path. */
async function refusal(name: string, file: string, path: string, value: unknown): Promise<TrifoldError> {
  const kind = kindNamed(name);
  const folder = await folderOf(kind);
  const hostile = hostileFiles(folder).find((one) => one.name === file)!;
  let caught: unknown;
  await inCopy(folder, async (copy) => {
    const keys = path === '' ? [] : path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    hostile.write(copy, replacedAt(hostile.document, keys, value));
    caught = await kind.resume(copy, () => false).catch((error: unknown) => error);
  });
  if (caught instanceof TrifoldError) return caught;
  throw new Error(`it was not refused: ${String(caught)}`, { cause: caught });
}

describe.each(HOSTILE_KINDS)('a folder of a $name run', (kind) => {
  it('with any value in any place is read, continued or refused, whoever reads it', async () => {
    const folder = await folderOf(kind);
    const files = hostileFiles(folder).map((file) => ({ file, paths: pathsOf(file.document) }));
    const change = fc
      .constantFrom(...files)
      .chain(({ file, paths }) =>
        fc.tuple(fc.constant(file), fc.constantFrom(...paths), fc.constantFrom(...HOSTILE_VALUES)),
      );
    await fc.assert(
      fc.asyncProperty(change, fc.nat(19), async ([file, path, value], draw) => {
        await inCopy(folder, async (copy) => {
          file.write(copy, replacedAt(file.document, path, value));
          await readEveryWay(kind, copy, draw === 0);
        });
      }),
      { numRuns: kind.name.startsWith('exhaustive') ? 6 : 12, seed: 14 },
    );
  });
});

describe('a folder is refused, with its file and what is wrong,', () => {
  const OPTIMIZER = 'state.search.optimizer';

  it.each([
    ['map', 'state', {}, 'state.kind'],
    ['map', 'state', { kind: 'design', baselines: [], search: null }, 'state.kind'],
    ['map', 'state.shapes.0', { code: 'infeasible', message: 'x' }, 'state.shapes.0'],
    ['map', 'state.shapes.0.mapping.levels.0.temporal', [{ dim: 'Z', bound: 1 }], 'state.shapes.0'],
    ['design by naas', 'state', { kind: 'design' }, 'state.baselines'],
    ['design by naas', 'state.baselines.0.networks', [], 'state.baselines.0.networks'],
    ['design by naas', 'state.search.trials', -1, 'state.search.trials'],
    ['design by naas', 'state.search.counters.scored', 1e300, 'state.search.counters.scored'],
    ['design by naas', 'state.search.best.specification.levels', [], 'state.search.best.specification.levels'],
    ['design by naas', `${OPTIMIZER}.strategy.distribution.mean.0`, null, `${OPTIMIZER}.strategy.distribution.mean.0`],
    ['design by evolution', `${OPTIMIZER}.kind`, '__proto__', `${OPTIMIZER}.kind`],
    ['nested co-search', 'state.start.front.0.network.accuracy', null, 'state.start.front.0.network.accuracy'],
    ['joint co-search', 'state.search.parents.0.genotype.0', 'x', 'state.search.parents.0.genotype.0'],
    ['exhaustive co-search', 'state.outcomes.0.kind', 'x', 'state.outcomes.0.kind'],
  ])('%s: %s = %j in the checkpoint', async (name, path, value, keyPath) => {
    const error = await refusal(name, 'checkpoint.json', path, value);
    expect(error.code).toBe('foreign');
    expect(error.details.place?.file).toMatch(/checkpoint\.json$/);
    expect(error.details.keyPath).toContain(keyPath);
  });

  it.each([
    ['map', 'state.shapes', 'many', /the run is damaged: it holds 3 of 2 layers/],
    ['map', 'state.shapes.0.mapping.levels.0.temporal', [], /has a mapping that is not legal/],
    ['design by naas', 'state.baselines.1.which', 'published', /no optimal mapping/],
    ['design by naas', `${OPTIMIZER}.strategy.populationSize`, 1e9, /population has another size/],
    ['design by naas', `${OPTIMIZER}.strategy.distribution.sigmaPath`, [1], /sigmaPath has 1 entries/],
    ['design by naas', `${OPTIMIZER}.strategy.distribution.covariance.axes`, [], /covariance.axes has 0 entries/],
    ['design by naas', `${OPTIMIZER}.strategy.random.words`, [0, 0, 0, 0], /random generator/],
    ['design by naas', `${OPTIMIZER}.strategy.random.spareNormal`, 1e300, /no normal deviate/],
    ['design by naas', 'state.search.bestPoint.point.0', 1e300, /illegal value/],
    ['design by naas', 'state.search.generation', 4, /it has 4 generations/],
    ['design by evolution', `${OPTIMIZER}.settings.tournamentSize`, 1e15, /tournaments of 1 to 1000/],
    ['design by evolution', `${OPTIMIZER}.settings.populationSize`, 1e9, /population has another size/],
    ['design by evolution', `${OPTIMIZER}.population.0.point`, [], /point has 0 values/],
    ['nested co-search', 'state.start.elites.0.genotype', [1, 2], /2 indices for 8 genes/],
    ['nested co-search', 'state.start.best.network.genes', { blocks: [] }, /must be a list of 8 values/],
    ['joint co-search', 'state.search.parents.0.point', null, /belongs to another one/],
    ['joint co-search', 'state.search.parents.0.genotype.0', 99, /has no value 99/],
    ['exhaustive co-search', 'state.outcomes.0.mapping.levels.0.temporal', [], /is not legal/],
  ])('%s: %s = %j in the checkpoint, which has the right shape', async (name, path, value, message) => {
    const file = hostileFiles(await folderOf(kindNamed(name))).find((one) => one.name === 'checkpoint.json')!;
    const shapes = (file.document as { state: { shapes?: unknown[] } }).state.shapes;
    const given = value === 'many' ? [shapes![0], shapes![0], shapes![0]] : value;
    const error = await refusal(name, 'checkpoint.json', path, given);
    expect(error.message).toMatch(message);
    expect(error.details.place?.file).toMatch(/checkpoint\.json$/);
  });

  it.each([
    ['map', 'configuration.network.name', 'x\n  EDP 1', 'configuration.network.name'],
    ['map', 'configuration.specification.levels.1.name', 'a\u2028b', 'configuration.specification.levels.1.name'],
    ['map', 'configuration.network.layers.0.problem.bounds.K', 1e15, 'configuration.network.layers.0.problem'],
    ['map', 'configuration.network.layers', [], 'configuration.network.layers'],
    ['map', 'configuration.specification.levels.0.role', 'buffer', 'configuration.specification.levels'],
    ['map', 'configuration.technology.memory', null, 'configuration.technology.memory'],
    ['map', 'configuration.request.evaluations', 1e300, 'evaluations'],
    ['design by naas', 'configuration.request.populationSize', 1e300, 'populationSize'],
    ['design by naas', 'configuration.budget.onChipBits', -1, 'configuration.budget.onChipBits'],
    ['design by naas', 'configuration.networks', [], 'configuration.networks'],
    ['nested co-search', 'configuration.request.evolution.iterations', 1e300, 'evolution.iterations'],
    ['joint co-search', 'configuration.reference', null, 'configuration.reference'],
    ['exhaustive co-search', 'configuration.request.accuracy', { kind: 'command' }, 'accuracy.command'],
  ])('%s: %s = %j in the description', async (name, path, value, keyPath) => {
    const error = await refusal(name, 'run.json', path, value);
    expect(error.details.place?.file).toMatch(/run\.json$/);
    expect(error.details.keyPath).toContain(keyPath);
  });

  it('for an event of a known kind without what it should say', async () => {
    for (const event of [{ kind: 'started' }, { kind: 'generation', generation: 0 }, { kind: 'note', text: 1 }]) {
      const error = await refusal('map', 'journal.jsonl:2', '', event);
      expect(error.message).toContain('this line is not an event');
      expect(error.details.place).toMatchObject({ file: expect.stringMatching(/journal\.jsonl$/), line: 2 });
    }
  });
});

describe('a file of a run that would take all memory', () => {
  const NESTED = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  it.each(['run.json', 'checkpoint.json', 'summary.json'])('%s nested without end is refused', async (name) => {
    const kind = kindNamed('map');
    await inCopy(await folderOf(kind), async (copy) => {
      const path = join(copy, name);
      const text = name === 'summary.json' ? '{}\n' : readFileSync(path, 'utf8');
      writeFileSync(path, text.trimEnd().replace(/\}$/, `${text === '{}\n' ? '' : ','}"x":${NESTED}}`));
      await expect(kind.resume(copy, () => false)).rejects.toMatchObject({
        code: 'foreign',
        message: expect.stringContaining('nested more than 64 deep'),
      });
      await readEveryWay(kind, copy, true);
    });
  });

  it('is cut off where the journal has a line longer than any event', async () => {
    const kind = kindNamed('map');
    await inCopy(await folderOf(kind), async (copy) => {
      const note = `{"kind":"note","level":"info","text":"${'x'.repeat(64 * 2 ** 20)}"}\n`;
      appendFileSync(join(copy, 'journal.jsonl'), note);
      expect(readRun(copy, isRunEvent)).toMatchObject({ warnings: [{ kind: 'unreadable-lines' }] });
    });
  });

  it('is cut off where the journal has millions of lines that are no events', async () => {
    const kind = kindNamed('map');
    await inCopy(await folderOf(kind), async (copy) => {
      appendFileSync(join(copy, 'journal.jsonl'), Buffer.alloc(20_000_000, '\n'));
      const [run] = listRuns(join(copy, '..'));
      expect(run).toMatchObject({ kind: 'run', status: 'interrupted' });
      await readEveryWay(kind, copy, false);
    });
  });
});
