import type { NetworkTotals } from '../../app/explain/evaluate.ts';
import { layerProofs } from '../../app/layers/network-answer.ts';
import type { ScheduleAnswer } from '../../app/layers/schedule-answer.ts';
import { mapFiles } from '../../app/map/files.ts';
import { mapLimits } from '../../app/map/limits.ts';
import type { MapResult } from '../../app/map/map.ts';
import { energyText, percentText, siText } from '../../util/quantity-text.ts';
import { shownText } from '../../util/shown-text.ts';
import { describeExplanations } from './explain-text.ts';
import { counted, formatNumber } from './format.ts';
import { beside, right } from './layout/table.ts';
import { networkProofText } from './proof-text.ts';
import {
  describeLayerCounts,
  describeLimits,
  describeTotals,
  LAYER_COLUMNS,
  layerCells,
  layerTable,
} from './report-text.ts';
import { describeSchedule, describeStays, scheduleTable } from './schedule/schedule-text.ts';
import { nothingStays } from './schedule/staying-text.ts';

/** The end of a `map` run as text: the mapped network, why its mappings are the best if asked, the files. */
export function describeMapResult(result: MapResult, directory: string | null): string {
  return [
    describeMapped(result),
    ...(result.schedule === null || result.capacityGains === null
      ? []
      : [`\n${describeStays(result.schedule, result.capacityGains)}`]),
    ...(result.explanations === null
      ? []
      : [`\n${describeExplanations({ ...result, report: result.islands ?? result.report }, result.explanations)}`]),
    ...(directory === null
      ? []
      : [
          `\nwritten to ${shownText(directory)}: ${mapFiles(result)
            .map(({ name }) => name)
            .join(', ')}`,
        ]),
  ].join('\n');
}

/** A mapped network as text: the layer table with proofs, the totals; for one layer also its counts and loop nest. */
export function describeMapped(result: MapResult): string {
  const { mapped, leftOut, report, seconds, notes, inputs, networkWise, schedule } = result;
  if (schedule !== null) return describeScheduled(result, schedule);
  const { proofs } = mapped;
  const own = layerProofs(report, mapped);
  const table = layerTable(
    [...LAYER_COLUMNS, 'proof', right('scored'), beside(right('of'))],
    inputs.network.layers,
    report.layers,
    leftOut,
    (layer, i) => {
      const proof = proofs[i]!;
      return [
        ...layerCells(layer, 4),
        own[i] === null
          ? 'for the network'
          : proof.optimal
            ? 'optimal'
            : proof.gap === null
              ? 'sampled'
              : `gap <= ${percentText(proof.gap)}`,
        formatNumber(proof.evaluations),
        proof.mapspaceLog10 === null ? '' : `10^${proof.mapspaceLog10.toFixed(1)}`,
      ];
    },
  );
  const proven = proofs.filter((proof) => proof.optimal).length;
  const single =
    report.layers.length === 1 && leftOut.length === 0
      ? [describeLayerCounts(report.accelerator, report.layers[0]!)]
      : [];
  return [
    ...notes.map((note) => `note: ${note}\n`),
    ...single,
    table,
    '',
    describeTotals(report),
    `  mappings     ${proven} of ${proofs.length} proven optimal for ${inputs.request.objective} (${inputs.request.factors} factors), ${counted(mapped.remembered, 'repeated shape')}`,
    `  run          took ${formatNumber(seconds, 3)} s`,
    ...describeNetworkWise(mapped.report.totals, networkWise, inputs.request.objective),
    ...betweenText(inputs.between),
    ...(own.includes(null)
      ? [
          '  proof        "for the network": this layer alone would be better with another mapping, the network would not',
        ]
      : []),
    describeLimits(mapLimits(result)),
  ].join('\n');
}

/** A network under a schedule: a table of its steps, the totals, what stays on chip and what proves it. */
function describeScheduled(result: MapResult, schedule: ScheduleAnswer): string {
  const { mapped, report, islands, notes, seconds } = result;
  return [
    ...notes.map((note) => `note: ${note}\n`),
    scheduleTable(schedule),
    '',
    describeTotals(report),
    ...describeSchedule(schedule, islands, result.inputs.request.objective),
    `  layer-wise   EDP ${mapped.report.totals.edpPjCycles.toExponential(6)} pJ*cycles (every layer on its own, for itself)`,
    `  run          took ${formatNumber(seconds, 3)} s`,
    describeLimits(mapLimits(result)),
  ].join('\n');
}

/** Why nothing stays on chip between layers, where nobody asked for that. */
function betweenText(between: MapResult['inputs']['between']): string[] {
  if (between === undefined || between.mode !== 'off' || between.reason === null) return [];
  return [`  on chip      ${nothingStays(between.reason)}`];
}

/** The network as a whole beside its layers taken one by one. */
function describeNetworkWise(
  layerWise: NetworkTotals,
  networkWise: MapResult['networkWise'],
  objective: string,
): string[] {
  if (networkWise === null) return [];
  const { report, limits } = networkWise;
  const { edpPjCycles, energyPj, cycles } = report.totals;
  const edpText = (totals: NetworkTotals) =>
    `${totals.edpPjCycles.toExponential(6)} pJ*cycles = ${siText(totals.edpJouleSeconds, 'J*s')}`;
  const proof = networkProofText(networkWise, objective);
  return [
    `  layer-wise   EDP ${edpText(layerWise)} (every layer on its own)`,
    `  network-wise EDP ${edpText(report.totals)} (${proof}${limits.length === 0 ? '' : `, ${limits.join(', ')}`}): ${energyText(energyPj)}, ${siText(cycles / report.accelerator.clockHz, 's')}, ${percentText(1 - edpPjCycles / layerWise.edpPjCycles, 3)} below layer-wise`,
  ];
}
