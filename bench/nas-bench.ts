/**
 * NAS-Bench-201 and NAS-Bench-Macro on one accelerator, all networks scored with proven mappings: the true front, how close searches
 * come with a part of the networks, and our latencies against recorded ones. Prints markdown tables. Run with
 * `npm run bench:nas-bench`; needs the benchmark files in `../shared/nas`.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildAccelerator } from '../src/accelerator/build.ts';
import { latencyCorrelation } from '../src/app/exhaustive/correlation.ts';
import { exhaustiveData, exhaustiveInputs } from '../src/app/exhaustive/inputs.ts';
import {
  accuracyCosts,
  buildOptions,
  type CostName,
  latenciesMs,
  rateSpace,
  type ScoredSpace,
} from '../src/app/exhaustive/score.ts';
import { exactSettings, mapLayer } from '../src/search/mapping/map-layer.ts';
import { EDP } from '../src/search/mapping/objective.ts';
import { tableKey } from '../src/search/network/accuracy/table-evaluator.ts';
import { accuracyFront, cheapestAbove } from '../src/search/network/network-front.ts';
import { layerRecord, networkCosts } from '../src/search/network/network-table.ts';
import { printLatencyAblation } from './nas-latency.ts';
import { knownSpace, printSearchGap } from './nas-search-gap.ts';

const FOLDER = resolve(import.meta.dirname, '../../shared/nas');
const ACCELERATOR = process.argv[2] ?? 'eyeriss';
const SEEDS = [1, 2, 3, 4, 5, 6, 7] as const;
const CASES = [
  { space: 'nas-bench-macro', file: 'nasbench-macro-cifar10.json', floors: [90, 92, 93] },
  { space: 'nas-bench-201', file: 'nb201.json', floors: [80, 83, 84] },
] as const;

function rowOf(scored: ScoredSpace, what: string, n: number): string {
  const { space, table, searchPercent, reportPercent, costs } = scored;
  return `| ${what} | ${tableKey(space, table.genotypes[n]!).replaceAll(',', ' ')} | ${searchPercent[n]!.toFixed(2)} | ${reportPercent[n]!.toFixed(2)} | ${costs.edpPjCycles[n]!.toExponential(3)} | ${(costs.energyPj[n]! / 1e6).toFixed(1)} | ${latenciesMs(scored)[n]!.toFixed(3)} |`;
}

function printOptima(scored: ScoredSpace, floors: readonly number[]): void {
  console.log('| network | genes | accuracy searched, % | reported, % | EDP, pJ*cycles | energy, uJ | latency, ms |');
  console.log('|---|---|---:|---:|---:|---:|---:|');
  for (const cost of ['edp', 'energy', 'latency'] satisfies CostName[])
    for (const floor of floors) {
      const n = cheapestAbove(accuracyCosts(scored, cost), floor);
      console.log(n === null ? `| none above ${floor} % |` : rowOf(scored, `least ${cost} above ${floor} %`, n));
    }
  for (const n of accuracyFront(accuracyCosts(scored, 'edp'))) console.log(rowOf(scored, 'front of EDP', n));
  const sizes = ['energy', 'latency'] satisfies CostName[];
  console.log(
    `\nnetworks on the front of EDP: ${accuracyFront(accuracyCosts(scored, 'edp')).length}; ${sizes.map((cost) => `of ${cost}: ${accuracyFront(accuracyCosts(scored, cost)).length}`).join('; ')}`,
  );
}

for (const { space, file, floors } of CASES) {
  const table = resolve(FOLDER, file);
  if (!existsSync(table)) {
    console.log(`${table} is not there: skipped`);
    continue;
  }
  const begun = performance.now();
  const inputs = exhaustiveInputs({
    space,
    accelerator: ACCELERATOR,
    accuracy: { kind: 'table', file: table },
    batch: 1,
    objective: 'edp',
    floorPercent: null,
    factors: 'perfect',
    seed: 1,
  });
  const data = exhaustiveData(inputs);
  const rated = await rateSpace(data.space, data.accuracy, { ...buildOptions(1), isLayersOnly: true });
  const built = performance.now();
  const accelerator = buildAccelerator(inputs.specification, inputs.technology);
  const settings = exactSettings({ factors: inputs.request.factors });
  const outcomes = rated.table.layers.map((layer) => layerRecord(mapLayer(layer, accelerator, EDP, settings)));
  const mapped = performance.now();
  const scored: ScoredSpace = { ...rated, accelerator, costs: networkCosts(rated.table, outcomes, accelerator) };
  const proven = outcomes.filter((outcome) => outcome.kind === 'mapped' && outcome.optimal).length;
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
  console.log(`\n## ${data.space.title} on ${accelerator.name}\n`);
  console.log(
    `${rated.table.genotypes.length} networks, ${rated.table.layerCount} layers, ${rated.table.layers.length} distinct, ${proven} proven optimal; building ${seconds(begun, built)}, mapping ${seconds(built, mapped)}, adding up ${seconds(mapped, performance.now())}; ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`,
  );
  printOptima(scored, floors);
  console.log('\nHow close searches come (evaluations = distinct networks whose accuracy was asked for):\n');
  await printSearchGap(knownSpace(scored, data.accuracy, inputs.specification), floors, SEEDS);
  const correlation = latencyCorrelation(scored, data.recorded);
  if (correlation === null) continue;
  console.log(
    `\n${correlation.title}: Kendall tau ${correlation.kendallTau.toFixed(3)}, Spearman ${correlation.spearmanRho.toFixed(3)} over ${correlation.points.length} networks\n`,
  );
  for (const note of correlation.notes) console.log(`- ${note}`);
  console.log('');
  printLatencyAblation(inputs, data, rated);
}
