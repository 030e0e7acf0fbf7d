import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../app/small-files.ts';
import { MAIN, runCli } from './run-cli.ts';

const MAPPER_RECORDS = resolve(import.meta.dirname, '../../../shared/oracle/mapper/timeloop-mapper-dev.json');

interface Ended {
  /** As a shell reports it: a signal that ends a process between two pieces of work gives 128 and its number. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command and interrupts it (Ctrl-C) as soon as stderr matches. */
function interrupted(whenSeen: RegExp, ...args: string[]): Promise<Ended> {
  return stopped('SIGINT', whenSeen, ...args);
}

function stopped(signal: NodeJS.Signals, whenSeen: RegExp, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, TRIFOLD_CACHE: 'off' } });
  let [stdout, stderr] = ['', ''];
  let isSent = false;
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    if (isSent || !whenSeen.test(stderr)) return;
    isSent = true;
    child.kill(signal);
  });
  return new Promise((done) => {
    child.on('close', (code, by) => {
      done({ code: by === null ? code : 128 + constants.signals[by], stdout, stderr });
    });
  });
}

describe('Ctrl-C', () => {
  it('and a terminal that closes end map with exit code 130, and resume gives the document of an uninterrupted run', async () => {
    const directory = freshPath('run');
    const map = ['map', 'alexnet', '--accelerator', 'nvdla-256', '--workers', '2'];
    const ended = await stopped('SIGHUP', /mapped 2\//, ...map, '--out', directory);
    expect(ended.stderr).toContain(`continue with: trifold resume ${directory}`);
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(['summary.json', 'lock.json'].filter((name) => existsSync(join(directory, name)))).toEqual([]);
    const resumed = await runCli('resume', directory, '--json', '--quiet');
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toBe((await runCli(...map, '--json', '--quiet')).stdout);
    expect(JSON.parse(readFileSync(join(directory, 'summary.json'), 'utf8'))).toEqual(JSON.parse(resumed.stdout));
  });

  it('ends one long layer and a sweep with exit code 130', async () => {
    const layer = ['--layer', 'conv4_1', '--factors', 'imperfect', '--workers', '2'];
    expect(await interrupted(/seed 1/, 'map', 'vgg16', '--accelerator', 'eyeriss', ...layer)).toMatchObject({
      code: 130,
      stdout: '',
    });
    const vary = ['--vary', 'L2=64KiB..1MiB', '--pin', 'energy', '--workers', '2'];
    expect(await interrupted(/held at/, 'sweep', 'alexnet', '--accelerator', 'nvdla-256', ...vary)).toMatchObject({
      code: 130,
      stdout: '',
    });
  });

  it.skipIf(!existsSync(MAPPER_RECORDS))('ends a validation of mappers with exit code 130', async () => {
    const ended = await interrupted(/ s, /, 'validate', 'mapper', MAPPER_RECORDS, '--workers', '2');
    expect(ended).toMatchObject({ code: 130, stdout: '' });
  });
});
