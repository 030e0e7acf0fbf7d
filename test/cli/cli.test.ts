import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageVersion } from '../../src/app/presets/package.ts';
import { runCli, runProcess, temporaryFile } from './run-cli.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const preset = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

/** A bad-input error: exit 2, one screen, no stack trace, and these words. */
async function expectRefusal(args: string[], ...words: string[]): Promise<void> {
  const { code, stdout, stderr } = await runCli(...args);
  expect(stderr).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
  expect(stderr.split('\n').length).toBeLessThan(24);
  for (const word of words) expect(stderr).toContain(word);
  expect(stdout).toBe('');
  expect(code).toBe(2);
}

describe('help', () => {
  it('shows every command, and an example per command', async () => {
    const { code, stdout } = await runCli('--help');
    expect(code).toBe(0);
    for (const command of ['eval', 'map', 'design', 'list', 'show', 'validate']) {
      expect(stdout).toContain(command);
      const help = await runCli(command, '--help');
      expect(help.code).toBe(0);
      if (command !== 'validate') expect(help.stdout).toContain('Example:');
    }
  });

  it.each(['-v', '-V', '--version'])('prints the version for %s', (flag) => {
    expect(runProcess(flag)).toEqual({ code: 0, stdout: `${packageVersion()}\n`, stderr: '' });
  });
});

