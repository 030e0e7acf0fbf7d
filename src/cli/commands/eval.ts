import type { Command } from 'commander';
import type { LeftOutLayer } from '../../app/explain/evaluate.ts';
import { EVAL } from '../../options/models.ts';
import { addCommand } from '../command-line.ts';
import { EXIT, ExitSignal, print, printJson, warn } from '../context.ts';

/** `trifold eval`: scores given mappings. */
export function addEvalCommand(program: Command): void {
  addCommand(program, EVAL, async ({ request, common }) => {
    const { evaluateMappings, networkJson } = await import('../../app/explain/evaluate.ts');
    const { loadMapping } = await import('../../app/presets/load.ts');
    const { notModelled } = await import('../../cost/analysis/not-modelled.ts');
    const loaded = loadMapping(request.mapping);
    if (loaded.kind === 'schedule') {
      const { evaluatedScheduleJson, evaluateSchedule } = await import('../../app/explain/evaluate-schedule.ts');
      const evaluated = evaluateSchedule(request, loaded);
      if (common.json) printJson(evaluatedScheduleJson(evaluated));
      else {
        const { describeEvaluatedSchedule } = await import('../text/schedule/evaluated-text.ts');
        print(describeEvaluatedSchedule(evaluated));
      }
      return;
    }
    const { report, selected, leftOut, batch, unmapped } = evaluateMappings(request, loaded);
    if (common.json) {
      printJson({
        command: 'eval',
        temporalReuse: request.temporalReuse,
        batch,
        unmappedLayers: unmapped,
        ...networkJson(report, leftOut),
        notModelled: notModelled(report.accelerator, [report.network], request.temporalReuse),
      });
      endIncomplete(leftOut);
      return;
    }
    const { describeVectorOperators } = await import('../text/vector-text.ts');
    const { counted } = await import('../text/format.ts');
    const { describeNetwork, describeLayerCounts, describeLimits } = await import('../text/report-text.ts');
    if (report.layers.length === 1 && leftOut.length === 0)
      print(describeLayerCounts(report.accelerator, report.layers[0]!));
    print(describeNetwork(report, { selected, leftOut }));
    if (report.vector.isPriced) for (const line of describeVectorOperators(report)) print(line);
    if (unmapped.length > 0)
      print(`\nNot mapped by the file: ${counted(unmapped.length, 'layer')} of those not counted`);
    print(describeLimits(notModelled(report.accelerator, [report.network], request.temporalReuse)));
    endIncomplete(leftOut);
  });
}

/** Says which layers the accelerator cannot run. @throws ExitSignal 3 when there are any */
function endIncomplete(leftOut: readonly LeftOutLayer[]): void {
  if (leftOut.length === 0) return;
  for (const { layer, reason } of leftOut) warn(`${layer.name}: the accelerator cannot run this mapping: ${reason}`);
  throw new ExitSignal(EXIT.infeasible);
}
