import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { runProcess } from '../../../src/app/cosearch/command-process.ts';
import { RunningCommands } from '../../../src/app/cosearch/running-commands.ts';
import { pidIn, until } from './processes.ts';

/** As if nothing could be found or killed. */
vi.mock('../../../src/app/cosearch/process-tree.ts', () => ({ processTree: () => ({ kill: () => {} }) }));

const folder = mkdtempSync(join(tmpdir(), 'trifold-grace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string, timeLimitSeconds: number) =>
  runProcess(
    { command, input: '{}', timeLimitSeconds, outputLimitBytes: 2 ** 20, directory: undefined, signal: undefined },
    new RunningCommands(),
  );

it.each([
  ['is read to the end when something that nobody can find keeps its pipes', 'echo 75', 60],
  ['is given up at its time limit when it cannot be killed', 'wait', 0.3],
])('a command %s', async (_name, last, seconds) => {
  const file = join(folder, `${last}.pid`);
  const output = await run(`sleep 1000 & echo $! > '${file}'; ${last}`, seconds).catch((error: unknown) => error);
  await until(() => pidIn(file) > 0);
  process.kill(pidIn(file), 'SIGKILL');
  expect(output).toMatchObject(last === 'wait' ? { failure: 'timeout' } : { stdout: '75\n', stderr: '' });
});
