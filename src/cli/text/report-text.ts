import type { Accelerator } from '../../accelerator/accelerator.ts';
import { energyByLevel, type LayerReport, type NetworkReport } from '../../app/explain/evaluate.ts';
import { portCycles } from '../../app/explain/port-cycles.ts';
import { MODEL_LIMITS } from '../../cost/analysis/breakdown.ts';
import { describeMapping } from '../../mapping/text.ts';
import { energyText, percentText, siText } from '../../util/quantity-text.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import { formatNumber } from './format.ts';
import { type Column, formatTable, right } from './table.ts';

/** Columns of a table of layers; see {@link layerCells}. */
export const LAYER_COLUMNS: readonly Column[] = [
  'layer',
  '',
  right('MACs'),
  right('cycles'),
  right('util.'),
  right('energy'),
  right('EDP (pJ*cycles)'),
  'bound by',
];

/** A layer in a table with {@link LAYER_COLUMNS}. @param edpDigits digits of the EDP after the point */
export function layerCells({ layer, evaluation, bottleneck }: LayerReport, edpDigits: number): string[] {
  return [
    layer.name,
    layer.repeat === 1 ? '' : `x${layer.repeat}`,
    siText(evaluation.macs, ''),
    formatNumber(evaluation.cycles),
    percentText(evaluation.utilization),
    energyText(evaluation.energyPj),
    evaluation.edpPjCycles.toExponential(edpDigits),
    bottleneck.name,
  ];
}

/** Per-layer table and totals of a network. */
export function describeNetwork(report: NetworkReport): string {
  const table = formatTable(
    [...LAYER_COLUMNS, right('gain')],
    report.layers.map((layer) => {
      const { gainIfRemoved } = layer.bottleneck;
      return [...layerCells(layer, 3), gainIfRemoved > 1.0005 ? `${gainIfRemoved.toFixed(2)}x` : ''];
    }),
  );
  return `${table}\ngain: what removing the bottleneck brings while the mapping stays as it is\n\n${describeTotals(report)}`;
}

/** Totals of a network: time, energy and its split, power, area. */
export function describeTotals(report: NetworkReport): string {
  const { totals, accelerator } = report;
  const { physical } = totals;
  const split = energyByLevel(report)
    .map((row) => `${row.name} ${percentText(row.energyPj / totals.energyPj)}`)
    .join(', ');
  return [
    `${report.network.name} on ${accelerator.name} (${accelerator.mac.instances} MACs, ${siText(accelerator.clockHz, 'Hz')}, technology ${accelerator.technology})`,
    `  cycles       ${formatNumber(totals.cycles)} = ${siText(physical.seconds, 's')}, utilization ${percentText(totals.utilization)}`,
    `  energy       ${formatNumber(totals.energyPj, 6)} pJ = ${siText(physical.energyJoule, 'J')}: ${split}`,
    `  EDP          ${totals.edpPjCycles.toExponential(6)} pJ*cycles = ${siText(totals.edpJouleSeconds, 'Js')}`,
    `  power        ${siText(physical.watts, 'W')}, ${formatNumber(physical.topsPerWatt)} TOPS/W, ${formatNumber(physical.gmacsPerSecond)} GMAC/s`,
    `  area         ${report.areaMm2 === 0 ? 'not stated' : `${formatNumber(report.areaMm2)} mm^2 on chip`}`,
  ].join('\n');
}

/** Access counts of one layer: level x tensor, with the energy that follows from them, and the loop nest. */
export function describeLayerCounts(accelerator: Accelerator, report: LayerReport): string {
  const { evaluation, layer, mapping, bottleneck } = report;
  const ports = portCycles(layer, accelerator, evaluation);
  const rows: string[][] = [];
  evaluation.levels.forEach((level, index) => {
    for (const tensor of TENSORS) {
      const counts = level.tensors[tensor];
      rows.push([
        tensor === 'Weights' ? level.name : '',
        tensor,
        counts.kept ? formatNumber(counts.tileWords) : 'bypass',
        formatNumber(counts.reads),
        formatNumber(counts.fills),
        formatNumber(counts.updates),
        formatNumber(counts.energyPj, 6),
      ]);
    }
    const roof = bottleneck.levels[index]!;
    rows.push([
      '',
      `${formatNumber(level.instancesUsed)} used`,
      '',
      '',
      '',
      portText(ports[index]!, evaluation.cycles),
      roof.macsPerByte === null ? '' : `${formatNumber(roof.macsPerByte)} MAC/B`,
    ]);
  });
  return [
    `${layer.name}: loop nest`,
    describeMapping(accelerator, mapping),
    '',
    'access counts in words, totals over instances; energy in pJ = accesses x energy per access; under each level what its own ports need of all cycles',
    formatTable(
      ['level', 'tensor', right('tile'), right('reads'), right('fills'), right('updates'), right('energy pJ')],
      rows,
    ),
    `MACs: ${formatNumber(evaluation.macs)} x ${formatNumber(accelerator.mac.energyPj, CONSTANT_DIGITS)} pJ = ${formatNumber(evaluation.macEnergyPj, 6)} pJ`,
    `energy per access in pJ: ${accelerator.levels
      .map(
        (level) =>
          `${level.name} ${[level.energy.readPj, level.energy.fillPj, level.energy.updatePj].map((pj) => formatNumber(pj, CONSTANT_DIGITS)).join('/')}${level.blockWords > 1 ? ` per ${level.blockWords} words` : ''}`,
      )
      .join(', ')} (read/fill/update)`,
    '',
  ].join('\n');
}

/** Digits of constants: enough to work out the energies by hand to all digits shown. */
const CONSTANT_DIGITS = 8;

function portText(own: number | null, cycles: number): string {
  return own === null ? 'no limit' : `${formatNumber(own)} cycles (${percentText(own / cycles, 0)})`;
}

/** Limits of the model, as printed under every result. */
export function describeLimits(): string {
  return ['', 'Not in these figures:', ...MODEL_LIMITS.map((limit) => `  - ${limit}`)].join('\n');
}
