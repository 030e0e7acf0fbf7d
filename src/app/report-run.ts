import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportInput } from '../report/model.ts';
import type { RunEvent } from '../search/run-events.ts';
import { readRun } from '../study/read-run.ts';
import { isDesignInputs } from './design-inputs.ts';
import { isRunEvent } from './design-run.ts';
import { packageVersion } from './library.ts';
import { replaceFile } from './output-files.ts';

/** What a report is made of, read from a run folder; the run may still be going on. @throws TrifoldError `foreign`, `io` */
function reportInput(directory: string): ReportInput {
  const run = readRun<RunEvent>(directory, isRunEvent);
  const { configuration, command } = run.description;
  return {
    title: titleOf(run.events, directory),
    events: run.events,
    configuration: isDesignInputs(configuration)
      ? { ...configuration.request, budget: configuration.budget.name, technology: configuration.technology.name }
      : {},
    commandLine: command.join(' '),
    version: packageVersion(),
  };
}

function titleOf(events: readonly RunEvent[], directory: string): string {
  const started = events.find((event) => event.kind === 'started');
  return started?.kind === 'started' ? started.name : directory;
}

/**
 * Writes the report of a run as `report.html` and CSV files into `report/` of its folder (or into `out`); a report of before is replaced.
 * @returns the path of the HTML file
 */
export async function writeReport(directory: string, out = join(directory, 'report')): Promise<string> {
  const { renderReport } = await import('../report/report.ts');
  return writePages(out, 'report.html', await renderReport(reportInput(directory)));
}

/** Writes the comparison of two runs. @returns the path of the HTML file */
export async function writeComparison(first: string, second: string, out: string): Promise<string> {
  const { renderComparison } = await import('../report/compare.ts');
  return writePages(out, 'comparison.html', await renderComparison(reportInput(first), reportInput(second)));
}

function writePages(
  folder: string,
  name: string,
  { html, csv }: { readonly html: string; readonly csv: Readonly<Record<string, string>> },
): string {
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(csv)) replaceFile(join(folder, file), text);
  const path = join(folder, name);
  replaceFile(path, html);
  return path;
}
