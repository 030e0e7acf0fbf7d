import { macUnits, onChipBytes } from '../../accelerator/placed-levels.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { LayerSummary } from '../../search/run-events.ts';
import { geometricMean } from '../../util/geometric-mean.ts';
import { RUN_COLORS } from '../charts/chart-base.ts';
import { chartFigure, legend } from '../charts/chart-figure.ts';
import { type ChartRenderer, loadChartRenderer } from '../charts/chart-svg.ts';
import { convergenceOverlay } from '../charts/convergence-chart.ts';
import { ratioChart } from '../charts/ratio-chart.ts';
import { type Cell, toCsv } from '../csv.ts';
import { designText } from '../design-labels.ts';
import { drawAccelerator, drawingScale } from '../drawing/accelerator-drawing.ts';
import { layerLabels } from '../layer-labels.ts';
import { bytesText, factorText, figure, numberText, siText } from '../number-text.ts';
import { type Hole, html, type Markup } from '../page/html.ts';
import { type Row, table } from '../page/html-table.ts';
import { type RenderedReport, reportPage, subtitle } from '../render-report.ts';
import { type ReportInput, type ReportModel, reportModel } from '../report-model.ts';
import { energyFigure } from '../sections/summary-section.ts';
import { accuracyComparison } from './accuracy-comparison.ts';

/** A layer that both runs mapped. */
export interface LayerPair {
  readonly a: LayerSummary;
  readonly b: LayerSummary;
  /** EDP of A over EDP of B: above 1 means that B is better. */
  readonly edpRatio: number;
}

/**
 * Two runs side by side: results, search, accelerators, layers, and where their settings differ. The same inputs give the same bytes.
 * @throws TrifoldError `foreign` if the events of either have no start
 */
export async function renderComparison(a: ReportInput, b: ReportInput): Promise<RenderedReport> {
  const runs = [reportModel(a), reportModel(b)] as const;
  const render = await loadChartRenderer();
  const pairs = layerPairs(...runs);
  const facts = html`<strong>A</strong>: ${a.title} (${subtitle(runs[0])})<br><strong>B</strong>: ${b.title} (${subtitle(runs[1])})`;
  const page = reportPage(
    `${a.title} and ${b.title}`,
    facts,
    [
      ['summary', 'Summary', resultsSection(...runs)],
      ['accuracy', 'Accuracy', await accuracyComparison(...runs, render)],
      ['accelerator', 'Accelerators', acceleratorsSection(...runs)],
      ['convergence', 'Convergence', await searchSection(...runs, render)],
      ['layers', 'Layers', await pairsSection(pairs, render)],
      ['reproduce', 'Settings', settingsSection(...runs)],
    ],
    b.version,
  );
  return { html: page, csv: comparisonCsv(runs, pairs) };
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

/** Settings that are not equal in both, by path of keys; undefined where one has none. */
export function settingDifferences(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): readonly { readonly path: string; readonly a: unknown; readonly b: unknown }[] {
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    const [inA, inB] = [Object.hasOwn(a, key) ? a[key] : undefined, Object.hasOwn(b, key) ? b[key] : undefined];
    if (isRecord(inA) && isRecord(inB))
      return settingDifferences(inA, inB).map((difference) => ({ ...difference, path: `${key}.${difference.path}` }));
    return JSON.stringify(inA) === JSON.stringify(inB) ? [] : [{ path: key, a: inA, b: inB }];
  });
}

