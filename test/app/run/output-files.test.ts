import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseUnwritable, tryWriteOutput, writeOutput } from '../../../src/app/run/output-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'trifold-outputs-'));
const path = (name: string) => join(folder, name);

describe('a file that the user names', () => {
  it('is tried before the work, and nothing is left behind', () => {
    refuseUnwritable(path('new.yaml'), { isForced: false });
    refuseUnwritable(path('new.yaml'), { isForced: true });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused where it exists, unless it may be overwritten; trying changes nothing', () => {
    writeFileSync(path('old.yaml'), 'old');
    expect(() => refuseUnwritable(path('old.yaml'), { isForced: false })).toThrow(/exists already/);
    refuseUnwritable(path('old.yaml'), { isForced: true });
    expect(readFileSync(path('old.yaml'), 'utf8')).toBe('old');
    writeOutput(path('old.yaml'), 'new', true);
    expect(readFileSync(path('old.yaml'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['old.yaml']);
  });

  it.each([
    ['a folder', () => mkdirSync(path('folder'), { recursive: true }), 'folder', 'usage'],
    ['in no folder', () => undefined, 'missing/file.yaml', 'io'],
    ['in a file', () => writeFileSync(path('file'), ''), 'file/file.yaml', 'io'],
    ['too long a name', () => undefined, `${'x'.repeat(300)}.yaml`, 'io'],
  ] as readonly (readonly [string, () => void, string, string])[])(
    'is refused as %s, forced or not',
    (_, prepare, name, code) => {
      prepare();
      for (const isForced of [false, true])
        expect(() => refuseUnwritable(path(name), { isForced })).toThrow(expect.objectContaining({ code }));
      expect(tryWriteOutput(path(name), 'text', true)).toMatchObject({ text: 'text', error: { code } });
    },
  );

  it('is refused where it is an input of the command, by whatever name and even if it may be overwritten', () => {
    writeFileSync(path('mine.yaml'), 'mine');
    linkSync(path('mine.yaml'), path('linked.yaml'));
    const inputs = { accelerator: path('mine.yaml'), workload: 'resnet18', seed: 1 };
    for (const name of ['mine.yaml', './mine.yaml', 'linked.yaml'])
      expect(() => refuseUnwritable(join(folder, name), { isForced: true, inputs })).toThrow(
        /is an input of this command/,
      );
    writeFileSync(path('other.yaml'), 'mine');
    refuseUnwritable(path('other.yaml'), { isForced: true, inputs });
  });

  it.skipIf(!existsSync('/dev/null'))('is refused where it is a device, which a file would take the place of', () => {
    expect(() => refuseUnwritable('/dev/null', { isForced: true })).toThrow(/is a device, not a regular file/);
    expect(tryWriteOutput('/dev/null', 'text', true)).toMatchObject({ error: { code: 'usage' } });
  });

  it.skipIf(!existsSync('/proc/self'))('is refused where the system lets nobody write', () => {
    expect(() => refuseUnwritable('/proc/trifold.yaml', { isForced: true })).toThrow(
      expect.objectContaining({ code: 'io' }),
    );
  });
});
