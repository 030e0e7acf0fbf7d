import { type AccuracyCaution, accuracyCautions, geneTexts, isSearchedOnOther } from '../../search/accuracy-text.ts';
import type { FoundNetwork, SpaceSummary } from '../../search/found-network.ts';
import { wrappedText } from '../../util/text-columns.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { formatSi } from '../text/terminal-figures.ts';
import { drawFacts, drawHeading, type Fact } from './page-parts.ts';

const INDENT = 18;

const CAUTIONS: Readonly<Record<AccuracyCaution, string>> = {
  saturated: 'saturated: better networks look alike',
  'out-of-domain': 'outside the measured domain',
  'error-unknown': 'error unknown',
};

/** The network of the best design: who says how accurate it is, what to mind, and its genes as far as there is room. */
export function drawFoundNetwork(canvas: Canvas, network: FoundNetwork, space: SpaceSummary | undefined): void {
  const { accuracy, macs, parameters } = network;
  const floor = space?.floorPercent ?? null;
  const facts: Fact[] = [
    ...wrappedText(accuracy.source, canvas.width - INDENT)
      .slice(0, 3)
      .map((line, i): Fact => ({ name: i === 0 ? 'top-1 by' : '', value: line })),
    ...accuracyCautions(accuracy).map(
      (caution, i): Fact => ({ name: i === 0 ? 'with care' : '', value: CAUTIONS[caution], style: 'warning' }),
    ),
    ...(isSearchedOnOther(accuracy) ? [{ name: 'searched on', value: `${accuracy.top1Percent.toFixed(2)} %` }] : []),
    ...(floor === null ? [] : [{ name: 'floor', value: `${floor} %` }]),
    { name: 'network MACs', value: formatSi(macs) },
    { name: 'parameters', value: formatSi(parameters) },
  ];
  const y = drawFacts(canvas, drawHeading(canvas, 0, `Network of ${network.space}`), facts, INDENT);
  drawGenes(canvas.region(0, y, canvas.width, canvas.height - y), network);
}

/** Names in dim, values after them; long lists go on in the next line. */
function drawGenes(canvas: Canvas, network: FoundNetwork): void {
  let y = 0;
  for (const { name, values } of geneTexts(network)) {
    canvas.text(0, y, name, 'dim', INDENT - 1);
    for (const line of wrappedText(values, canvas.width - INDENT)) canvas.text(INDENT, y++, line);
  }
}
