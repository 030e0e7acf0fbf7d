import type { FanOutSpecification } from '../../accelerator/specification.ts';
import { dataflowText } from '../../accelerator/wiring.ts';
import { drawArray } from '../drawing/array-drawing.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { levelStyle } from '../drawing/palette.ts';
import { wireTexts } from '../drawing/wire-texts.ts';
import type { LevelView } from '../text/level-views.ts';
import { formatBytes } from '../text/terminal-figures.ts';

/** DRAM and the buffers as boxes above the array. */
export function drawAcceleratorPicture(
  canvas: Canvas,
  levels: readonly LevelView[],
  fanOut: FanOutSpecification,
  processingElements: number,
): void {
  const tall = canvas.height >= 20;
  let y = 0;
  levels.forEach((level, i) => {
    const isInner = i === levels.length - 1 && level.level.role === 'register-file';
    if (isInner) return;
    const size = level.bytes === null ? '' : ` ${formatBytes(level.bytes)}`;
    const copies = level.instances > 1 ? ` × ${level.instances}` : '';
    const title = `${level.label}${size}${copies}`;
    if (tall) {
      const width = Math.min(canvas.width - 1, 46);
      canvas.text(0, y, `┌${'─'.repeat(Math.max(0, width - 2))}┐`, levelStyle(i));
      if (y > 0) canvas.put(4, y, '▼', levelStyle(i - 1));
      canvas.put(0, y + 1, '│', levelStyle(i));
      canvas.put(width - 1, y + 1, '│', levelStyle(i));
      const end = canvas.text(2, y + 1, title, 'strong', width - 4);
      if (end + level.bandwidth.length + 3 < width) canvas.textRight(width - 2, y + 1, level.bandwidth, 'dim');
      canvas.text(0, y + 2, `└${'─'.repeat(Math.max(0, width - 2))}┘`, levelStyle(i));
      canvas.put(4, y + 2, '┬', levelStyle(i));
      y += 3;
      return;
    }
    const end = canvas.text(canvas.text(0, y, '■ ', levelStyle(i)), y, title, 'strong');
    canvas.text(end + 2, y, level.bandwidth, 'dim');
    y++;
  });
  const axes = fanOut.dimensions;
  const sizes = axes.length > 1 ? `${axes.map((axis) => axis.size).join('×')} = ` : '';
  if (tall) canvas.put(4, y, '▼', levelStyle(Math.max(0, levels.length - 2)));
  const titleEnd = canvas.text(tall ? 6 : 0, y, `PE array ${sizes}${processingElements} PEs`, 'heading');
  const parallel = `${dataflowText(axes)} parallel`;
  if (titleEnd + 2 + parallel.length <= canvas.width) canvas.text(titleEnd + 2, y, parallel, 'accent');
  // A small picture has no row for it; the axes have their dims all the same.
  else if (tall) canvas.text(6, y + 1, parallel, 'accent');
  const legend = wireTexts(fanOut, canvas.width - 3);
  const legendRows = canvas.height >= 16 ? legend.length + 1 : 0;
  const room = canvas.region(0, y + (tall ? 2 : 1), canvas.width, canvas.height - y - (tall ? 2 : 1) - legendRows);
  const used = drawArray(room, fanOut);
  if (legendRows === 0) return;
  let row = y + 3 + used;
  for (const { text, style, wire } of legend)
    canvas.text(0, row++, `${wire.kind === 'broadcast' ? '─►' : '─→'} ${text}`, style);
}
