import { describe, expect, it } from 'vitest';
import { Incumbent } from '../../../../src/search/mapping/bounds/incumbent.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';
import { PlacementQueue } from '../../../../src/search/mapping/placements/placement-queue.ts';
import { withoutMirrorImages } from '../../../../src/search/mapping/space/mirrored-choices.ts';
import { smallCase } from '../random-mapspace.ts';
import { unlisted } from '../unlisted.ts';

const OPTIONS = {
  levels: [2, 3],
  dims: ['N', 'K', 'C', 'P', 'Q', 'R'],
  bounds: [2, 3, 4, 6],
  mostMacs: 400,
  padding: true,
  mostChildren: 4,
} as const;

function open(seed: number, cutoff: number, isListed = true, shouldStop = () => false) {
  const listed = makeMapspace(smallCase(seed, OPTIONS));
  if (!listed.feasible) return null;
  const mapspace = isListed ? listed : unlisted(listed);
  const incumbent = new Incumbent({
    objective: EDP,
    cutoff,
    leakagePjPerCycle: 0,
    shouldStop,
    nodeLimit: Number.POSITIVE_INFINITY,
  });
  const choices = withoutMirrorImages(listed, listed.spatial.list!);
  const count = choices.length * mapspace.keeps.count;
  return { incumbent, count, queue: new PlacementQueue(mapspace, incumbent) };
}

/** Takes some placements. @returns their bounds, and their keys */
function take(queue: PlacementQueue, most: number) {
  const bounds: number[] = [];
  const keys = new Set<string>();
  while (bounds.length < most) {
    const least = queue.leastBound;
    const placement = queue.pop();
    expect(placement?.bound ?? Number.POSITIVE_INFINITY).toBe(least);
    if (placement === undefined) break;
    bounds.push(placement.bound);
    keys.add(`${placement.keep} ${placement.choice.bounds} ${placement.choice.hops}`);
  }
  return { bounds, keys };
}

describe('queue of placements', () => {
  it('gives every placement once, by ascending bound, and counts them', () => {
    let some = 0;
    for (let seed = 0; seed < 40; seed++) {
      const all = open(seed, Number.POSITIVE_INFINITY);
      if (all === null) continue;
      const { bounds, keys } = take(all.queue, Number.POSITIVE_INFINITY);
      expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
      expect(bounds.length).toBe(all.count);
      expect(keys.size).toBe(all.count);
      expect(all.incumbent.counts).toEqual({ evaluations: 0, nodes: all.count, cut: 0 });
      const middle = bounds[bounds.length >> 1]!;
      // With a cutoff: the same placements below it and no others; all others are counted as cut.
      const limited = open(seed, middle)!;
      const below = take(limited.queue, Number.POSITIVE_INFINITY).bounds;
      expect(below).toEqual(bounds.filter((bound) => limited.incumbent.isBetter(bound)));
      limited.queue.cutRest();
      expect(limited.incumbent.counts).toEqual({ evaluations: 0, nodes: all.count, cut: all.count - below.length });
      if (below.length > 0) some++;
      // Choices that are given one by one lead to the same placements.
      const lazy = open(seed, Number.POSITIVE_INFINITY, false)!;
      const given = take(lazy.queue, Number.POSITIVE_INFINITY);
      expect([...given.keys].sort()).toEqual([...keys].sort());
      for (const [i, bound] of given.bounds.entries()) expect(bound / bounds[i]!).toBeCloseTo(1, 9);
      const lazyBelow = take(open(seed, middle, false)!.queue, Number.POSITIVE_INFINITY).bounds;
      expect(lazyBelow.length).toBe(below.length);
      // What is left when a search ends is counted as cut, opened or not.
      const ended = open(seed, Number.POSITIVE_INFINITY)!;
      const taken = take(ended.queue, 3).bounds.length;
      ended.queue.cutRest();
      expect(ended.incumbent.counts).toEqual({ evaluations: 0, nodes: all.count, cut: all.count - taken });
    }
    expect(some).toBeGreaterThan(10);
  });

  it.each([true, false])(
    'says nothing more than it knows when the search is stopped while choices are opened (listed: %s)',
    (isListed) => {
      let early = 0;
      for (let seed = 0; seed < 40; seed++) {
        const whole = open(seed, Number.POSITIVE_INFINITY, isListed);
        if (whole === null) continue;
        const least = whole.queue.leastBound;
        const stopped = open(seed, Number.POSITIVE_INFINITY, isListed, () => true)!;
        expect(stopped.queue.leastBound).toBeLessThanOrEqual(least);
        expect(stopped.queue.pop()).toBeUndefined();
        if (stopped.queue.leastBound < least) early++;
      }
      expect(early).toBeGreaterThan(10);
    },
  );
});
