import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../src/study/read-run.ts';
import { createRun, openRun, type Run } from '../../src/study/run.ts';
import { nextRunName } from '../../src/study/run-names.ts';
import { firstEvents, GUARDS, nextEvent, START, stateAfter, type TestEvent, type TestState } from './example.ts';
import { expectError, temporaryFolder } from './support.ts';

const root = temporaryFolder();
const newFolder = () => nextRunName(root, 'run');

function newRun(directory = newFolder()): Run<TestEvent, TestState> {
  return createRun<TestEvent, TestState>(directory, START);
}

function advance(run: Run<TestEvent, TestState>, from: TestState, count: number): TestState {
  let state = from;
  for (let i = 0; i < count; i++) {
    const [event, next] = nextEvent(state);
    run.append(event);
    state = next;
  }
  return state;
}

/** A closed run of `count` events, of which the checkpoint covers `covered`. */
function closedRun(covered: number, count: number): string {
  const run = newRun();
  const state = advance(run, START.state, covered);
  run.checkpoint(state);
  advance(run, state, count - covered);
  run.close();
  return run.directory;
}

function snapshotOfFiles(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'latin1')]),
  );
}

describe('a run folder', () => {
  it('keeps the description, the events and the state', () => {
    const directory = closedRun(4, 4);
    const run = openRun(directory, GUARDS, '1.0.0');
    expect(run.warnings).toEqual([]);
    expect(run.description).toMatchObject({ command: START.command, seed: 7, configuration: START.configuration });
    expect(run.events).toEqual(firstEvents(4));
    expect(run.state).toEqual(stateAfter(4));
    run.close();
    expect(readdirSync(directory).sort()).toEqual(['checkpoint.json', 'journal.jsonl', 'run.json']);
  });

  it('continues exactly: events after the checkpoint are taken back and done again', () => {
    const directory = closedRun(3, 5);
    const run = openRun(directory, GUARDS, '1.0.0');
    expect(run.warnings.map((warning) => warning.kind)).toEqual(['events-after-checkpoint']);
    expect(run.events).toEqual(firstEvents(3));
    run.finish(advance(run, run.state, 4), { best: 1 });
    expect(run.summary).toEqual({ best: 1 });
    run.close();
    expect(readRun(directory, GUARDS.isEvent)).toMatchObject({
      events: firstEvents(7),
      checkpointedEvents: 7,
      status: 'finished',
      summary: { best: 1 },
    });
  });

  it('starts from the beginning when it was killed before the first checkpoint', () => {
    const run = newRun();
    advance(run, START.state, 2);
    run.close();
    const again = openRun(run.directory, GUARDS, '1.0.0');
    expect([again.events, again.state]).toEqual([[], START.state]);
    again.close();
  });

  it('warns when another version continues the run', () => {
    const run = openRun(closedRun(1, 1), GUARDS, '1.1.0');
    expect(run.warnings.map((warning) => warning.kind)).toEqual(['other-version']);
    run.close();
  });

  it('writes results beside its own files, never over them', () => {
    const run = newRun();
    run.writeResult('best.yaml', 'a: 1\n');
    run.writeResult('best.yaml', 'a: 2\n');
    expect(readFileSync(join(run.directory, 'best.yaml'), 'utf8')).toBe('a: 2\n');
    for (const name of ['run.json', 'journal.jsonl', 'lock.json', '../best.yaml', '.hidden', '', 'a/b.yaml'])
      expect(() => run.writeResult(name, '')).toThrow(TypeError);
    run.close();
  });

  it('refuses values that JSON would change', () => {
    const run = newRun();
    const event: TestEvent = { kind: 'trial', trial: 0, value: Number.NaN, note: '' };
    expect(() => run.append(event)).toThrow(/NaN at key 'value'/);
    expect(() => run.append({ ...event, value: Number.NEGATIVE_INFINITY })).toThrow(TypeError);
    // The type allows undefined in a list here only because the state is opened up for this test.
    expect(() =>
      run.checkpoint({ ...START.state, random: { words: [undefined], spareNormal: null } } as never),
    ).toThrow(TypeError);
    expect(() => run.checkpoint({ ...START.state, told: new Map() } as never)).toThrow(/class Map/);
    run.append({ ...event, value: 1 });
    run.close();
    expect(readRun(run.directory, GUARDS.isEvent).events).toHaveLength(1);
  });
});

