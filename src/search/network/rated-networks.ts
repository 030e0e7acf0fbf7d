import type { AccuracyEstimate } from '../found-network.ts';
import { accuracyFront } from './network-front.ts';
import type { ScoredNetwork } from './score-networks.ts';
import type { Genotype } from './spaces/genes.ts';

/** A network with a known accuracy, which is at least the accuracy floor. */
export interface AcceptedNetwork {
  readonly genotype: Genotype;
  readonly accuracy: AccuracyEstimate;
}

/** An accepted network with its cost on an accelerator. */
export interface RatedNetwork extends AcceptedNetwork {
  readonly outcome: ScoredNetwork;
}

/** Whether the best EDP counts, or the front of accuracy against EDP. */
export type Aim = 'best' | 'front';

/** Networks by merit, best first: scored ones by EDP (or by front and spread), then stopped ones by bound, then the rest. */
export function rankNetworks<T extends RatedNetwork>(networks: readonly T[], aim: Aim): T[] {
  const scored = networks.filter((network) => network.outcome.kind === 'scored');
  const others = networks.filter((network) => network.outcome.kind !== 'scored');
  const bound = ({ outcome }: RatedNetwork) =>
    outcome.kind === 'stopped' ? outcome.boundPjCycles : Number.POSITIVE_INFINITY;
  const byBound = [...others].sort((a, b) => compare(bound(a), bound(b)));
  const byMerit = aim === 'best' ? [...scored].sort((a, b) => edpOf(a) - edpOf(b)) : rankByFront(scored);
  return [...byMerit, ...byBound];
}

/** EDP in pJ * cycles; infinite unless scored. */
export function edpOf({ outcome }: RatedNetwork): number {
  return outcome.kind === 'scored' ? outcome.edpPjCycles : Number.POSITIVE_INFINITY;
}

/** Front after front, within a front by crowding distance (NSGA-II, Deb et al. 2002) in accuracy and log EDP. */
function rankByFront<T extends RatedNetwork>(networks: readonly T[]): T[] {
  const ranked: T[] = [];
  for (let left = networks; left.length > 0; ) {
    const figures = { accuracy: left.map(({ accuracy }) => accuracy.top1Percent), cost: left.map(edpOf) };
    const front = accuracyFront(figures).map((place) => left[place]!);
    const distance = crowding(front);
    ranked.push(...front.sort((a, b) => compare(distance.get(b)!, distance.get(a)!)));
    left = left.filter((network) => !distance.has(network));
  }
  return ranked;
}

/** @param front by descending accuracy, and with it by descending EDP */
function crowding<T extends RatedNetwork>(front: readonly T[]): Map<T, number> {
  const first = front[0]!;
  const last = front[front.length - 1]!;
  const accuracySpan = first.accuracy.top1Percent - last.accuracy.top1Percent || 1;
  const edpSpan = Math.log(edpOf(first) / edpOf(last)) || 1;
  return new Map(
    front.map((network, i) => {
      const before = front[i - 1];
      const after = front[i + 1];
      if (before === undefined || after === undefined) return [network, Number.POSITIVE_INFINITY];
      const accuracy = (before.accuracy.top1Percent - after.accuracy.top1Percent) / accuracySpan;
      return [network, accuracy + Math.log(edpOf(before) / edpOf(after)) / edpSpan];
    }),
  );
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
