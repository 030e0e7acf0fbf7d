import { type Accelerator, isTimed, type StorageLevel } from '../../accelerator/accelerator.ts';
import {
  energyBesideAccesses,
  energyByLevel,
  type LayerReport,
  type LeftOutLayer,
  type NetworkReport,
} from '../../app/explain/evaluate.ts';
import { linkText } from '../../app/explain/link-text.ts';
import { movedWidths, pricedOperators, type VectorReport } from '../../app/explain/vector-report.ts';
import type { CycleTerm } from '../../cost/analysis/cycle-terms.ts';
import { nestNotes } from '../../cost/analysis/nest-notes.ts';
import type { LevelCost, LevelMoves } from '../../cost/evaluation.ts';
import type { LinkCost } from '../../cost/link-cost.ts';
import { describeMapping } from '../../mapping/text.ts';
import { energyText, isShownGain, percentText, siText } from '../../util/quantity-text.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { Layer } from '../../workload/network.ts';
import { networkTitle, othersText } from '../../workload/network-part.ts';
import { macCount } from '../../workload/problem.ts';
import { counted, formatNumber } from './format.ts';
import { beside, type Column, formatTable, names, right } from './layout/table.ts';
import { widthsText } from './widths-text.ts';

/** Columns of a table of the steps of layers; see {@link stepCells}. */
export const STEP_COLUMNS: readonly Column[] = [
  names('layer'),
  beside(''),
  right('MACs'),
  right('cycles'),
  beside(right('util.')),
  right('energy'),
  names('bound by'),
];

/** A layer in a table with {@link STEP_COLUMNS}. */
export function stepCells({ layer, evaluation, bottleneck }: LayerReport): string[] {
  return [
    layer.name,
    layer.repeat === 1 ? '' : `x${layer.repeat}`,
    siText(evaluation.macs, ''),
    formatNumber(evaluation.cycles),
    percentText(evaluation.utilization),
    energyText(evaluation.energyPj),
    bottleneck.name,
  ];
}

/** Columns of a table of layers; see {@link layerCells}. */
export const LAYER_COLUMNS: readonly Column[] = STEP_COLUMNS.toSpliced(-1, 0, right('EDP (pJ*cycles)'));

/** A layer in a table with {@link LAYER_COLUMNS}. @param edpDigits digits of the EDP after the point */
export function layerCells(report: LayerReport, edpDigits: number): string[] {
  return stepCells(report).toSpliced(-1, 0, report.evaluation.edpPjCycles.toExponential(edpDigits));
}

/**
 * A table of layers in the order of the network; of those without figures the reason stands in their row.
 * @param columns of figures, behind which the reasons stand
 * @param cells of a layer that has figures
 */
export function layerTable(
  columns: readonly Column[],
  order: readonly Layer[],
  reports: readonly LayerReport[],
  leftOut: readonly LeftOutLayer[],
  cells: (report: LayerReport, index: number) => readonly string[],
): string {
  const rows = order.flatMap((layer) => {
    const index = reports.findIndex((report) => report.layer === layer);
    if (index >= 0) return [cells(reports[index]!, index)];
    const missing = leftOut.find((one) => one.layer === layer);
    if (missing === undefined) return [];
    const empty = columns.slice(3).map(() => '');
    const repeat = layer.repeat === 1 ? '' : `x${layer.repeat}`;
    return [[layer.name, repeat, siText(macCount(layer.problem), ''), ...empty, missing.reason]];
  });
  const table = formatTable(leftOut.length === 0 ? columns : [...columns, 'no figures because'], rows);
  return leftOut.length === 0
    ? table
    : `${table}\n${leftOut.length} of ${rows.length} layers without figures: all sums are over the others`;
}

/** Rows of a table of layers. */
export interface ShownLayers {
  /** Those that are asked for, in their order. */
  readonly selected: readonly Layer[];
  /** Those without figures. */
  readonly leftOut: readonly LeftOutLayer[];
}

