import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapped } from '../run-folders.ts';
import { SMALL_REQUEST } from '../small-files.ts';

const file = join(mkdtempSync(join(tmpdir(), 'trifold-limits-')), 'net.yaml');
writeFileSync(
  file,
  `name: net
source: made up for tests
input: [4, 4, 4]
layers:
  - { name: thrice, kind: conv, out: 4, kernel: 1, repeat: 3 }
  - { name: once, kind: conv, out: 4, kernel: 1 }
`,
);

describe('limits of a layer that its network repeats', () => {
  it('hold for one run of it, and the output says so beside totals of all runs', async () => {
    const request = { ...SMALL_REQUEST, workload: file };
    const said = async (layer: string[], subjectTo: string[]) =>
      (await mapped({ ...request, layer, subjectTo })).notes.filter((text) => text.startsWith('limits hold'));
    const limit = ['latency < 10 ms'];
    expect(await said(['thrice'], limit)).toEqual(['limits hold for one run of thrice; the totals are of all 3 runs']);
    expect(await said(['thrice'], [])).toEqual([]);
    expect(await said(['once'], limit)).toEqual([]);
    expect(await said(['thrice', 'once'], limit)).toEqual([]);
  });
});
