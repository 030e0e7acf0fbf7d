import type { CapacityGain } from '../../../app/explain/capacity-gains.ts';
import type { NetworkReport } from '../../../app/explain/evaluate.ts';
import type { ScheduleAnswer } from '../../../app/layers/schedule-answer.ts';
import type { ScheduleSummary } from '../../../schedule/summary.ts';
import { innerStorages, isTiled, loopsText } from '../../../schedule/summary-figures.ts';
import { groupedText, percentText } from '../../../util/quantity-text.ts';
import type { Sequence } from '../../../workload/graph/sequence.ts';
import { counted, formatBits, formatChange, formatNumber } from '../format.ts';
import { beside, indentedTable, names, right } from '../layout/table.ts';
import { networkProofText } from '../proof-text.ts';
import { layerTable, STEP_COLUMNS, stepCells } from '../report-text.ts';

/** What tables call the retention level, whose name the lines below them have. */
export const ON_CHIP = 'on chip';

/** The steps of a schedule as a table: equal ones a line, with where their operands are and the room that they have. */
export function scheduleTable({ report, scored: { retention } }: ScheduleAnswer): string {
  const place = (isRetained: boolean) => (isRetained ? ON_CHIP : report.accelerator.levels[0]!.name);
  return layerTable(
    [...STEP_COLUMNS, names('inputs'), beside('weights'), beside('outputs'), right('room'), beside(right('used'))],
    report.layers.map(({ layer }) => layer),
    report.layers,
    [],
    (line) => {
      const { residency } = line.layer;
      const { inputs, weights, outputs, roomBits } = residency!;
      return [
        ...stepCells(line),
        place(inputs),
        place(weights),
        place(outputs !== 'outermost'),
        roomBits === null ? 'no limit' : formatBits(roomBits),
        formatBits(line.evaluation.levels[retention.level]!.usedBits * retention.copies),
      ];
    },
  );
}

/** What stays on chip under a schedule, what that brings beside each layer on its own, and what proves it. */
export function describeSchedule(
  { optimum, sequence, report, summary, limits }: ScheduleAnswer,
  islands: NetworkReport | null,
  objective = 'edp',
): string[] {
  const { edpPjCycles } = report.totals;
  const proof = [networkProofText(optimum, objective), ...limits].join(', ');
  const before = islands?.totals.edpPjCycles;
  return [
    ...describeStay({ sequence, report, summary }),
    ...(optimum.certificate.space.fuses && summary.mode === 'retain'
      ? ['  segments     none: no operators run together in the best schedule']
      : []),
    `  schedule     EDP ${edpPjCycles.toExponential(6)} pJ*cycles (${proof})${before === undefined ? '' : `: ${percentText(1 - edpPjCycles / before, 3)} below ${before.toExponential(6)} with each layer on its own`}`,
    `  certificate  ${certificateText(optimum)}`,
  ];
}

/** What stays on chip under a schedule, its words of the outermost level beside those that none avoids, and the fullest moment. */
export function describeStay({
  sequence,
  report,
  summary,
}: Pick<ScheduleAnswer, 'sequence' | 'report' | 'summary'>): string[] {
  const { storages, capacityBits, levelName, peak, dramWords, mode } = summary;
  const outermost = report.accelerator.levels[0]!.name;
  const size = capacityBits === null ? 'no limit' : formatBits(capacityBits);
  return [
    `  on chip      ${mode} in ${levelName} (${size}): ${stayText(storages)}${pinText(summary, sequence)}`,
    ...segmentsText(summary),
    `${`  ${outermost} words`.padEnd(14)} ` +
      `${groupedText(dramWords.spent)} = ${(dramWords.spent / dramWords.compulsory).toFixed(2)}x the compulsory ${groupedText(dramWords.compulsory)} (inputs, outputs and parameters that are not pinned, once)${dramWords.layerByLayer === null ? '' : `; ${groupedText(dramWords.layerByLayer)} with each layer on its own`}`,
    `  peak         ${formatBits(peak.bits)} of ${levelName} at ${sequence.operators[peak.operator]!.name}`,
  ];
}

/** Rows of activations that a reader takes in. */
const MOST_SHOWN = 20;

