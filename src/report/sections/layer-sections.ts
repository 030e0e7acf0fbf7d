import { macUnits, placedLevels } from '../../accelerator/placed-levels.ts';
import type { LayerSummary } from '../../search/run-events.ts';
import { type EnergySplit, energyTotals, layerTotals, networksOf, provenLayers } from '../../search/run-figures.ts';
import { repeatedSum } from '../../util/network-totals.ts';
import { energyText, isShownGain, siText } from '../../util/quantity-text.ts';
import { bothSizes, chartFigure, legend } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { energyChart } from '../charts/energy-chart.ts';
import { colorOf, tensorColor } from '../charts/level-colors.ts';
import { BOUND_SHAPES, boundNames, rooflineChart } from '../charts/roofline-chart.ts';
import { percentText } from '../number-text.ts';
import { energyFigure, factorFigure, figure, numberFigure, percentFigure, siFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import { layersOfNetwork, type ReportModel } from '../report-model.ts';

/** Every layer under the roofs of the accelerator; null without layers. */
export async function rooflineSection(model: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  const sizes = bothSizes((frame) => rooflineChart(model, frame), 420, 340);
  if (sizes === null) return null;
  const used = new Set(model.layers.flatMap(({ bottleneck, isVector }) => (isVector === true ? [] : [bottleneck])));
  const entries = boundNames(model).flatMap((name, index) =>
    used.has(name)
      ? [
          {
            name: name === 'compute' ? 'bound by compute' : `bound by ${name}`,
            color: colorOf(model, name),
            shape: BOUND_SHAPES[index % BOUND_SHAPES.length]!,
          },
        ]
      : [],
  );
  const { specification } = model;
  const peak = specification === null ? null : macUnits(specification);
  const rate = specification === null ? null : (placedLevels(specification)[0]?.bytesPerCycle ?? null);
  const roofs =
    peak === null || specification === null
      ? null
      : html`Roof: ${numberFigure(peak)} MACs per cycle = ${siText(peak * specification.clockHz, 'MAC/s')}${
          rate !== null && Number.isFinite(rate)
            ? html`; slope: DRAM with ${numberFigure(rate, 3)} B per cycle; they meet at ${numberFigure(peak / rate)} MACs per byte`
            : html`; DRAM is not limited`
        }. `;
  const chart = await chartFigure(render, {
    id: 'chart-roofline',
    label: `Roofline of ${provenLayers(model.layers).count} ${model.schedules.length > 0 ? 'kinds of steps' : 'layers'}`,
    legend: legend(entries),
    ...sizes,
    caption: html`${roofs}The size of a mark is the layer's share of all cycles; the largest are named, the others where the pointer rests on them.`,
  });
  return html`<section id="roofline"><h2>Roofline</h2>${chart}</section>`;
}

/** Energy of each layer by storage level and by tensor, per network; null without layers. */
export async function energySection(model: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  if (model.layers.length === 0) return null;
  const parts: Markup[] = [];
  for (const [index, network] of networksOf(model.layers).entries()) {
    const layers = layersOfNetwork(model, network);
    const charts: Markup[] = [];
    for (const split of ['level', 'tensor'] as const) {
      const chart = await chartFigure(render, {
        id: `chart-energy-${index}-${split}`,
        label: `Energy of the layers of ${network} by ${split}`,
        legend: splitLegend(model, layers, split),
        wide: energyChart(model, layers, split, { width: 534, nameLength: 24 }),
        narrow: energyChart(model, layers, split, { width: 350, nameLength: 18 }),
      });
      charts.push(html`<div><h3>${network} by ${split === 'level' ? 'storage level' : 'tensor'}</h3>${chart}</div>`);
    }
    parts.push(html`<div class="pair">${charts}</div>`);
  }
  return html`<section id="energy"><h2>Energy</h2><p class="facts">Of each layer with all its repeats. Tensors: all storage levels together, without the operations of MACs and vector unit, and without leakage.${besideText(model)}</p>${parts}</section>`;
}

const BESIDE = { wiresPj: 'Wires', leakagePj: 'Leakage', movesPj: 'Held operands on their way' } as const;

/** Shares of wires, leakage and moves in all energy, which are parts of those of levels; null where there are none. */
function besideText({ layers }: ReportModel): Markup | null {
  const total = layerTotals(layers).energyPj;
  const parts = (['wiresPj', 'leakagePj', 'movesPj'] as const).flatMap((key) => {
    const energyPj = repeatedSum(layers, (layer) => layer[key] ?? 0);
    return energyPj === 0 ? [] : [html` ${BESIDE[key]}: ${percentFigure(energyPj / total)}`];
  });
  if (parts.length === 0) return null;
  return html`${parts.map((part, i) => html`${part}${i === parts.length - 1 ? ' of all energy, within that of the levels.' : ','}`)}`;
}

/** Figures of each layer and its mapping; null without layers. */
export function layersSection(model: ReportModel): Markup | null {
  if (model.layers.length === 0) return null;
  const isMany = networksOf(model.layers).length > 1;
  const rows = networksOf(model.layers).flatMap((network) => {
    const layers = layersOfNetwork(model, network);
    const total = layerTotals(layers);
    return layers.map((layer) => ({ cells: [...(isMany ? [network] : []), ...layerCells(layer, total)] }));
  });
  return html`<section id="layers"><h2>Layers</h2>
${table(
  'Figures of each layer',
  [
    ...(isMany ? [{ name: 'Network', isText: true }] : []),
    { name: 'Layer', isName: true },
    { name: 'Repeats' },
    { name: 'MACs' },
    { name: 'Cycles' },
    { name: 'of all' },
    { name: 'Utilization' },
    { name: 'Energy' },
    { name: 'of all' },
    { name: 'pJ/MAC' },
    { name: 'Bound by', isName: true },
    { name: 'Gain' },
    { name: 'Optimal', isText: true },
  ],
  rows,
  { isSortable: true },
)}
<p class="note">MACs, cycles and energy of one repeat; shares count repeats. Gain: the factor that removing the bound would bring; blank up to 1.005\u00d7. Optimal: proven that no ${model.schedules.length > 0 ? 'other schedule, with any mappings of its steps,' : 'mapping of the mapspace'} is better; best found: no better one was met.${notLayersText(model)}</p></section>`;
}

/** What the energy of rows that are no layers holds, so that it can be found again in the split of all energy; null without such rows. */
function notLayersText({ layers }: ReportModel): Markup | null {
  const rows = layers.filter(({ isVector }) => isVector === true);
  if (rows.length === 0) return null;
  const parts = rows.map(({ network, name, energyPj, leakagePj = 0 }, i) => {
    const of = networksOf(rows).length > 1 ? ` of ${network}` : '';
    return html`${i === 0 ? ' ' : ', '}${name}${of} ${energyFigure(energyPj)}, leakage ${energyFigure(leakagePj)} of that`;
  });
  return html` Rows that are no layers: accesses of storage levels and what all levels leak meanwhile are in their energy, and counted under these levels in the section Energy;${parts}.`;
}

/** The mapping of each layer as a loop nest; null without layers. */
export function mappingsSection(model: ReportModel): Markup | null {
  if (model.layers.length === 0) return null;
  const groups = networksOf(model.layers).map((network) => {
    const nests = layersOfNetwork(model, network).map(
      (
        layer,
      ) => html`<details><summary><strong>${layer.name}</strong><span class="facts">${mappingFacts(layer)}</span></summary>
${cyclesText(layer)}<pre>${loopNest(layer.loopNest)}</pre></details>
`,
    );
    return html`<h3>${network}</h3>${nests}`;
  });
  return html`<section id="mappings"><h2>Mappings</h2><p class="facts">Loop nests from the outermost storage level to the multiply-accumulate.</p>${groups}</section>`;
}

/** Terms of the cycles with their shares, the slowest first; null where the run does not tell them. */
function cyclesText({ cyclesByTerm = [], cycles }: LayerSummary): Markup | null {
  if (cyclesByTerm.length === 0) return null;
  const terms = [...cyclesByTerm].sort((a, b) => b.cycles - a.cycles);
  return html`<p class="facts">${numberFigure(cycles)} cycles, the most of ${terms.map(
    (term, i) =>
      html`${i === 0 ? '' : ', '}${term.name} ${numberFigure(term.cycles)} (${percentFigure(term.cycles / cycles)})`,
  )}</p>
`;
}

function mappingFacts({ macs, utilization, energyPj, bottleneck, optimal, isVector }: LayerSummary): string {
  if (isVector === true) return energyText(energyPj);
  return `${siText(macs, '')} MACs, ${percentText(utilization)} utilization, ${energyText(energyPj)}, bound by ${bottleneck}${optimal ? ', optimal' : ''}`;
}

/** A loop nest with its storage levels and parallel loops set off. */
export function loopNest(text: string): readonly Markup[] {
  const lines = text.split('\n');
  return lines.map((line, index) => {
    const end = index === lines.length - 1 ? '' : '\n';
    const content = line.trimStart();
    if (content.startsWith('parallel for ')) return html`<span class="parallel">${line}</span>${end}`;
    if (/^\S.*\[keeps .*\]$/.test(content)) return html`<span class="level">${line}</span>${end}`;
    return html`${line}${end}`;
  });
}

function layerCells(layer: LayerSummary, total: { readonly cycles: number; readonly energyPj: number }): Markup[] {
  const { repeat, macs, cycles, energyPj, utilization, bottleneckGain, isVector } = layer;
  const ofLayer = (cell: () => Markup) => (isVector === true ? html`` : cell());
  const share = (part: number, whole: number) => percentFigure(part / whole);
  return [
    html`${layer.name}`,
    figure(repeat, String(repeat)),
    ofLayer(() => siFigure(macs)),
    numberFigure(cycles),
    share(repeat * cycles, total.cycles),
    ofLayer(() => percentFigure(utilization)),
    energyFigure(energyPj),
    share(repeat * energyPj, total.energyPj),
    ofLayer(() => numberFigure(energyPj / macs, 3)),
    html`${layer.bottleneck}`,
    ofLayer(() => (isShownGain(bottleneckGain) ? factorFigure(bottleneckGain) : figure(bottleneckGain, ''))),
    ofLayer(() => (layer.optimal ? html`<span class="good">proven</span>` : html`best found`)),
  ];
}

function splitLegend(model: ReportModel, layers: readonly LayerSummary[], split: EnergySplit): Markup {
  const total = layerTotals(layers).energyPj;
  return legend(
    energyTotals(layers, split).map(({ name, energyPj }) => ({
      name: html`${name} ${percentFigure(energyPj / total)}`,
      color: split === 'level' ? colorOf(model, name) : tensorColor(name),
    })),
  );
}
