/** Why our Eyeriss latencies of NAS-Bench-201 differ from the recorded ones: the differences in the models, taken away one by one. */
import { buildAccelerator } from '../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../src/accelerator/specification.ts';
import type { ExhaustiveData, ExhaustiveInputs } from '../src/app/exhaustive/inputs.ts';
import { latenciesMs, type RatedSpace } from '../src/app/exhaustive/score.ts';
import { exactSettings, mapLayer } from '../src/search/mapping/map-layer.ts';
import { EDP, LATENCY, type Objective } from '../src/search/mapping/objective.ts';
import { tableKey } from '../src/search/network/accuracy/table-evaluator.ts';
import { layerRecord, networkCosts } from '../src/search/network/network-table.ts';
import { operationCosts } from '../src/search/network/operation-costs.ts';
import { rankCorrelation } from '../src/search/network/rank-correlation.ts';

interface Variant {
  readonly name: string;
  readonly goal: Objective;
  readonly poolsLike3x3: boolean;
  readonly change: (specification: AcceleratorSpecification) => AcceleratorSpecification;
}

const unlimited = (specification: AcceleratorSpecification): AcceleratorSpecification => ({
  ...specification,
  levels: specification.levels.map((level) => ({ ...level, bandwidth: {} })),
});
const at250MHz = (specification: AcceleratorSpecification): AcceleratorSpecification => ({
  ...specification,
  clockHz: 250e6,
});

const VARIANTS: readonly Variant[] = [
  { name: 'as searched (EDP-optimal mappings)', goal: EDP, poolsLike3x3: false, change: (one) => one },
  { name: 'latency-optimal mappings', goal: LATENCY, poolsLike3x3: false, change: (one) => one },
  { name: '+ pooling costs a 3x3 convolution', goal: LATENCY, poolsLike3x3: true, change: (one) => one },
  { name: '+ no bandwidth limits', goal: LATENCY, poolsLike3x3: true, change: unlimited },
  { name: '+ 250 MHz', goal: LATENCY, poolsLike3x3: true, change: (one) => at250MHz(unlimited(one)) },
];

/** The five decimals of the file: equal sums of other terms are then equal here too. */
function asRecorded(ms: number): number {
  return Math.round(ms * 1e5) / 1e5;
}

/** Prints a markdown table of the variants. */
export function printLatencyAblation(
  { specification, technology }: ExhaustiveInputs,
  { recorded }: ExhaustiveData,
  rated: RatedSpace,
): void {
  if (recorded === null) return;
  const { space, table } = rated;
  const settings = exactSettings({ factors: 'perfect' });
  const theirs = table.genotypes.map((genotype) => recorded.figures.get(tableKey(space, genotype)) ?? Number.NaN);
  const row = (name: string, latencies: ArrayLike<number>) => {
    const costs = operationCosts(space, table.genotypes, latencies);
    if (costs === null) throw new Error('the operations do not determine the latency');
    const { kendallTau, spearmanRho } = rankCorrelation(latencies, theirs);
    const added = (operation: string) =>
      costs.steps.find((step) => step.operation === operation)?.added.toFixed(5) ?? '';
    const terms = ['nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'].map(added).join(' | ');
    console.log(
      `| ${name} | ${kendallTau.toFixed(3)} | ${spearmanRho.toFixed(3)} | ${costs.baseFigure.toFixed(5)} | ${terms} | ${(100 * costs.explained).toFixed(2)} % |`,
    );
  };
  console.log(
    '| latency in ms | Kendall tau | Spearman | empty cell | per 1x1 | per 3x3 | per pooling | sum explains |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
  row(`recorded ${recorded.column}`, theirs);
  for (const { name, goal, poolsLike3x3, change } of VARIANTS) {
    const accelerator = buildAccelerator(change(specification), technology);
    const outcomes = table.layers.map((layer) => layerRecord(mapLayer(layer, accelerator, goal, settings)));
    const latencies = latenciesMs({ ...rated, accelerator, costs: networkCosts(table, outcomes, accelerator) });
    const steps = operationCosts(space, table.genotypes, latencies)?.steps ?? [];
    const per3x3 = steps.find(({ operation }) => operation === 'nor_conv_3x3')?.added ?? 0;
    const pooling = space.genes[0]!.values.indexOf('avg_pool_3x3');
    const poolings = (n: number) => table.genotypes[n]!.filter((gene) => gene === pooling).length;
    row(
      name,
      latencies.map((ms, n) => asRecorded(poolsLike3x3 ? ms + per3x3 * poolings(n) : ms)),
    );
  }
}
