import { loadChartRenderer } from '../charts/chart-svg.ts';
import { type Cell, toCsv } from '../csv.ts';
import { html } from '../page/html.ts';
import { type RenderedReport, reportPage, subtitle } from '../render-report.ts';
import { type ReportInput, type ReportModel, reportModel } from '../report-model.ts';
import { acceleratorsSection } from './accelerators-section.ts';
import { accuracyComparison } from './accuracy-comparison.ts';
import { convergencesSection } from './convergences-section.ts';
import { type LayerPair, layerPairs, pairsSection } from './layer-pairs.ts';
import { resultsSection } from './results-section.ts';
import { runNames } from './run-names.ts';
import { settingsSection } from './settings-section.ts';

/** Names of the CSV files of a comparison. */
export const COMPARISON_FILES = ['summary.csv', 'layers.csv'] as const;

/**
 * Two runs side by side: results, search, accelerators, layers, and where their settings differ. The same inputs give the same bytes.
 * @throws TrifoldError `foreign` if the events of either have no start
 */
export async function renderComparison(a: ReportInput, b: ReportInput): Promise<RenderedReport> {
  const runs = [reportModel(a), reportModel(b)] as const;
  const render = await loadChartRenderer();
  const pairs = layerPairs(...runs);
  const facts = runs.map(
    (run, i) =>
      html`${i === 0 ? null : html`<br>`}<strong>${'AB'[i]}</strong>: ${run.input.folder}: ${run.input.title} (${subtitle(run)})`,
  );
  const page = reportPage(
    runNames(...runs).join(' and '),
    facts,
    [
      ['summary', 'Summary', resultsSection(...runs)],
      ['accuracy', 'Accuracy', await accuracyComparison(...runs, render)],
      ['accelerator', 'Accelerators', acceleratorsSection(...runs)],
      ['convergence', 'Convergence', await convergencesSection(...runs, render)],
      ['layers', 'Layers', await pairsSection(pairs, render)],
      ['reproduce', 'Settings', settingsSection(...runs)],
    ],
    b.version,
    COMPARISON_FILES,
  );
  return { html: page, csv: comparisonCsv(runs, pairs) };
}

function comparisonCsv(
  runs: readonly [ReportModel, ReportModel],
  pairs: readonly LayerPair[],
): Record<(typeof COMPARISON_FILES)[number], string> {
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
