import type { LayerReport } from '../../app/explain/evaluate.ts';
import type { Explanations, LayerExplanation, Sensitivity } from '../../app/explain/explain.ts';
import type { MapResult } from '../../app/map/map.ts';
import type { ArrayUse, CapacityUse } from '../../cost/analysis/bottleneck.ts';
import type { Bottleneck } from '../../cost/analysis/breakdown.ts';
import type { CycleTermKind } from '../../cost/analysis/cycle-terms.ts';
import type { DataflowName, ShownLoop, Stationarity } from '../../cost/analysis/stationarity.ts';
import { energyText, percentText } from '../../util/quantity-text.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import { formatBits, formatChange, formatNumber } from './format.ts';
import { indentedTable, names, right } from './layout/table.ts';
import { termsText } from './report-text.ts';
import { widthsText } from './widths-text.ts';

/** Explanation of the best mapping of one layer as text. */
export function describeLayerExplanation(result: MapResult, report: LayerReport, explanations: Explanations): string {
  const explanation = explanations.layers[0]!;
  return [
    `Why this mapping of ${report.layer.name}`,
    ...summaryLines(result, report, explanation, explanations),
    '',
    ...dataflowLines(explanation),
    '',
    `What stands still: the tensor with most MACs per word that moves to or from a level (for ${explanation.dataflow.level} the dataflow), and the tile that stays while the loops above the level step`,
    stationarityTable(report, explanation),
    '',
    'What binds',
    ...bindingLines(report, explanation),
    '',
    'Traffic, as a multiple of moving every needed word once (1.00 = compulsory minimum)',
    `  ${widthsText(report.layer, result.report.accelerator)}`,
    trafficTable(explanation),
    '',
    'Why not better?',
    ...floorLines(result, report, explanation),
  ].join('\n');
}

/** The answer in three sentences: what limits time, where the energy goes, what to change. */
function summaryLines(
  { inputs: { request } }: MapResult,
  report: LayerReport,
  explanation: LayerExplanation,
  explanations: Explanations,
): string[] {
  const { evaluation } = report;
  const { floors, bottleneck, dataflow, losses } = explanation;
  const time =
    floors !== null && evaluation.cycles <= floors.cycles
      ? floors.cycles <= floors.dramCycles
        ? 'no mapping can be faster: moving every word through DRAM once takes all this time'
        : losses.idlePes > 1.0005
          ? 'no mapping can be faster: every PE that this layer can use is busy in every cycle'
          : 'no mapping can be faster: every PE is busy in every cycle'
      : `time is bound by ${bindingText(bottleneck)}`;
  const places = [
    { name: 'the MACs', energyPj: evaluation.macEnergyPj },
    ...evaluation.levels.map(({ name, energyPj }) => ({ name, energyPj })),
  ].sort((a, b) => b.energyPj - a.energyPj);
  const most = places[0]!;
  const best = explanations.sensitivities
    .flatMap(({ change, result }) => (result === null ? [] : [{ change, result }]))
    .sort((a, b) => a.result.objective - b.result.objective)[0];
  return [
    `  ${dataflow.name}; ${time}; ${most.name} takes ${percentText(most.energyPj / evaluation.energyPj, 0)} of the energy.`,
    best === undefined || best.result.objective > 0.9995
      ? '  No single change below makes it better.'
      : `  Of the single changes below, ${best.change} brings most: ${gainText(request, best.result)}.`,
  ];
}

/** The figure that changes are compared by; EDP for objectives of both figures. */
function gainText(
  { pin, objective }: MapResult['inputs']['request'],
  { edp, energy, latency }: NonNullable<Sensitivity['result']>,
): string {
  const by = pin === undefined ? objective : pin === 'latency' ? 'energy' : 'latency';
  if (by === 'energy') return `energy ${formatChange(energy)}`;
  return by === 'latency' ? `latency ${formatChange(latency)}` : `EDP ${formatChange(edp)}`;
}

function dataflowLines({ dataflow }: LayerExplanation): string[] {
  const parallel =
    dataflow.parallel.length === 0
      ? 'nothing in parallel'
      : dataflow.parallel.map(({ dim, bound, array }) => `${dim} ${bound} on ${array}`).join(', ');
  return [`  dataflow   ${dataflow.name}`, `  parallel   ${parallel}`];
}

