import { BoundHeap } from './bound-heap.ts';
import { type Candidate, Candidates } from './candidates.ts';
import type { Incumbent } from './incumbent.ts';
import type { Mapspace } from './mapspace.ts';
import type { FoundTiling } from './nest.ts';
import { NestSearch } from './nest-search.ts';
import type { PlacementCompiler } from './placement.ts';

/** Points of all lattices of compiled placements that wait for their turn: about 80 MB. */
const MOST_WAITING_POINTS = 200_000;

/**
 * Searches placements in the order of their bounds: first the cheap one, and once a placement is compiled the least bound of its tiles, with which it
 * goes back into the queue. So a placement whose cheap bound promises too much does not keep others from giving the incumbent.
 * @param score scores a complete mapping whose bound is below the incumbent
 * @returns least bound of what was left; infinite when everything was searched
 */
export function searchPlacements(
  mapspace: Mapspace,
  incumbent: Incumbent,
  compiler: PlacementCompiler,
  score: (candidate: Candidate, tiling: FoundTiling) => void,
): number {
  const candidates = new Candidates(mapspace, incumbent);
  const waiting = new BoundHeap();
  const searches: (NestSearch | null)[] = [];
  let waitingPoints = 0;
  for (;;) {
    const bound = Math.min(candidates.leastBound, waiting.leastBound);
    if (!incumbent.isBetter(bound)) {
      incumbent.counts.cut += waiting.size;
      candidates.cutRest();
      return Number.POSITIVE_INFINITY;
    }
    incumbent.open(0, bound);
    if (incumbent.isStopped()) return bound;
    if (waiting.leastBound <= candidates.leastBound || waitingPoints > MOST_WAITING_POINTS) {
      const ownBound = waiting.leastBound;
      const place = waiting.pop();
      const search = searches[place]!;
      searches[place] = null;
      waitingPoints -= search.points;
      if (!search.run())
        return Math.min(Math.max(incumbent.openBound, ownBound), candidates.leastBound, waiting.leastBound);
      continue;
    }
    const candidate = candidates.pop()!;
    const placement = compiler.compile(candidate.choice, candidate.keep, (energyPj) =>
      incumbent.isBetter(incumbent.bound(energyPj, candidate.cycles)),
    );
    if (placement === 'cut') incumbent.counts.cut++;
    else if (placement === null) incumbent.leaveOpen(candidate.bound);
    else {
      const search = new NestSearch(placement, incumbent, (tiling) => score(candidate, tiling));
      const least = Math.max(candidate.bound, search.open());
      if (!incumbent.isBetter(least)) continue;
      waiting.push(searches.length, least);
      searches.push(search);
      waitingPoints += search.points;
    }
  }
}
