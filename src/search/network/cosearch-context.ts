import { type Accelerator, capacityBits, totalWordsPerCycle } from '../../accelerator/accelerator.ts';
import { networkMacs, networkParameters, type WordBits } from '../../workload/network.ts';
import type { AccuracyPoint, FoundNetwork } from '../found-network.ts';
import { isCovered } from '../pareto-front.ts';
import type { Design, NetworkFigures } from '../ports.ts';
import type { AccuracyMemo } from './accuracy/accuracy-memo.ts';
import { accuracyFigures, type FrontCorner, frontVolume, meanFrontRatio } from './network-front.ts';
import type { EvolutionSettings } from './ofa-evolution.ts';
import { type AcceptedNetwork, type Aim, edpOf, type RatedNetwork } from './rated-networks.ts';
import type { NetworkScorer } from './score-networks.ts';
import type { NetworkSpace } from './spaces/network-space.ts';

/** Setting that the loops over networks share. */
export interface CosearchContext {
  readonly space: NetworkSpace;
  readonly wordBits: WordBits;
  readonly accuracy: AccuracyMemo;
  readonly scorer: NetworkScorer;
  readonly evolution: EvolutionSettings;
  readonly aim: Aim;
  /** EDP of the baseline network on the baseline in pJ * cycles, which scores are relative to. */
  readonly baselineEdp: number;
  /** Worst corner of the fronts: accuracy in percent and EDP in pJ * cycles. */
  readonly corner: FrontCorner;
  /** Best accuracy that the score of a front asks for, in percent; above the corner's. */
  readonly topPercent: number;
  /** Samples per network wanted before a population stays smaller. */
  readonly attemptsPerNetwork: number;
  /** 32-bit seed. */
  readonly seed: number;
  /** Ends the work of the scorer and of the accuracy evaluator: it is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Told how much of the accelerators under way is done, from 0. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A network for events and results. */
export function foundNetwork(
  { space, wordBits }: Pick<CosearchContext, 'space' | 'wordBits'>,
  { genotype, accuracy }: AcceptedNetwork,
): FoundNetwork {
  const canonical = space.canonical(genotype);
  const network = space.build(canonical, { batch: 1, wordBits, isLayersOnly: true });
  return {
    space: space.name,
    key: space.key(canonical),
    genes: space.format(canonical),
    accuracy,
    macs: networkMacs(network),
    parameters: networkParameters(network),
  };
}

/** Worth of the networks of one accelerator together. */
export interface Merit {
  /** Relative to the baseline; less is better. */
  readonly score: number;
  /** The network that stands for them. */
  readonly network: RatedNetwork;
}

/**
 * For the aim `best`, the network with the least EDP. For `front`, the mean over the accuracies that the front reaches (see {@link meanFrontRatio}), and the
 * network that covers most of it. Null when nothing was scored.
 */
export function meritOf(context: CosearchContext, networks: readonly RatedNetwork[]): Merit | null {
  const scored = networks.filter(({ outcome }) => outcome.kind === 'scored');
  const [first, ...others] = scored;
  if (first === undefined) return null;
  const { corner, topPercent, baselineEdp, aim } = context;
  if (aim === 'best') {
    const network = others.reduce((best, one) => (edpOf(one) < edpOf(best) ? one : best), first);
    return { score: edpOf(network) / baselineEdp, network };
  }
  const cover = (one: RatedNetwork) => volumeOf([one], corner);
  const network = others.reduce((best, one) => (cover(one) > cover(best) ? one : best), first);
  return { score: meanFrontRatio(volumeOf(scored, corner), corner, topPercent, baselineEdp), network };
}

function volumeOf(networks: readonly RatedNetwork[], corner: FrontCorner): number {
  return frontVolume(
    networks.map((one) => ({ network: one, edpPjCycles: edpOf(one) })),
    corner,
  );
}

/** Figures of a scored network under a name. @throws RangeError unless it was scored */
export function figuresOf({ outcome }: RatedNetwork, network: string): NetworkFigures {
  if (outcome.kind !== 'scored') throw new RangeError('the network was not scored');
  const { energyPj, cycles, edpPjCycles } = outcome;
  return { network, energyPj, cycles, edpPjCycles };
}

/** Points of the scored networks that a front does not cover already. */
export function newPoints(
  context: CosearchContext,
  front: readonly AccuracyPoint[],
  trial: number,
  area: number,
  networks: readonly RatedNetwork[],
): AccuracyPoint[] {
  return networks.flatMap((one) => {
    if (one.outcome.kind !== 'scored') return [];
    const { energyPj, cycles, edpPjCycles } = one.outcome;
    if (isCovered(front, { network: one, edpPjCycles }, accuracyFigures)) return [];
    return [{ trial, network: foundNetwork(context, one), energyPj, cycles, edpPjCycles, areaMm2: area }];
  });
}

/** Any accelerator as a design: its array, its innermost level as L1 and its outermost on-chip level as L2. */
export function designOf(accelerator: Accelerator): Design {
  const { levels, mac } = accelerator;
  const onChip = levels.filter((level) => !level.isDram);
  const bytes = (level: (typeof levels)[number] | undefined) =>
    level === undefined ? 0 : (capacityBits(level.capacity) ?? 0) / 8;
  const outer = onChip[0];
  const words = totalWordsPerCycle(outer?.bandwidth ?? {});
  return {
    processingElements: mac.instances,
    l1BytesPerPe: onChip.length > 1 ? bytes(onChip[onChip.length - 1]) : 0,
    l2Bytes: bytes(outer),
    bufferWordsPerCycle: Number.isFinite(words) ? words : null,
    axes: levels.flatMap((level) => level.fanOut.dimensions).filter((axis) => axis.size > 1),
  };
}
