import { BoundQueue } from '../bounds/bound-queue.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import type { LeastTransfers } from '../bounds/placement-bound.ts';
import type { Mapspace } from '../mapspace.ts';
import { NestSearch } from '../nests/nest-search.ts';
import { PlacementCompiler } from '../placements/placement-compiler.ts';
import { type OpenPlacement, PlacementQueue } from '../placements/placement-queue.ts';
import { canPriceKeeps } from '../placements/priced-keeps.ts';
import type { SpatialChoice } from '../space/spatial-choices.ts';
import type { ScoreTiling } from './scorer.ts';

/** Points of all lattices of compiled placements that wait for their turn: about 80 MB. */
const MOST_WAITING_POINTS = 200_000;

/** Work of bounding a placement by the best tiles, tiles looked at for it that take as long as a node, and work of compiling per point of a lattice. */
const BOUND_WORK = 64;
const LOOKS_PER_NODE = 64;
const COMPILE_WORK = 1 / 8;

/** A placement bounded by the best tile of each level. */
interface BoundedPlacement extends OpenPlacement {
  readonly least: LeastTransfers;
}

/**
 * Searches placements with perfect factors in the order of their bounds. A placement comes three times to the head of the queue: with a cheap bound,
 * with that of the best tile of each level alone, and, compiled, with the least bound of its tiles. So most are never compiled, and one whose bound
 * promises too much does not keep others from giving the incumbent.
 * @returns least bound of what was left; infinite when everything was searched
 */
export function searchPerfect(mapspace: Mapspace, incumbent: Incumbent, score: ScoreTiling): number {
  const compiler = new PlacementCompiler(mapspace);
  const priceKeeps = canPriceKeeps(mapspace) ? (choice: SpatialChoice) => compiler.keepsOf(choice, incumbent) : null;
  const open = new PlacementQueue(mapspace, incumbent, priceKeeps);
  const bounded = new BoundQueue<BoundedPlacement>();
  const compiled = new BoundQueue<NestSearch>();
  let waitingPoints = 0;
  for (;;) {
    const uncompiled = Math.min(open.leastBound, bounded.leastBound);
    const bound = Math.min(uncompiled, compiled.leastBound);
    if (!incumbent.isBetter(bound)) {
      incumbent.counts.cut += compiled.size + bounded.size;
      open.cutRest();
      return Number.POSITIVE_INFINITY;
    }
    incumbent.open(0, bound);
    if (incumbent.isStopped()) return bound;
    if (compiled.leastBound <= uncompiled || waitingPoints > MOST_WAITING_POINTS) {
      const ownBound = compiled.leastBound;
      const search = compiled.pop()!;
      waitingPoints -= search.points;
      const wasTight = search.isTight;
      const least = search.tighten();
      if (!wasTight && least > Math.min(uncompiled, compiled.leastBound)) {
        if (incumbent.isBetter(least)) {
          compiled.push(least, search);
          waitingPoints += search.points;
        } else incumbent.counts.cut++;
      } else if (!search.run())
        return Math.min(Math.max(incumbent.openBound, ownBound), uncompiled, compiled.leastBound);
    } else if (bounded.leastBound <= open.leastBound) compile(bounded.pop()!);
    else {
      const placement = open.pop()!;
      if (placement.least === undefined) boundTiles(placement);
      else compile({ ...placement, least: placement.least });
    }
  }

  function boundTiles(placement: OpenPlacement): void {
    const own = compiler.bound(placement);
    if (own === null) {
      incumbent.leaveOpen(placement.bound);
      return;
    }
    incumbent.addWork(BOUND_WORK + own.looks / LOOKS_PER_NODE);
    const cycles = Math.max(placement.cycles, own.cycles);
    const bound = Math.max(placement.bound, incumbent.bound(own.energyPj, cycles));
    if (incumbent.isBetter(bound)) bounded.push(bound, { ...placement, bound, cycles, least: own });
    else incumbent.counts.cut++;
  }

  function compile(placement: BoundedPlacement): void {
    const { bound, cycles, least: known } = placement;
    const isBetter = (energyPj: number) => incumbent.isBetter(incumbent.bound(energyPj, cycles));
    const own = compiler.compile(placement, { isBetter, least: known });
    if (own === 'cut') incumbent.counts.cut++;
    else if (own === null) incumbent.leaveOpen(bound);
    else {
      const search = new NestSearch(own, incumbent, (tiling) => score(placement, tiling));
      incumbent.addWork(COMPILE_WORK * search.points);
      const least = Math.max(bound, search.open());
      if (!incumbent.isBetter(least)) return;
      compiled.push(least, search);
      waitingPoints += search.points;
    }
  }
}
