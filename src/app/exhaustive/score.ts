import { setImmediate } from 'node:timers/promises';
import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import { DEFAULT_WORD_BITS } from '../../formats/workload/workload.ts';
import type { AccuracyPoint, FoundNetwork } from '../../search/found-network.ts';
import type { AccuracyAnswer, AccuracyEvaluator } from '../../search/network/accuracy/accuracy-evaluator.ts';
import {
  type AccuracyCosts,
  accuracyFront,
  cheapestAbove,
  type FrontCorner,
  hypervolume,
  nadir,
} from '../../search/network/network-front.ts';
import {
  allGenotypes,
  type NetworkCosts,
  type NetworkTable,
  networkTableSteps,
} from '../../search/network/network-table.ts';
import type { BuildOptions, NetworkSpace } from '../../search/network/spaces/network-space.ts';

/** All networks of a space with their accuracies, before anything is mapped. */
export interface RatedSpace {
  readonly space: NetworkSpace;
  readonly table: NetworkTable;
  /** Per network. */
  readonly answers: readonly AccuracyAnswer[];
  /** Per network, percent; NaN where it is unknown. */
  readonly searchPercent: Float64Array;
  /** Per network, percent to report; NaN where it is unknown. */
  readonly reportPercent: Float64Array;
}

/** The same with costs. */
export interface ScoredSpace extends RatedSpace {
  readonly accelerator: Accelerator;
  readonly costs: NetworkCosts;
}

/** How networks are built. */
export function buildOptions(batch: number): BuildOptions {
  return { batch, wordBits: DEFAULT_WORD_BITS };
}

/** Networks that are built or rated at a time: then timers and signals get their turn. */
const NETWORKS_PER_TURN = 128;

/**
 * Builds and rates all networks of a space.
 * @param signal ends it: the call is rejected with its reason
 * @throws TrifoldError `unsupported` for a space that is too large
 */
export async function rateSpace(
  space: NetworkSpace,
  accuracy: AccuracyEvaluator,
  options: BuildOptions,
  signal?: AbortSignal,
): Promise<RatedSpace> {
  let count = 0;
  const turn = async (): Promise<void> => {
    if (count++ % NETWORKS_PER_TURN === 0) await setImmediate();
    signal?.throwIfAborted();
  };
  const steps = networkTableSteps(space, allGenotypes(space), options);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await turn();
  const table = step.value;
  const answers: AccuracyAnswer[] = [];
  for (const genotype of table.genotypes) {
    await turn();
    answers.push(await accuracy.evaluate(genotype));
  }
  const percent = (of: (answer: Extract<AccuracyAnswer, { kind: 'estimate' }>) => number) =>
    Float64Array.from(answers, (answer) => (answer.kind === 'estimate' ? of(answer) : Number.NaN));
  return {
    space,
    table,
    answers,
    searchPercent: percent((answer) => answer.top1Percent),
    reportPercent: percent((answer) => answer.reportedTop1Percent),
  };
}

/** Name of a cost of networks. */
export type CostName = 'edp' | 'energy' | 'latency';

const COSTS: readonly CostName[] = ['edp', 'energy', 'latency'];

/** Accuracy to search on against one cost. */
export function accuracyCosts({ searchPercent, costs }: ScoredSpace, cost: CostName): AccuracyCosts {
  return { accuracy: searchPercent, cost: costOf(costs, cost) };
}

/** The list of one cost: pJ * cycles, pJ or cycles. */
export function costOf(costs: NetworkCosts, cost: CostName): Float64Array {
  if (cost === 'edp') return costs.edpPjCycles;
  return cost === 'energy' ? costs.energyPj : costs.cycles;
}

/** Latency of every network in ms. */
export function latenciesMs({ costs, accelerator }: ScoredSpace): Float64Array {
  return costs.cycles.map((cycles) => (cycles / accelerator.clockHz) * 1000);
}

/** A network as events tell it. @throws RangeError when its accuracy is unknown */
export function foundNetwork({ space, table, answers }: RatedSpace, index: number): FoundNetwork {
  const accuracy = answers[index];
  const genotype = table.genotypes[index];
  if (genotype === undefined || accuracy?.kind !== 'estimate') throw new RangeError(`network ${index} has no accuracy`);
  return {
    space: space.name,
    key: space.key(genotype),
    genes: space.format(genotype),
    accuracy,
    macs: table.macs[index]!,
    parameters: table.parameters[index]!,
  };
}

/** A network with its costs, its number as trial. */
export function accuracyPoint(scored: ScoredSpace, index: number): AccuracyPoint {
  const { costs, accelerator } = scored;
  return {
    trial: index,
    network: foundNetwork(scored, index),
    energyPj: costs.energyPj[index]!,
    cycles: costs.cycles[index]!,
    edpPjCycles: costs.edpPjCycles[index]!,
    areaMm2: areaMm2(accelerator),
  };
}

/** The best that a space holds in one cost. */
export interface SpaceOptimum {
  readonly cost: CostName;
  /** The cheapest network that keeps the floor; null when none does. */
  readonly cheapest: AccuracyPoint | null;
  /** By descending accuracy. */
  readonly front: readonly AccuracyPoint[];
  /** Area that the front covers against its nadir; null for an empty front. See `hypervolume`. */
  readonly volume: { readonly value: number; readonly corner: FrontCorner } | null;
}

/** The optimum in every cost. */
export function exhaustiveOptima(scored: ScoredSpace, floorPercent: number | null): SpaceOptimum[] {
  return COSTS.map((cost) => {
    const networks = accuracyCosts(scored, cost);
    const cheapest = cheapestAbove(networks, floorPercent ?? 0);
    const corner = nadir(networks);
    return {
      cost,
      cheapest: cheapest === null ? null : accuracyPoint(scored, cheapest),
      front: accuracyFront(networks).map((index) => accuracyPoint(scored, index)),
      volume: corner === null ? null : { value: hypervolume(networks, corner), corner },
    };
  });
}
