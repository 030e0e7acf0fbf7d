import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshPath, NO_FILTER_COLUMNS, SMALL_NETWORK } from '../app/small-files.ts';
import { type CliResult, runCli, temporaryFile } from './run-cli.ts';

const EYERISS = readFileSync(resolve(import.meta.dirname, '../../accelerators/eyeriss.yaml'), 'utf8');
const map = (...args: string[]) => runCli('map', SMALL_NETWORK, '--layer', 'wide', '--quiet', ...args);
const eyerissFile = (from: string, to: string) => temporaryFile('mine.yaml', EYERISS.replace(from, to));

/** Exit code, nothing on stdout, no stack trace, and these parts on stderr. */
function expectEnd(result: CliResult, code: number, ...parts: (string | RegExp)[]): void {
  for (const part of parts) expect(result.stderr).toMatch(part);
  expect(result.stderr).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
  expect(result.stdout).toBe('');
  expect(result.code).toBe(code);
}

describe('files that cannot be what they should be', () => {
  it('a technology that does not exist is named with its place in the accelerator file', async () => {
    const file = eyerissFile('technology: cacti-65nm', 'technology: cacti-65');
    expectEnd(
      await map('--accelerator', file),
      2,
      /mine\.yaml:8:13: no technology preset/,
      "did you mean 'cacti-65nm'",
    );
    expect((await map('--accelerator', file, '--technology', 'cacti-65nm')).code).toBe(0);
  });
  it('a clock without a unit is refused, but 200 Hz are 200 Hz', async () => {
    expectEnd(
      await map('--accelerator', eyerissFile('clock: 200 MHz', 'clock: 200')),
      2,
      /mine\.yaml:9:8: '200' has no unit/,
      "is it '200 Hz' or '200 MHz'?",
    );
    expect((await map('--accelerator', eyerissFile('clock: 200 MHz', 'clock: 200 Hz'))).code).toBe(0);
  });
  it('a folder, an empty file and a binary file are called so', async () => {
    expectEnd(await runCli('map', tmpdir(), '--accelerator', 'eyeriss'), 2, 'is a folder, not a file');
    expectEnd(await map('--accelerator', temporaryFile('mine.yaml', ' \n')), 2, /mine\.yaml: the file is empty/);
    const binary = temporaryFile('mine.yaml', '');
    writeFileSync(binary, Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1));
    expectEnd(await map('--accelerator', binary), 2, /mine\.yaml: this is a binary file/);
    writeFileSync(binary, Uint8Array.of(0x6e, 0x61, 0xff, 0x6d));
    expectEnd(await map('--accelerator', binary), 2, /mine\.yaml: this is not UTF-8 text/);
    expectEnd(await runCli('validate', 'records', tmpdir()), 2, 'is a folder, not a file');
  });
});

describe('folders', () => {
  it('where nothing can be created are refused at once', async () => {
    expectEnd(await map('--accelerator', 'eyeriss', '--out', '/proc/none/such'), 2, 'no folder can be created there');
    expectEnd(await map('--accelerator', 'eyeriss', '--save', freshPath('none/a.yaml')), 2, 'there is no folder');
  });
  it('of reports are refused too where nothing can be created, and where a file has their name', async () => {
    const run = freshPath('run');
    expect((await map('--accelerator', 'eyeriss', '--out', run)).code).toBe(0);
    for (const command of [
      ['report', run],
      ['compare', run, run],
    ]) {
      expectEnd(await runCli(...command, '--out', '/proc/none/such'), 2, 'no folder can be created there', '--out');
      expectEnd(await runCli(...command, '--out', join(run, 'run.json')), 2, 'is a file, not a folder', '--out');
      expectEnd(await runCli(...command, '--out', join(run, 'run.json', 'x')), 2, 'cannot create');
    }
    expect(existsSync(join(run, 'report'))).toBe(false);
    expect((await runCli('report', run, '--out', freshPath('a/b'))).code).toBe(0);
  });
  it('of runs that do not exist are an error only where one was named', async () => {
    expectEnd(await runCli('runs', freshPath('none')), 2, 'there is no folder');
  });
});

