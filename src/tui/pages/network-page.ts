import { loopsText } from '../../schedule/summary-figures.ts';
import type { NetworkSchedule } from '../../search/run-events.ts';
import { schedulesOf } from '../../search/run-figures.ts';
import type { Canvas } from '../drawing/canvas.ts';
import type { RunView } from '../state/run-view.ts';
import type { UiState } from '../state/ui-state.ts';
import { formatBytes, formatFactor, formatPercent, formatSi } from '../text/terminal-figures.ts';
import { drawOperatorsTable, ROOM_PARTS } from './operators-table.ts';
import { drawEmpty, drawWords } from './page-parts.ts';

/** Network: what stays on chip between the layers, operator by operator. */
export function drawNetworkPage(canvas: Canvas, view: RunView, ui: UiState): void {
  const schedules = schedulesOf(view);
  const one = schedules[Math.min(ui.network, schedules.length - 1)];
  if (one === undefined) {
    drawEmpty(canvas, ['this run has no schedules', 'every layer begins and ends in the outermost level']);
    return;
  }
  const { operators } = one.schedule;
  const selected = Math.min(ui.selectedOperator, operators.length - 1);
  const place = schedules.length > 1 ? `${schedules.indexOf(one) + 1} of ${schedules.length}` : '';
  const captionRows = drawCaption(canvas, one, place);
  const footRows = canvas.height >= 10 ? 2 : 0;
  drawOperatorsTable(
    canvas.region(0, captionRows, canvas.width, canvas.height - captionRows - footRows),
    one.schedule,
    selected,
  );
  if (footRows > 0) drawFoot(canvas.region(0, canvas.height - footRows, canvas.width, footRows), one, selected);
}

/** What the schedule is, and what it saves. @returns rows that it takes */
function drawCaption(canvas: Canvas, { network, schedule }: NetworkSchedule, place: string): number {
  const { levelName, capacityBits, dramWords, peak, operators, pinnedBits } = schedule;
  const { spent, compulsory, layerByLayer } = dramWords;
  const capacity = capacityBits === null ? '' : ` ${formatBytes(capacityBits / 8)}`;
  drawWords(
    canvas,
    0,
    [
      { text: `Between layers of ${network}`, style: 'heading' },
      ...(place === '' ? [] : [{ text: `◄ ${place} ►`, style: 'dim' as const }]),
      { text: `on chip: ${levelName}${capacity}`, style: 'text' },
    ],
    2,
  );
  const times = compulsory > 0 ? ` (${formatFactor(spent / compulsory)} of compulsory)` : '';
  drawWords(
    canvas,
    1,
    [
      { text: `DRAM words ${formatSi(spent)}${times}`, style: 'strong' },
      ...(layerByLayer === null ? [] : [{ text: `layer by layer ${formatSi(layerByLayer)}`, style: 'dim' as const }]),
    ],
    2,
  );
  if (canvas.height < 16) return 2;
  const share = capacityBits === null || capacityBits === 0 ? '' : ` (${formatPercent(peak.bits / capacityBits)})`;
  const pinned = pinnedBits === 0 ? '' : `pinned weights ${formatBytes(pinnedBits / 8)}, `;
  canvas.text(0, 2, `${pinned}peak ${formatBytes(peak.bits / 8)}${share} at ${operators[peak.operator]!.name}`, 'dim');
  return 3;
}

/** The selected operator in words, and what the parts of the bars are. */
function drawFoot(canvas: Canvas, { schedule }: NetworkSchedule, selected: number): void {
  const operator = schedule.operators[selected]!;
  const segment = schedule.segments[operator.segment]!;
  const loops = segment.loops.length === 0 ? 'runs whole' : `tiles ${loopsText(segment, '×')}, ${segment.halo}`;
  const held = segment.held.length === 0 ? '' : `, holds ${segment.held.join(', ')}`;
  const output = schedule.storages[operator.output]!;
  const place = `${selected + 1} of ${schedule.operators.length}`;
  const start = canvas.textRight(canvas.width, 0, place, 'dim');
  canvas.text(2, 0, `→ ${output.name}: ${formatSi(output.words)} words; ${loops}${held}`, 'text', start - 4);
  drawWords(
    canvas.region(2, 1, canvas.width - 2, 1),
    0,
    [...ROOM_PARTS.map(({ name, style }) => ({ text: `■ ${name}`, style })), { text: 'D DRAM', style: 'dim' as const }],
    2,
  );
}
