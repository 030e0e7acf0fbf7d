import type { NetworkTotals } from '../../app/explain/evaluate.ts';
import { valueText } from '../../app/explain/value-text.ts';
import { listUnit, type SweepPoint, type SweepResult } from '../../app/sweep/sweep.ts';
import type { VariedParameter } from '../../app/sweep/vary.ts';
import { Canvas } from '../../tui/drawing/canvas.ts';
import { type Chart, drawChart } from '../../tui/drawing/chart.ts';
import { energyText, percentText, siText } from '../../util/quantity-text.ts';
import { formatNumber } from './format.ts';
import { chartSize } from './layout/chart-size.ts';
import { formatTable, right } from './layout/table.ts';
import { describeLimits } from './report-text.ts';
import { stayingText } from './schedule/staying-text.ts';

/** A figure of a sweep: its name, its symbol in the chart, its value. */
interface Figure {
  readonly name: string;
  readonly symbol: string;
  readonly best: 'edp' | 'energy' | 'latency';
  readonly of: (totals: NetworkTotals) => number;
}

const FIGURES: readonly Figure[] = [
  { name: 'latency', symbol: 'l', best: 'latency', of: (totals) => totals.cycles },
  { name: 'energy', symbol: 'e', best: 'energy', of: (totals) => totals.energyPj },
  { name: 'EDP', symbol: 'o', best: 'edp', of: (totals) => totals.edpPjCycles },
];

/** A sweep as text: a table with a chart for one parameter, grids for two. */
export function describeSweep(result: SweepResult): string {
  const { parameters, points, request, seconds } = result;
  const figures = points.flatMap((point) => (point.figures === null ? [] : [point.figures]));
  const proven = figures.filter((one) => one.optimal).length;
  const staying = stayingText(points, 'point');
  return [
    `${result.workload}${request.layer === undefined ? '' : ` ${[request.layer].flat().join(' ')}`} on ${result.accelerator}: ${parameters.map(({ name }) => name).join(' x ')}`,
    '',
    ...(parameters.length === 1 ? [lineTable(result), '', chart(result)] : grids(result)),
    '',
    ...bestLines(result),
    `  points     ${figures.length} of ${points.length} can be mapped, ${proven} proven optimal (${request.factors} factors), ${formatNumber(seconds, 3)} s`,
    `  figures    ${figuresText(result)}`,
    ...(staying === null ? [] : [`  on chip    ${staying}`]),
    ...(parameters.some(({ name }) => name === 'batch')
      ? ['  batch      figures are of the whole batch, not per input']
      : []),
    ...result.energyNotes.map((note) => `  energies   ${note}`),
    ...unmappedLines(parameters, points),
    describeLimits(result.notModelled),
  ].join('\n');
}

/** What every point is mapped for. */
function figuresText({ request, scope, pinned, accelerator }: SweepResult): string {
  if (request.pin === undefined)
    return `of ${scope} mapped for ${request.objective}, as trifold map gives them; --objective changes what each point is mapped for`;
  const held = pinned.map(({ batch, energyPj, cycles }) => {
    const value = request.pin === 'latency' ? `${formatNumber(cycles)} cycles` : energyText(energyPj);
    return pinned.length === 1 ? value : `${value} at batch ${batch}`;
  });
  return `least ${request.pin === 'latency' ? 'energy' : 'latency'} of ${scope} with its ${request.pin} no higher than that of ${accelerator} as given (mapped for ${request.objective}): ${held.join(', ')}`;
}

function lineTable({ parameters, points, best }: SweepResult): string {
  const [parameter] = parameters;
  const least = points[best.edp]!.figures!.totals.edpPjCycles;
  return formatTable(
    [
      right(parameter!.name),
      right('cycles'),
      right('latency'),
      right('util.'),
      right('energy'),
      right('EDP (pJ*cycles)'),
      right('x best'),
      right('area mm^2'),
      '',
    ],
    points.map(({ values, figures }, index) => {
      const value = valueText(parameter!, values[0]!);
      if (figures === null) return [value, 'no mapping'];
      const { totals, areaMm2 } = figures;
      return [
        value,
        formatNumber(totals.cycles),
        siText(totals.physical.seconds, 's'),
        percentText(totals.utilization),
        siText(totals.physical.energyJoule, 'J'),
        totals.edpPjCycles.toExponential(4),
        (totals.edpPjCycles / least).toFixed(3),
        areaMm2 === 0 ? '' : formatNumber(areaMm2),
        FIGURES.filter((figure) => best[figure.best] === index)
          .map((figure) => `least ${figure.name}`)
          .join(', '),
      ];
    }),
  );
}

