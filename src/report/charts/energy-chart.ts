import type { TopLevelSpec } from 'vega-lite';
import type { LayerSummary } from '../../search/run-events.ts';
import { type EnergySplit, energyParts, energyTotals } from '../../search/run-figures.ts';
import { energyText, siPrefix } from '../../util/quantity-text.ts';
import { layerLabels } from '../layer-labels.ts';
import { percentText } from '../number-text.ts';
import type { ReportModel } from '../report-model.ts';
import { chartBase } from './chart-base.ts';
import { colorOf, tensorColor } from './level-colors.ts';

/** Energy of every layer of a network, repeats included, stacked by level or by tensor. */
export function energyChart(
  model: ReportModel,
  layers: readonly LayerSummary[],
  split: EnergySplit,
  frame: { readonly width: number; readonly nameLength: number },
): TopLevelSpec {
  const labels = layerLabels(layers, frame.nameLength);
  const parts = energyTotals(layers, split).map(({ name }) => name);
  const unit = siPrefix(Math.max(...layers.map((layer) => layer.energyPj * layer.repeat * 1e-12)));
  const values = layers.flatMap((layer, row) => {
    const energies = energyParts(layer, split);
    const total = energies.reduce((sum, { energyPj }) => sum + energyPj, 0);
    return energies.map(({ name, energyPj }) => ({
      layer: labels[row],
      part: name,
      order: parts.indexOf(name),
      energy: (energyPj * layer.repeat * 1e-12) / unit.scale,
      text: `${layer.name}, ${name}: ${energyText(energyPj * layer.repeat)} (${percentText(total === 0 ? 0 : energyPj / total)})`,
    }));
  });
  const colors = parts.map((name) => (split === 'tensor' ? tensorColor(name) : colorOf(model, name)));
  return {
    ...chartBase({ width: frame.width, height: 46 + 20 * layers.length }),
    data: { values },
    mark: { type: 'bar', stroke: 'var(--surface)', strokeWidth: 0.75, height: { band: 0.78 } },
    encoding: {
      y: {
        field: 'layer',
        type: 'nominal',
        // The order of the values. A list of thousands of layers would become one expression that is too deep to be compiled.
        sort: null,
        axis: { title: null, ticks: false, domain: false, labelLimit: 400, labelOverlap: false },
      },
      x: {
        field: 'energy',
        type: 'quantitative',
        stack: 'zero',
        axis: { title: `Energy (${unit.prefix}J)`, format: '.4~g', tickCount: 4, orient: 'top' },
      },
      color: { field: 'part', type: 'nominal', scale: { domain: [...parts], range: colors }, legend: null },
      order: { field: 'order', type: 'quantitative' },
      description: { field: 'text' },
    },
  };
}
