import type { Design } from '../search/ports.ts';
import { BASELINE_TRIAL } from '../search/trials.ts';
import { bytesText, numberText } from './number-text.ts';

/** Name of the design that a search ended with. */
export function designTitle(trial: number): string {
  return trial === BASELINE_TRIAL ? 'The baseline itself' : `Design of trial ${trial}`;
}

/** A design in one line: axes with their parallel dims, then sizes. */
export function designText(design: Design): string {
  const { processingElements, l1BytesPerPe, l2Bytes, bufferWordsPerCycle } = design;
  const words = bufferWordsPerCycle === null ? '' : `, ${numberText(bufferWordsPerCycle)} words/cycle`;
  return `${axesText(design)} = ${numberText(processingElements)} PEs, L1 ${bytesText(l1BytesPerPe)}, L2 ${bytesText(l2Bytes)}${words}`;
}

/** The array of a design, e.g. `C G 16 x K G 8`. */
export function axesText({ axes }: Pick<Design, 'axes'>): string {
  if (axes.length === 0) return '1';
  return axes
    .map(({ size, parallelDims }) => `${parallelDims === 'any' ? 'any' : parallelDims.join('+')} ${size}`)
    .join(' \u00d7 ');
}
