import type { Command } from 'commander';
import { EVAL } from '../../options/models.ts';
import { addCommand } from '../command-line.ts';
import { print, printJson } from '../context.ts';

/** `trifold eval`: scores given mappings. */
export function addEvalCommand(program: Command): void {
  addCommand(program, EVAL, async ({ request, common }) => {
    const { evaluateMappings, networkJson } = await import('../../app/explain/evaluate.ts');
    const { report, batch, unmapped } = evaluateMappings(request);
    if (common.json) {
      const { notModelled } = await import('../../cost/analysis/breakdown.ts');
      printJson({
        command: 'eval',
        temporalReuse: request.temporalReuse,
        batch,
        unmappedLayers: unmapped,
        ...networkJson(report),
        notModelled: notModelled(report.accelerator),
      });
      return;
    }
    const { describeNetwork, describeLayerCounts, describeLimits } = await import('../text/report-text.ts');
    if (report.layers.length === 1) print(describeLayerCounts(report.accelerator, report.layers[0]!));
    print(describeNetwork(report));
    if (unmapped.length > 0) print(`\nNot mapped by the file, not counted: ${unmapped.join(', ')}`);
    print(describeLimits(report.accelerator));
  });
}