/** Per-layer table and totals of a network. */
export function describeNetwork(
  report: NetworkReport,
  { selected, leftOut }: ShownLayers = { selected: report.network.layers, leftOut: [] },
): string {
  const table = layerTable([...LAYER_COLUMNS, right('gain')], selected, report.layers, leftOut, (layer) => {
    const { gainIfRemoved } = layer.bottleneck;
    return [...layerCells(layer, 3), isShownGain(gainIfRemoved) ? `${gainIfRemoved.toFixed(2)}x` : ''];
  });
  return `${table}\ngain: what removing the bottleneck brings while the mapping stays as it is; blank up to 1.005x\n\n${describeTotals(report)}`;
}

/** Totals of a network: time, energy and its split, power, area. */
export function describeTotals(report: NetworkReport): string {
  const { totals, accelerator } = report;
  const { physical } = totals;
  const { others = [] } = report.network;
  const split = energyByLevel(report)
    .map((row) => `${row.name} ${percentText(row.energyPj / totals.energyPj)}`)
    .join(', ');
  const { wiresPj, leakagePj, movesPj = 0 } = energyBesideAccesses(report);
  const beside = Object.entries({ wires: wiresPj, leakage: leakagePj, moves: movesPj })
    .filter(([, energyPj]) => energyPj > 0)
    .map(([name, energyPj]) => `${name} ${percentText(energyPj / totals.energyPj)}`);
  return [
    `${networkTitle(report.network)} on ${accelerator.name} (${accelerator.mac.instances} MACs, ${siText(accelerator.clockHz, 'Hz')}, technology ${accelerator.technology})`,
    ...(others.length === 0 ? [] : [`  not counted  ${othersText(others)}`]),
    `  cycles       ${formatNumber(totals.cycles)} = ${siText(physical.seconds, 's')}, utilization ${percentText(totals.utilization)}`,
    `  energy       ${formatNumber(totals.energyPj, 6)} pJ = ${siText(physical.energyJoule, 'J')}: ${split}${beside.length === 0 ? '' : `; in these ${beside.join(', ')}`}`,
    ...describeVector(report.vector, accelerator),
    ...describeLink(report.link),
    `  EDP          ${totals.edpPjCycles.toExponential(6)} pJ*cycles = ${siText(totals.edpJouleSeconds, 'J*s')}`,
    `  power        ${siText(physical.watts, 'W')}${leakageText(physical.watts * (leakagePj / totals.energyPj))}, ${formatNumber(physical.topsPerWatt)} TOPS/W, ${formatNumber(physical.gmacsPerSecond)} GMAC/s`,
    `  area         ${report.areaMm2 === 0 ? 'not stated' : `${formatNumber(report.areaMm2)} mm^2 on chip`}`,
  ].join('\n');
}

function leakageText(watts: number): string {
  return watts === 0 ? '' : ` (leakage ${siText(watts, 'W')})`;
}

/** What the operators that are no layers take of the totals. */
function describeVector(vector: VectorReport, { levels, vectorUnit }: Accelerator): string[] {
  const { operators, isPriced, words, totals } = vector;
  if (operators.length === 0 || !isPriced) return [];
  const widths = movedWidths(
    operators.map(({ demand }) => demand),
    levels.slice(0, vectorUnit!.level + 1),
  ).join(', ');
  return [
    `  vector unit  ${counted(pricedOperators(vector), 'operator that is no layer', 'operators that are no layers')}: ${counted(words, 'word')}${widths === '' ? '' : ` of ${widths} bits`} ${pathText(levels, vectorUnit!.level)}, ${counted(totals.cycles, 'cycle')} and ${energyText(totals.energyPj)} of these`,
  ];
}

/** What goes over the host link, and what it takes of the totals. */
function describeLink(link: LinkCost | null): string[] {
  return link === null ? [] : [`  host link    ${linkText(link, ' of these')}`];
}