function stationarityTable({ mapping }: LayerReport, explanation: LayerExplanation): string {
  const { stationarity, macsPerWord, dataflow } = explanation;
  return indentedTable(
    [
      names('level'),
      'stands still',
      ...TENSORS.map((tensor) => right(`MACs/${tensor.slice(0, -1).toLowerCase()}`)),
      'tile that stays',
    ],
    stationarity.map((one, i) => {
      const moved = macsPerWord[i]!;
      return [
        one.level,
        one.level === dataflow.level ? STANDS_STILL[dataflow.name] : stillest(moved),
        ...TENSORS.map((tensor) => {
          if (!mapping.levels[i + 1]!.keep.includes(tensor)) return 'bypass';
          const macs = moved[tensor];
          return macs === null ? 'stays' : formatNumber(macs, 3);
        }),
        tileText(one),
      ];
    }),
  );
}

/** What stands still in the PEs, by the name of the dataflow. */
const STANDS_STILL: Readonly<Record<DataflowName, string>> = {
  'weight stationary': 'Weights',
  'input stationary': 'Inputs',
  'output stationary': 'Outputs',
  'row stationary': 'filter rows',
  'no local reuse': 'none',
  'all tensors resident': 'all',
};

function stillest(moved: LayerExplanation['macsPerWord'][number]): string {
  const [most] = TENSORS.filter((tensor) => (moved[tensor] ?? 1) > 1).sort((a, b) => moved[b]! - moved[a]!);
  return most ?? 'none';
}

function tileText({ loops, stationary, reuse, loadedOnce, kept }: Stationarity): string {
  if (loadedOnce) return 'all: loaded once';
  if (stationary === null || !kept) return 'none: every step moves all';
  return `${stationary} for ${formatNumber(reuse)} steps (${loopText(loops)})`;
}

function loopText(loops: readonly ShownLoop[]): string {
  return loops.map(({ dim, bound }) => `${dim} ${bound}`).join(', ');
}

/** What would be changed to remove a bottleneck. */
const WITHOUT: Readonly<Record<CycleTermKind, string>> = {
  compute: 'with all MACs busy',
  transfers: 'with more of it',
  requests: 'without limits of its ports',
  launch: 'without it',
  array: 'without it',
  serial: 'with transfers that overlap',
};

/** What binds, within a sentence. */
function bindingText({ kind, name }: Bottleneck): string {
  switch (kind) {
    case 'compute':
      return 'the array';
    case 'transfers':
      return `the bandwidth of ${name}`;
    case 'requests':
    case 'launch':
    case 'array':
      return `the ${name}`;
    case 'serial':
      return `compute and transfers one after the other: ${name}`;
  }
}

function bindingLines(report: LayerReport, explanation: LayerExplanation): string[] {
  const { evaluation } = report;
  const { bottleneck, losses, arrays, capacities } = explanation;
  const gain = bottleneck.gainIfRemoved;
  const speed =
    bottleneck.kind === 'compute'
      ? `compute: ${formatNumber(evaluation.computeCycles)} cycles of the array, nothing is slower`
      : `${bindingText(bottleneck)}: ${formatNumber(evaluation.cycles)} cycles; ${WITHOUT[bottleneck.kind]} and with this same mapping up to ${gain.toFixed(2)}x faster (${formatNumber(Math.round(evaluation.cycles / gain))}); for what another mapping makes of it see below`;
  const factors = [
    `${formatNumber(Math.ceil(losses.idealCycles))} ideal (all MACs always busy)`,
    ...(losses.idlePes > 1.0005 ? [`x ${losses.idlePes.toFixed(2)} idle PEs`] : []),
    ...(losses.raggedLoops > 1.0005 ? [`x ${losses.raggedLoops.toFixed(2)} ragged loops`] : []),
    ...(losses.stalls > 1.0005 ? [`x ${losses.stalls.toFixed(2)} waiting for ${bottleneck.name}`] : []),
  ];
  return [
    `  speed      ${speed}`,
    `  cycles     ${formatNumber(evaluation.cycles)} = ${factors.join(' ')}`,
    `  terms      ${termsText(bottleneck.terms, evaluation.cycles)}: the most of them counts`,
    ...arrays.map((use, i) => `  ${i === 0 ? 'array ' : '      '}     ${arrayText(use)}`),
    ...capacities.map((use, i) => `  ${i === 0 ? 'capacity' : '        '}   ${capacityText(use)}`),
  ];
}

