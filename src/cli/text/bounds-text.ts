import { type BoundsResult, type BoundsRow, layerNeeds, summedStairs } from '../../app/bounds/bounds.ts';
import { loopsText, pairText, tileText } from '../../app/bounds/output.ts';
import { valueText } from '../../app/explain/value-text.ts';
import { Canvas } from '../../tui/drawing/canvas.ts';
import { drawChart } from '../../tui/drawing/chart.ts';
import { formatBits, formatNumber } from './format.ts';
import { chartSize } from './layout/chart-size.ts';
import { beside, formatTable, names, right } from './layout/table.ts';

/** Curves as text: a table by capacity, a chart, and of several layers what each needs. */
export function describeBounds(result: BoundsResult): string {
  const { title, layers, request, isComplete } = result;
  return [
    `${title}: least ${request.count} between ${bordersText(result)}`,
    '',
    rowTable(result),
    '',
    chart(result),
    ...(layers.length === 1 ? [] : ['', layerTable(result)]),
    '',
    ...summaryLines(result),
    ...(isComplete ? [] : ['  tiles      extents that only padding may favour are left out: there are too many']),
  ].join('\n');
}

function bordersText({ inputs: { named } }: BoundsResult): string {
  if (named === null) return 'outside and a buffer, by its capacity';
  return `${named.outer} and ${named.buffer} of ${named.accelerator.name}, by the capacity of ${named.buffer}`;
}

function rowTable(result: BoundsResult): string {
  const { rows, layers } = result;
  const isOne = layers.length === 1;
  const columns = [
    ...[right('capacity'), right('words'), beside(right('bytes')), right('x compulsory'), right('MACs/B')],
    ...(isOne ? [right('taken'), beside('tile'), 'loops outside, outermost first'] : []),
    ...(result.pair === null ? [] : [right('together'), 'how']),
  ];
  return formatTable(
    columns,
    rows.map((row) => [...rowCells(row, isOne), ...pairCells(result, row)]),
  );
}

function rowCells({ capacityBits, isOwn, figures }: BoundsRow, isOne: boolean): string[] {
  const capacity = `${isOwn ? '* ' : ''}${valueText({ unit: 'bit' }, capacityBits)}`;
  if (figures === null) return [capacity, 'no tile fits'];
  const { words, bits, timesCompulsory, macsPerByte, step } = figures;
  return [
    capacity,
    formatNumber(words),
    formatBits(bits),
    timesCompulsory < 10_000 ? timesCompulsory.toFixed(3) : timesCompulsory.toExponential(2),
    formatNumber(macsPerByte),
    ...(isOne && step !== null ? [formatBits(step.heldBits), tileText(step), loopsText(step)] : []),
  ];
}

/** Words or bytes of the two layers of a pair together, and how they run. */
function pairCells({ inputs: { pair }, request }: BoundsResult, { pair: step, figures }: BoundsRow): string[] {
  if (pair === null) return [];
  const before = figures === null ? ['', '', ''] : [];
  if (step === null) return [...before, 'no tile fits'];
  const value = request.count === 'words' ? formatNumber(step.words) : formatBits(step.bits);
  return [...before, value, pairText(step, pair)];
}

/** The falling staircase down to the compulsory line. */
function chart(result: BoundsResult): string {
  const { rows, compulsory, request } = result;
  const scale = request.count === 'words' ? 1 : 8;
  const points = summedStairs(result).map(({ x, y }) => ({ x: x / 8 / 1024, y: y / scale }));
  if (points.length < 2) return 'no chart: fewer than two stairs lie between these capacities';
  const own = rows.find(({ isOwn }) => isOwn);
  const ownPoint = own === undefined ? undefined : points.findLast(({ x }) => x <= own.capacityBits / 8 / 1024);
  const together = rows.flatMap(({ capacityBits, pair }) =>
    pair === null ? [] : [{ x: capacityBits / 8 / 1024, y: pair.value / scale }],
  );
  const { width, height } = chartSize();
  const canvas = Canvas.create(width, height);
  drawChart(canvas, {
    xLabel: 'KiB',
    xScale: 'log',
    yScale: 'log',
    series: [
      { style: 'text', mark: 'steps', points },
      ...(together.length === 0
        ? []
        : [{ style: 'text' as const, mark: 'points' as const, symbol: 't', points: together }]),
      ...(ownPoint === undefined
        ? []
        : [
            {
              style: 'text' as const,
              mark: 'points' as const,
              symbol: '*',
              points: [{ x: own!.capacityBits / 8 / 1024, y: ownPoint.y }],
            },
          ]),
    ],
    rules: [
      {
        y: (request.count === 'words' ? compulsory.words : compulsory.bits) / scale,
        label: 'compulsory',
        style: 'dim',
      },
    ],
  });
  const lines = canvas.lines().map((line) =>
    line
      .map((span) => span.text)
      .join('')
      .trimEnd(),
  );
  return [
    `${request.count} over the capacity in KiB${together.length === 0 ? '' : '; t both layers together'}`,
    ...lines,
  ].join('\n');
}

function layerTable(result: BoundsResult): string {
  const needs = layerNeeds(result);
  const hasOwn = needs.some(({ timesThere }) => timesThere !== null);
  return formatTable(
    [
      ...[names('layer'), right('runs'), right('MACs'), right('compulsory words'), right('from')],
      ...(hasOwn ? [right('x there *')] : []),
    ],
    needs.map(({ name, repeat, macs, compulsoryWords, fromBits, timesThere }) => [
      ...[name, formatNumber(repeat), formatNumber(macs), formatNumber(compulsoryWords), formatBits(fromBits)],
      ...(timesThere === null ? [] : [timesThere.toFixed(3)]),
    ]),
  );
}

function summaryLines({ request, compulsory, inputs: { named }, layers, pair }: BoundsResult): string[] {
  const tiles = layers.reduce((sum, { curve }) => sum + curve.tiles, 0);
  const pairCompulsory = pair?.steps.at(-1);
  const copies = named?.doubleBuffered === true ? ', each held twice' : '';
  return [
    `  compulsory ${formatNumber(compulsory.words)} words, ${formatBits(compulsory.bits)}: reached from ${formatBits(compulsory.fromBits)}`,
    ...(pair === null || pairCompulsory === undefined
      ? []
      : [
          `  together   ${formatNumber(pairCompulsory.words)} words, ${formatBits(pairCompulsory.bits)}: reached from ${formatBits(pairCompulsory.heldBits)}; over ${formatNumber(pair.choices)} ways, and all tiles and orders of every step`,
        ]),
    `  bound      over all tiles (${request.factors} factors; ${formatNumber(tiles)} looked at) and all orders of the loops outside; the buffer holds a tile of each tensor${copies}`,
    ...(named === null || named.instances === 1
      ? []
      : [`  buffer     ${formatNumber(named.instances)} instances of ${named.buffer}, together`]),
    ...(named === null || named.bypassing.length === 0
      ? []
      : [`  not bound  mappings in which ${named.bypassing.join(' or ')} bypass ${named.buffer}`]),
  ];
}
