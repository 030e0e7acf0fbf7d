import { basename, join } from 'node:path';
import { pageFiles } from '../../report/page/page-files.ts';
import { createNamedFolder } from '../../study/create-folder.ts';
import { NODE_FILES, removeIfThere } from '../../study/file-operations.ts';
import { FILE_LIMITS, readRegularFile } from '../../study/read-file.ts';
import { REPORT_FOLDER } from '../../study/run.ts';
import { RUN_FILES } from '../../study/run-files.ts';
import { removeAbandoned, statEntry, tryWriting, writeWholeFiles } from '../../study/write-file.ts';
import { TrifoldError } from '../../util/errors.ts';
import { OUTPUT_ADVICE } from './output-files.ts';

/** A page with its CSV files, as it will be written into a folder. */
export interface PlannedPage {
  readonly page: string;
  readonly csv: readonly string[];
  /** Option that names the folder. */
  readonly option: string;
  /** Whether the user names it; another one must lie where it seems to, in the folder of its run. */
  readonly isNamed: boolean;
}

/**
 * Creates a folder for a page, so that nothing is drawn that cannot be written.
 * @throws TrifoldError `usage` and `io` where it can be no folder, is that of a run, or holds other files of these names
 */
export function openPageFolder(folder: string, { page, csv, option, isNamed }: PlannedPage): void {
  if (!isNamed && statEntry(folder)?.isSymbolicLink() === true)
    throw new TrifoldError('usage', `${folder} is a symbolic link, which is not followed`, {
      hint: `name the folder of the report with ${option}`,
    });
  createNamedFolder(folder, option);
  if (statEntry(join(folder, RUN_FILES.description)) !== undefined)
    throw new TrifoldError('usage', `${folder} is the folder of a run, not of its report`, {
      hint: `the report of the run goes into ${join(folder, REPORT_FOLDER)}; choose another folder with ${option}`,
    });
  refuseForeignFiles(folder, page, csv, option);
}

/** @throws TrifoldError `usage` for a file that would be replaced and that no page of this name came with; `io` */
function refuseForeignFiles(folder: string, page: string, csv: readonly string[], option: string): void {
  const own = filesOfPage(join(folder, page));
  for (const name of [page, ...csv]) {
    const path = join(folder, name);
    if (statEntry(path) === undefined || own.includes(name)) continue;
    throw new TrifoldError('usage', `${path} is not of a report that trifold wrote, and is not replaced`, {
      hint: `move it elsewhere, or choose another folder with ${option}`,
    });
  }
  removeAbandoned(NODE_FILES, folder, Date.now());
  tryWriting(NODE_FILES, join(folder, page), OUTPUT_ADVICE);
}

/** A page of ours and the files that came with it; none for anything else. @throws TrifoldError `io` */
function filesOfPage(path: string): readonly string[] {
  if (statEntry(path)?.isFile() !== true) return [];
  const bytes = readRegularFile(path, { limitBytes: FILE_LIMITS.runFile, links: 'refused' });
  const files = pageFiles(bytes.toString('utf8'));
  return files === null ? [] : [basename(path), ...files];
}

/** Writes a page and its CSV files; files that the page of before came with and this one does not are removed. @returns the path of the page */
export function writePages(
  folder: string,
  name: string,
  { html, csv }: { readonly html: string; readonly csv: Readonly<Record<string, string>> },
): string {
  const path = join(folder, name);
  const before = filesOfPage(path);
  // The page first: it says which files are of a report.
  const all = [
    { path, text: html },
    ...Object.entries(csv).map(([file, text]) => ({ path: join(folder, file), text })),
  ];
  writeWholeFiles(NODE_FILES, all, { advice: OUTPUT_ADVICE });
  for (const old of before) if (old !== name && csv[old] === undefined) removeIfThere(NODE_FILES, join(folder, old));
  return path;
}
