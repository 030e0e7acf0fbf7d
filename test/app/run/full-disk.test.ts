import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { tryWriteOutput } from '../../../src/app/run/output-files.ts';
import { writeComparison, writeReport } from '../../../src/app/run/report.ts';
import { mountedDisk } from '../../study/support.ts';
import { mapRuns } from '../run-folders.ts';
import { SMALL_REQUEST } from '../small-files.ts';

const REQUEST = { ...SMALL_REQUEST, layer: 'wide' };
const PAGE = 4096;
const disk = mountedDisk(mkdtempSync(join(tmpdir(), 'trifold-full-')), '16k') ?? '';
const path = (name: string) => join(disk, name);

describe.skipIf(disk === '')('on a disk with room for almost nothing', () => {
  beforeEach(() => {
    for (const name of readdirSync(disk)) rmSync(path(name), { recursive: true });
    writeFileSync(path('ballast'), Buffer.alloc(3 * PAGE));
  });

  it('a file that the user names is there as a whole or not at all, and its text is told', async () => {
    writeFileSync(path('more'), Buffer.alloc(PAGE));
    const { unwritten, json } = await mapRuns.start({ ...REQUEST, save: path('save.yaml') }, null);
    expect(json).not.toBeNull();
    expect(unwritten).toMatchObject([
      { error: { code: 'io' }, keptIn: null, text: expect.stringContaining('mappings') },
    ]);
    expect(unwritten[0]!.error.message).toContain('the disk is full');
    expect(readdirSync(disk).sort()).toEqual(['ballast', 'more']);
    rmSync(path('more'));
    const { text } = unwritten[0]!;
    expect(tryWriteOutput(path('save.yaml'), text!, false)).toBeNull();
    expect(readFileSync(path('save.yaml'), 'utf8')).toBe(text);
    expect(tryWriteOutput(path('save.yaml'), 'x'.repeat(9 * PAGE), true)).toMatchObject({ error: { code: 'io' } });
    expect(readFileSync(path('save.yaml'), 'utf8')).toBe(text);
  });

  it('a report is there with all of its files or not at all', async () => {
    const { directory } = await mapRuns.start(REQUEST);
    await expect(writeReport(directory, path('report'))).rejects.toMatchObject({ code: 'io' });
    await expect(writeComparison(directory, directory, path('comparison'))).rejects.toMatchObject({ code: 'io' });
    for (const folder of ['report', 'comparison']) expect(readdirSync(path(folder))).toEqual([]);
  });

  it('a run that cannot be created leaves nothing in the way of the next try', async () => {
    await expect(mapRuns.start(REQUEST, path('run'))).rejects.toMatchObject({ code: 'io' });
    expect(readdirSync(path('run'))).toEqual([]);
  });

  it('a cache changes no result', async () => {
    const expected = await mapRuns.start(REQUEST, null);
    const layers = openLayerCache(path('cache'));
    const caches = { layers, candidates: layers };
    for (let i = 0; i < 2; i++) {
      const { json } = await mapRuns.start(REQUEST, null, { caches });
      expect(JSON.stringify(json)).toBe(JSON.stringify(expected.json));
    }
  });
});