/** Access counts of one layer: level x tensor, with the energy that follows from them, hops and leakage, and the loop nest. */
export function describeLayerCounts(accelerator: Accelerator, report: LayerReport): string {
  const { evaluation, layer, mapping, bottleneck } = report;
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
    rows.push(...homeRows(level), ...wireRows(level), ...leakageRows(level, evaluation.cycles));
    const roof = bottleneck.levels[index]!;
    rows.push([
      '',
      `${formatNumber(level.instancesUsed)} used`,
      '',
      '',
      '',
      portText(isTimed(accelerator.levels[index]!) ? level.transferCycles : null, evaluation.cycles),
      roof.macsPerByte === null ? '' : `${formatNumber(roof.macsPerByte)} MAC/B`,
    ]);
  });
  return [
    `${layer.name}: loop nest`,
    describeMapping(accelerator, mapping, nestNotes(layer, accelerator, mapping, evaluation)),
    ...describeTerms(report),
    '',
    widthsText(layer, accelerator),
    'access counts in words, totals over instances; energy in pJ = accesses x energy per access; under each level what its own ports need of all cycles',
    formatTable(
      [
        names('level'),
        beside('tensor'),
        right('tile'),
        right('reads'),
        beside(right('fills')),
        beside(right('updates')),
        right('energy pJ'),
      ],
      rows,
    ),
    `MACs: ${formatNumber(evaluation.macs)} x ${formatNumber(accelerator.mac.energyPj, CONSTANT_DIGITS)} pJ = ${formatNumber(evaluation.macEnergyPj, 6)} pJ; with all rows above ${formatNumber(evaluation.energyPj, 6)} pJ`,
    ...requestLines(report, accelerator),
    accessConstants(accelerator.levels),
    ...otherConstants(accelerator),
    '',
  ].join('\n');
}

/** Requests of each level that states them, by tensor with a layout. */
function requestLines({ evaluation }: LayerReport, { levels }: Accelerator): string[] {
  return levels.flatMap(({ name, requests }, index) => {
    if (requests === undefined) return [];
    const { requests: asked, moved } = evaluation.levels[index]!;
    const counts = TENSORS.filter((tensor) => requests.layout[tensor] !== undefined).map(
      (tensor) => `${tensor} ${formatNumber(asked[tensor].total)}`,
    );
    if (moved !== undefined) counts.push(`moved beside ${formatNumber(moved.requests)}`);
    return [
      `requests of ${name}: ${counts.length === 0 ? 'none' : counts.join(', ')}; each of at most ${requests.bytes} contiguous B takes ${counted(requests.cycles, 'cycle')} of its port`,
    ];
  });
}

/** The terms of the cycles with their share, the slowest first; nothing where ports and compute are all, which stand elsewhere. */
function describeTerms({ bottleneck, evaluation }: LayerReport): string[] {
  return bottleneck.terms.every(({ kind }) => kind === 'compute' || kind === 'transfers')
    ? []
    : ['', `cycles: the most of ${termsText(bottleneck.terms, evaluation.cycles)}`];
}

/** Terms of cycles with their shares of all, the slowest first. */
export function termsText(terms: readonly CycleTerm[], cycles: number): string {
  return [...terms]
    .sort((a, b) => b.cycles - a.cycles)
    .map((term) => `${term.name} ${formatNumber(term.cycles)} (${percentText(term.cycles / cycles, 0)})`)
    .join(', ');
}

/** Energies per access of levels. */
export function accessConstants(levels: readonly StorageLevel[]): string {
  const texts = levels.map(({ name, energy, blockWords }) => {
    const constants = [energy.readPj, energy.fillPj, energy.updatePj].map((pj) => formatNumber(pj, CONSTANT_DIGITS));
    return `${name} ${constants.join('/')}${blockWords > 1 ? ` per ${blockWords} words` : ''}`;
  });
  return `energy per access in pJ: ${texts.join(', ')} (read/fill/update)`;
}

