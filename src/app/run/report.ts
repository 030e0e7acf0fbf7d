import { join } from 'node:path';
import type { ReportInput } from '../../report/report-model.ts';
import type { RunEvent } from '../../search/run-events.ts';
import { readRun } from '../../study/read-run.ts';
import { REPORT_FOLDER } from '../../study/run.ts';
import { packageVersion } from '../presets/package.ts';
import { commandText } from './command-text.ts';
import { isRunEvent } from './event-guard.ts';
import { openPageFolder, writePages } from './page-folder.ts';

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
  const folder = out ?? join(directory, REPORT_FOLDER);
  openPageFolder(folder, { page: REPORT_PAGE, csv: reportFiles(input), option: '--out', isNamed: out !== undefined });
  return writePages(folder, REPORT_PAGE, await renderReport(input));
}

/** Writes the comparison of two runs, as {@link writeReport}. @returns the path of the HTML file */
export async function writeComparison(first: string, second: string, out: string): Promise<string> {
  const inputs = [reportInput(first), reportInput(second)] as const;
  const { COMPARISON_FILES, renderComparison } = await import('../../report/comparison/render-comparison.ts');
  openPageFolder(out, { page: COMPARISON_PAGE, csv: COMPARISON_FILES, option: '--out', isNamed: true });
  return writePages(out, COMPARISON_PAGE, await renderComparison(...inputs));
}

const REPORT_PAGE = 'report.html';
const COMPARISON_PAGE = 'comparison.html';
