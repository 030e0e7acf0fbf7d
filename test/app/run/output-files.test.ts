import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseInputsIn, refuseUnwritable, tryWriteOutput, writeOutput } from '../../../src/app/run/output-files.ts';

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
    ['a name that ends like that of a folder', () => undefined, 'missing/', 'usage'],
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

  it('is refused without a name', () => {
    expect(() => refuseUnwritable('', { isForced: true })).toThrow(/names no file/);
  });

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

  it('is refused where it is a link, to a file or to nothing, forced or not', () => {
    writeFileSync(path('linked-to.yaml'), 'old');
    symlinkSync(path('linked-to.yaml'), path('link.yaml'));
    symlinkSync(path('nowhere.yaml'), path('dangling.yaml'));
    for (const name of ['link.yaml', 'dangling.yaml'])
      for (const isForced of [false, true]) {
        expect(() => refuseUnwritable(path(name), { isForced })).toThrow(/is a symbolic link/);
        expect(tryWriteOutput(path(name), 'new', isForced)).toMatchObject({ text: 'new', error: { code: 'usage' } });
      }
    expect(readFileSync(path('linked-to.yaml'), 'utf8')).toBe('old');
    expect(existsSync(path('nowhere.yaml'))).toBe(false);
  });

  it('may lie in a folder that a link leads to', () => {
    mkdirSync(path('real'));
    symlinkSync(path('real'), path('linked-folder'));
    writeOutput(path('linked-folder/file.yaml'), 'text', false);
    expect(readdirSync(path('real'))).toEqual(['file.yaml']);
  });

  it('is refused where it is an input behind a name, in a list or in an object', () => {
    writeFileSync(path('table.json'), 'mine');
    const inputs = [
      { accuracy: `table=${path('table.json')}` },
      { accuracy: { kind: 'table', file: path('table.json') } },
      { workloads: ['resnet18', path('table.json')] },
    ];
    for (const one of inputs)
      expect(() => refuseUnwritable(path('table.json'), { isForced: true, inputs: one })).toThrow(/is an input/);
  });

  it('is refused where it is in the folder of the run, or in its way, by whatever name', () => {
    mkdirSync(path('run/report'), { recursive: true });
    symlinkSync(path('run'), path('same-run'));
    const cases = [
      ['run/mine.yaml', 'run'],
      ['run/report/mine.yaml', 'run'],
      ['same-run/mine.yaml', 'run'],
      ['run/mine.yaml', 'same-run'],
      ['fresh', 'fresh'],
      ['fresh', 'fresh/run'],
    ] as const;
    for (const [name, run] of cases)
      expect(() => refuseUnwritable(path(name), { isForced: true, runFolder: path(run) }), name).toThrow(
        expect.objectContaining({ code: 'usage' }),
      );
    for (const name of ['run2.yaml', 'run.yaml', '..run.yaml'])
      refuseUnwritable(path(name), { isForced: false, runFolder: path('run') });
  });

  it('is refused where it is a file of any run, and no other there', () => {
    mkdirSync(path('other-run'));
    for (const name of ['run.json', 'journal.jsonl', 'best.yaml']) writeFileSync(path(`other-run/${name}`), 'old');
    for (const name of ['run.json', 'journal.jsonl', 'checkpoint.json'])
      expect(() => refuseUnwritable(path(`other-run/${name}`), { isForced: true })).toThrow(/is a file of a run/);
    refuseUnwritable(path('other-run/best.yaml'), { isForced: true });
    writeFileSync(path('summary.json'), '');
    refuseUnwritable(path('summary.json'), { isForced: true });
  });

  it('may have the longest name that there is', () => {
    const longest = path(`${'x'.repeat(250)}.yaml`);
    refuseUnwritable(longest, { isForced: false });
    writeOutput(longest, 'text', false);
    expect(readFileSync(longest, 'utf8')).toBe('text');
  });

  it.skipIf(!existsSync('/proc/self'))('is refused where the system lets nobody write', () => {
    expect(() => refuseUnwritable('/proc/trifold.yaml', { isForced: true })).toThrow(
      expect.objectContaining({ code: 'io' }),
    );
  });
});

describe('files that the command reads', () => {
  it('are not in a folder that it clears, by whatever name', () => {
    mkdirSync(path('cleared'));
    writeFileSync(path('cleared/best.yaml'), '');
    symlinkSync(path('cleared/best.yaml'), path('best-link.yaml'));
    for (const name of ['cleared/best.yaml', 'best-link.yaml'])
      expect(() => refuseInputsIn(path('cleared'), { init: path(name), seed: 1 })).toThrow(
        /is an input of this command/,
      );
    refuseInputsIn(path('cleared'), { init: 'cleared', workload: path('cleared/none.yaml'), file: path('old.yaml') });
  });
});
