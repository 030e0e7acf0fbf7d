import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeComparison, writeReport } from '../../../src/app/run/report.ts';
import { pageFiles } from '../../../src/report/page/page-files.ts';
import { removeRun } from '../../../src/study/run.ts';
import { mapRuns } from '../run-folders.ts';
import { freshPath, SMALL_REQUEST } from '../small-files.ts';

let run = '';
beforeAll(async () => {
  run = (await mapRuns.start({ ...SMALL_REQUEST, layer: 'wide' })).directory;
});

/** Names and contents of a folder. */
const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = freshPath('out');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const WRITERS = [
  ['report', 'report.html', (out: string) => writeReport(run, out)],
  ['comparison', 'comparison.html', (out: string) => writeComparison(run, run, out)],
] as const;

describe.each(WRITERS)('a %s', (_, page, write) => {
  it('names the files that it comes with, and replaces them and no other', async () => {
    const out = folderWith({ 'mine.txt': 'mine' });
    expect(await write(out)).toBe(join(out, page));
    const files = filesOf(out);
    const csv = pageFiles(files[page]!)!;
    expect([...csv, page, 'mine.txt'].sort()).toEqual(Object.keys(files).sort());
    writeFileSync(join(out, 'summary.csv'), 'old');
    await write(out);
    expect(filesOf(out)).toEqual(files);
  });

  it.each([page, 'layers.csv', 'summary.csv'])(
    'refuses a folder with another %s, and changes nothing',
    async (name) => {
      const files = { [name]: 'mine', 'mine.txt': 'mine' };
      const out = folderWith(files);
      await expect(write(out)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(join(out, name)),
      });
      expect(filesOf(out)).toEqual(files);
    },
  );

  it('refuses the folder of a run, where its files would be taken for those of the run', async () => {
    const before = filesOf(run);
    await expect(write(run)).rejects.toThrow(/is the folder of a run/);
    expect(filesOf(run)).toEqual(before);
  });

  it('follows no links in place of its files', async () => {
    const out = folderWith({ 'mine.txt': 'mine' });
    for (const name of [page, 'layers.csv']) {
      symlinkSync(join(out, 'mine.txt'), join(out, name));
      await expect(write(out)).rejects.toMatchObject({ code: 'usage' });
      rmSync(join(out, name));
    }
    expect(filesOf(out)).toEqual({ 'mine.txt': 'mine' });
  });
});

describe('the folder of reports of a run', () => {
  it('takes reports again and again, without files of one before that have no successor', async () => {
    const page = await writeReport(run);
    const before = filesOf(join(run, 'report'));
    writeFileSync(join(run, 'report', 'front.csv'), 'of a report before');
    writeFileSync(page, before['report.html']!.replace('summary.csv', 'summary.csv front.csv'));
    await writeReport(run);
    expect(filesOf(join(run, 'report'))).toEqual(before);
  });

  it('takes the place of a report of an older version', async () => {
    const page = await writeReport(run);
    const before = filesOf(join(run, 'report'));
    // Reports had no such file then.
    rmSync(join(run, 'report', 'cycles.csv'));
    writeFileSync(page, before['report.html']!.replace(/<meta name="(generator|trifold-files)"[^>]*>\n/g, ''));
    await writeReport(run);
    expect(filesOf(join(run, 'report'))).toEqual(before);
  });

  it('is refused where it is a link that leads elsewhere, and is not cleared then', async () => {
    const elsewhere = folderWith({ 'mine.txt': 'mine' });
    const { directory } = await mapRuns.start({ ...SMALL_REQUEST, layer: 'wide' });
    symlinkSync(elsewhere, join(directory, 'report'));
    await expect(writeReport(directory)).rejects.toMatchObject({ code: 'usage' });
    expect(() => removeRun(directory)).toThrow(/is not of the run/);
    expect(filesOf(elsewhere)).toEqual({ 'mine.txt': 'mine' });
    expect(existsSync(join(directory, 'run.json'))).toBe(true);
  });

  it('keeps what users put there from being cleared with the run', async () => {
    const { directory } = await mapRuns.start({ ...SMALL_REQUEST, layer: 'wide' });
    await writeReport(directory);
    writeFileSync(join(directory, 'report/notes.txt'), 'mine');
    expect(() => removeRun(directory)).toThrow(/notes\.txt is not of the run/);
    rmSync(join(directory, 'report/notes.txt'));
    removeRun(directory);
    expect(readdirSync(directory)).toEqual([]);
  });
});
