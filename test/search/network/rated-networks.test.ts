import { describe, expect, it } from 'vitest';
import { meanFrontRatio } from '../../../src/search/network/network-front.ts';
import { type RatedNetwork, rankNetworks } from '../../../src/search/network/rated-networks.ts';
import type { ScoredNetwork } from '../../../src/search/network/score-networks.ts';

function rated(place: number, top1Percent: number, outcome: ScoredNetwork): RatedNetwork {
  const figures = { reportedTop1Percent: top1Percent, errorPoints: null, source: 'made up' };
  const accuracy = { kind: 'estimate', top1Percent, ...figures, inDomain: true, saturated: false, notes: [] } as const;
  return { genotype: [place], accuracy, outcome };
}

const scored = (place: number, top1Percent: number, edp: number) =>
  rated(place, top1Percent, { kind: 'scored', energyPj: 1, cycles: edp, edpPjCycles: edp });
const placesOf = (networks: readonly RatedNetwork[]) => networks.map(({ genotype }) => genotype[0]);

describe('networks by merit', () => {
  const others = [
    rated(5, 99, { kind: 'unmappable', reason: 'made up' }),
    rated(6, 99, { kind: 'stopped', boundPjCycles: 9 }),
    rated(7, 99, { kind: 'stopped', boundPjCycles: 3 }),
  ];

  it('are the scored ones by EDP, then stopped ones by their bound, then those that cannot be mapped', () => {
    const networks = [...others, scored(0, 70, 20), scored(1, 60, 10), scored(2, 80, 30)];
    expect(placesOf(rankNetworks(networks, 'best'))).toEqual([1, 0, 2, 7, 6, 5]);
  });

  it('are front after front, each by the room that a network has to itself', () => {
    // The front descends from 0 to 4; 2 has the most room between its neighbours, 1 the least. 8 and 9 lie behind it.
    const front = [scored(0, 90, 1000), scored(1, 88, 800), scored(2, 86, 500), scored(3, 70, 50), scored(4, 60, 10)];
    const behind = [scored(8, 85, 900), scored(9, 55, 20)];
    const ranked = placesOf(rankNetworks([...behind, ...front, ...others], 'front'));
    expect(ranked.slice(0, 2).sort()).toEqual([0, 4]);
    expect(ranked.slice(2)).toEqual([3, 2, 1, 8, 9, 7, 6, 5]);
  });
});

describe('the one figure of a front', () => {
  it('is the EDP that it asks for, as a geometric mean over the accuracies', () => {
    const corner = { accuracy: 60, cost: 1000 };
    expect(meanFrontRatio(0, corner, 80, 100)).toBeCloseTo(10, 12);
    // A point that covers all accuracies asks for its own EDP, one that covers half of them for the mean with the corner's.
    expect(meanFrontRatio(20 * Math.log(1000 / 50), corner, 80, 100)).toBeCloseTo(0.5, 12);
    expect(meanFrontRatio(10 * Math.log(1000 / 50), corner, 80, 100)).toBeCloseTo(Math.sqrt(10 * 0.5), 12);
  });
});
