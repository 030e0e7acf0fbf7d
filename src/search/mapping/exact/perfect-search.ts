import { BoundHeap } from '../bounds/bound-heap.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import type { PlacementFloor } from '../bounds/placement-bound.ts';
import type { Mapspace } from '../mapspace.ts';
import { NestSearch } from '../nests/nest-search.ts';
import type { FoundTiling } from '../nests/partial-nest.ts';
import type { PlacementCompiler } from '../placements/placement-compiler.ts';
import { type Candidate, Candidates } from '../placements/placement-queue.ts';

/** Points of all lattices of compiled placements that wait for their turn: about 80 MB. */
const MOST_WAITING_POINTS = 200_000;

/** A candidate bounded by the best tile of each level. */
interface FlooredCandidate {
  readonly candidate: Candidate;
  readonly floor: PlacementFloor;
  readonly bound: number;
}

/**
 * Searches placements in the order of their bounds. A placement comes three times to the head of the queue: with a cheap bound, with that of the best
 * tile of each level alone, and, compiled, with the least bound of its tiles. So most are never compiled, and one whose bound promises too much does
 * not keep others from giving the incumbent.
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
  const floored = new BoundHeap();
  const floors: FlooredCandidate[] = [];
  const waiting = new BoundHeap();
  const searches: (NestSearch | null)[] = [];
  let waitingPoints = 0;
  for (;;) {
    const closed = Math.min(candidates.leastBound, floored.leastBound);
    const bound = Math.min(closed, waiting.leastBound);
    if (!incumbent.isBetter(bound)) {
      incumbent.counts.cut += waiting.size + floored.size;
      candidates.cutRest();
      return Number.POSITIVE_INFINITY;
    }
    incumbent.open(0, bound);
    if (incumbent.isStopped()) return bound;
    if (waiting.leastBound <= closed || waitingPoints > MOST_WAITING_POINTS) {
      const ownBound = waiting.leastBound;
      const place = waiting.pop();
      const search = searches[place]!;
      searches[place] = null;
      waitingPoints -= search.points;
      if (!search.run()) return Math.min(Math.max(incumbent.openBound, ownBound), closed, waiting.leastBound);
    } else if (floored.leastBound <= candidates.leastBound) compileNext();
    else floorNext();
  }

  /** Bounds the best candidate by the tiles of each level alone. */
  function floorNext(): void {
    const candidate = candidates.pop()!;
    const floor = compiler.floor(candidate.choice, candidate.keep);
    if (floor === null) {
      incumbent.leaveOpen(candidate.bound);
      return;
    }
    const cycles = Math.max(candidate.cycles, floor.cycles);
    const bound = Math.max(candidate.bound, incumbent.bound(floor.energyPj, cycles));
    if (incumbent.isBetter(bound)) {
      floored.push(floors.length, bound);
      floors.push({ candidate, floor: { ...floor, cycles }, bound });
    } else incumbent.counts.cut++;
  }

  /** Compiles the placement with the least floor and bounds its tiles. */
  function compileNext(): void {
    const { candidate, floor, bound } = floors[floored.pop()]!;
    const { choice, keep } = candidate;
    const isBetter = (energyPj: number) => incumbent.isBetter(incumbent.bound(energyPj, floor.cycles));
    const placement = compiler.compile(choice, keep, isBetter, undefined, floor);
    if (placement === 'cut') incumbent.counts.cut++;
    else if (placement === null) incumbent.leaveOpen(bound);
    else {
      const search = new NestSearch(placement, incumbent, (tiling) => score(candidate, tiling));
      const least = Math.max(bound, search.open());
      if (!incumbent.isBetter(least)) return;
      waiting.push(searches.length, least);
      searches.push(search);
      waitingPoints += search.points;
    }
  }
}