function arrayText({ array, size, used, loops, idle, mostByDivisors }: ArrayUse): string {
  const loopsText = loops.length === 0 ? 'no loop' : loops.map(({ dim, bound }) => `${dim} ${bound}`).join(' x ');
  const why = {
    none: 'full',
    'dims-too-small': `${size - used} idle: the wired dims have no more positions`,
    divisibility: `${size - used} idle: no product of divisors of the wired dims comes nearer to ${size}`,
    'not-worth-it': `${size - used} idle: ${mostByDivisors} could work, but this objective does not gain by it`,
  }[idle];
  return `${array} ${used} of ${size} PEs (${loopsText}), ${why}`;
}

/** A level counts as full when less than a tenth is free. */
function capacityText({ level, usableBits, usedBits, tensors, fullestPart, share }: CapacityUse): string {
  const parts = TENSORS.filter((tensor) => tensors[tensor] > 0)
    .sort((a, b) => tensors[b] - tensors[a])
    .map((tensor) => `${tensor} ${formatBits(tensors[tensor])}`)
    .join(', ');
  const part = fullestPart === null ? '' : `, fullest part ${fullestPart.tensor} ${percentText(fullestPart.share)}`;
  const state = share >= 0.9 ? 'full' : `${percentText(share, 0)} used`;
  return `${level} ${state}: ${formatBits(usedBits)} of ${formatBits(usableBits)} (${parts === '' ? 'empty' : parts})${part}`;
}

function trafficTable({ traffic }: LayerExplanation): string {
  return indentedTable(
    [names('level'), right('moves'), right('minimum'), right('all'), ...TENSORS.map(right)],
    traffic.map(({ level, bits, compulsoryBits, tensors }) => [
      level,
      formatBits(bits),
      formatBits(compulsoryBits),
      compulsoryBits === 0 ? '' : (bits / compulsoryBits).toFixed(2),
      ...TENSORS.map((tensor) => tensors[tensor]?.toFixed(2) ?? 'bypass'),
    ]),
  );
}

function floorLines(result: MapResult, report: LayerReport, { floors }: LayerExplanation): string[] {
  const { evaluation } = report;
  const { networkWise } = result;
  const proof = result.mapped.proofs[0]!;
  const { optimal, gap } =
    networkWise === null
      ? proof
      : { optimal: networkWise.optimal, gap: networkWise.value / networkWise.lowerBound - 1 };
  const space = proof.mapspaceLog10 === null ? '' : ` of 10^${proof.mapspaceLog10.toFixed(1)} mappings`;
  const has = networkWise === null ? 'has' : 'gives the layer and its vector operators together';
  const proven = optimal
    ? `proven: none${space} ${has} a lower ${result.inputs.request.objective}`
    : gap === null
      ? 'not proven: found by sampling; --mapper exact proves the optimum'
      : `not proven: at most ${percentText(gap)} above the optimum`;
  if (floors === null) return [`  mapping    ${proven}`];
  const energyRatio = evaluation.energyPj / floors.energyPj;
  const cycleRatio = evaluation.cycles / floors.cycles;
  const operandPj = floors.energyPj - floors.macPj - floors.dramPj - floors.leakagePj;
  const leakage = floors.leakagePj === 0 ? '' : `, leakage ${energyText(floors.leakagePj)}`;
  const least =
    floors.cycles <= floors.dramCycles
      ? 'every needed word once through DRAM'
      : floors.cycles <= Math.ceil(floors.idealCycles)
        ? 'all MACs always busy'
        : 'as many MACs busy as wiring and factors allow';
  return [
    `  mapping    ${proven}`,
    `  latency    ${formatNumber(evaluation.cycles)} cycles = ${cycleRatio.toFixed(2)}x the floor of ${formatNumber(floors.cycles)}: ${least}`,
    `  energy     ${energyText(evaluation.energyPj)} = ${energyRatio.toFixed(2)}x the floor of ${energyText(floors.energyPj)}: MACs ${energyText(floors.macPj)}, every needed word once through DRAM ${energyText(floors.dramPj)}, the cheapest possible operand delivery ${energyText(operandPj)}${leakage}`,
    `  EDP        ${(energyRatio * cycleRatio).toFixed(2)}x the product of both floors, which no mapping on this accelerator goes below`,
  ];
}
