import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedGoal } from '../../../src/app/layers/goal.ts';
import type { LayerPool } from '../../../src/app/layers/layer-pool.ts';
import { mapWork } from '../../../src/app/layers/layer-work.ts';
import { loadAccelerator, presetNames } from '../../../src/app/presets/load.ts';
import { boardsJson, validateBoards } from '../../../src/app/validate/boards.ts';
import { describeBoards } from '../../../src/cli/text/validate/boards-text.ts';
import { exactSettings } from '../../../src/search/mapping/map-layer.ts';
import { convolution } from '../../../src/workload/layers.ts';
import { macCount } from '../../../src/workload/problem.ts';

/** Maps nothing: a layer takes as many cycles as it has multiply-accumulates, so that the rest of the comparison can be checked by hand. */
const POOL: LayerPool = {
  workers: 1,
  map: async (work, onResult = () => {}) =>
    work.map(({ layers: [layer] }, index) => {
      const evaluation = { cycles: macCount(layer!.problem) };
      const result = { kind: 'mapped', layers: [{ evaluation, proof: { optimal: index > 0 } }], seconds: 0 } as never;
      onResult(result, index);
      return result;
    }),
  close: async () => {},
};

const COLUMNS = ['e7', 'k7', 'l7', 'se7', 'lat_zcu102_ms', 'lat_vck190_ms', 'thr_tpuv2', 'thr_tpuv3'];

function tableFile(rows: readonly unknown[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'trifold-')), 'boards.json');
  writeFileSync(file, JSON.stringify({ source: 'here', columns: COLUMNS, rows }));
  return file;
}

/** Of one stage 1 block each, unless said otherwise. */
function row(genes: { e?: string; l?: string; se?: string }, ...figures: readonly (number | null)[]) {
  return [genes.e ?? '1111111', '3333333', genes.l ?? '1111111', genes.se ?? '0000000', ...figures];
}

describe('networks ranked against boards', () => {
  it('rank by layers alone as multiply-accumulates do, and throughputs in reverse', async () => {
    // Small, middle, large by multiply-accumulates; times agree, throughputs fall, TPUv3 is in reverse.
    const file = tableFile([
      row({}, 1, 2, 30, 10),
      row({ e: '4444444' }, 2, 4, 20, 20),
      row({ e: '6666666', l: '3333343' }, 3, 8, 10, 30),
    ]);
    const { boards, networks } = await validateBoards(file, POOL);
    expect(networks).toBe(3);
    expect(boards.map(({ everyNetwork }) => everyNetwork.layers)).toEqual([1, 1, 1, -1]);
    for (const { layers, proven } of boards) expect(proven).toBe(layers - 1);
    // Of one input: a batch of six runs in the latency, of the throughput each input counts.
    expect(boards.map(({ milliseconds }) => milliseconds[0]!.measured)).toEqual([1, 2 / 6, 1000 / 30, 100]);
    expect(JSON.stringify(boardsJson({ networks, source: 'here', boards, notes: [] }))).not.toContain('milliseconds');
  });

  it('count the words of squeeze-and-excitation with the vector operators only', async () => {
    // Layers of the second grow by two small ones, its time by far more than the layers of the third.
    const file = tableFile([
      row({}, 1, 1, 300, 300),
      row({ se: '1111111' }, 30, 30, 10, 10),
      row({ l: '1111112' }, 2, 2, 200, 200),
      row({ l: '1111113' }, 3, 3, null, null),
    ]);
    const { boards } = await validateBoards(file, POOL);
    const [zcu102, , tpu] = boards;
    expect(zcu102!.everyNetwork.networks).toBe(4);
    expect(zcu102!.everyNetwork.layers).toBeLessThan(1);
    expect(zcu102!.withoutSqueezeExcite).toMatchObject({ networks: 3, layers: 1 });
    expect(tpu!.everyNetwork.networks).toBe(3);
    expect(tpu!.withoutSqueezeExcite.networks).toBe(2);
    for (const { medianRatio } of boards) expect(medianRatio).toBeGreaterThan(0);
  });

  it('say of equal times that there is no rank', async () => {
    const { boards } = await validateBoards(tableFile([row({}, 1, 1, 1, 1), row({ e: '4444444' }, 1, 1, 1, 1)]), POOL);
    for (const { everyNetwork } of boards) expect(everyNetwork).toMatchObject({ layers: null, all: null });
    expect(describeBoards({ networks: 2, source: 'here', boards, notes: [] })).toContain('  -  ');
  });

  // Killed by: a median of no figures.
  it('have no rank and no ratio on a board that measured none', async () => {
    const { boards } = await validateBoards(
      tableFile([row({}, 1, 1, 1, null), row({ e: '4444444' }, 2, 2, 2, null)]),
      POOL,
    );
    const { everyNetwork, medianRatio } = boards[3]!;
    expect(everyNetwork).toEqual({ networks: 0, layers: null, all: null });
    expect(medianRatio).toBeNull();
    expect(describeBoards({ networks: 2, source: 'here', boards, notes: [] })).not.toContain('NaN');
  });

  it('refuse genes that are none of the space', async () => {
    await expect(validateBoards(tableFile([row({ e: '2222222' }, 1, 1, 1, 1)]), POOL)).rejects.toThrow(
      /e7 must be seven digits 1, 4 or 6/,
    );
  });
});

describe('presets that stand for boards', () => {
  it.each(presetNames('boards'))('%s maps a layer and has a vector unit and sources', (name) => {
    const accelerator = loadAccelerator(name);
    expect(accelerator.name).toBe(name);
    expect(accelerator.vectorUnit).toBeDefined();
    const shape = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], input: [7, 7] } as const;
    const problem = convolution({ name, inChannels: 16, outChannels: 32, padding: 0, groups: 1, batch: 6, ...shape });
    if (!problem.ok) throw new Error(problem.message);
    const result = mapWork({
      name,
      layers: [{ problem: problem.value, wordBits: { Weights: 8, Inputs: 8, Outputs: 32 } }],
      accelerator,
      goal: namedGoal('latency'),
      settings: exactSettings({ factors: 'imperfect' }),
    });
    expect(result.kind).toBe('mapped');
  });
});
