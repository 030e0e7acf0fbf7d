import type { Canvas } from '../canvas.ts';
import { logTime } from '../run-log.ts';
import type { RunView } from '../run-view.ts';
import type { UiState } from '../ui-state.ts';
import { drawEmpty } from './page-parts.ts';

const TIME_WIDTH = 8;

/** Log: what happened, the newest at the bottom. */
export function drawLogPage(canvas: Canvas, { log }: RunView, { logScroll }: UiState): void {
  if (log.length === 0) {
    drawEmpty(canvas, ['nothing to tell yet']);
    return;
  }
  const end = Math.max(Math.min(canvas.height, log.length), log.length - logScroll);
  log.slice(Math.max(0, end - canvas.height), end).forEach((entry, y) => {
    canvas.textRight(TIME_WIDTH - 1, y, logTime(entry), 'dim');
    canvas.text(TIME_WIDTH, y, entry.text, entry.level === 'info' ? 'text' : entry.level);
  });
}