/** The way of the words of vector operators. @param innermost the level that the vector unit reads and writes */
function pathText(levels: readonly StorageLevel[], innermost: number): string {
  return innermost === 0 ? `at ${levels[0]!.name}` : `between ${levels[0]!.name} and ${levels[innermost]!.name}`;
}

/** Accesses of Outputs to their home in a level, and what moves beside the mapping. */
function homeRows({ home, moved }: LevelCost): string[][] {
  const row = (name: string, counts: Omit<LevelMoves, 'requests'>) => [
    '',
    name,
    '',
    formatNumber(counts.reads),
    formatNumber(counts.fills),
    formatNumber(counts.updates),
    formatNumber(counts.energyPj, 6),
  ];
  return [
    ...(home === undefined ? [] : [row('Outputs, home', home)]),
    ...(moved === undefined ? [] : [row('moved beside', moved)]),
  ];
}

/** Energy of the network below a level: the hops of each tensor that makes any. */
function wireRows({ networks }: LevelCost): string[][] {
  return TENSORS.map((tensor) => networks[tensor])
    .filter(({ energyPj }) => energyPj !== 0)
    .map(({ tensor, hopWords, energyPj }) => [
      '',
      `${tensor}, wires`,
      '',
      '',
      '',
      `${formatNumber(hopWords)} hops`,
      formatNumber(energyPj, 6),
    ]);
}

function leakageRows({ leakagePj }: LevelCost, cycles: number): string[][] {
  return leakagePj === 0
    ? []
    : [['', 'leakage', '', '', '', `${formatNumber(cycles)} cycles`, formatNumber(leakagePj, 6)]];
}

/** Energies of hops and of leakage, where there are any. */
function otherConstants({ levels }: Accelerator): string[] {
  const hops = levels
    .filter(({ fanOut }) => fanOut.wires === undefined && fanOut.hopEnergyPj > 0)
    .map(({ name, fanOut }) => `${name} ${formatNumber(fanOut.hopEnergyPj, CONSTANT_DIGITS)}`);
  const links = levels.flatMap(({ name, fanOut: { wires } }) =>
    wires === undefined
      ? []
      : [
          `${name} ${formatNumber(wires.pjPerBitHop, CONSTANT_DIGITS)} (${wires.geometry}, ${formatNumber(wires.hopMm, 3)} mm)`,
        ],
  );
  return [
    ...(hops.length === 0 ? [] : [`energy per word and hop in pJ: ${hops.join(', ')}`]),
    ...(links.length === 0 ? [] : [`energy per bit and hop in pJ: ${links.join(', ')}`]),
    ...leakageConstants(levels),
  ];
}

/** What levels leak per cycle, where any does. */
export function leakageConstants(levels: readonly StorageLevel[]): string[] {
  const leaks = levels
    .filter(({ leakagePjPerCycle }) => leakagePjPerCycle > 0)
    .map(
      ({ name, leakagePjPerCycle, instances }) =>
        `${name} ${formatNumber(leakagePjPerCycle, CONSTANT_DIGITS)}${instances > 1 ? ` x ${instances}` : ''}`,
    );
  return leaks.length === 0 ? [] : [`leakage in pJ per cycle: ${leaks.join(', ')}`];
}

/** Digits of constants: enough to work out the energies by hand to all digits shown. */
export const CONSTANT_DIGITS = 8;

function portText(own: number | null, cycles: number): string {
  return own === null ? 'no limit' : `${formatNumber(own)} cycles (${percentText(own / cycles, 0)})`;
}

/** What the figures of an accelerator leave out, as printed under every result. @param sentences those of `notModelled` */
export function describeLimits(sentences: readonly string[]): string {
  return ['', 'Not in these figures:', ...sentences.map((sentence) => `  - ${sentence}`)].join('\n');
}
