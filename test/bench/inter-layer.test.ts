import { describe, expect, it } from 'vitest';
import { benchedNetworks, withNetworkFile } from '../../bench/inter-layer/blocks.ts';
import { type Cell, type CellFigures, MODES, measureCell } from '../../bench/inter-layer/cell.ts';
import { cellKey, type MeasuredCell, summaryLines, TABLE_HEAD, tableRow } from '../../bench/inter-layer/cell-table.ts';
import { withMeasured } from '../../bench/inter-layer/last-figures.ts';
import { loadWorkload } from '../../src/app/presets/load.ts';
import { layerKey } from '../../src/workload/distinct-layers.ts';
import { MATRIX_NETWORK, tinyWith } from '../app/small-files.ts';

const ACCELERATOR = tinyWith();
const cellOf = (mode: Cell['mode']): Cell => ({ network: MATRIX_NETWORK, accelerator: ACCELERATOR, mode });

async function figuresOf(mode: Cell['mode'], seconds = 60): Promise<CellFigures> {
  const outcome = await measureCell(cellOf(mode), { seconds, workers: 1 });
  if ('reason' in outcome) throw new Error(outcome.reason);
  return outcome;
}

const columns = (row: string) => row.split('|').map((text) => text.trim());

describe('the table of what stays on chip between layers', () => {
  // Killed by: cells that map in the mode of another, compulsory words without pins, words of the islands in place of the schedule's.
  it('holds proven figures, each mode no worse than the one before', async () => {
    const all: MeasuredCell[] = [];
    for (const mode of MODES) all.push({ ...cellOf(mode), ...(await figuresOf(mode)), megabytes: 100, load: 1 });
    const [off, retain] = all as [MeasuredCell & CellFigures, MeasuredCell & CellFigures];
    expect(retain.edpPjCycles).toBeLessThan(off.edpPjCycles);
    expect(retain.dramWords).toBeLessThan(off.dramWords);
    expect(off.compulsoryWords).toBe(16 + 64 + 16 * 32 + 32 * 64);
    const lines = summaryLines(all);
    expect(lines).toContain('proven: 1 of 1 off, 1 of 1 retain, 1 of 1 fuse; without figures: 0');
    expect(lines).toContain('proven fuse <= retain <= off: 2 of 2');
    expect(lines).toContain('DRAM words >= compulsory: 3 of 3');
    const before = withMeasured({}, all)[cellKey(retain)]!;
    const row = columns(tableRow(retain, off, before));
    expect(row.length).toBe(columns(TABLE_HEAD.split('\n')[0]!).length);
    expect(row).toContain(`${(100 * (retain.edpPjCycles / off.edpPjCycles - 1)).toFixed(1)} %`);
    expect(row).toContain('proven');
    expect(row.at(-2)).toContain(`${retain.edpPjCycles.toExponential(4)}, proven`);
  });

  // Killed by: a stop that no cell hears, a bound of the islands for what might stay, a stopped cell that counts as proven.
  it('holds what is known of cells whose time is over', async () => {
    const [fuse, proven] = [await figuresOf('fuse', 0), await figuresOf('fuse')];
    expect([fuse.optimal, proven.optimal]).toEqual([false, true]);
    expect(fuse.lowerBound).toBeNull();
    expect(fuse.edpPjCycles).toBeGreaterThan(proven.edpPjCycles);
    const stopped = {
      ...proven,
      ...{ edpPjCycles: 1.25 * proven.edpPjCycles, optimal: false, megabytes: 100, load: 1 },
    };
    const row = tableRow({ ...cellOf('fuse'), ...stopped }, undefined, undefined);
    expect(row).toMatch(/\| open, bound \S+, gap 25.0 % \| - \|$/);
  });

  // Killed by: pairs that are counted without their proof, comparisons the other way round, a row without its reason.
  it('tells what does not hold', () => {
    const figures = { edpPjCycles: 2, lowerBound: 2, optimal: true, dramWords: 9, compulsoryWords: 10 };
    const took = { seconds: 1, cpuSeconds: 1, megabytes: 2000, load: 1 };
    const cell = (mode: Cell['mode'], changes: Partial<CellFigures>): MeasuredCell => ({
      ...{ ...cellOf(mode), ...figures, ...took, ...changes },
    });
    const late = { edpPjCycles: 3, dramWords: 10, seconds: 20 };
    const refused: MeasuredCell = { ...cellOf('fuse'), accelerator: 'other', reason: 'no level' };
    const lines = summaryLines([cell('off', {}), cell('retain', late), cell('fuse', { optimal: false }), refused]);
    expect(lines).toEqual([
      'proven: 1 of 1 off, 1 of 1 retain, 0 of 1 fuse; without figures: 1',
      'proven fuse <= retain <= off: 0 of 1',
      `  worse: ${cellKey(cellOf('retain'))}`,
      'DRAM words >= compulsory: 1 of 3',
      `  fewer: ${cellKey(cellOf('off'))}`,
      `  fewer: ${cellKey(cellOf('fuse'))}`,
      'retain proven within 10 s beyond off: 0 of 1',
      'memory below 1000 MB: 0 of 3',
    ]);
    expect(columns(tableRow(refused, undefined, undefined)).slice(-3)).toEqual(['no level', '-', '']);
  });

  // Killed by: a block with other sizes than in its network, networks that are not listed.
  it('has one block of each network that repeats one', async () => {
    const blocks = benchedNetworks().filter((name) => name.endsWith(':block'));
    expect(blocks).toContain('bert-base:block');
    for (const name of blocks) {
      const whole = loadWorkload(name.replace(':block', '')).network;
      const keys = new Set(whole.layers.map((layer) => layerKey(layer)));
      await withNetworkFile(name, async (file) => {
        const { layers, graph } = loadWorkload(file).network;
        expect(graph).toBeDefined();
        expect(layers.length).toBeGreaterThan(4);
        for (const layer of layers) expect(keys.has(layerKey(layer))).toBe(true);
      });
    }
  });
});
