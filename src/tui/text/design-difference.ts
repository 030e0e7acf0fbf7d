import { parallelText } from '../../accelerator/wiring.ts';
import { accuracyText } from '../../search/accuracy-text.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import { meanFigures } from '../../search/run-figures.ts';
import { levelViews } from './level-views.ts';
import { formatBytes, formatEnergy, formatFigure, formatSi } from './terminal-figures.ts';

/** A figure of a design that changed. */
export interface Difference {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** After / before where both are numbers; below 1 = smaller. */
  readonly ratio: number | null;
}

/** All differences between two designs, figures of merit first. */
export function designDifferences(before: ScoredDesign, after: ScoredDesign): Difference[] {
  const found: Difference[] = [];
  const number = (name: string, of: (design: ScoredDesign) => number, format: (value: number) => string) => {
    const [a, b] = [of(before), of(after)];
    if (a !== b) found.push({ name, before: format(a), after: format(b), ratio: a === 0 ? null : b / a });
  };
  const text = (name: string, a: string, b: string) => {
    if (a !== b) found.push({ name, before: a, after: b, ratio: null });
  };
  number(
    'EDP',
    ({ networks }) => meanFigures(networks).edpPjCycles,
    (value) => formatFigure(value),
  );
  number('energy', ({ networks }) => meanFigures(networks).energyPj, formatEnergy);
  number(
    'cycles',
    ({ networks }) => meanFigures(networks).cycles,
    (value) => formatSi(value),
  );
  number(
    'area',
    (design) => design.areaMm2,
    (value) => `${formatFigure(value)} mm²`,
  );
  const accuracy = ({ network }: ScoredDesign) => (network === undefined ? 'none' : accuracyText(network.accuracy));
  text('top-1', accuracy(before), accuracy(after));
  number(
    'network MACs',
    ({ network }) => network?.macs ?? 0,
    (value) => formatSi(value),
  );
  number('PEs', (design) => design.design.processingElements, String);
  number('L1 per PE', (design) => design.design.l1BytesPerPe, formatBytes);
  number('L2', (design) => design.design.l2Bytes, formatBytes);
  text('L2 bandwidth', bandwidthText(before), bandwidthText(after));
  const [axesBefore, axesAfter] = [before.design.axes, after.design.axes];
  for (let i = 0; i < Math.max(axesBefore.length, axesAfter.length); i++) {
    const [a, b] = [axesBefore[i], axesAfter[i]];
    text(
      `axis ${a?.name ?? b?.name}`,
      a === undefined ? 'none' : `${a.size} × ${parallelText(a)}`,
      b === undefined ? 'none' : `${b.size} × ${parallelText(b)}`,
    );
  }
  return found;
}

/** In the unit of the drawing and the budget, whatever the word is. */
function bandwidthText({ specification }: ScoredDesign): string {
  const text = levelViews(specification).find(({ level }) => level.role !== 'dram')?.bandwidth ?? '';
  return text === '' ? 'unlimited' : text;
}
