/**
 * How far sampled mappers end above the proven optimum: EDP / optimal EDP after 100, 1,000 and 10,000 evaluations, median over seeds, per
 * layer and accelerator. Prints a markdown table. Run with `npm run bench:mapper-gap`.
 */
import { loadAccelerator, loadWorkload } from '../src/app/presets/load.ts';
import { searchExact } from '../src/search/mapping/exact/exact.ts';
import { SAMPLED_MAPPERS } from '../src/search/mapping/mapper-names.ts';
import { makeMapspace } from '../src/search/mapping/mapspace.ts';
import { EDP } from '../src/search/mapping/objective.ts';
import { searchSampled } from '../src/search/mapping/sampled/sampled.ts';

const CASES = [
  ['resnet50', 'conv1'],
  ['resnet50', 'conv3_x.3x3'],
  ['resnet50', 'conv4_x.expand'],
  ['vgg16', 'conv4_1'],
  ['bert-base', undefined],
] as const;
const ACCELERATORS = ['eyeriss', 'nvdla-1024'] as const;
const EVALUATIONS = [100, 1_000, 10_000] as const;
const SEEDS = [1, 2, 3, 4, 5] as const;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

console.log('| layer | accelerator | exact, ms | mapper | 100 | 1,000 | 10,000 | ms for 10,000 |');
console.log('|---|---|---:|---|---:|---:|---:|---:|');
const gaps = new Map<string, number[]>();
for (const [workload, name] of CASES)
  for (const accelerator of ACCELERATORS) {
    const { network } = loadWorkload(workload);
    const layer = network.layers.find((own) => own.name === name) ?? network.layers[0]!;
    const mapspace = makeMapspace({ layer, accelerator: loadAccelerator(accelerator) });
    if (!mapspace.feasible) throw new Error(mapspace.reason);
    const begun = performance.now();
    const exact = searchExact(mapspace, EDP);
    const exactMs = performance.now() - begun;
    if (exact.kind !== 'found' || !exact.certificate.optimal) throw new Error(`${layer.name}: no proof`);
    const optimum = exact.evaluation.edpPjCycles;
    for (const mapper of SAMPLED_MAPPERS) {
      let sampledMs = 0;
      const cells = EVALUATIONS.map((evaluations) => {
        const start = performance.now();
        const ratios = SEEDS.map((seed) => searchSampled(mapspace, EDP, { mapper, evaluations, seed }).value / optimum);
        sampledMs = (performance.now() - start) / SEEDS.length;
        const ratio = median(ratios);
        const key = `${mapper} ${evaluations}`;
        gaps.set(key, [...(gaps.get(key) ?? []), ratio]);
        return Number.isFinite(ratio) ? ratio.toFixed(2) : 'none legal';
      });
      console.log(
        `| ${workload} ${layer.name} | ${accelerator} | ${exactMs.toFixed(0)} | ${mapper} | ${cells.join(' | ')} | ${sampledMs.toFixed(0)} |`,
      );
    }
  }
console.log('\nGeometric mean of EDP / optimum (cases with a legal mapping):');
for (const [key, ratios] of gaps) {
  const finite = ratios.filter(Number.isFinite);
  const mean = Math.exp(finite.reduce((sum, ratio) => sum + Math.log(ratio), 0) / finite.length);
  console.log(`  ${key}: ${mean.toFixed(2)} (${finite.length} of ${ratios.length})`);
}
