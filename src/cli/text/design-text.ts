import type { FinishedDesign } from '../../app/design/finish.ts';
import type { FinalNetwork } from '../../app/layers/final-mapping.ts';
import { mappingFileNames } from '../../app/map/mapping-text.ts';
import { commandText } from '../../app/run/command-text.ts';
import { notModelled } from '../../cost/analysis/not-modelled.ts';
import { describeDesign } from '../../search/accelerator/design-specification.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { shownText } from '../../util/shown-text.ts';
import { describeComparison } from './design-comparison-text.ts';
import { rejectionsText } from './format.ts';
import { describeFront } from './front-text.ts';
import { describeLimits, describeNetwork } from './report-text.ts';
import { describeStopped } from './stopped-text.ts';

/** The end of a design run as text: baselines, the design, its layers, how the search went, the files. */
export function describeDesignResult(finished: FinishedDesign, directory: string | null): string {
  const { best, mapped, summary, reason, request } = finished;
  const mappingFiles = mappingFileNames(mapped.map(({ report }) => report.network.name));
  const { scored, stopped, unmappable, rejections } = summary.counters;
  return [
    ...mapped.map(({ report }) => `${describeNetwork(report)}\n`),
    `design: ${describeDesign(best.design)}`,
    ...(best.trial === BASELINE_TRIAL
      ? ['this is the baseline itself: no searched design within the budget is better with optimal mappings']
      : []),
    '',
    ...describeComparison(finished),
    ...describeStopped(stoppedOf(finished)),
    `search ended by ${reason}: ${scored} designs scored, ${stopped} stopped early by bounds, ${unmappable} could not be mapped; rejected and resampled: ${rejectionsText(rejections)}`,
    '',
    describeFront(summary.front, mapped.length),
    '',
    `written to ${shownText(String(directory))}: accelerator.yaml, ${mappingFiles.join(', ')}, front.csv with the accelerators of the front, summary.json`,
    `check it: ${commandText([
      'trifold',
      'eval',
      ...['--accelerator', `${directory}/accelerator.yaml`],
      ...['--workload', request.workloads[0]!],
      ...['--mapping', `${directory}/${mappingFiles[0]!}`],
      ...(request.technology === undefined ? [] : ['--technology', request.technology]),
    ])}`,
    describeLimits(
      notModelled(
        mapped[0]!.report.accelerator,
        mapped.map(({ report }) => report.network),
      ),
    ),
  ].join('\n');
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
