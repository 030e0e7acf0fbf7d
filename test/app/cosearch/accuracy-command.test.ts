import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type AccuracyCommand, commandEvaluator, commandInput } from '../../../src/app/cosearch/accuracy-command.ts';
import { type CommandAnswer, readCommandAnswer } from '../../../src/app/cosearch/accuracy-command-answer.ts';
import { AccuracyCommandError } from '../../../src/app/cosearch/accuracy-command-error.ts';
import { nasBenchMacro } from '../../../src/search/network/spaces/nas-bench-macro.ts';
import { ofaResnet50 } from '../../../src/search/network/spaces/ofa-resnet50.ts';
import { describeAccuracyEvaluator } from '../../contracts/accuracy.ts';
import { isAlive, pidIn, until } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'trifold-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A shell command that runs a small program in which `network` is the document that it got. */
function program(name: string, body: string): string {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { readFileSync } from 'node:fs';\nconst input = JSON.parse(readFileSync(0, 'utf8'));\n${body}\n`,
  );
  return `"${process.execPath}" "${file}"`;
}

const HONEST = program('honest', 'console.log(50 + (input.network.macs % 1000) / 50);');
const evaluatorOf = (command: string, options: Partial<AccuracyCommand> = {}) =>
  commandEvaluator(nasBenchMacro, { command, timeLimitSeconds: 60, ...options });
const GENOTYPE = [0, 2, 0, 1, 2, 1, 0, 0];

async function failureOf(promise: Promise<unknown>): Promise<AccuracyCommandError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AccuracyCommandError) return error;
  throw new Error(`no AccuracyCommandError: ${String(error)}`);
}

describeAccuracyEvaluator({ name: 'command', space: nasBenchMacro, create: () => evaluatorOf(HONEST), runs: 3 });

describe('accuracy command', () => {
  it('gets the network as JSON', () => {
    const input = JSON.parse(commandInput(nasBenchMacro, GENOTYPE));
    expect(input).toMatchObject({
      version: 1,
      space: 'nas-bench-macro',
      genotype: nasBenchMacro.format(GENOTYPE),
      network: { macs: 47327744, parameters: 890666 },
    });
    expect(input.network.layers[0]).toMatchObject({ name: 'stem', kind: 'conv', bounds: { K: 32, C: 3, R: 3, S: 3 } });
    const silent = ofaResnet50.genes.map(({ key }) => (key === 'e' ? 2 : 0));
    expect(commandInput(ofaResnet50, silent)).toBe(commandInput(ofaResnet50, ofaResnet50.canonical(silent)));
  });

  it('is run once per network, whether asked again, at once or by another evaluator with the same cache', async () => {
    const log = join(folder, 'runs.txt');
    const counting = program(
      'counting',
      `const { appendFileSync } = await import('node:fs'); appendFileSync(${JSON.stringify(log)}, 'x'); console.log(70);`,
    );
    const cache = new Map<string, CommandAnswer>();
    const evaluator = evaluatorOf(counting, { cache });
    await Promise.all([evaluator.evaluate(GENOTYPE), evaluator.evaluate([...GENOTYPE])]);
    await evaluator.evaluate(GENOTYPE);
    await evaluatorOf(counting, { cache }).evaluate(GENOTYPE);
    expect(readFileSync(log, 'utf8')).toBe('x');
    expect(evaluator.counters).toEqual({ started: 1, remembered: 2 });
    await evaluator.evaluate(GENOTYPE.with(0, 1));
    expect(readFileSync(log, 'utf8')).toBe('xx');
  });

  it('may talk: other lines and stderr are tolerated and reported', async () => {
    const talkative = program(
      'talkative',
      `console.log('epoch 1'); console.error('a warning'); console.log(JSON.stringify({ top1Percent: 71.5, errorPoints: 0.3, notes: ['3 seeds'] })); console.log('done');`,
    );
    const answer = await evaluatorOf(talkative).evaluate(GENOTYPE);
    expect(answer).toMatchObject({
      top1Percent: 71.5,
      errorPoints: 0.3,
      notes: ['3 seeds', expect.any(String), expect.any(String)],
    });
    expect(JSON.stringify(answer)).toContain('2 other lines');
    expect(JSON.stringify(answer)).toContain('a warning');
  });

  it('is stopped at the time limit with all that it started', async () => {
    const child = join(folder, 'survivor.txt');
    const slow = program(
      'slow',
      `const { spawn } = await import('node:child_process');
       const { pid } = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
       const { writeFileSync } = await import('node:fs');
       writeFileSync(${JSON.stringify(child)}, String(pid));
       setTimeout(() => {}, 60000);`,
    );
    const error = await failureOf(evaluatorOf(slow, { timeLimitSeconds: 0.8 }).evaluate(GENOTYPE));
    expect(error).toMatchObject({
      failure: 'timeout',
      code: 'foreign',
      message: expect.stringContaining('0.8 seconds'),
    });
    await until(() => !existsSync(child) || !isAlive(pidIn(child)));
  });

  it.each([
    [
      'exit',
      'ended with exit code 3: out of memory',
      program('exit', `console.log(70); console.error('log\\nout of memory'); process.exit(3);`),
    ],
    ['no-answer', 'its last line is "all done"', program('silent', `console.log('all done');`)],
    ['no-answer', 'printed nothing', 'exit 0'],
    ['no-answer', 'a fraction?', program('fraction', 'console.log(0.7);')],
    ['start', 'exit code 127', 'trifold-no-such-program-anywhere'],
    [
      'too-much-output',
      'over 1000 bytes to stdout',
      program('flood', `console.log('x'.repeat(5000)); setTimeout(() => {}, 60000);`),
    ],
  ])('fails as %s: %s', async (failure, message, command) => {
    const error = await failureOf(evaluatorOf(command, { outputLimitBytes: 1000 }).evaluate(GENOTYPE));
    expect(error.failure).toBe(failure);
    expect(error.message).toContain(message);
    expect(error.code).toBe(failure === 'start' ? 'io' : 'foreign');
  });

  it('fails to start in a folder that is not there', async () => {
    const error = await failureOf(evaluatorOf(HONEST, { directory: join(folder, 'nowhere') }).evaluate(GENOTYPE));
    expect(error.failure).toBe('start');
  });

  it('is asked again after a failure', async () => {
    const flag = join(folder, 'second-time');
    const moody = program(
      'moody',
      `const fs = await import('node:fs'); if (fs.existsSync(${JSON.stringify(flag)})) console.log(60); else { fs.writeFileSync(${JSON.stringify(flag)}, ''); process.exit(1); }`,
    );
    const evaluator = evaluatorOf(moody);
    expect((await failureOf(evaluator.evaluate(GENOTYPE))).failure).toBe('exit');
    expect(await evaluator.evaluate(GENOTYPE)).toMatchObject({ top1Percent: 60 });
  });

  it('that is stopped with the run gives no answer, and is asked again', async () => {
    const stop = new AbortController();
    const started = join(folder, 'started');
    const evaluator = evaluatorOf(
      program(
        'waiting',
        `const fs = await import('node:fs'); if (fs.existsSync(${JSON.stringify(started)})) console.log(60);
         else { fs.writeFileSync(${JSON.stringify(started)}, String(process.pid)); setTimeout(() => {}, 60000); }`,
      ),
    );
    const running = evaluator.evaluate(GENOTYPE, stop.signal);
    await until(() => pidIn(started) > 0);
    stop.abort();
    await expect(running).rejects.toBe(stop.signal.reason);
    await until(() => !isAlive(pidIn(started)));
    await expect(evaluator.evaluate(GENOTYPE, stop.signal)).rejects.toBe(stop.signal.reason);
    expect(evaluator.counters.started).toBe(1);
    expect(await evaluator.evaluate(GENOTYPE)).toMatchObject({ top1Percent: 60 });
  });

  it('that somebody else killed is started once more, the second time it has failed', async () => {
    const killed = evaluatorOf('kill -TERM $$');
    expect(await failureOf(killed.evaluate(GENOTYPE))).toMatchObject({
      failure: 'killed',
      message: expect.stringContaining('SIGTERM'),
    });
    expect(killed.counters.started).toBe(2);
    const flag = join(folder, 'killed-once');
    const once = evaluatorOf(`if test -e ${flag}; then echo 75; else touch ${flag}; sh -c 'kill -9 $$'; fi`);
    expect(await once.evaluate(GENOTYPE)).toMatchObject({ top1Percent: 75 });
    const faulty = evaluatorOf('kill -SEGV $$');
    expect((await failureOf(faulty.evaluate(GENOTYPE))).failure).toBe('exit');
    expect(faulty.counters.started).toBe(1);
  });

  it('that dies of the signal that ends the run has given no answer', async () => {
    const stop = new AbortController();
    const flag = join(folder, 'dies-first');
    const running = evaluatorOf(`touch ${flag}; kill -INT $$`).evaluate(GENOTYPE, stop.signal);
    await until(() => existsSync(flag));
    stop.abort();
    await expect(running).rejects.toBe(stop.signal.reason);
  });

  it('is refused when empty or without time', () => {
    expect(() => evaluatorOf('  ')).toThrow(/empty/);
    expect(() => evaluatorOf('x', { timeLimitSeconds: 0 })).toThrow(/time limit/);
    expect(() => evaluatorOf('x', { timeLimitSeconds: Number.NaN })).toThrow(/time limit/);
  });
});

describe('answers of a command', () => {
  it.each([
    ['76.3', 76.3],
    ['1\n2\n76.3\n\n', 76.3],
    ['{"top1Percent": 76.3}\r\nbye', 76.3],
    ['{"other": 1}\n76.3\n{"loss": 2}', 76.3],
    ['100', 100],
  ])('%j is %d', (stdout, top1Percent) => {
    expect(readCommandAnswer(stdout, '')).toMatchObject({ ok: true, answer: { top1Percent } });
  });

  it.each([
    '',
    'NaN',
    '"76"',
    '-5',
    '0.763',
    '101',
    '{"top1Percent": "76"}',
    '{"top1Percent": 76, "errorPoints": -1}',
    '[76]',
    'null',
    '1e999',
    '-1e999',
    '{"top1Percent": 1e999}',
    '{"top1Percent": 76, "errorPoints": 1e999}',
    '{"top1Percent": 76, "errorPoints": 101}',
    '{"top1Percent": 76, "errorPoints": "0.2"}',
    '{"top1Percent": 76, "errorPoints": {"toString": 1}}',
    '{"top1Percent": [76]}',
    '{"top1Percent": 76, "notes": [{"toString": 1}]}',
    '{"top1Percent": 76, "notes": "3 seeds"}',
    '{"top1Percent": 76, "notes": {"length": 2}}',
    '{"top1Percent": 76, "notes": null}',
    '{"__proto__": {"top1Percent": 76}}',
    '{"constructor": 76}',
    '76\0',
    '76.3 %',
  ])('%j is none', (stdout) => {
    expect(readCommandAnswer(stdout, '')).toMatchObject({ ok: false, hint: expect.stringContaining('percent') });
  });

  it.each([
    `{"top1Percent": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
    `{"top1Percent": 76, "notes": [${'['.repeat(1e5)}${']'.repeat(1e5)}]}`,
    `${'{"a":'.repeat(1e5)}76${'}'.repeat(1e5)}`,
    `76\n${'\n'.repeat(1e6)}${'x\n'.repeat(1e5)}`,
  ])('may be long or deep (%#)', (stdout) => {
    const read = readCommandAnswer(stdout, stdout);
    expect(read).toMatchObject({ ok: false });
    if (!read.ok) expect(read.message.length).toBeLessThan(300);
  });

  it('of any kind of text are finite figures within their ranges, or a message; they are the same once written and read', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '76.3',
        '-0',
        '1e999',
        '1e-999',
        '0.5',
        'NaN',
        '"76"',
        'null',
        '[]',
        '{}',
        '["a"]',
        '[1]',
        '"\\ud800"',
      ),
      fc.json(),
      fc.string({ unit: 'binary' }),
    );
    const object = fc
      .array(fc.tuple(fc.constantFrom('top1Percent', 'errorPoints', 'notes', '__proto__', 'x'), part), { maxLength: 5 })
      .map((entries) => `{${entries.map(([key, value]) => `"${key}": ${value}`).join(', ')}}`);
    const line = fc.oneof(part, object);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.string({ unit: 'binary' }), (lines, stderr) => {
        const read = readCommandAnswer(lines.join('\n'), stderr);
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
        if (!read.ok) {
          expect(read.message).not.toBe('');
          return;
        }
        const { top1Percent, errorPoints, notes } = read.answer;
        expect(top1Percent).toBeGreaterThan(1);
        expect(top1Percent).toBeLessThanOrEqual(100);
        if (errorPoints !== null)
          expect(errorPoints >= 0 && errorPoints <= 100 && !Object.is(errorPoints, -0)).toBe(true);
        expect(notes.every((note) => typeof note === 'string' && note.length <= 400)).toBe(true);
      }),
    );
  });

  it('keep few and short notes, and name the keys that are not read', () => {
    const long = `${'x'.repeat(298)}😀${'y'.repeat(9)}`;
    const notes = [long, ...Array.from({ length: 11 }, (_, i) => `note ${i}`)];
    const line = JSON.stringify({ top1Percent: 70, errorPonts: 0.2, notes, a: 1, b: 1, c: 1, d: 1, e: 1 });
    expect(readCommandAnswer(line, '')).toEqual({
      ok: true,
      answer: {
        top1Percent: 70,
        errorPoints: null,
        notes: [
          `${'x'.repeat(298)}…`,
          ...notes.slice(1, 10),
          '2 further notes are not kept',
          'keys of the answer that are not read: "errorPonts", "a", "b", "c", "d", 1 more',
        ],
      },
    });
  });
});
