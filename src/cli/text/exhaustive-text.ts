import type { FinishedExhaustive } from '../../app/exhaustive/exhaustive.ts';
import { LAYER_WISE } from '../../app/exhaustive/json.ts';
import { exhaustiveOptima } from '../../app/exhaustive/score.ts';
import { commandText } from '../../app/run/command-text.ts';
import { notModelled } from '../../cost/analysis/not-modelled.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import { energyText, siText } from '../../util/quantity-text.ts';
import { shownText } from '../../util/shown-text.ts';
import { formatNumber } from './format.ts';
import { beside, formatTable, right } from './layout/table.ts';
import { describeLimits, describeNetwork } from './report-text.ts';

/** The end of an exhaustive co-search as text: the best network, the optimum of every cost, the front, the files. */
export function describeExhaustiveResult(finished: FinishedExhaustive, directory: string | null): string {
  const { scored, outcomes, report, best, mostAccurate, correlation, floorPercent } = finished;
  const { table, accelerator } = scored;
  const proven = outcomes.filter((outcome) => outcome.kind === 'mapped' && outcome.optimal).length;
  const ratio = scored.costs.edpPjCycles[mostAccurate]! / scored.costs.edpPjCycles[best]!;
  const optima = exhaustiveOptima(scored, floorPercent);
  const front = optima.find(({ cost }) => cost === 'edp')?.front ?? [];
  const floor = floorPercent === null ? '' : ` above ${floorPercent} %`;
  return [
    describeNetwork(report),
    '',
    formatTable(NETWORK_COLUMNS, [
      ...optima.flatMap(({ cost, cheapest }) =>
        cheapest === null ? [] : [networkRow(`least ${cost}${floor}`, cheapest, finished)],
      ),
      ...front.map((point, i) => networkRow(i === 0 ? 'front of EDP' : '', point, finished)),
    ]),
    '',
    `EDP of the most accurate network: ${formatNumber(ratio)} x the best one's`,
    `${formatNumber(table.genotypes.length)} networks with ${formatNumber(table.layerCount)} layers scored on ${accelerator.name}; ${table.layers.length} layers that cost differently mapped, ${proven} proven optimal`,
    `front of EDP: ${front.length} networks${optima
      .filter(({ cost }) => cost !== 'edp')
      .map(({ cost, front: { length } }) => `, of ${cost}: ${length}`)
      .join('')}`,
    ...(correlation === null
      ? []
      : [
          `${shownText(correlation.title)}: Kendall tau ${correlation.kendallTau.toFixed(3)}, Spearman ${correlation.spearmanRho.toFixed(3)} over ${formatNumber(correlation.points.length)} networks`,
          ...correlation.notes.map((note) => `  ${shownText(note)}`),
        ]),
    LAYER_WISE,
    `written to ${shownText(String(directory))}: networks.csv, network.yaml, mapping.yaml, accelerator.yaml`,
    `check it: ${commandText([
      ...['trifold', 'eval', '--accelerator', `${directory}/accelerator.yaml`],
      ...['--workload', `${directory}/network.yaml`, '--mapping', `${directory}/mapping.yaml`],
    ])}`,
    describeLimits(notModelled(report.accelerator, [report.network])),
  ].join('\n');
}

const NETWORK_COLUMNS = [
  '',
  beside('network'),
  right('top-1, searched'),
  beside(right('reported')),
  right('EDP (pJ*cycles)'),
  right('energy'),
  right('latency'),
] as const;

function networkRow(what: string, point: AccuracyPoint, { scored }: FinishedExhaustive): string[] {
  const { accuracy, genes } = point.network;
  return [
    what,
    Object.values(genes)
      .map((values) => (Array.isArray(values) ? values.join(' ') : String(values)))
      .join(' '),
    accuracy.top1Percent.toFixed(2),
    `${accuracy.reportedTop1Percent.toFixed(2)}${accuracy.errorPoints === null ? '' : ` +- ${accuracy.errorPoints.toFixed(2)}`}`,
    point.edpPjCycles.toExponential(3),
    energyText(point.energyPj),
    siText(point.cycles / scored.accelerator.clockHz, 's'),
  ];
}
