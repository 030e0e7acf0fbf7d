import type { FinishedCosearch } from '../../app/cosearch/json.ts';
import { designLimits } from '../../app/design/limits.ts';
import { isProven } from '../../app/layers/final-mapping.ts';
import type { FinalNetwork } from '../../app/layers/final-network.ts';
import { commandText } from '../../app/run/command-text.ts';
import { describeDesign } from '../../search/accelerator/design-specification.ts';
import type { FoundNetwork } from '../../search/found-network.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { BaselineEvent } from '../../search/run-events.ts';
import { percentText, siText } from '../../util/quantity-text.ts';
import { shownText } from '../../util/shown-text.ts';
import { describeAccuracyFront } from './accuracy-front-text.ts';
import { formatNumber, rejectionsText } from './format.ts';
import { formatTable, right } from './layout/table.ts';
import { describeLimits } from './report-text.ts';
import { describeFinal } from './schedule/final-text.ts';
import { describeStopped } from './stopped-text.ts';

/** The end of a co-search as text: network, accelerator, gains, front, how the search went, the files. */
export function describeCosearchResult(finished: FinishedCosearch, directory: string | null): string {
  const { best, final, baselines, summary, front, networkOnly, reason } = finished;
  const { counters } = summary;
  const requested = counters.layersMapped + counters.layersRemembered + counters.layersSkipped;
  const { schedule } = final;
  const within = finished.mappedPublished;
  const how =
    schedule !== null
      ? `best schedule (${schedule.answer.summary.mode})`
      : final.networkWise === null
        ? 'final mapping'
        : 'optimal mapping of the network as a whole';
  const points = finished.gainedPoints;
  const failures = finished.accuracyFailures;
  return [
    describeFinal(final),
    '',
    ...(best.network === undefined
      ? ['the result is the baseline network on the baseline: the search found no better one']
      : describeFound(best.network)),
    `accelerator: ${describeDesign(best.design)}`,
    '',
    formatTable(
      ['EDP in pJ*cycles', right(''), right('gain')],
      [
        ...baselines.map(({ accelerator, dataflow, networks, which }) => [
          `${networks[0]!.network} on ${accelerator}, ${dataflow ?? 'optimal mapping'}`,
          networks[0]!.edpPjCycles.toExponential(4),
          which === 'optimal' || within !== null ? '' : `${finished.gains.published!.toFixed(3)}x`,
        ]),
        ...(within === null
          ? []
          : [
              [
                `${within.report.network.name} on ${baselines[0]!.accelerator}, ${baselines[0]!.dataflow}, ${how}`,
                within.report.totals.edpPjCycles.toExponential(4),
                `${finished.gains.published!.toFixed(3)}x`,
              ],
            ]),
        [
          `${finished.finalReference.network} on ${baselines[0]!.accelerator}, ${how}`,
          finished.finalReference.edpPjCycles.toExponential(4),
          `${finished.gains.optimal.toFixed(3)}x`,
        ],
        [
          `this network on this accelerator, ${final.isStopped ? 'layers one by one so far' : 'optimal mapping'}`,
          final.layerWiseEdpPjCycles.toExponential(4),
          '',
        ],
        [`this network on this accelerator, ${how}`, final.report.totals.edpPjCycles.toExponential(4), ''],
      ],
    ),
    '',
    ...describeStopped(
      best.network === undefined
        ? [['the baseline network', final]]
        : [
            ['this network', final],
            ['the baseline network', finished.mappedReference],
            ...(within === null ? [] : [[`the baseline network in ${baselines[0]!.dataflow}`, within] as const]),
          ],
    ),
    ...(points === null
      ? []
      : [`accuracy against the reference network: ${points >= 0 ? '+' : ''}${points.toFixed(2)} points`]),
    ...(networkOnly === null
      ? []
      : [`networks alone, on ${networkOnly.specification.name}: ${gainOfNetworks(networkOnly, baselines)}`]),
    `accuracy x EDP front: ${front.length} networks, hypervolume ${finished.hypervolume.toFixed(3)} points x factors e above ${finished.corner.top1Percent.toFixed(2)} % and below ${finished.corner.edpPjCycles.toExponential(3)} pJ*cycles`,
    `search ended by ${reason}: ${counters.scored} scored, ${counters.stopped} stopped early, ${counters.unmappable} without a network that can be mapped; rejected and resampled: ${rejectionsText(counters.rejections)}`,
    `layers: ${formatNumber(counters.layersMapped)} mapped, ${formatNumber(counters.layersRemembered)} remembered (${share(counters.layersRemembered, requested)}), ${formatNumber(counters.layersSkipped)} ruled out by bounds (${share(counters.layersSkipped, requested)})`,
    `layers of the result proven optimal: ${final.proofs.filter((_, i) => isProven(final, i)).length} of ${final.proofs.length}`,
    ...(failures === 0 ? [] : [`the accuracy evaluator failed on ${failures} networks; they were left out`]),
    '',
    describeAccuracyFront(front, best, schedule?.answer.summary.mode ?? 'off'),
    '',
    `written to ${shownText(String(directory))}: accelerator.yaml, network.yaml, mapping.yaml, ${schedule === null ? '' : 'schedule.yaml, '}front.csv`,
    `check it: ${commandText(checkOf(final, directory))}`,
    describeLimits(designLimits([final])),
  ].join('\n');
}

/** The command that scores the result again, step by step where it has a schedule. */
function checkOf({ schedule }: FinalNetwork, directory: string | null): string[] {
  const mapping = schedule === null ? 'mapping' : 'schedule';
  return [
    ...['trifold', 'eval', '--accelerator', `${directory}/accelerator.yaml`],
    ...['--workload', `${directory}/network.yaml`, '--mapping', `${directory}/${mapping}.yaml`],
  ];
}

function describeFound({ space, genes, accuracy, macs, parameters }: FoundNetwork): string[] {
  const { reportedTop1Percent, top1Percent, errorPoints, source, inDomain, saturated, notes } = accuracy;
  const error = errorPoints === null ? ', error not known' : ` +- ${errorPoints.toFixed(2)} points`;
  const searched = reportedTop1Percent === top1Percent ? '' : ` (searched on ${top1Percent.toFixed(2)} %)`;
  return [
    `network of ${space}: ${siText(macs, 'MACs')}, ${siText(parameters, 'parameters')}`,
    `  ${JSON.stringify(genes)}`,
    `  top-1 accuracy ${reportedTop1Percent.toFixed(2)} %${error}${searched}`,
    `  source: ${shownText(source)}`,
    ...(inDomain ? [] : ['  out of domain: no network like it was measured, the error is not known']),
    ...(saturated ? ['  saturated: the evaluator cannot tell it from better networks'] : []),
    ...notes.map((note) => `  note: ${shownText(note)}`),
  ];
}

/** From figures: the score of a front is no EDP. */
function gainOfNetworks({ networks, network }: ScoredDesign, baselines: readonly BaselineEvent[]): string {
  const optimal = baselines.find(({ which }) => which === 'optimal')!.networks[0]!;
  const accuracy = network === undefined ? '' : ` at ${network.accuracy.reportedTop1Percent.toFixed(2)} %`;
  return `${(optimal.edpPjCycles / networks[0]!.edpPjCycles).toFixed(3)}x better EDP than the baseline network's optimum${accuracy}`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '0 %' : percentText(part / whole);
}
