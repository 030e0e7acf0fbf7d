import { basename, join } from 'node:path';
import { pageFiles } from '../../report/page/page-files.ts';
import type { ReportInput } from '../../report/report-model.ts';
import type { RunEvent } from '../../search/run-events.ts';
import { createNamedFolder } from '../../study/create-folder.ts';
import { NODE_FILES, removeIfThere } from '../../study/file-operations.ts';
import { FILE_LIMITS, readRegularFile } from '../../study/read-file.ts';
import { readRun } from '../../study/read-run.ts';
import { REPORT_FOLDER } from '../../study/run.ts';
import { RUN_FILES } from '../../study/run-files.ts';
import { removeAbandoned, statEntry, tryWriting, writeWholeFiles } from '../../study/write-file.ts';
import { TrifoldError } from '../../util/errors.ts';
import { packageVersion } from '../presets/package.ts';
import { commandText } from './command-text.ts';
import { isRunEvent } from './event-guard.ts';
import { OUTPUT_ADVICE } from './output-files.ts';

/** The input of a report, read from a run folder; the run may still be going on. @throws TrifoldError `foreign`, `io` */
function reportInput(directory: string): ReportInput {
  const run = readRun<RunEvent>(directory, isRunEvent);
  const { configuration, command } = run.description;
  return {
    title: titleOf(run.events, directory),
    folder: directory,
    events: run.events,
    configuration: settingsOf(configuration),
    commandLine: commandText(command),
    version: packageVersion(),
  };
}

/** The request of a run, with the names of what it was resolved to; the resolved objects themselves would fill pages. */
function settingsOf(configuration: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(configuration) || !isRecord(configuration.request)) return {};
  const names = ['budget', 'technology', 'space'].flatMap((key) => {
    const resolved = configuration[key];
    return isRecord(resolved) && typeof resolved.name === 'string' ? [[key, resolved.name] as const] : [];
  });
  return { ...configuration.request, ...Object.fromEntries(names) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function titleOf(events: readonly RunEvent[], directory: string): string {
  const started = events.find((event) => event.kind === 'started');
  return started?.kind === 'started' ? started.name : directory;
}

/**
 * Writes the report of a run as `report.html` and CSV files into `report/` of its folder (or into `out`); a report of before is replaced,
 * and no other file.
 * @returns the path of the HTML file
 * @throws TrifoldError `foreign`, `io`; `usage` and `io`, before anything is drawn, where `out` can be no folder or holds other files of these names
 */
export async function writeReport(directory: string, out?: string): Promise<string> {
  const input = reportInput(directory);
  const { renderReport, reportFiles } = await import('../../report/render-report.ts');
  const folder = reportFolder(out ?? join(directory, REPORT_FOLDER), out !== undefined);
  refuseForeignFiles(folder, REPORT_PAGE, reportFiles(input));
  return writePages(folder, REPORT_PAGE, await renderReport(input));
}

/** Writes the comparison of two runs, as {@link writeReport}. @returns the path of the HTML file */
export async function writeComparison(first: string, second: string, out: string): Promise<string> {
  const inputs = [reportInput(first), reportInput(second)] as const;
  const { COMPARISON_FILES, renderComparison } = await import('../../report/comparison/render-comparison.ts');
  const folder = reportFolder(out, true);
  refuseForeignFiles(folder, COMPARISON_PAGE, COMPARISON_FILES);
  return writePages(folder, COMPARISON_PAGE, await renderComparison(...inputs));
}

const REPORT_PAGE = 'report.html';
const COMPARISON_PAGE = 'comparison.html';

/** A folder for pages, created. One that the user does not name must lie where it seems to, in the folder of the run. */
function reportFolder(folder: string, isNamed: boolean): string {
  if (!isNamed && statEntry(folder)?.isSymbolicLink() === true)
    throw new TrifoldError('usage', `${folder} is a symbolic link, which is not followed`, {
      hint: 'name the folder of the report with --out',
    });
  createNamedFolder(folder);
  if (statEntry(join(folder, RUN_FILES.description)) !== undefined)
    throw new TrifoldError('usage', `${folder} is the folder of a run, not of its report`, {
      hint: `leave out --out: the report goes into ${join(folder, REPORT_FOLDER)}; or choose another folder`,
    });
  return folder;
}

/** @throws TrifoldError `usage` for a file that would be replaced and that no page of this name came with; `io` */
function refuseForeignFiles(folder: string, page: string, csv: readonly string[]): void {
  const own = filesOfPage(join(folder, page));
  for (const name of [page, ...csv]) {
    const path = join(folder, name);
    if (statEntry(path) === undefined || own.includes(name)) continue;
    throw new TrifoldError('usage', `${path} is not of a report that trifold wrote, and is not replaced`, {
      hint: 'move it elsewhere, or choose another folder with --out',
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

function writePages(
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
