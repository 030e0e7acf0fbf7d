import type { Command } from 'commander';
import type { Imported } from '../../app/import/import.ts';
import { IMPORT } from '../../options/import.ts';
import { networkMacs, networkParameters, operatorParameters } from '../../workload/network.ts';
import { addCommand } from '../command-line.ts';
import { printAsIs, printJson, progress } from '../context.ts';
import { formatNumber } from '../text/format.ts';

/** `trifold import`: files of other tools. */
export function addImportCommand(program: Command): void {
  addCommand(program, IMPORT, async ({ request, process: { output, force }, common }) => {
    const { importFile, importJson, refuseOutputName } = await import('../../app/import/import.ts');
    const { refuseUnwritable, writeOutput } = await import('../../app/run/output-files.ts');
    if (output !== undefined) {
      refuseOutputName(output);
      refuseUnwritable(output, { isForced: force, inputs: request });
    }
    const imported = importFile(request);
    if (output !== undefined) writeOutput(output, imported.text, force);
    if (common.json) printJson(importJson(imported, output ?? null));
    else {
      for (const line of summary(imported)) progress(common, line);
      if (output === undefined) printAsIs(imported.text.trimEnd());
      else printAsIs(output);
    }
  });
}

function summary({ network, inputsTogether, isBatchFixed }: Imported): string[] {
  const parameters = networkParameters(network) + operatorParameters(network);
  return [
    `${network.name}: ${formatNumber(network.layers.length)} layers, ${formatNumber(networkMacs(network))} multiply-accumulates, ${formatNumber(parameters)} parameters`,
    ...(inputsTogether === 1
      ? []
      : isBatchFixed
        ? [`it always runs ${inputsTogether} inputs together, and so does the file`]
        : [`it runs ${inputsTogether} inputs together; the file states one: read it with --batch ${inputsTogether}`]),
    ...(network.graph?.uncounted ?? []).map(
      ({ name, count, words, reason }) =>
        `not counted: ${count} ${name}${words === null ? '' : ` (${formatNumber(words)} words)`}: ${reason}`,
    ),
  ];
}
