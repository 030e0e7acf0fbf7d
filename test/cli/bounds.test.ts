import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../app/small-files.ts';
import { runCli } from './run-cli.ts';

describe('trifold bounds', () => {
  it('prints a table with tiles and loops, a chart and what is compulsory', async () => {
    const { code, stdout, stderr } = await runCli('bounds', '64x48x96');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('64x48x96: least words between outside and a buffer');
    expect(stdout).toMatch(/^ +16 B +[\d,]+ .* K2 P2 +K24 P32 C96$/m);
    expect(stdout).toMatch(/[\u2801-\u28ff]/);
    expect(stdout).toContain(`compulsory ${(64 * 96 + 96 * 48 + 64 * 48).toLocaleString('en-US')} words`);
  });

  it('writes JSON, CSV and a page, and overwrites no file', async () => {
    const [csv, report] = [freshPath('stairs.csv'), freshPath('page')];
    const args = ['bounds', 'alexnet', '--layer', 'conv3', '--accelerator', 'nvdla-256', '--factors', 'perfect'];
    const { code, stdout } = await runCli(...args, '--json', '--csv', csv, '--report', report);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.layers[0].steps.length).toBe(readFileSync(csv, 'utf8').trimEnd().split('\n').length - 1);
    const page = readFileSync(join(report, 'bounds.html'), 'utf8');
    expect(document.report).toBe(join(report, 'bounds.html'));
    expect(page).toContain('Least traffic of alexnet conv3');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(readFileSync(join(report, 'stairs.csv'), 'utf8')).toBe(readFileSync(csv, 'utf8'));
    const again = await runCli(...args, '--csv', csv);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('exists already');
  });

  it('ends with 2 for what cannot be asked and with 3 where nothing fits or the time is over', async () => {
    for (const [code, ...args] of [
      [2, '12x12'],
      [2, 'alexnet', '--level', 'L2'],
      [2, 'alexnet', '--between', '1..2'],
      [2, 'no-such-net'],
      [3, '3x4x5', '--between', '2B'],
      [3, '50000x70000x90000', '--time', '1ms'],
    ] as const) {
      const { code: ended, stdout, stderr } = await runCli('bounds', ...args, '--quiet');
      expect([ended, stdout]).toEqual([code, '']);
      expect(stderr).toMatch(/\[[a-z-]+\]/);
    }
  });
});
