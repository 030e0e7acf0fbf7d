import type { LayerSummary } from '../../search/run-events.ts';
import { energyTotals } from '../../search/run-figures.ts';
import { trialText } from '../../search/trials.ts';
import { isShownGain } from '../../util/quantity-text.ts';
import { drawMeter, drawStack } from '../drawing/bars.ts';
import { type Canvas, fitText } from '../drawing/canvas.ts';
import { type Style, splitStyle } from '../drawing/palette.ts';
import type { RunView } from '../state/run-view.ts';
import { formatEnergy, formatFactor, formatFigure, formatPercent, formatSi } from '../text/terminal-figures.ts';
import { drawWords } from './page-parts.ts';

/** A column of the table. */
interface Column {
  readonly title: string;
  readonly width: number;
  /** Width in a terminal below 80 columns; `width` by default. */
  readonly narrowWidth?: number;
  /** Columns with the largest numbers go first when the terminal is narrow. */
  readonly priority: number;
  readonly draw: (canvas: Canvas, y: number, layer: LayerSummary) => void;
}

const right = (text: (layer: LayerSummary) => string, style: (layer: LayerSummary) => Style = () => 'text') =>
  ((canvas, y, layer) => void canvas.textRight(canvas.width, y, text(layer), style(layer))) satisfies Column['draw'];

/** The same of a figure that only layers have. */
const ofLayers = (text: (layer: LayerSummary) => string, style?: (layer: LayerSummary) => Style) =>
  right((layer) => (layer.isVector === true ? '' : text(layer)), style);

/** Columns after the name, from left to right. */
const COLUMNS: readonly Column[] = [
  {
    title: '×',
    width: 3,
    priority: 5,
    draw: right(
      (layer) => (layer.repeat > 1 ? `${layer.repeat}` : ''),
      () => 'dim',
    ),
  },
  { title: 'MACs', width: 7, priority: 7, draw: ofLayers((layer) => formatSi(layer.macs)) },
  { title: 'energy', width: 8, priority: 2, draw: right((layer) => formatEnergy(layer.energyPj)) },
  { title: 'cycles', width: 8, priority: 3, draw: right((layer) => formatSi(layer.cycles)) },
  { title: 'EDP', width: 8, priority: 6, draw: right((layer) => formatFigure(layer.energyPj * layer.cycles)) },
  { title: 'energy by level', width: 20, narrowWidth: 11, priority: 1, draw: drawSplit },
  { title: 'utilization', width: 14, priority: 4, draw: drawUtilization },
  {
    title: 'util.',
    width: 5,
    priority: 0,
    draw: ofLayers((layer) => formatPercent(layer.utilization), utilizationStyle),
  },
  { title: 'bottleneck', width: 20, narrowWidth: 13, priority: 0, draw: drawBottleneck },
  { title: 'MAC/B', width: 6, priority: 8, draw: ofLayers((layer) => formatFigure(layer.macsPerDramByte)) },
  { title: 'mapping', width: 10, priority: 9, draw: drawCertificate },
];

