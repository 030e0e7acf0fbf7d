import { describe, expect, it } from 'vitest';
import { describeExplanations } from '../../src/cli/text/explain-text.ts';
import { describeSweep } from '../../src/cli/text/sweep-text.ts';
import type { MapRequest } from '../../src/options/map.ts';
import { mapped, swept } from '../app/run-folders.ts';
import { eyerissWith, freshPath, SMALL_NETWORK, SMALL_REQUEST } from '../app/small-files.ts';
import { runCli } from './run-cli.ts';

const explained = async (request: Partial<MapRequest>) => {
  const result = await mapped({ ...SMALL_REQUEST, ...request, explain: true });
  return describeExplanations(result, result.explanations!);
};
const described = async (vary: string[], request: Partial<MapRequest> = {}) =>
  describeSweep(await swept({ ...SMALL_REQUEST, ...request, vary }));

describe('map --explain', () => {
  it('tells of one layer what stands still, what binds, the floors and what would help', async () => {
    const text = await explained({ layer: 'conv' });
    expect(text).toMatch(/dataflow {3}(weight|input|output|row) stationary|dataflow {3}all tensors resident/);
    for (const part of [
      'What stands still',
      'What binds',
      'Traffic',
      'Why not better?',
      'What would help',
      'published dataflow',
    ])
      expect(text).toContain(part);
    expect(text).toContain('follows technology cacti-65nm');
    expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
    for (const line of text.split('\n')) expect(line).toBe(line.trimEnd());
  });

  it('tells of a network a line per layer and points to --layer', async () => {
    const text = await explained({});
    expect(text).toMatch(/^ {2}conv +/m);
    expect(text).toMatch(/^ {2}wide +/m);
    expect(text).toContain('time is bound by');
    expect(text).toContain('--explain --layer NAME');
    expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('is in the JSON document, and nothing else is on stdout', () => {
    const { code, stdout, stderr } = runCli(
      ...['map', SMALL_NETWORK, '--accelerator', 'eyeriss', '--layer', 'wide', '--explain', '--json'],
    );
    expect(code).toBe(0);
    const [explanation] = JSON.parse(stdout).explanations.layers;
    expect(explanation.layer).toBe('wide');
    expect(stderr).toContain('explained 1/');
  });
});

describe('sweep', () => {
  const args = ['sweep', SMALL_NETWORK, '--accelerator', 'eyeriss', '--layer', 'wide'];

  it('prints a table with a chart for one parameter', async () => {
    const text = await described(['L2=1KiB..8KiB']);
    for (const value of ['1 KiB', '2 KiB', '4 KiB', '8 KiB']) expect(text).toMatch(new RegExp(`^ +${value} `, 'm'));
    expect(text).toMatch(/least EDP/);
    expect(text).toContain('over GlobalBuffer.capacity: l latency, e energy, o EDP');
    expect(text).toMatch(/[\u2801-\u28ff]/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('prints a grid per figure for two parameters, the least marked once', async () => {
    const text = await described(['X=7,14', 'DRAM.bandwidth=0.25..1 GB/s'], { layer: 'wide' });
    for (const figure of ['EDP', 'energy', 'latency']) expect(text).toContain(`${figure}, multiples of the least`);
    expect(text.match(/\*1\.000/g)).toHaveLength(3);
    expect(text).toContain('250 MB/s');
  });

  it('shows points without a mapping with their reason', async () => {
    const accelerator = eyerissWith(['capacity: 512 B', 'capacity: 512 B\n    mustKeep: [Weights, Inputs, Outputs]']);
    const text = await described(['L1=4B,64B'], { accelerator });
    expect(text).toMatch(/4 B {2}no mapping/);
    expect(text).toContain('too small');
    expect(await described(['L1=4B,64B', 'X=7,14'], { accelerator })).toMatch(/4 B +- +-$/m);
  });

  it('gives JSON and CSV, and refuses to overwrite', () => {
    const csv = freshPath('a.csv');
    const { code, stdout, stderr } = runCli(...args, '--vary', 'L2=1KiB,2KiB', '--json', '--csv', csv);
    expect(code).toBe(0);
    expect(stderr).toContain('point 2/2');
    expect(JSON.parse(stdout).points).toHaveLength(2);
    const again = runCli(...args, '--vary', 'L2=1KiB,2KiB', '--csv', csv);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('exists already');
  });

  it('answers exit 2 for unknown parameters and 3 when nothing can be mapped', () => {
    const unknown = runCli(...args, '--vary', 'L3=1KiB');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("no parameter 'L3'");
    const impossible = runCli(...args, '--vary', 'X=7,14', '--subject-to', 'latency < 1 ns', '--quiet');
    expect(impossible.code).toBe(3);
    expect(impossible.stderr).toContain('no point of the sweep');
    expect(runCli('sweep', '--help').stdout).toContain('follow the technology');
  });
});
