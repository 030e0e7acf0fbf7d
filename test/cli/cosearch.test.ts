import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAIN, runCli, runCliIn } from './run-cli.ts';

const SMALL = ['--node-limit', '2000', '--population', '2', '--generations', '1', '--workers', '1'];
const COMMAND = ['--accuracy', 'command=cat > /dev/null; echo training; echo 91'];

function freshFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'trifold-cosearch-cli-')), 'run');
}

describe('cosearch', () => {
  it.each([
    [['--budget', 'eyeriss'], 'accuracy floor'],
    [['--min-accuracy', '78'], 'budget or an accelerator'],
    [['--min-accuracy', '78', '--budget', 'eyeriss', '--accelerator', 'eyeriss'], 'budget or an accelerator'],
    [['--min-accuracy', '78', '--budget', 'eyeriss', '--accuracy', 'guess'], 'names no accuracy evaluator'],
    [['--min-accuracy', '78', '--budget', 'eyeriss', '--space', 'ofa-resnet5'], 'no network space'],
    [['--min-accuracy', '70', '--budget', 'eyeriss', '--space', 'ofa-proxyless'], 'not of ofa-proxyless'],
    [['--min-accuracy', '780', '--budget', 'eyeriss'], 'in percent'],
    [['--min-accuracy', '78', '--budget', 'eyeriss', '--mutation-rate', '2'], 'between 0 and 1'],
  ])('answers %j with exit 2', async (args, reason) => {
    const { code, stderr } = await runCli('cosearch', '--out', freshFolder(), ...args);
    expect(stderr).toContain(reason);
    expect(code).toBe(2);
  });

  it('answers a floor that no network reaches with exit 3 and the reason, and makes no folder', async () => {
    const out = freshFolder();
    const { code, stderr } = await runCli('cosearch', '--budget', 'eyeriss', '--min-accuracy', '80', '--out', out);
    expect(code).toBe(3);
    expect(stderr).toContain('no network is estimated above 79.4 % +- 0.5');
    expect(existsSync(out)).toBe(false);
  });

  it('prints one JSON document, resumes to the same, and explains every accuracy in its text', async () => {
    const out = freshFolder();
    const args = ['cosearch', '--space', 'nas-bench-macro', '--accelerator', 'shidiannao', '--min-accuracy', '90'];
    // What was mapped once is remembered by the run that is told as text.
    const cached = { TRIFOLD_CACHE: freshFolder() };
    const first = await runCliIn(cached, ...args, ...SMALL, ...COMMAND, '--out', out, '--json', '--quiet');
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    const document = JSON.parse(first.stdout);
    expect(document.network.accuracy).toMatchObject({ top1Percent: 91, errorPoints: null });
    expect(JSON.parse((await runCliIn(cached, 'resume', out, '--json', '--quiet')).stdout)).toEqual(document);
    const text = (await runCliIn(cached, ...args, ...SMALL, ...COMMAND, '--out', freshFolder(), '--plain')).stdout;
    expect(text).toContain('top-1 accuracy 91.00 %, error not known');
    expect(text).toContain('source: command: cat');
    expect(text).toMatch(/layers: .* mapped, .* remembered \(/);
  });

  it('ends with exit 130 and its state saved when it is interrupted', async () => {
    const out = freshFolder();
    const args = ['cosearch', '--budget', 'eyeriss', '--min-accuracy', '78', '--workers', '1', '--out', out];
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const isFirst = stderr === '';
      stderr += chunk.toString();
      if (isFirst) child.kill('SIGINT');
    });
    const code = await new Promise<number | null>((done) => child.on('exit', done));
    expect(code).toBe(130);
    expect(stderr).toContain(`trifold resume ${out}`);
    expect(existsSync(join(out, 'checkpoint.json'))).toBe(true);
  });
});
