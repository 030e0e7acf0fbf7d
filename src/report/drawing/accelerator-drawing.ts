import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import { type PlacedLevel, totalBytes } from '../../accelerator/placed-levels.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { mainWire, parallelText } from '../../accelerator/wiring.ts';
import { bytesText, numberText } from '../number-text.ts';
import { html, type Markup, trusted } from '../page/html.ts';
import { ARRAY_WIDTH, type ArraySheet, arraySheet } from './array-sheet.ts';
import { shortened, textLines, textWidth, type Weight } from './fitted-text.ts';
import { drawFoldedWire, drawWires, wireLegend } from './wire-lines.ts';

/** Width of the drawing; narrow enough to be read on a phone without scaling. */
const WIDTH = 400;
const LEFT = 34;
/** Side of the square that shows the scale. */
const SCALE_SIDE = 12;
/** Room of a text that begins at the left edge of the drawing's boxes. */
const TEXT_WIDTH = WIDTH - LEFT;
const LINE_HEIGHT = 16;
/** Share of a PE's cell that its memories may fill. */
const MOST_FILL = 0.72;

/**
 * The accelerator from DRAM down to one PE: buffers above the array as boxes, the array as a grid with its parallel dims on the axes, the
 * memories of a PE filled in its cell. Areas of all on-chip memories stand in one scale (bytes per area), which a square at the foot shows. `bytesPerPixel` is for drawings that share a scale; at least {@link drawingScale} of each.
 */
export function drawAccelerator(
  specification: AcceleratorSpecification,
  bytesPerPixel = drawingScale(specification),
): Markup {
  const sheet = arraySheet(specification);
  const { above, inside, columns, rows, how, cell, peCount, bytesPerPe } = sheet;
  const [xAxis, yAxis, zAxis] = sheet.axes;
  const { fanOut } = above.at(-1)!.level;
  const parts: Markup[] = [];
  let y = 10;
  for (const [index, placed] of above.entries()) {
    const { text, height } =
      placed.level.role === 'dram' ? drawDram(placed, y) : drawBuffer(placed, y, bytesPerPixel, index);
    parts.push(text);
    y += height;
    const bus = drawBus(y, index === above.length - 1 && xAxis !== undefined ? '' : fanOutText(placed));
    parts.push(bus.text);
    y += bus.height;
  }
  const depth = Math.min(3, (zAxis?.size ?? 1) - 1);
  const side = bytesPerPe > 0 ? Math.max(Math.sqrt(bytesPerPe / bytesPerPixel), 0.5) : 0;
  const write = (text: string, kind: 'axis' | '', extra: number) => {
    const lines = textLines(text, TEXT_WIDTH, weightOf(kind));
    lines.forEach((line, index) => {
      parts.push(label(LEFT, y + index * LINE_HEIGHT, line, kind));
    });
    y += (lines.length - 1) * LINE_HEIGHT + extra;
  };
  if (xAxis !== undefined) {
    y += 10;
    write(axisText(xAxis, how.x), 'axis', 10);
  }
  const arrayTop = y + depth * 7;
  const gridHeight = rows * cell;
  const yText = yAxis === undefined ? '' : axisText(yAxis, how.y);
  const isBeside = textWidth(yText, 'strong') <= gridHeight;
  if (yText !== '' && isBeside) parts.push(sideLabel(arrayTop, gridHeight, yText));
  const wireX = mainWire(fanOut, xAxis);
  const wireY = mainWire(fanOut, yAxis);
  const box = { left: LEFT, top: arrayTop, columns, rows, cell };
  const wires =
    yAxis === undefined && rows > 1 ? drawFoldedWire(box, sheet.lastColumns, wireX) : drawWires(box, wireX, wireY);
  parts.push(drawGrid(sheet, side, arrayTop, depth, wires));
  y = arrayTop + gridHeight + 22;
  if (!isBeside) write(`down: ${yText}`, 'axis', 20);
  if (zAxis !== undefined) write(`${axisText(zAxis, '')} (sheets behind)`, 'axis', 20);
  for (const [axis, wire] of [[xAxis, wireX] as const, [yAxis, wireY] as const]) {
    if (axis === undefined || wire === undefined) continue;
    parts.push(wireLegend(LEFT, y, axis, wire));
    y += 18;
  }
  for (const placed of inside) {
    const per = placed.instances / peCount;
    const count = per === 1 ? '' : `${numberText(per)} \u00d7 `;
    write(`in each PE: ${count}${placed.level.name} ${sizeText(placed)}${fanOutText(placed)}`, '', 18);
  }
  if (bytesPerPixel > 0) {
    const held = bytesText(Math.round(SCALE_SIDE ** 2 * bytesPerPixel));
    parts.push(html`<rect class="memory" x="${LEFT}" y="${round(y)}" width="${SCALE_SIDE}" height="${SCALE_SIDE}"/>`);
    parts.push(label(LEFT + SCALE_SIDE + 8, y + 9.5, `= ${held} of on-chip memory, all to one scale`, ''));
    y += SCALE_SIDE + 8;
  }
  const height = Math.round(y);
  const description = `Accelerator: ${[...above, ...inside].map((placed) => `${numberText(placed.instances)} ${placed.level.name} ${sizeText(placed)}`.trim()).join(', ')}`;
  return html`<svg class="drawing" role="img" aria-label="${description}" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">${parts}</svg>`;
}

