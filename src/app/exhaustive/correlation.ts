import { tableKey } from '../../search/network/accuracy/table-evaluator.ts';
import { type OperationCosts, operationCosts } from '../../search/network/operation-costs.ts';
import { rankCorrelation } from '../../search/network/rank-correlation.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import type { CorrelationEvent } from '../../search/run-events.ts';
import type { ExhaustiveData } from './inputs.ts';
import { latenciesMs, type ScoredSpace } from './score.ts';

/** The latency of every network here against the recorded one. Null without records, or when either never varies. */
export function latencyCorrelation(scored: ScoredSpace, recorded: ExhaustiveData['recorded']): CorrelationEvent | null {
  if (recorded === null) return null;
  const { space, table, accelerator } = scored;
  const latencies = latenciesMs(scored);
  const places = table.genotypes.flatMap((genotype, n) => {
    const figure = recorded.figures.get(tableKey(space, genotype));
    return figure === undefined || Number.isNaN(latencies[n]!) ? [] : [{ n, figure }];
  });
  const x = places.map(({ figure }) => figure);
  const y = places.map(({ n }) => latencies[n]!);
  const { kendallTau, spearmanRho } = rankCorrelation(x, y);
  if (!Number.isFinite(kendallTau)) return null;
  const genotypes = places.map(({ n }) => table.genotypes[n]!);
  return {
    kind: 'correlation',
    title: `latency here against ${recorded.column}`,
    xLabel: `${recorded.column} of the table`,
    yLabel: `latency on ${accelerator.name} here in ms`,
    points: places.map(({ figure }, i) => [figure, y[i]!]),
    kendallTau,
    spearmanRho,
    notes: explain(space, genotypes, x, y),
  };
}

/** The share of each operation in both figures, and the correlation without the operations that cost only in one of them. */
function explain(
  space: NetworkSpace,
  genotypes: readonly (readonly number[])[],
  recorded: readonly number[],
  modelled: readonly number[],
): string[] {
  const theirs = operationCosts(space, genotypes, recorded);
  const ours = operationCosts(space, genotypes, modelled);
  if (theirs === null || ours === null) return [];
  const notes = [`recorded: ${sumText(theirs)}`, `here: ${sumText(ours)}`];
  const onlyTheirs = theirs.steps.flatMap(({ operation, added }, i) =>
    ours.steps[i]!.added === 0 && added !== 0 ? [{ operation, gene: i + 1 }] : [],
  );
  if (onlyTheirs.length === 0) return notes;
  const names = onlyTheirs.map(({ operation }) => operation).join(', ');
  const kept = genotypes.flatMap((genotype, i) => (onlyTheirs.some(({ gene }) => genotype.includes(gene)) ? [] : [i]));
  const { kendallTau, spearmanRho } = rankCorrelation(
    kept.map((i) => recorded[i]!),
    kept.map((i) => modelled[i]!),
  );
  notes.push(
    `${names} costs time in the records and is no layer here: over the ${kept.length} networks without it Kendall tau is ${kendallTau.toFixed(3)}, Spearman ${spearmanRho.toFixed(3)}`,
  );
  return notes;
}

function sumText({ base, baseFigure, steps, explained }: OperationCosts): string {
  const terms = steps.map(
    ({ operation, added }) => `${added < 0 ? '-' : '+'} ${Math.abs(added).toFixed(5)} per ${operation}`,
  );
  return `${baseFigure.toFixed(5)} ms for ${base} everywhere ${terms.join(' ')}; this sum explains ${(100 * explained).toFixed(2)} % of the variance`;
}