describe('a torn or damaged run', () => {
  it('repairs a torn last line with a warning, and a reader tolerates it', () => {
    const directory = closedRun(2, 2);
    const journal = join(directory, 'journal.jsonl');
    const whole = readFileSync(journal);
    writeFileSync(journal, Buffer.concat([whole, Buffer.from('{"kind":"trial","tri')]));
    const snapshot = readRun(directory, GUARDS.isEvent);
    expect(snapshot.events).toEqual(firstEvents(2));
    expect(snapshot.warnings.map((warning) => warning.kind)).toEqual(['torn-line']);
    const run = openRun(directory, GUARDS, '1.0.0');
    expect(run.warnings.map((warning) => warning.kind)).toEqual(['torn-line']);
    run.close();
    expect(readFileSync(journal)).toEqual(whole);
  });

  it('leaves out unreadable lines after the checkpoint', () => {
    const directory = closedRun(1, 2);
    const journal = join(directory, 'journal.jsonl');
    writeFileSync(journal, Buffer.concat([readFileSync(journal), Buffer.alloc(20), Buffer.from('\n{"kind":"x"}\n')]));
    const run = openRun(directory, GUARDS, '1.0.0');
    expect(run.warnings.map((warning) => warning.kind)).toEqual(['unreadable-lines', 'events-after-checkpoint']);
    expect(run.events).toEqual(firstEvents(1));
    run.close();
  });

  const damages: [what: string, damage: (directory: string) => void, message: RegExp][] = [
    ['no checkpoint', (d) => rmSync(join(d, 'checkpoint.json')), /checkpoint is missing/],
    ['an empty checkpoint', (d) => writeFileSync(join(d, 'checkpoint.json'), ''), /it is not JSON/],
    ['no journal', (d) => rmSync(join(d, 'journal.jsonl')), /journal is missing/],
    ['a short journal', (d) => writeFileSync(join(d, 'journal.jsonl'), ''), /covers 3 events/],
    ['an edited journal', (d) => edit(d, 'journal.jsonl', '"trial":1', '"trial":9'), /not the one/],
    [
      'a line that is no event',
      (d) => edit(d, 'journal.jsonl', '{"kind":"trial","trial":1', '{"kind":"trail","trial":1'),
      /not an event/,
    ],
    [
      'a state with another number',
      (d) => edit(d, 'checkpoint.json', '"told":', '"told":1'),
      /not the one that was written/,
    ],
    ['a state of another search', (d) => edit(d, 'checkpoint.json', '"told"', '"tole"'), /state/],
    ['a broken description', (d) => writeFileSync(join(d, 'run.json'), '{"format":"trifold-run"'), /it is not JSON/],
    ['a run.json of something else', (d) => writeFileSync(join(d, 'run.json'), '{"name":"x"}'), /does not describe/],
    [
      'a newer format',
      (d) => edit(d, 'run.json', '"formatVersion": 1', '"formatVersion": 2'),
      /newer version \(trifold 1\.0\.0\)/,
    ],
    [
      'a newer checkpoint',
      (d) => edit(d, 'checkpoint.json', '"formatVersion":1', '"formatVersion":2'),
      /newer version/,
    ],
  ];

  function edit(directory: string, name: string, from: string, to: string): void {
    const path = join(directory, name);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }

  it.each(damages)('refuses %s and changes nothing', (_what, damage, message) => {
    const directory = closedRun(3, 4);
    damage(directory);
    const before = snapshotOfFiles(directory);
    expect(expectError('foreign', () => openRun(directory, GUARDS, '1.0.0')).message).toMatch(message);
    expect(snapshotOfFiles(directory)).toEqual(before);
  });

  it('names the damaged line', () => {
    const directory = closedRun(3, 3);
    edit(directory, 'journal.jsonl', '{"kind":"trial","trial":1', '{"kind":"trial" "trial":1');
    const error = expectError('foreign', () => readRun(directory, GUARDS.isEvent));
    expect(error.details.place).toEqual({ file: join(directory, 'journal.jsonl'), line: 2 });
  });

  it('refuses a folder that is no run, and none at all', () => {
    const directory = newFolder();
    writeFileSync(join(directory, 'thesis.tex'), 'text');
    expectError('foreign', () => openRun(directory, GUARDS, '1.0.0'));
    expectError('foreign', () => readRun(directory, GUARDS.isEvent));
    expectError('foreign', () => openRun(join(root, 'nowhere'), GUARDS, '1.0.0'));
    expect(readdirSync(directory)).toEqual(['thesis.tex']);
    expect(existsSync(join(root, 'nowhere'))).toBe(false);
  });
});

describe('creating a run', () => {
  it('makes the folders above', () => {
    newRun(join(root, 'a/b/c')).close();
    expect(existsSync(join(root, 'a/b/c/run.json'))).toBe(true);
  });

  it('refuses a folder that holds anything and leaves it as it is', () => {
    const directory = newFolder();
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    expectError('usage', () => newRun(directory));
    expect(snapshotOfFiles(directory)).toEqual({ 'notes.txt': 'mine' });
    const finished = closedRun(1, 1);
    const before = snapshotOfFiles(finished);
    expect(expectError('usage', () => newRun(finished)).details.hint).toContain('trifold resume');
    expect(snapshotOfFiles(finished)).toEqual(before);
    expectError('usage', () => newRun(join(directory, 'notes.txt')));
  });

  it('refuses a second run in the folder of a running one', () => {
    const run = newRun();
    expectError('usage', () => newRun(run.directory));
    expectError('busy', () => openRun(run.directory, GUARDS, '1.0.0'));
    run.close();
  });

  it.skipIf(process.getuid?.() === 0)('says that a folder cannot be written', () => {
    const directory = newFolder();
    chmodSync(directory, 0o555);
    expect(expectError('io', () => newRun(directory)).message).toMatch(/permission denied/);
    chmodSync(directory, 0o755);
  });
});

describe('names of runs', () => {
  it('count on from the largest', () => {
    const base = join(root, 'names');
    expect(nextRunName(base, 'resnet50')).toBe(join(base, 'resnet50-1'));
    expect(nextRunName(base, 'resnet50')).toBe(join(base, 'resnet50-2'));
    mkdirSync(join(base, 'resnet50-11'));
    mkdirSync(join(base, 'resnet50-x'));
    writeFileSync(join(base, 'resnet50-12'), '');
    expect(nextRunName(base, 'resnet50')).toBe(join(base, 'resnet50-13'));
    expect(nextRunName(base, '../a b/ü')).toBe(join(base, 'a-b-1'));
    expect(nextRunName(base, '...')).toBe(join(base, 'run-1'));
  });

  it('fail with the path where none can be made', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expectError('io', () => nextRunName(join(file, 'runs'), 'a'));
  });
});
