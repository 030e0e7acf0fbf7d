import type { LayerSummary } from '../../search/run-events.ts';
import { RUN_COLORS } from '../charts/chart-base.ts';
import { chartFigure, legend } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { ratioChart } from '../charts/ratio-chart.ts';
import { layerLabels } from '../layer-labels.ts';
import { factorText } from '../number-text.ts';
import { energyFigure, factorFigure, numberFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import type { ReportModel } from '../report-model.ts';

/** A layer that both runs mapped. */
export interface LayerPair {
  readonly a: LayerSummary;
  readonly b: LayerSummary;
  /** EDP of A over EDP of B: above 1 means that B is better. */
  readonly edpRatio: number;
}

/** Layers of the same name in networks of the same name, in the order of A. */
export function layerPairs(a: ReportModel, b: ReportModel): readonly LayerPair[] {
  const key = ({ network, name }: LayerSummary) => JSON.stringify([network, name]);
  const ofB = new Map(b.layers.map((layer) => [key(layer), layer]));
  return a.layers.flatMap((layer) => {
    const other = ofB.get(key(layer));
    if (other === undefined) return [];
    return [{ a: layer, b: other, edpRatio: (layer.energyPj * layer.cycles) / (other.energyPj * other.cycles) }];
  });
}

/** The layers of both runs as bars and as a table; null where they share none. */
export async function pairsSection(pairs: readonly LayerPair[], render: ChartRenderer): Promise<Markup | null> {
  if (pairs.length === 0) return null;
  const rows = pairs.map(({ a, b, edpRatio }) => ({
    cells: [
      a.network,
      a.name,
      energyFigure(a.energyPj),
      energyFigure(b.energyPj),
      numberFigure(a.cycles),
      numberFigure(b.cycles),
      factorFigure(edpRatio),
    ],
  }));
  const bars = (nameLength: number) => {
    const labels = layerLabels(
      pairs.map(({ a }) => a),
      nameLength,
    );
    return pairs.map(({ a, edpRatio }, index) => ({
      label: labels[index]!,
      ratio: edpRatio,
      text: `${a.name}: ${factorText(edpRatio)}`,
    }));
  };
  const title = 'EDP of A / EDP of B';
  const chart = await chartFigure(render, {
    id: 'chart-ratio',
    label: `EDP of A over EDP of B for ${pairs.length} layers`,
    legend: legend([
      { name: 'A is better (left of 1)', color: RUN_COLORS[0]! },
      { name: 'B is better (right of 1)', color: RUN_COLORS[1]! },
    ]),
    wide: ratioChart(bars(36), title, 1100),
    narrow: ratioChart(bars(18), title, 350),
  });
  return html`<section id="layers"><h2>Layers</h2>${chart}${table(
    'Layers of both runs',
    [
      { name: 'Network', isText: true },
      { name: 'Layer', isText: true },
      { name: 'Energy A' },
      { name: 'Energy B' },
      { name: 'Cycles A' },
      { name: 'Cycles B' },
      { name: 'EDP A / B' },
    ],
    rows,
    { isSortable: true },
  )}</section>`;
}