function resultsSection(a: ReportModel, b: ReportModel): Markup {
  const names = [...new Set([...a.networks, ...b.networks].map(({ network }) => network))];
  const both = names.flatMap((network) => {
    const of = (model: ReportModel) => model.networks.find((row) => row.network === network)?.result ?? null;
    const [inA, inB] = [of(a), of(b)];
    return inA === null && inB === null ? [] : [{ network, inA, inB }];
  });
  const ratios = both.flatMap(({ inA, inB }) =>
    inA === null || inB === null ? [] : [inA.edpPjCycles / inB.edpPjCycles],
  );
  const common = both.flatMap(({ network, inA, inB }) => (inA === null || inB === null ? [] : [network]));
  const mean = ratios.length === 0 ? null : geometricMean(ratios);
  const clocks = [a.specification?.clockHz ?? 1, b.specification?.clockHz ?? 1] as const;
  const hasTime = a.specification !== null && b.specification !== null;
  const rows = both.flatMap(({ network, inA, inB }) => {
    const row = (name: string, values: readonly (number | null)[], text: (value: number) => string): Row => {
      const [valueA = null, valueB = null] = values;
      const show = (value: number | null) => (value === null ? 'not run' : figure(value, text(value)));
      const ratio = valueA === null || valueB === null ? '' : ratioFigure(valueA / valueB);
      return { cells: [network, name, show(valueA), show(valueB), ratio] };
    };
    const runs = [inA, inB];
    const joules = (value: number) => siText(value * 1e-12, 'J');
    const seconds = (figures: NetworkFigures | null, i: number) =>
      figures === null ? null : figures.cycles / clocks[i]!;
    return [
      {
        ...row(
          'EDP (pJ\u00b7cycles)',
          runs.map((run) => run?.edpPjCycles ?? null),
          (value) => numberText(value),
        ),
        kind: 'group',
      } satisfies Row,
      row(
        'Energy',
        runs.map((run) => run?.energyPj ?? null),
        joules,
      ),
      row(
        'Cycles',
        runs.map((run) => run?.cycles ?? null),
        (value) => numberText(value),
      ),
      ...(hasTime ? [row('Time', runs.map(seconds), (value) => siText(value, 's'))] : []),
    ];
  });
  const verdict =
    mean === null
      ? html`The runs have no network in common.`
      : mean === 1
        ? html`Both runs reach the same EDP.`
        : html`<strong>${mean > 1 ? 'B' : 'A'} has ${figure(mean, factorText(Math.max(mean, 1 / mean)))} better EDP</strong>${ratios.length > 1 ? ` (geometric mean over ${ratios.length} networks)` : ''}${ratios.length < both.length ? ` on ${common.join(', ')}` : ''}.`;
  return html`<section id="summary"><h2>Summary</h2><p class="lead">${verdict}</p>
${table('Results of both runs', [{ name: 'Network', isText: true }, { name: 'Figure', isText: true }, { name: 'A' }, { name: 'B' }, { name: 'A / B' }], rows)}
<p class="note">A / B above 1: B is better. Times are at each accelerator's own clock.</p></section>`;
}

function acceleratorsSection(a: ReportModel, b: ReportModel): Markup | null {
  if (a.specification === null && b.specification === null) return null;
  const scale = Math.max(
    ...[a, b].map(({ specification }) => (specification === null ? 0 : drawingScale(specification))),
  );
  const one = (model: ReportModel, name: string) =>
    html`<div><h3>${name}: ${model.best === null ? (model.specification?.name ?? 'not stated') : designText(model.best.design)}</h3>${
      model.specification === null
        ? html`<p>The run does not state its accelerator.</p>`
        : drawAccelerator(model.specification, scale)
    }</div>`;
  const rows: { cells: Hole[] }[] = [];
  const row = (
    name: string,
    value: (model: ReportModel) => number | null,
    text: (value: number) => string,
    isComparable = true,
  ) => {
    const [inA, inB] = [value(a), value(b)];
    if (inA === null && inB === null) return;
    const show = (figureOf: number | null) => (figureOf === null ? 'not stated' : figure(figureOf, text(figureOf)));
    const ratio = inA === null || inB === null || !isComparable ? '' : ratioFigure(inA / inB);
    rows.push({ cells: [name, show(inA), show(inB), ratio] });
  };
  row(
    'Processing elements',
    ({ specification }) => specification && macUnits(specification),
    (value) => numberText(value),
  );
  row('On-chip memory', ({ specification }) => specification && onChipBytes(specification), bytesText);
  row(
    'Area',
    ({ best }) => best?.areaMm2 ?? null,
    (value) => `${numberText(value)} mm\u00b2`,
  );
  // Means over other networks say nothing of the accelerators.
  const isSame = networksOf(a) === networksOf(b);
  row('EDP gain over the published dataflow', ({ improvement }) => improvement.published, factorText, isSame);
  row('EDP gain over optimal mappings', ({ improvement }) => improvement.optimal, factorText, isSame);
  return html`<section id="accelerator"><h2>Accelerators</h2><div class="pair">${one(a, 'A')}${one(b, 'B')}</div>
<p class="note">Both drawings have one scale.</p>
${table('Both accelerators', [{ name: 'Figure', isText: true }, { name: 'A' }, { name: 'B' }, { name: 'A / B' }], rows)}</section>`;
}