/** Every figure as a multiple of its least value in the sweep. */
function chart({ parameters, points, best }: SweepResult): string {
  const parameter = parameters[0]!;
  // Lines end where a point in between has no mapping.
  const stretches: { readonly x: number; readonly totals: NetworkTotals }[][] = [[]];
  for (const { values, figures } of points) {
    if (figures === null) stretches.push([]);
    else stretches.at(-1)!.push({ x: values[0]!, totals: figures.totals });
  }
  const mapped = stretches.flat();
  if (mapped.length < 2) return 'no chart: fewer than two points can be mapped';
  const { size, name } = listUnit(parameter);
  const xs = mapped.map(({ x }) => x / size);
  const ratiosOf = (figure: Figure, part: typeof mapped) => {
    const least = figure.of(points[best[figure.best]]!.figures!.totals);
    return part.map(({ x, totals }) => ({ x: x / size, y: figure.of(totals) / least }));
  };
  const asPercent = FIGURES.every((figure) => ratiosOf(figure, mapped).every(({ y }) => y < 4));
  const drawn: Chart = {
    xLabel: '',
    xScale: xs.at(-1)! / xs[0]! > 4 ? 'log' : 'linear',
    yScale: asPercent ? 'linear' : 'log',
    xTicks: xs,
    series: FIGURES.flatMap((figure) =>
      stretches.flatMap((part) => {
        const curve = ratiosOf(figure, part).map(({ x, y }) => ({ x, y: asPercent ? 100 * (y - 1) : y }));
        return [
          { style: 'text' as const, mark: 'line' as const, points: curve },
          { style: 'text' as const, mark: 'points' as const, symbol: figure.symbol, points: curve },
        ];
      }),
    ),
    rules: [],
  };
  const { width, height } = chartSize();
  const canvas = Canvas.create(width, height);
  drawChart(canvas, drawn);
  const lines = canvas.lines().map((line) =>
    line
      .map((span) => span.text)
      .join('')
      .trimEnd(),
  );
  return [
    `${asPercent ? 'percent above the least' : 'multiples of the least'} over ${parameter.name}: ${FIGURES.map(({ symbol, name: what }) => `${symbol} ${what}`).join(', ')} (o covers e, e covers l); letters and ticks are the points computed${name === '' ? '' : `, in ${name}`}`,
    ...lines,
  ].join('\n');
}

/** One grid per figure: rows are the first parameter, columns the second, cells multiples of the least. */
function grids({ parameters, points, best }: SweepResult): string[] {
  const [rows, columns] = [parameters[0]!, parameters[1]!];
  return [...FIGURES].reverse().flatMap((figure, order) => {
    const bestIndex = best[figure.best];
    const least = figure.of(points[bestIndex]!.figures!.totals);
    const cell = (index: number): string => {
      const { figures } = points[index]!;
      if (figures === null) return '-';
      return `${index === bestIndex ? '*' : ''}${(figure.of(figures.totals) / least).toFixed(3)}`;
    };
    const table = formatTable(
      [right(`${rows.name} \\ ${columns.name}`), ...columns.values.map((value) => right(valueText(columns, value)))],
      rows.values.map((value, row) => [
        valueText(rows, value),
        ...columns.values.map((_, column) => cell(row * columns.values.length + column)),
      ]),
    );
    return [...(order === 0 ? [] : ['']), `${figure.name}, multiples of the least (*); - no mapping`, table];
  });
}

function bestLines({ parameters, points, best }: SweepResult): string[] {
  return [...FIGURES].reverse().map((figure) => {
    const { values, figures } = points[best[figure.best]]!;
    const { totals } = figures!;
    const value = {
      edp: `${totals.edpPjCycles.toExponential(4)} pJ*cycles = ${siText(totals.edpJouleSeconds, 'J*s')}`,
      energy: siText(totals.physical.energyJoule, 'J'),
      latency: `${formatNumber(totals.cycles)} cycles = ${siText(totals.physical.seconds, 's')}`,
    }[figure.best];
    const where = parameters
      .map((parameter, i) => `${parameter.name} = ${valueText(parameter, values[i]!)}`)
      .join(', ');
    return `  ${`least ${figure.name}`.padEnd(13)}  ${value} at ${where}`;
  });
}

function unmappedLines(parameters: readonly VariedParameter[], points: readonly SweepPoint[]): string[] {
  const lost = points.filter((point) => point.figures === null);
  const lines = lost
    .slice(0, 4)
    .map(
      ({ values, reason }) =>
        `  ${parameters.map((one, i) => `${one.name} = ${valueText(one, values[i]!)}`).join(', ')}: ${reason}`,
    );
  return lost.length > 4 ? [...lines, `  and ${lost.length - 4} more without a mapping`] : lines;
}
