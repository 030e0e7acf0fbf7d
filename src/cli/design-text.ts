import type { DesignRunResult } from '../app/design-run.ts';
import { BASELINE_TRIAL } from '../search/accelerator/baseline.ts';
import { describeDesign } from '../search/accelerator/design.ts';
import { describeLimits, describeNetwork } from './report-text.ts';
import { formatTable } from './table.ts';

/** The end of a design run as text: baselines, the design, its layers, how the search went, the files. */
export function describeDesignResult({ directory, finished }: DesignRunResult): string {
  if (finished === null)
    return `${directory} is finished already; its result is in ${directory}/summary.json and the YAML files beside it`;
  const { best, mapped, baselines, summary, reason, finalBaseline } = finished;
  const how = mapped.every(({ networkWise }) => networkWise !== null)
    ? 'optimal mapping of the network as a whole'
    : 'final mapping';
  const edps = (values: readonly number[]) => values.map((value) => value.toExponential(4));
  const rows = [
    ...baselines.map((baseline) => [
      `${baseline.accelerator}, ${baseline.dataflow ?? 'optimal mapping'}`,
      ...edps(baseline.networks.map((figures) => figures.edpPjCycles)),
    ]),
    ...(finalBaseline === null
      ? []
      : [
          [
            `${baselines[0]!.accelerator}, ${how}`,
            ...edps(finalBaseline.map(({ report }) => report.totals.edpPjCycles)),
          ],
          ['this design, optimal mapping', ...edps(mapped.map(({ layerWiseEdpPjCycles }) => layerWiseEdpPjCycles))],
        ]),
    [
      finalBaseline === null ? 'this design' : `this design, ${how}`,
      ...edps(mapped.map(({ report }) => report.totals.edpPjCycles)),
    ],
  ];
  const table = formatTable(
    [
      { title: 'EDP in pJ*cycles' },
      ...mapped.map(({ report }) => ({ title: report.network.name, align: 'right' as const })),
    ],
    rows,
  );
  const { scored, stopped, unmappable, rejections } = summary.counters;
  const rejected = Object.entries(rejections)
    .map(([why, count]) => `${count} ${why}`)
    .join(', ');
  return [
    ...mapped.map(({ report }) => `${describeNetwork(report)}\n`),
    `design: ${describeDesign(best.design)}`,
    ...(best.trial === BASELINE_TRIAL
      ? ['this is the baseline itself: no searched design within the budget is better with optimal mappings']
      : []),
    '',
    table,
    '',
    `EDP of the baseline with its published dataflow: ${summary.improvement.published.toFixed(3)} x this design; with its optimal mapping: ${summary.improvement.optimal.toFixed(3)} x this design`,
    `search ended by ${reason}: ${scored} designs scored, ${stopped} stopped early by bounds, ${unmappable} could not be mapped; sampled again: ${rejected === '' ? 'none' : rejected}`,
    `energy x latency x area front: ${summary.front.length} designs`,
    `written to ${directory}: accelerator.yaml, ${mapped.map(({ report }) => `mapping-${report.network.name}.yaml`).join(', ')}`,
    `check it: trifold eval --accelerator ${directory}/accelerator.yaml --workload ${mapped[0]!.report.network.name} --mapping ${directory}/mapping-${mapped[0]!.report.network.name}.yaml`,
    describeLimits(),
  ].join('\n');
}