function networksOf({ started }: ReportModel): string {
  return JSON.stringify(started.space?.name ?? started.networks.map(({ name }) => name).sort());
}

async function searchSection(a: ReportModel, b: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  const wide = convergenceOverlay(a, b, { width: 1040, height: 360 });
  const narrow = convergenceOverlay(a, b, { width: 350, height: 300 });
  if (wide === null || narrow === null) return null;
  const chart = await chartFigure(render, {
    id: 'chart-overlay',
    label: 'Best score by trial of both runs',
    legend: legend([
      { name: 'A', color: RUN_COLORS[0]!, shape: 'line' },
      { name: 'B', color: RUN_COLORS[1]!, shape: 'dashes' },
    ]),
    wide,
    narrow,
    caption: html`Best EDP so far over that of the run's own baseline with optimal mappings. Comparable only where both runs have the same networks and budget.`,
  });
  return html`<section id="convergence"><h2>Convergence</h2>${chart}</section>`;
}

async function pairsSection(pairs: readonly LayerPair[], render: ChartRenderer): Promise<Markup | null> {
  if (pairs.length === 0) return null;
  const rows = pairs.map(({ a, b, edpRatio }) => ({
    cells: [
      a.network,
      a.name,
      energyFigure(a.energyPj),
      energyFigure(b.energyPj),
      figure(a.cycles, numberText(a.cycles)),
      figure(b.cycles, numberText(b.cycles)),
      ratioFigure(edpRatio),
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
    wide: ratioChart(bars(36), title, 1040),
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

function settingsSection(a: ReportModel, b: ReportModel): Markup {
  const differences = settingDifferences(settingsOf(a), settingsOf(b));
  const show = (value: unknown) =>
    value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
  const content =
    differences.length === 0
      ? html`<p>Both runs have the same settings.</p>`
      : table(
          'Settings that differ',
          [
            { name: 'Setting', isText: true },
            { name: 'A', isText: true },
            { name: 'B', isText: true },
          ],
          differences.map(({ path, a: inA, b: inB }) => ({ cells: [path, show(inA), show(inB)] })),
        );
  return html`<section id="reproduce"><h2>Settings</h2>${content}
<h3>A</h3><pre class="command">${a.input.commandLine}</pre><h3>B</h3><pre class="command">${b.input.commandLine}</pre></section>`;
}

function settingsOf({ input, started }: ReportModel): Readonly<Record<string, unknown>> {
  const { strategy, objective, seed, generations, populationSize, technology } = started;
  const own = { version: input.version, strategy, objective, seed, generations, populationSize, technology };
  return { ...own, budget: started.budget?.name, ...input.configuration };
}

function comparisonCsv(runs: readonly [ReportModel, ReportModel], pairs: readonly LayerPair[]): Record<string, string> {
  const summary = runs.flatMap(({ networks, best }, index) =>
    networks.flatMap(({ network, result }): Cell[][] => {
      if (result === null) return [];
      const accuracy = best?.network?.accuracy;
      const found = [accuracy?.reportedTop1Percent ?? null, accuracy?.errorPoints ?? null];
      return [['AB'[index]!, network, result.energyPj, result.cycles, result.edpPjCycles, ...found]];
    }),
  );
  const layers = pairs.map(({ a, b, edpRatio }): Cell[] => [
    a.network,
    a.name,
    a.energyPj,
    b.energyPj,
    a.cycles,
    b.cycles,
    edpRatio,
  ]);
  return {
    'summary.csv': toCsv(
      ['run', 'network', 'energy_pj', 'cycles', 'edp_pj_cycles', 'top1_percent', 'top1_error_points'],
      summary,
    ),
    'layers.csv': toCsv(
      ['network', 'layer', 'energy_pj_a', 'energy_pj_b', 'cycles_a', 'cycles_b', 'edp_ratio_a_over_b'],
      layers,
    ),
  };
}

function ratioFigure(ratio: number): Markup {
  return figure(ratio, factorText(ratio));
}
