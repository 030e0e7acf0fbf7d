import type { NetworkReport } from '../../app/explain/evaluate.ts';
import { movedWidths, type VectorReport } from '../../app/explain/vector-report.ts';
import { isOnWay } from '../../cost/vector-step.ts';
import { repeatedSum } from '../../util/network-totals.ts';
import { energyText } from '../../util/quantity-text.ts';
import type { TensorName } from '../../util/vocabulary.ts';
import type { VectorDemand } from '../../workload/graph/fusion.ts';
import { counted, formatNumber } from './format.ts';
import { beside, indentedTable, names, right } from './layout/table.ts';
import { accessConstants, CONSTANT_DIGITS, leakageConstants } from './report-text.ts';

/**
 * The operators of a network that are no layers: what each moves and does in one run, what that costs, and the constants from which the costs follow;
 * without costs where they are not priced. No lines where there are none.
 */
export function describeVectorOperators({
  vector,
  accelerator,
  network,
}: Pick<NetworkReport, 'vector' | 'accelerator' | 'network'>): string[] {
  if (vector.operators.length === 0) return [];
  const { levels } = accelerator;
  const shown = vector.operators.filter(({ demand }) => isWork(demand));
  const free = repeatedSum(
    vector.operators.flatMap(({ demand }) => (isWork(demand) ? [] : [demand])),
    () => 1,
  );
  const widths = movedWidths(shown.map(({ demand }) => demand));
  const rows = shown.map(({ demand, cost }) => [
    demand.name,
    demand.repeat === 1 ? '' : `x${demand.repeat}`,
    `${demand.label}${demand.isFused ? ', fused' : ''}`,
    ...[demand.wordsIn, demand.wordsOut].map((words) => formatNumber(words)),
    ...(widths.length > 1 ? [widthText(demand)] : []),
    // What an unknown operation does per word is not known.
    ...[demand.work.simple, demand.work.special].map((operations) =>
      demand.kind === 'unknown' ? '?' : formatNumber(operations),
    ),
    ...(cost === null
      ? []
      : [
          formatNumber(cost.cycles),
          typeof cost.boundBy === 'number' ? levels[cost.boundBy]!.name : (cost.boundBy ?? ''),
          energyText(cost.energyPj),
        ]),
  ]);
  const columns = [
    names('operator'),
    beside(''),
    'kind',
    right('words in'),
    beside(right('words out')),
    ...(widths.length > 1 ? [right('bits')] : []),
    right('simple ops'),
    beside(right('special ops')),
    ...(vector.isPriced ? [right('cycles'), 'bound by', right('energy')] : []),
  ];
  return [
    '',
    `Operators of ${network.name} that are no layers, one run each${vector.isPriced ? '' : ': not priced, as the accelerator states no vectorUnit'}`,
    ...(shown.length === 0 ? [] : [indentedTable(columns, rows)]),
    ...(free === 0
      ? []
      : [`  and ${counted(free, 'operator')} that ${free === 1 ? 'is' : 'are'} fused with the producer at no cost`]),
    ...constants({ vector, accelerator }, shown),
  ];
}

function isWork({ kind, wordsIn, wordsOut, work }: VectorDemand): boolean {
  return kind === 'unknown' || wordsIn + wordsOut + work.simple + work.special > 0;
}

/** Bits of the words that an operator reads and, behind an arrow, writes. */
function widthText(demand: VectorDemand): string {
  const read = movedWidths([{ ...demand, wordsOut: 0 }]).join(', ');
  return demand.wordsOut === 0 || read === String(demand.wordBits) ? read : `${read} -> ${demand.wordBits}`;
}

/** How the costs follow from words and operations. */
function constants(
  { vector, accelerator }: Pick<NetworkReport, 'vector' | 'accelerator'>,
  shown: VectorReport['operators'],
): string[] {
  const { levels, vectorUnit } = accelerator;
  if (vectorUnit === undefined || !vector.isPriced) return [];
  const { simplePerCycle, specialPerCycle, simplePj, specialPj, level } = vectorUnit;
  const widths = movedWidths(
    shown.map(({ demand }) => demand),
    levels.slice(0, level + 1),
  );
  const way = (tensor: TensorName) => levels.filter((_, i) => isOnWay(tensor, i, accelerator)).map(({ name }) => name);
  const [outermost, ...inner] = way('Inputs');
  const words = [
    `words${widths.length === 1 ? ` of ${widths[0]} bits` : ''}: words in are reads of ${outermost}`,
    ...inner.map((name) => `fills and reads of ${name}`),
    `words out are updates of ${way('Outputs').join(' and of ')}`,
  ];
  const pj = (value: number) => formatNumber(value, CONSTANT_DIGITS);
  return [
    `  ${words.join(', ')}`,
    `  ${accessConstants(levels.slice(0, level + 1))}`,
    ...leakageConstants(levels).map((line) => `  ${line}`),
    `  operations: ${formatNumber(simplePerCycle)} simple and then ${formatNumber(specialPerCycle)} special per cycle, at ${pj(simplePj)} and ${pj(specialPj)} pJ each`,
  ];
}
