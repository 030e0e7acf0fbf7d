import type { FinishedDesign } from '../../app/design/finish.ts';
import { designLimits } from '../../app/design/limits.ts';
import type { FinalNetwork } from '../../app/layers/final-network.ts';
import { mappingFileNames, scheduleFileOf } from '../../app/map/mapping-text.ts';
import { commandText } from '../../app/run/command-text.ts';
import { describeDesign } from '../../search/accelerator/design-specification.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { shownText } from '../../util/shown-text.ts';
import { describeComparison } from './design-comparison-text.ts';
import { rejectionsText } from './format.ts';
import { describeFront } from './front-text.ts';
import { describeLimits } from './report-text.ts';
import { describeFinal } from './schedule/final-text.ts';
import { describeStopped } from './stopped-text.ts';

/** The end of a design run as text: baselines, the design, its layers, how the search went, the files. */
export function describeDesignResult(finished: FinishedDesign, directory: string | null): string {
  const { best, mapped, summary, reason } = finished;
  const mappingFiles = mappingFileNames(mapped.map(({ report }) => report.network.name));
  const scheduleFiles = mappingFiles.filter((_, i) => mapped[i]!.schedule !== null).map(scheduleFileOf);
  const { scored, stopped, unmappable, rejections } = summary.counters;
  return [
    ...mapped.map((final) => `${describeFinal(final)}\n`),
    `design: ${describeDesign(best.design)}`,
    ...(best.trial === BASELINE_TRIAL
      ? ['this is the baseline itself: no searched design within the budget is better with optimal mappings']
      : []),
    '',
    ...describeComparison(finished),
    ...describeStopped(stoppedOf(finished)),
    `search ended by ${reason}: ${scored} ${scored === 1 ? 'design' : 'designs'} scored, ${stopped} stopped early by bounds, ${unmappable} could not be mapped; rejected and resampled: ${rejectionsText(rejections)}`,
    '',
    describeFront(summary.front, mapped.length, finished.request.betweenLayers),
    '',
    `written to ${shownText(String(directory))}: accelerator.yaml, ${[...mappingFiles, ...scheduleFiles].join(', ')}, front.csv with the accelerators of the front, summary.json`,
    `check it: ${commandText(checkOf(finished, `${directory}/accelerator.yaml`, `${directory}/${mappingFiles[0]!}`))}`,
    describeLimits(designLimits(mapped)),
  ].join('\n');
}

/** The command that gives the figures of the first network again. */
function checkOf({ request, mapped }: FinishedDesign, accelerator: string, mapping: string): string[] {
  const workload = request.workloads[0]!;
  const technology = request.technology === undefined ? [] : ['--technology', request.technology];
  if (mapped[0]!.schedule === null)
    return [
      ...['trifold', 'eval', '--accelerator', accelerator, '--workload', workload, '--mapping', mapping],
      ...technology,
    ];
  return [
    ...['trifold', 'map', workload, '--accelerator', accelerator, '--between-layers', request.betweenLayers],
    ...(request.pinWeights ? [] : ['--no-pin-weights']),
    ...(request.batch === 1 ? [] : ['--batch', String(request.batch)]),
    ...technology,
  ];
}

function stoppedOf({ mapped, finalBaseline, finalPublished, baselines }: FinishedDesign): [string, FinalNetwork][] {
  const dataflow = baselines.find(({ which }) => which === 'published')?.dataflow;
  const named = (of: string, finals: readonly FinalNetwork[]) =>
    finals.map((final): [string, FinalNetwork] => [`${of} (${final.report.network.name})`, final]);
  return [
    ...(mapped === finalBaseline ? [] : named('this design', mapped)),
    ...named('the baseline', finalBaseline),
    ...named(`the baseline in ${dataflow}`, finalPublished ?? []),
  ];
}
