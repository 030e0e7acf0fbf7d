import { wrappedText } from '../../util/text-columns.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { logTime } from '../state/run-log.ts';
import type { RunView } from '../state/run-view.ts';
import type { UiState } from '../state/ui-state.ts';
import { drawEmpty } from './page-parts.ts';

const TIME_WIDTH = 8;

/** Log: what happened, the newest at the bottom. */
export function drawLogPage(canvas: Canvas, { log }: RunView, { logScroll }: UiState): void {
  if (log.length === 0) {
    drawEmpty(canvas, ['nothing to tell yet']);
    return;
  }
  const end = Math.max(Math.min(canvas.height, log.length), log.length - logScroll);
  const rows = log
    .slice(Math.max(0, end - canvas.height), end)
    .flatMap((entry) =>
      wrappedText(entry.text, canvas.width - TIME_WIDTH).map((text, i) => ({ entry, text, time: i === 0 })),
    );
  rows.slice(-Math.max(1, canvas.height)).forEach(({ entry, text, time }, y) => {
    if (time) canvas.textRight(TIME_WIDTH - 1, y, logTime(entry), 'dim');
    canvas.text(TIME_WIDTH, y, text, entry.level === 'info' ? 'text' : entry.level);
  });
}
