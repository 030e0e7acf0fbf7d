import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import { hostLoad, linkCost } from '../../cost/link-cost.ts';
import { vectorOperatorCost } from '../../cost/vector-cost.ts';
import type { ScoredSchedule } from '../../schedule/score.ts';
import { firstIterations } from '../../schedule/step-kind.ts';
import type { ScoredStep } from '../../schedule/step-score.ts';
import { repeatedSum } from '../../util/network-totals.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import { type VectorDemand, wordsByWidth } from '../../workload/graph/fusion.ts';
import type { NamedLoad, Sequence, SequenceMac, SequenceVector } from '../../workload/graph/sequence.ts';
import type { Network } from '../../workload/network.ts';
import { type LayerReport, layerReport, type NetworkReport, totalsOf } from './evaluate.ts';
import type { PricedOperator, VectorReport } from './vector-report.ts';

/** Steps of layers that cost the same, as one line. */
interface StepLine {
  readonly report: LayerReport;
  runs: number;
}

/**
 * A network under a schedule: steps of the same layer that cost the same are one layer of the report, with as many repeats as there are of them, under the
 * name of the first; other steps of that operator say from which iteration of the shared loops on they run.
 */
export function scheduleReport(
  network: Network,
  accelerator: Accelerator,
  sequence: Sequence,
  { segments }: ScoredSchedule,
): NetworkReport {
  const steps = segments.flatMap((segment) => segment.steps);
  const layers = layerLines(network, accelerator, sequence, segments);
  const vector = vectorLines(accelerator, sequence, steps);
  const link = linkCost(hostLoad(network), accelerator);
  const { energyPj, cycles } = vector.totals;
  const beside = { energyPj: energyPj + (link?.energyPj ?? 0), cycles: cycles + (link?.cycles ?? 0) };
  return {
    ...{ network, accelerator, layers, vector, link, beside },
    areaMm2: areaMm2(accelerator),
    totals: totalsOf(accelerator, layers, beside),
  };
}

function layerLines(
  network: Network,
  accelerator: Accelerator,
  { operators }: Sequence,
  segments: ScoredSchedule['segments'],
): LayerReport[] {
  const lines = new Map<string, StepLine>();
  const named = new Set<number>();
  const steps = segments.flatMap(({ plan, steps: own }) => {
    const first = firstIterations(plan);
    return own.map((scored, kind) => ({ ...scored, iteration: first[kind]! }));
  });
  for (const { step, shape, evaluation, mapping, iteration } of steps) {
    if (shape === null || evaluation === null || mapping === null) continue;
    const { layer, name: operator } = operators[step.operator] as SequenceMac;
    const key = `${layer};${layerKey(shape)};${evaluation.energyPj};${evaluation.cycles}`;
    const line = lines.get(key);
    if (line === undefined) {
      const name = named.has(step.operator) ? `${operator} at iteration ${iteration}` : operator;
      named.add(step.operator);
      const own = { ...network.layers[layer]!, ...shape, name, repeat: 1 };
      lines.set(key, { report: layerReport(own, accelerator, mapping, evaluation), runs: step.count });
    } else line.runs += step.count;
  }
  return [...lines.values()].map(({ report, runs }) => ({ ...report, layer: { ...report.layer, repeat: runs } }));
}

function vectorLines(accelerator: Accelerator, { operators }: Sequence, steps: readonly ScoredStep[]): VectorReport {
  const priced: PricedOperator[] = [];
  const add = (load: NamedLoad, isFused: boolean, name: string, repeat: number, cost: PricedOperator['cost']) => {
    const { reads, wordsOut, work, wordBits, of: own = { name, kind: 'unknown', label: 'unknown' } } = load;
    const wordsIn = reads.reduce((sum, { words }) => sum + words, 0);
    const demand: VectorDemand = { ...own, ...{ reads, wordsIn, wordsOut, work, wordBits, repeat, isFused } };
    priced.push({ demand, cost });
  };
  for (const { step, vector } of steps) {
    const { name } = operators[step.operator]!;
    if (step.kind === 'vector') {
      const { load } = operators[step.operator] as SequenceVector;
      const { reads, written, work } = step.load;
      const own = { ...load, work, reads: wordsByWidth(reads), wordsOut: written.words, wordBits: written.wordBits };
      add(own, false, name, step.count, vector);
    }
    for (const load of step.fused)
      add(load, true, name, load.repeat * step.count, vectorOperatorCost(load, accelerator));
  }
  const sum = (figureOf: (cost: NonNullable<PricedOperator['cost']>) => number) =>
    priced.reduce((all, { demand, cost }) => all + demand.repeat * (cost === null ? 0 : figureOf(cost)), 0);
  return {
    operators: priced,
    isPriced: accelerator.vectorUnit !== undefined,
    words: repeatedSum(
      priced.map(({ demand }) => demand),
      ({ wordsIn, wordsOut }) => wordsIn + wordsOut,
    ),
    totals: { energyPj: sum(({ energyPj }) => energyPj), cycles: sum(({ cycles }) => cycles) },
  };
}