describe('resume', () => {
  it('refuses an end that its run does not have', async () => {
    const run = freshPath('run');
    const document = (await map('--accelerator', 'eyeriss', '--json', '--out', run)).stdout;
    expectEnd(await runCli('resume', run, '--time', '5s'), 2, 'no end by --time', 'leave out --time; Ctrl-C saves');
    const both = ['--evaluations', '5', '--time', '5s'];
    expectEnd(await runCli('resume', run, ...both), 2, 'no end by --time or --evaluations', 'leave out --time and');
    expect((await runCli('resume', run, '--json')).stdout).toBe(document);
  });
});

describe('objectives and limits', () => {
  it('that are the same for all mappings are refused', async () => {
    for (const text of ['5', 'area * 2'])
      expectEnd(await map('--accelerator', 'eyeriss', '--objective', text), 2, 'the same for all mappings');
  });
  it('that nothing keeps are told apart from capacities', async () => {
    const limit = ['--subject-to', 'latency < 1 ns'];
    const broken = await map('--accelerator', 'eyeriss', ...limit);
    expectEnd(broken, 3, 'no mapping keeps the limit latency < 1 ns', 'without it:');
    const free = JSON.parse((await map('--accelerator', 'eyeriss', '--objective', 'latency', '--json')).stdout);
    expect(broken.stderr).toContain(`(${free.totals.cycles} cycles)`);
    const never = ['--layer', 'conv', '--constraints', NO_FILTER_COLUMNS];
    const impossible = await map('--accelerator', 'eyeriss', ...never, ...limit);
    expectEnd(
      impossible,
      3,
      /conv on eyeriss within no filter columns: DRAM temporal P 8 exceeds the dim: P of conv is 6/,
    );
    expect(impossible.stderr).not.toContain('keeps the limit');
  });
});

describe('help', () => {
  it('of commands that take no time shows --json alone, and all common options are accepted', async () => {
    for (const command of ['list', 'show', 'runs', 'eval', 'report', 'compare']) {
      const { stdout } = await runCli(command, '--help');
      expect(stdout).toContain('--json');
      expect(stdout).not.toMatch(/--seed|--workers|--quiet|--plain/);
    }
    const watch = (await runCli('watch', '--help')).stdout;
    expect(watch).toMatch(/--quiet[\s\S]*--plain/);
    expect(watch).not.toMatch(/--seed|--workers/);
    expect((await runCli('list', 'budgets', '--seed', '3', '--workers', '2', '--quiet', '--plain')).code).toBe(0);
    expect((await runCli('map', '--help')).stdout).toMatch(/--seed[\s\S]*--workers[\s\S]*--quiet[\s\S]*--plain/);
  });
});

describe('constants', () => {
  it('of eval are printed with the digits that give its energies by hand', async () => {
    const { stdout } = await runCli(
      ...['eval', '--accelerator', 'eyeriss-spads', '--workload', 'alexnet', '--mapping', 'eyeriss-alexnet'],
      ...['--layer', 'conv1'],
    );
    const number = (text: string) => Number(text.replaceAll(',', ''));
    const [, macs = '', pj = '', product = ''] = /MACs: ([\d,]+) x ([\d.]+) pJ = ([\d,]+) pJ/.exec(stdout) ?? [];
    expect(Math.abs(number(macs) * number(pj) - number(product))).toBeLessThan(20);
    const [, read = '', fill = ''] = /ScratchPads ([\d.]+)\/([\d.]+)\//.exec(stdout) ?? [];
    const [, reads = '', fills = '', energy = ''] =
      /ScratchPads +Weights +[\d,]+ +([\d,]+) +([\d,]+) +0 +([\d,]+)/.exec(stdout) ?? [];
    const byHand = number(reads) * number(read) + number(fills) * number(fill);
    expect(Math.abs(number(energy) - byHand)).toBeLessThan(5);
    expect(stdout).toMatch(/1 used +2,523,800 cycles \(91 %\)/);
  });
});