/** Bytes of on-chip memory per square pixel such that neither a PE's memories nor the largest buffer outgrow their place. */
export function drawingScale(specification: AcceleratorSpecification): number {
  const { above, cell, bytesPerPe } = arraySheet(specification);
  const buffers = above.filter(({ level }) => level.role !== 'dram');
  const largest = Math.max(0, ...buffers.map(totalBytes));
  return Math.max(bytesPerPe / (MOST_FILL * cell * cell), largest / (ARRAY_WIDTH * 110));
}

function axisText(axis: ArrayDimension, how: string): string {
  return `${axis.name}: ${numberText(axis.size)} \u00d7 parallel ${parallelText(axis)}${how}`;
}

function sizeText({ bytes }: PlacedLevel): string {
  return bytes === null ? '' : bytesText(bytes);
}

function fanOutText({ level }: PlacedLevel): string {
  const axes = level.fanOut.dimensions.filter(({ size }) => size > 1);
  return axes.length === 0 ? '' : ` \u2192 ${axes.map((axis) => axisText(axis, '')).join(', ')}`;
}

function rateText({ bytesPerCycle }: PlacedLevel): string {
  return Number.isFinite(bytesPerCycle) ? `${numberText(bytesPerCycle, 3)} B/cycle` : 'unlimited bandwidth';
}

function drawDram(placed: PlacedLevel, y: number) {
  const rate = rateText(placed);
  const text = html`<rect class="dram" x="${LEFT}" y="${y}" width="${ARRAY_WIDTH}" height="34" rx="3"/>
<text class="strong" x="${LEFT + 12}" y="${y + 21.5}">${shortened(placed.level.name, roomBeside(rate) - 24, 'strong')}</text>
<text class="end" x="${LEFT + ARRAY_WIDTH - 12}" y="${y + 21.5}">${rate}</text>`;
  return { text, height: 34 };
}

function drawBuffer(placed: PlacedLevel, y: number, bytesPerPixel: number, index: number) {
  const area = bytesPerPixel > 0 ? totalBytes(placed) / bytesPerPixel : 0;
  const width = Math.min(ARRAY_WIDTH, Math.max(1, area / 34, Math.sqrt(area * 2.6)));
  const height = Math.max(1, area / width);
  const count = placed.instances === 1 ? '' : `${numberText(placed.instances)} \u00d7 `;
  const rate = rateText(placed);
  const size = sizeText(placed);
  const room = roomBeside(rate) - textWidth(`${count} ${size}`, 'strong');
  const text = html`<rect class="fill-${Math.min(index, 5)}" x="${LEFT}" y="${y + 24}" width="${round(width)}" height="${round(height)}"/>
<text class="strong" x="${LEFT}" y="${y + 15}">${count}${shortened(placed.level.name, room, 'strong')} ${size}</text>
<text class="end" x="${LEFT + ARRAY_WIDTH}" y="${y + 15}">${rate}</text>`;
  return { text, height: 24 + height };
}

/** Room for a name in the line that ends with a rate. */
function roomBeside(rate: string): number {
  return ARRAY_WIDTH - textWidth(rate, 'plain') - 10;
}

function drawBus(y: number, text: string) {
  const x = LEFT + 14;
  const lines = text === '' ? [] : textLines(text, WIDTH - x - 12, 'plain');
  const labels = lines.map((line, index) => label(x + 12, y + 18 + index * LINE_HEIGHT, line, ''));
  return {
    text: html`<path class="bus" d="M${x} ${round(y + 5)}v18m-4 -13l4 -5l4 5m-8 8l4 5l4 -5"/>${labels}`,
    height: 30 + Math.max(0, lines.length - 1) * LINE_HEIGHT,
  };
}

function drawGrid(
  { columns, rows, lastColumns, cell }: ArraySheet,
  side: number,
  top: number,
  depth: number,
  wires: readonly Markup[],
): Markup {
  const width = columns * cell;
  const height = rows * cell;
  const sheets = Array.from({ length: depth }, (_, i) => {
    const shift = (depth - i) * 7;
    return html`<rect class="sheet" x="${LEFT + shift}" y="${round(top - shift)}" width="${round(width)}" height="${round(height)}"/>`;
  });
  let outlines = '';
  let fills = '';
  const gap = Math.min(1.5, cell * 0.06);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < (row === rows - 1 ? lastColumns : columns); column++) {
      const x = LEFT + column * cell;
      const y = top + row * cell;
      outlines += square(x + gap, y + gap, cell - 2 * gap);
      if (side > 0) fills += square(x + (cell - side) / 2, y + (cell - side) / 2, side);
    }
  return html`${sheets}<rect class="ground" x="${LEFT}" y="${round(top)}" width="${round(width)}" height="${round(height)}"/><path class="pe" d="${trusted(outlines)}"/>${wires}<path class="memory" d="${trusted(fills)}"/>`;
}

function square(x: number, y: number, side: number): string {
  return `M${round(x)} ${round(y)}h${round(side)}v${round(side)}h${round(-side)}z`;
}

function label(x: number, y: number, text: string, kind: string): Markup {
  return html`<text class="${kind}" x="${round(x)}" y="${round(y)}">${text}</text>`;
}

/** A label that runs up along the left side of the array. */
function sideLabel(top: number, height: number, text: string): Markup {
  const middle = round(top + height / 2);
  return html`<text class="axis middle" transform="translate(${LEFT - 12} ${middle}) rotate(-90)">${text}</text>`;
}

function weightOf(kind: 'axis' | ''): Weight {
  return kind === 'axis' ? 'strong' : 'plain';
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