/** Why a schedule keeps what it keeps: the activations that save most words of the outermost level, and what more room would bring. */
export function describeStays({ summary, report }: ScheduleAnswer, gains: readonly CapacityGain[]): string {
  const { storages, operators, levelName } = summary;
  const outermost = report.accelerator.levels[0]!.name;
  const staying = storages
    .filter(({ home }) => home !== 'outermost')
    .sort((a, b) => b.savedDramWords - a.savedDramWords);
  const rows = staying
    .slice(0, MOST_SHOWN)
    .map(({ name, home, bits, users, savedDramWords }) => [
      name,
      home === 'fused' ? 'as tiles' : 'whole',
      formatBits(bits),
      users.map((user) => operators[user]!.name).join(', '),
      groupedText(savedDramWords),
    ]);
  const more = staying.length - rows.length;
  return [
    `What stays in ${levelName}, by the words of ${outermost} that it saves`,
    indentedTable([names('activation'), 'how', right('size'), 'read by', right('saved')], rows),
    ...(more > 0 ? [`  and ${formatNumber(more)} more`] : []),
    ...gains.map(({ capacityBits, result }) => {
      const change = `  ${levelName} of ${formatBits(capacityBits)}`;
      if (result === null) return `${change}: not solved`;
      const { objective, edp, dramWords, optimal } = result;
      return `${change}: objective ${formatChange(objective)}, EDP ${formatChange(edp)}, ${outermost} words ${formatChange(dramWords)}${optimal ? '' : ' (not proven: it may be better)'}`;
    }),
    '  with accesses, leakage and area as they are; what follows is of the layers with nothing on chip between them',
  ].join('\n');
}

function stayText(storages: ScheduleSummary['storages']): string {
  const inner = innerStorages(storages);
  const count = (home: string) => inner.filter((storage) => storage.home === home).length;
  const fused = count('fused');
  return `${formatNumber(count('retained'))} of ${counted(inner.length, 'activation')} stay${fused === 0 ? '' : `, ${formatNumber(fused)} only ever exist as tiles`}`;
}

function pinText({ operators, pinnedBits, oneOffLoadWords }: ScheduleSummary, { operators: all }: Sequence): string {
  const pinned = operators.flatMap(({ weights }, i) => (weights === 'pinned' ? [all[i]!.name] : []));
  if (pinned.length === 0) return '; no parameters stay between runs';
  const named = pinned.length > MOST_NAMED ? `${pinned.slice(0, MOST_NAMED).join(', ')} ...` : pinned.join(', ');
  return `; parameters of ${counted(pinned.length, 'layer')} stay between runs (${named}): ${formatBits(pinnedBits)}, ${groupedText(oneOffLoadWords)} words loaded once before the first run, which no figure here counts`;
}

/** Names of layers that a line takes. */
const MOST_NAMED = 4;

function segmentsText(summary: ScheduleSummary): string[] {
  return summary.segments.filter(isTiled).map((segment) => {
    const [first, last] = [summary.operators[segment.first]!.name, summary.operators[segment.end - 1]!.name];
    const held = segment.held.length === 0 ? '' : `, holds ${segment.held.join(', ')}`;
    return `  segment      ${first} to ${last}: ${loopsText(segment, 'x')}, ${segment.halo} halo${held}`;
  });
}

function certificateText({ certificate }: ScheduleAnswer['optimum']): string {
  const { states, choices, decided, labels, lambdas, space, left } = certificate;
  const most = space.longestSegment === null ? '' : ` of at most ${space.longestSegment} operators`;
  const cuts = space.channelCuts === 'between-groups' ? ' (c between heads or groups)' : '';
  const tiles = space.fuses
    ? `; segments${most} over ${space.loops.map((axes) => axes.join(' and ')).join(', ')}${cuts}, tile sizes: ${tileSet(space)}, ${formatNumber(decided)} decided in full`
    : '';
  const unsearched =
    left.length === 0 ? '' : `; ${counted(left.length, 'activation')} not tried on chip, as too many live at once`;
  return `operators in the order given; all homes${space.pins ? ' and pinned parameters' : ''}: ${formatNumber(states)} states, ${counted(choices, 'choice')}${tiles}; ${formatNumber(labels.proven)} of ${counted(labels.asked, 'step')} proven, ${counted(lambdas, 'weight')} of latency${unsearched}`;
}

function tileSet({ tiles, loops }: ScheduleAnswer['optimum']['certificate']['space']): string {
  if (tiles === 'all') return 'all';
  const isHalved = loops.some((axes) => axes.includes('reduced'));
  return `the least for each number of tiles${isHalved ? ' (with reduced channels: for 2, 4, 8 and so on)' : ''}`;
}
