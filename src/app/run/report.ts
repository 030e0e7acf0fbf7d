import { join } from 'node:path';
import type { ReportInput } from '../../report/report-model.ts';
import type { RunEvent } from '../../search/run-events.ts';
import { createNamedFolder } from '../../study/create-folder.ts';
import { readRun } from '../../study/read-run.ts';
import { REPORT_FOLDER } from '../../study/run.ts';
import { packageVersion } from '../presets/load.ts';
import { commandText } from './command-text.ts';
import { isRunEvent } from './event-guard.ts';
import { replaceFile } from './output-files.ts';

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
 * Writes the report of a run as `report.html` and CSV files into `report/` of its folder (or into `out`); a report of before is replaced.
 * @returns the path of the HTML file
 * @throws TrifoldError `foreign`, `io`; `usage` and `io`, before anything is drawn, where `out` can be no folder
 */
export async function writeReport(directory: string, out = join(directory, REPORT_FOLDER)): Promise<string> {
  const input = reportInput(directory);
  createNamedFolder(out);
  const { renderReport } = await import('../../report/render-report.ts');
  return writePages(out, 'report.html', await renderReport(input));
}

/** Writes the comparison of two runs, as {@link writeReport}. @returns the path of the HTML file */
export async function writeComparison(first: string, second: string, out: string): Promise<string> {
  const inputs = [reportInput(first), reportInput(second)] as const;
  createNamedFolder(out);
  const { renderComparison } = await import('../../report/comparison/render-comparison.ts');
  return writePages(out, 'comparison.html', await renderComparison(...inputs));
}

function writePages(
  folder: string,
  name: string,
  { html, csv }: { readonly html: string; readonly csv: Readonly<Record<string, string>> },
): string {
  for (const [file, text] of Object.entries(csv)) replaceFile(join(folder, file), text);
  const path = join(folder, name);
  replaceFile(path, html);
  return path;
}
