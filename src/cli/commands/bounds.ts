import type { Command } from 'commander';
import { BOUNDS } from '../../options/bounds.ts';
import { shownText } from '../../util/shown-text.ts';
import { addCommand } from '../command-line.ts';
import { print, printAsIs, printError, printJson, progress } from '../context.ts';

/** `trifold bounds`: least traffic by the capacity of a buffer. */
export function addBoundsCommand(program: Command): void {
  addCommand(program, BOUNDS, async ({ request, process: { csv, force, report, time }, common }) => {
    const { runBounds } = await import('../../app/bounds/bounds.ts');
    const { boundsCsv, boundsJson } = await import('../../app/bounds/output.ts');
    const { refuseUnwritable, tryWriteOutput } = await import('../../app/run/output-files.ts');
    if (csv !== undefined) refuseUnwritable(csv, { isForced: force, inputs: request });
    const page = report === undefined ? null : await openPage(report);
    const end = time === undefined ? Number.POSITIVE_INFINITY : performance.now() + 1000 * time;
    const result = runBounds(request, {
      shouldStop: () => performance.now() > end,
      onLayer: (name, place, count) => {
        if (count > 1) progress(common, `layer ${place + 1}/${count}: ${name}`);
      },
    });
    const path = await page?.write(result);
    const unwritten = csv === undefined ? null : tryWriteOutput(csv, boundsCsv(result), force);
    if (unwritten !== null) printError(unwritten.error);
    if (common.json) printJson({ ...boundsJson(result), ...(path !== undefined && { report: path }) });
    else {
      const { describeBounds } = await import('../text/bounds-text.ts');
      print(describeBounds(result));
      if (path !== undefined) printAsIs(shownText(path));
    }
    if (unwritten === null) return;
    const { showUnwritten } = await import('../run-command.ts');
    showUnwritten([{ ...unwritten, keptIn: null }], common);
  });
}

async function openPage(folder: string) {
  const { openBoundsPage } = await import('../../app/bounds/page.ts');
  return openBoundsPage(folder, ['trifold', ...process.argv.slice(2)]);
}