/** The layers that fit around the selected one, with as many of their figures as fit. */
export function drawLayersTable(canvas: Canvas, { layers, layersTrial }: RunView, selected: number): void {
  const several = new Set(layers.map(({ layer }) => layer.network)).size > 1;
  const nameOf = (layer: LayerSummary, width = Infinity) => layerName(layer, several, width);
  const longest = layers.reduce((most, { layer }) => Math.max(most, nameOf(layer).length), 5);
  const nameWidth = Math.min(longest, canvas.width >= 100 ? 34 : 18);
  const bound = layers.reduce((most, { layer }) => Math.max(most, layer.bottleneck.length), 0);
  const columns = fittingColumns(canvas.width - nameWidth - 2, canvas.width < 80, Math.min(bound, MOST_BOUND));
  canvas.text(2, 0, 'layer', 'dim');
  let x = nameWidth + 3;
  const cells = columns.map((column) => {
    const region = canvas.region(x, 0, column.width, canvas.height);
    x += column.width + 2;
    const isNumber = !['energy by level', 'bottleneck', 'utilization', 'mapping'].includes(column.title);
    if (isNumber) region.textRight(region.width, 0, column.title, 'dim');
    else region.text(0, 0, column.title, 'dim');
    return { column, region };
  });
  const rows = Math.max(1, canvas.height - 2);
  const first = Math.max(0, Math.min(selected - (rows >> 1), layers.length - rows));
  layers.slice(first, first + rows).forEach(({ layer }, i) => {
    const isSelected = first + i === selected;
    if (isSelected) canvas.put(0, i + 1, '▸', 'accent');
    canvas.text(2, i + 1, nameOf(layer, nameWidth), isSelected ? 'selected' : 'text', nameWidth);
    for (const { column, region } of cells) column.draw(region, i + 1, layer);
  });
  const summaries = layers.map(({ layer }) => layer);
  const place = `${selected + 1} of ${layers.length}${layersTrial === null ? '' : `, ${trialText(layersTrial)}`}`;
  const placeStart = canvas.textRight(canvas.width, canvas.height - 1, place, 'dim');
  drawWords(
    canvas.region(2, canvas.height - 1, placeStart - 4, 1),
    0,
    energyTotals(summaries, 'level').map(({ name }, i) => ({ text: `■ ${name}`, style: splitStyle(i) })),
    2,
  );
}

/** A layer, with its network where there are several; the network gives way where there is no room for both. */
function layerName({ network, name }: LayerSummary, several: boolean, width: number): string {
  if (!several) return name;
  const room = width - name.length - 1;
  if (room >= network.length) return `${network}/${name}`;
  return room < 2 ? name : `${fitText(network, room)}/${name}`;
}

/** Most characters of what binds a layer, and of its gain behind it. */
const MOST_BOUND = 24;
const GAIN_WIDTH = 7;

/**
 * The most important columns that fit, in their order; only one of the two utilizations.
 * @param bound characters of the longest name of what binds a layer
 */
function fittingColumns(width: number, narrow: boolean, bound: number): Column[] {
  const columns = COLUMNS.map((column) => {
    const own = narrow ? (column.narrowWidth ?? column.width) : column.width;
    if (column.title !== 'bottleneck') return { ...column, width: own };
    return { ...column, width: Math.max(own, narrow ? bound : bound + GAIN_WIDTH) };
  });
  const chosen = new Set<Column>();
  let left = width;
  for (const column of [...columns].sort((a, b) => a.priority - b.priority)) {
    if (column.width + 2 > left) continue;
    chosen.add(column);
    left -= column.width + 2;
  }
  const hasBar = [...chosen].some((column) => column.title === 'utilization');
  return columns.filter((column) => chosen.has(column) && !(hasBar && column.title === 'util.'));
}

function drawSplit(canvas: Canvas, y: number, layer: LayerSummary): void {
  const segments = layer.energyByLevelPj.map(({ energyPj }, i) => ({ value: energyPj, style: splitStyle(i) }));
  drawStack(canvas, 0, y, canvas.width, segments);
}

function drawUtilization(canvas: Canvas, y: number, layer: LayerSummary): void {
  if (layer.isVector === true) return;
  drawMeter(canvas, 0, y, 8, layer.utilization, utilizationStyle(layer));
  canvas.textRight(canvas.width, y, formatPercent(layer.utilization), utilizationStyle(layer));
}

function utilizationStyle({ utilization }: LayerSummary): Style {
  return utilization >= 0.8 ? 'good' : utilization >= 0.4 ? 'warning' : 'bad';
}

function drawBottleneck(canvas: Canvas, y: number, { bottleneck, bottleneckGain, isVector }: LayerSummary): void {
  const isQuiet = bottleneck === 'compute' || isVector === true;
  const end = canvas.text(0, y, bottleneck, isQuiet ? 'dim' : 'warning', Math.max(13, canvas.width));
  if (isShownGain(bottleneckGain)) canvas.text(end + 1, y, formatFactor(bottleneckGain), 'dim');
}

function drawCertificate(canvas: Canvas, y: number, { optimal, isVector }: LayerSummary): void {
  if (isVector === true) return;
  canvas.text(0, y, optimal ? 'optimal' : 'best found', optimal ? 'good' : 'dim');
}