describe('eval', () => {
  const args = ['eval', '--accelerator', 'eyeriss-spads', '--workload', 'alexnet', '--mapping', 'eyeriss-alexnet'];

  it('prints one JSON document whose energies follow from its counts', () => {
    const { code, stdout, stderr } = runProcess(...args, '--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.layers).toHaveLength(5);
    const energy = result.layers.reduce((sum: number, layer: { energyPj: number }) => sum + layer.energyPj, 0);
    expect(result.totals.energyPj).toBeCloseTo(energy, 0);
  });

  it('shows counts and loop nest of one layer', async () => {
    const { stdout } = await runCli(...args, '--layer', 'conv3');
    expect(stdout).toContain('parallel for r in 0..3 on Y');
    expect(stdout).toContain('Not in these figures');
  });

  it('answers exit 3 with the reason when the accelerator cannot run the mapping', () => {
    const mapping = preset('mappings/eyeriss-alexnet.yaml').replace('R 11 Y', 'R 11 X');
    const { code, stderr } = runProcess(...args.slice(0, -1), temporaryFile('mapping.yaml', mapping));
    expect(stderr).toContain('R cannot run in parallel on array dimension X');
    expect(stderr).toContain('which has 14');
    expect(code).toBe(3);
  });
});

describe('bad input', () => {
  const evaluate = (accelerator: string, workload = 'alexnet', mapping = 'eyeriss-alexnet') => [
    'eval',
    '--accelerator',
    accelerator,
    '--workload',
    workload,
    '--mapping',
    mapping,
  ];

  it('an accelerator with a wrong key names file, line and key', async () => {
    const file = temporaryFile('a.yaml', preset('accelerators/eyeriss.yaml').replace('capacity: 108', 'capcity: 108'));
    await expectRefusal(evaluate(file), 'a.yaml:', 'capcity', 'capacity');
  });
  it('an unknown unit names file, line and key', async () => {
    const file = temporaryFile('a.yaml', preset('accelerators/eyeriss.yaml').replace('108 KiB', '108 KiX'));
    await expectRefusal(evaluate(file), 'a.yaml:', 'capacity');
  });
  it('a level too small for one word of each tensor it must keep names the level', async () => {
    const text = preset('accelerators/eyeriss.yaml').replace(
      'capacity: 512 B',
      'capacity: 4 B\n    mustKeep: [Weights, Inputs, Outputs]',
    );
    await expectRefusal(evaluate(temporaryFile('a.yaml', text)), 'RegisterFile', 'too small');
  });
  it('a workload with a negative bound names file, line and key', async () => {
    const file = temporaryFile('w.yaml', preset('workloads/dqn.yaml').replace(/kernel: \d+/, 'kernel: -3'));
    await expectRefusal(evaluate('eyeriss', file), 'w.yaml:', 'kernel');
  });
  it('a layer with zero channels names file, line and key', async () => {
    const file = temporaryFile('w.yaml', preset('workloads/dqn.yaml').replace(/out: \d+/, 'out: 0'));
    await expectRefusal(evaluate('eyeriss', file), 'w.yaml:', 'out');
  });
  it('a mapping with a malformed loop names file, line and key', async () => {
    const text = preset('mappings/eyeriss-alexnet.yaml').replace('K 3', 'K three');
    await expectRefusal(evaluate('eyeriss-spads', 'alexnet', temporaryFile('m.yaml', text)), 'm.yaml:', 'temporal');
  });
  it('a record file that is not JSON names file and line', async () => {
    await expectRefusal(['validate', 'records', temporaryFile('r.json', '[1,\n 2,]')], 'r.json:2', 'not JSON');
  });
  it('unknown presets and options get the nearest name', async () => {
    await expectRefusal(evaluate('eyerris'), "did you mean 'eyeriss'");
    await expectRefusal(['eval', '--acelerator', 'eyeriss'], '--accelerator');
    await expectRefusal(['show', 'resnet5'], 'resnet50');
    await expectRefusal(['list', 'things'], 'workloads');
  });
  it('numbers and durations that are none are refused', async () => {
    const design = ['design', 'dqn', '--budget', 'eyeriss'];
    for (const [option, value] of [
      ['--target', 'x'],
      ['--time', 'abc'],
      ['--generations', '-1'],
      ['--workers', '0'],
      ['--seed', '1.5'],
    ])
      await expectRefusal([...design, option!, value!], option!, value!);
  });
});

describe('list and show', () => {
  it('list all presets and show one with its source', async () => {
    const presets = JSON.parse((await runCli('list', '--json')).stdout);
    expect(presets.workloads.length).toBeGreaterThanOrEqual(13);
    expect((await runCli('show', 'nvdla-1024')).stdout).toContain('source:');
    // Killed by: all presets of a name in one text, which is no file any more.
    const { stdout } = await runCli('show', 'eyeriss');
    expect(stdout).toContain('others of this name: budgets/eyeriss, measurements/eyeriss');
    expect(stdout.match(/^name:/gm)).toHaveLength(1);
    expect(stdout).toContain('\nlevels:\n');
  });
});

describe('validate', () => {
  it('records: exit 0 when all match, 1 with the figures when not', async () => {
    const file = 'test/golden/timeloop-hand.json';
    const good = await runCli('validate', 'records', file, '--temporal-reuse', 'timeloop', '--json');
    expect(JSON.parse(good.stdout)).toEqual({ cases: 14, matched: 14, mismatches: [] });
    expect(good.code).toBe(0);
    const bad = await runCli('validate', 'records', file, '--temporal-reuse', 'exact', '--json');
    expect(JSON.parse(bad.stdout).matched).toBe(10);
    expect(bad.code).toBe(1);
  });

  it("records: reads rows of DOSA's data set too, a line per rule of temporal reuse, and fails where none explains a row", async () => {
    const file = 'test/golden/dosa-rows.json';
    const all = await runCli('validate', 'records', file);
    expect([all.code, all.stderr]).toEqual([0, '']);
    expect(all.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['exact', 'timeloop', 'timeloop-2023', '13']),
    );
    const one = await runCli('validate', 'records', file, '--temporal-reuse', 'exact', '--json');
    const { rules, unexplained } = JSON.parse(one.stdout);
    expect([one.code, rules.length, unexplained.length]).toEqual([1, 1, 10]);
  });

  it('schedules: exit 0 when all match, 1 with the figures when not', async () => {
    const [one] = JSON.parse(preset('test/golden/schedules.json'));
    const good = await runCli(
      'validate',
      'schedules',
      temporaryFile('one.json', JSON.stringify([one])),
      '--json',
      '--quiet',
    );
    expect(JSON.parse(good.stdout)).toMatchObject({ cases: 1, matched: 1, differences: [] });
    expect([good.code, good.stderr]).toEqual([0, '']);
    const other = JSON.stringify([{ ...one, cycles: one.cycles + 1 }]);
    const bad = await runCli('validate', 'schedules', temporaryFile('one.json', other));
    expect(bad.stdout).toMatch(/^probe-003 {2}cycles: recorded \d+, here \d+\n/);
    expect(bad.stderr).toContain('probe-003 (chain-3): differing figures: 1');
    expect(bad.code).toBe(1);
  });
});
