import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/util/random.ts';
import { MAIN } from '../../cli/run-cli.ts';
import { freshFolder, results } from '../run-folders.ts';

/** 50 for the long version: `TRIFOLD_KILLS=50 npx vitest run test/app/run/kill-resume.test.ts`. */
const KILLS = Number(process.env.TRIFOLD_KILLS ?? 2);

const SEARCH = [
  'dqn',
  '--budget',
  'nvdla-256',
  '--generations',
  '3',
  '--population',
  '4',
  '--mapper',
  'cmaes',
  '--final-factors',
  'perfect',
];

function design(out: string): string[] {
  return [MAIN, 'design', ...SEARCH, '--mapper-evaluations', '60', '--workers', '1', '--quiet', '--json', '--out', out];
}

/** Runs a command and kills it after some milliseconds. @returns whether it had ended by itself */
async function runAndKill(args: string[], afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const code = await new Promise<number | null>((done) => child.on('exit', done));
  clearTimeout(timer);
  return code === 0;
}

describe('a design run that is killed (kill -9) at random moments', () => {
  it('ends byte for byte like one that never stopped', async () => {
    const whole = freshFolder();
    const begun = performance.now();
    expect(spawnSync(process.execPath, design(whole)).status).toBe(0);
    const lengthMs = performance.now() - begun;
    const random = Random.fromSeed(1);
    let killed = 0;
    while (killed < KILLS) {
      const directory = freshFolder();
      let ended = await runAndKill(design(directory), random.nextUnit() * lengthMs);
      while (!ended) {
        killed++;
        // A run that was killed while its folder was being made is no run yet.
        if (!existsSync(join(directory, 'run.json'))) break;
        ended = await runAndKill(
          [MAIN, 'resume', directory, '--quiet', '--json', '--workers', '1'],
          killed >= KILLS ? 1e6 : (0.2 + random.nextUnit()) * lengthMs,
        );
      }
      if (ended) expect(results(directory)).toEqual(results(whole));
    }
    expect(killed).toBeGreaterThanOrEqual(KILLS);
  }, 600_000);
});
