import { outsideBudgetText } from '../../app/design/baseline.ts';
import type { FinishedDesign } from '../../app/design/finish.ts';
import type { FinalNetwork } from '../../app/layers/final-network.ts';
import { type Column, formatTable, names, right } from './layout/table.ts';

/** A design and its baseline, all mapped in the same way, as a table of EDPs with the gains below it. */
export function describeComparison(finished: FinishedDesign): string[] {
  const { mapped, baselines, finalBaseline, finalPublished } = finished;
  const { accelerator } = baselines[0]!;
  const dataflow = baselines.find(({ which }) => which === 'published')?.dataflow;
  const stages = stagesOf(mapped);
  const isMany = mapped.length > 1;
  const columns: Column[] = [
    'EDP in pJ*cycles',
    ...(isMany ? [names('network')] : []),
    ...stages.map(({ title }) => right(title)),
  ];
  const rowsOf = (name: string, finals: readonly FinalNetwork[] | null) =>
    (finals ?? []).map((final) => [
      name,
      ...(isMany ? [final.report.network.name] : []),
      ...stages.map(({ edpOf }) => edpOf(final)?.toExponential(4) ?? ''),
    ]);
  const rows = [
    ...rowsOf(`${accelerator} in ${dataflow}`, finalPublished),
    ...rowsOf(`${accelerator}, optimal mapping`, finalBaseline),
    ...rowsOf('this design', mapped),
  ];
  return [formatTable(columns, rows), '', ...gainsOf(finished)];
}

/** One way of mapping, from the simplest to the final one. */
interface Stage {
  readonly title: string;
  readonly edpOf: (final: FinalNetwork) => number | null;
}

function stagesOf(mapped: readonly FinalNetwork[]): Stage[] {
  const startsPerfect = mapped.every(({ perfectEdpPjCycles }) => perfectEdpPjCycles !== null);
  const factors = startsPerfect ? 'perfect' : 'imperfect';
  const stages: Stage[] = [{ title: `layers, ${factors}`, edpOf: ({ layerWiseEdpPjCycles }) => layerWiseEdpPjCycles }];
  if (mapped.some(({ networkWise }) => networkWise !== null))
    stages.push({ title: 'network, perfect', edpOf: islandsEdp });
  const modes = mapped.flatMap(({ schedule }) => (schedule === null ? [] : [schedule.answer.summary.mode]));
  if (modes.length > 0)
    stages.push({
      title: modes.includes('fuse') ? 'fuse' : 'retain',
      edpOf: ({ report }) => report.totals.edpPjCycles,
    });
  const last = mapped[0]!.factors;
  if (last !== factors) stages.push({ title: `or ${last}`, edpOf: ({ report }) => report.totals.edpPjCycles });
  return stages;
}

/** EDP of the network as a whole with nothing on chip between layers, with perfect factors. */
function islandsEdp({ schedule, perfectEdpPjCycles }: FinalNetwork): number | null {
  return schedule === null ? perfectEdpPjCycles : schedule.islands.totals.edpPjCycles;
}

function gainsOf(finished: FinishedDesign): string[] {
  const { summary, mapped, baselines, baselineViolations, finalPublished, perfectImprovement } = finished;
  const outside = outsideBudgetText(baselineViolations, baselines[0]!.accelerator);
  const { published, optimal } = summary.improvement;
  const layers = mapped.reduce((sum, { report }) => sum + report.layers.length, 0);
  const replaced = mapped.reduce((sum, { replacedLayers }) => sum + replacedLayers, 0);
  const within = finalPublished === null ? '' : `with its published dataflow: ${published.toFixed(3)} x this design; `;
  return [
    `EDP of the baseline ${within}with its optimal mapping: ${optimal.toFixed(3)} x this design`,
    ...(outside === null ? [] : [outside]),
    ...(perfectImprovement === null
      ? []
      : [
          `all with imperfect factors where these are better (${replaced} of ${layers} layers of the design); with perfect factors alone: ${[
            ...(finalPublished === null ? [] : [perfectImprovement.published]),
            perfectImprovement.optimal,
          ]
            .map((gain) => `${gain.toFixed(3)} x`)
            .join('; ')}`,
        ]),
  ];
}
