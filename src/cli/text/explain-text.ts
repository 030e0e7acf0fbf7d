import type { Explanations, Sensitivity } from '../../app/explain/explain.ts';
import { isOneLayer } from '../../app/layers/one-layer.ts';
import type { MapResult } from '../../app/map/map.ts';
import { energyText } from '../../util/quantity-text.ts';
import { describeLayerExplanation } from './explain-layer-text.ts';
import { describeNetworkExplanation } from './explain-network-text.ts';
import { formatChange, formatNumber } from './format.ts';
import { indentedTable, right } from './layout/table.ts';
import { describeVectorOperators } from './vector-text.ts';

/** Explanation of the best mappings as text: of the layer when there is one, else of the network. */
export function describeExplanations(result: MapResult, explanations: Explanations): string {
  const { report } = result;
  const isAlone = isOneLayer(report.network, report.accelerator);
  return [
    report.layers.length === 1
      ? describeLayerExplanation(result, report.layers[0]!, explanations)
      : describeNetworkExplanation(result, explanations),
    ...describeVectorOperators(report),
    '',
    describeSensitivities(explanations, `${isAlone ? '' : ' (the network as a whole)'}${pinText(result)}`),
    ...(explanations.dataflows.length === 0 ? [] : ['', describeDataflows(explanations)]),
  ].join('\n');
}

/** What is held while the changes are mapped. */
function pinText({ inputs: { request }, report: { totals } }: MapResult): string {
  if (request.pin === undefined) return '';
  const value = request.pin === 'latency' ? `${formatNumber(totals.cycles)} cycles` : energyText(totals.energyPj);
  return `, for the least ${request.pin === 'latency' ? 'energy' : 'latency'} with ${request.pin} held at ${value} or less`;
}

function describeSensitivities({ sensitivities, energyNotes }: Explanations, how: string): string {
  const effective = sensitivities
    .filter((one) => one.result !== null && !isWithoutEffect(one))
    .sort((a, b) => a.result!.objective - b.result!.objective);
  const idle = sensitivities.filter(isWithoutEffect).map(({ change, result }) => {
    const sampled = result!.optimal ? '' : ', not proven';
    return `${change}${sampled}`;
  });
  return [
    `What would help: one change of the hardware and the best mapping found anew for it${how}; minus is better`,
    ...(effective.length === 0 ? ['  nothing below changes any figure'] : [changeTable('change', effective)]),
    ...(idle.length === 0 ? [] : [`  no effect: ${idle.join('; ')}`]),
    ...unsolvedLines(sensitivities),
    ...energyNotes.map((note) => `  energies: ${note}`),
  ].join('\n');
}

function describeDataflows({ dataflows }: Explanations): string {
  return [
    'The best mapping within each published dataflow instead (templates fix order and parallel dims as published: a mapping that merely goes by the same name can be better)',
    changeTable(
      'dataflow',
      dataflows.filter((one) => one.result !== null),
    ),
    ...unsolvedLines(dataflows),
  ].join('\n');
}

function isWithoutEffect({ result }: Sensitivity): boolean {
  return result !== null && [result.edp, result.energy, result.latency].every((ratio) => formatChange(ratio) === '=');
}

function changeTable(title: string, rows: readonly Sensitivity[]): string {
  const open = rows.some(({ result }) => result?.optimal === false);
  return indentedTable(
    [{ title }, right('EDP'), right('energy'), right('latency'), ...(open ? ['proof'] : [])],
    rows.map(({ change, result }) => [
      change,
      `${result!.optimal ? '' : '<= '}${formatChange(result!.edp)}`,
      ...[result!.energy, result!.latency].map(formatChange),
      result!.optimal ? '' : 'open: may be better',
    ]),
  );
}

function unsolvedLines(rows: readonly Sensitivity[]): string[] {
  return rows.flatMap(({ change, reason }) => (reason === null ? [] : [`  ${change}: ${reason}`]));
}
