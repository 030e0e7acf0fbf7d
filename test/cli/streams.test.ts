import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIVE_LAYERS, MATRIX_NETWORK } from '../app/small-files.ts';
import { MAIN, runCli } from './run-cli.ts';

const STACK = /^\s+at .*:\d+/m;

/** Runs a script of the shell in which `trifold` is the command, in a fresh folder. */
function shell(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-streams-'));
  const { stdout, stderr } = spawnSync('sh', ['-c', `trifold() { "${process.execPath}" "${MAIN}" "$@"; }\n${script}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', TRIFOLD_CACHE: 'off' },
  });
  const file = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
  return { folder, stdout, stderr, file };
}

const RUN = `design "${MATRIX_NETWORK}" --budget eyeriss --generations 1 --population 2 --final-factors perfect --workers 1 --out run`;

describe('a command whose reader goes', () => {
  it('ends with the code of its result, for results and for progress, and completes its folder', () => {
    const { file, folder, stderr } = shell(
      `{ trifold map "${FIVE_LAYERS}" --accelerator eyeriss --workers 1 --subject-to 'latency < 1 ns'; echo $? > infeasible; } 2> err | true
       { trifold ${RUN} 2>&1 > out; echo $? > run-code; } | head -c 1 > first`,
    );
    expect([file('infeasible'), file('run-code'), stderr]).toEqual(['3', '0', '']);
    expect(file('err')).not.toMatch(STACK);
    expect(file('out')).not.toBe('');
    const left = ['summary.json', 'accelerator.yaml', 'lock.json'].map((name) => existsSync(join(folder, 'run', name)));
    expect(left).toEqual([true, true, false]);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a command whose output finds no room', () => {
  it('says so in a line and ends with exit code 2 where results are lost, whatever becomes of progress', () => {
    const { file, folder } = shell(
      `trifold show eyeriss > /dev/full 2> full; echo $? > full-code
       (ulimit -f 1; trifold show eyeriss --json > short 2> /dev/null; echo $? > short-code)
       trifold ${RUN} > out 2> /dev/full; echo $? > run-code`,
    );
    expect(file('full')).toMatch(/^cannot write the results to stdout: .*ENOSPC.*\[io\]\n {2}hint: [^\n]+$/);
    expect([file('full-code'), file('short-code'), file('run-code')]).toEqual(['2', '2', '0']);
    expect(statSync(join(folder, 'short')).size).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'run', 'lock.json'))).toBe(false);
  });
});

describe('a reader that takes its time', () => {
  it('gets all of a large output', async () => {
    const { stdout } = shell('trifold list --json | (sleep 0.5; cat)');
    expect(stdout).toBe((await runCli('list', '--json')).stdout);
  });
});
