import type { NetworkTotals } from '../../app/explain/evaluate.ts';
import { listUnit, type SweepPoint, type SweepResult, valueText } from '../../app/sweep/sweep.ts';
import type { VariedParameter } from '../../app/sweep/vary.ts';
import { Canvas } from '../../tui/drawing/canvas.ts';
import { type Chart, drawChart } from '../../tui/drawing/chart.ts';
import { percentText, siText } from '../../util/quantity-text.ts';
import { formatNumber } from './format.ts';
import { describeLimits } from './report-text.ts';
import { formatTable, right } from './table.ts';

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

const CHART_WIDTH = 76;
const CHART_HEIGHT = 16;

/** A sweep as text: a table with a chart for one parameter, grids for two. */
export function describeSweep(result: SweepResult): string {
  const { parameters, points, request, seconds } = result;
  const figures = points.flatMap((point) => (point.figures === null ? [] : [point.figures]));
  const proven = figures.filter((one) => one.optimal).length;
  return [
    `${result.workload}${request.layer === undefined ? '' : ` ${[request.layer].flat().join(' ')}`} on ${result.accelerator}: ${parameters.map(({ name }) => name).join(' x ')}`,
    '',
    ...(parameters.length === 1 ? [lineTable(result), '', chart(result)] : grids(result)),
    '',
    ...bestLines(result),
    `  points     ${figures.length} of ${points.length} can be mapped, ${proven} proven optimal layer by layer for ${request.objective} (${request.factors} factors), ${formatNumber(seconds, 3)} s`,
    `  figures    of the mappings that are best for ${request.objective}; --objective changes what each point is mapped for`,
    ...(parameters.some(({ name }) => name === 'batch')
      ? ['  batch      figures are of the whole batch, not per input']
      : []),
    ...result.energyNotes.map((note) => `  energies   ${note}`),
    ...unmappedLines(parameters, points),
    describeLimits(),
  ].join('\n');
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
  const mapped = points.flatMap(({ values, figures }) =>
    figures === null ? [] : [{ x: values[0]!, totals: figures.totals }],
  );
  if (mapped.length < 2) return 'no chart: fewer than two points can be mapped';
  const { size, name } = listUnit(parameter);
  const xs = mapped.map(({ x }) => x / size);
  const ratios = FIGURES.map((figure) => {
    const least = figure.of(points[best[figure.best]]!.figures!.totals);
    return mapped.map(({ totals }) => figure.of(totals) / least);
  });
  const asPercent = Math.max(...ratios.flat()) < 4;
  const drawn: Chart = {
    xLabel: name,
    xScale: xs.at(-1)! / xs[0]! > 4 ? 'log' : 'linear',
    yScale: asPercent ? 'linear' : 'log',
    series: FIGURES.flatMap(({ symbol }, i) => {
      const curve = xs.map((x, k) => ({ x, y: asPercent ? 100 * (ratios[i]![k]! - 1) : ratios[i]![k]! }));
      return [
        { style: 'text' as const, mark: 'line' as const, points: curve },
        { style: 'text' as const, mark: 'points' as const, symbol, points: curve },
      ];
    }),
    rules: [],
  };
  const canvas = Canvas.create(CHART_WIDTH, CHART_HEIGHT);
  drawChart(canvas, drawn);
  const lines = canvas.lines().map((line) =>
    line
      .map((span) => span.text)
      .join('')
      .trimEnd(),
  );
  return [
    `${asPercent ? 'percent above the least' : 'multiples of the least'} over ${parameter.name}: ${FIGURES.map(({ symbol, name: what }) => `${symbol} ${what}`).join(', ')} (o covers e, e covers l)`,
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
      edp: `${totals.edpPjCycles.toExponential(4)} pJ*cycles = ${siText(totals.edpJouleSeconds, 'Js')}`,
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
