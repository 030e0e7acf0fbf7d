import { BoundQueue } from '../bounds/bound-queue.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { transferCosts } from '../bounds/transfer-costs.ts';
import { type BoxedPlacement, boundBoxes } from '../boxes/box-bounds.ts';
import {
  chosenExtents,
  type ExtentBoxes,
  ExtentTables,
  halve,
  isPoints,
  rootBoxes,
  sampleBoxes,
} from '../boxes/extent-boxes.ts';
import type { Mapspace } from '../mapspace.ts';
import { NestSearch } from '../nests/nest-search.ts';
import type { FoundTiling } from '../nests/partial-nest.ts';
import { leastCycles, type PlacementCompiler } from '../placements/placement-compiler.ts';
import { type Candidate, Candidates } from '../placements/placement-queue.ts';

/** Intervals per dim between the least and the largest extent to begin with. */
const ROOT_PARTS = 2;
/** Boxes of one level at most. */
const MOST_BOXES = 8_000;
/** How far above its bound a placement is searched, by how often it was before. */
const STEPS = [1e-4, 3e-3, 0.02, 0.06, 0.2, 0.6] as const;

/** Placements of which a sample of extents is searched at once, for a good incumbent. */
const SAMPLED = 24;
/** Boxes of one level that a sample is taken of. */
const SAMPLED_BOXES = 1_500;

interface Node {
  readonly candidate: Candidate;
  /** Boxes that are left. */
  readonly boxes: ExtentBoxes;
  readonly attempts: number;
}

/**
 * Searches all placements of a mapspace with imperfect factors, best bound first. Each is first bounded over coarse boxes of tile extents; the boxes
 * that a chain below the incumbent can pass are halved until single extents remain, over which the nests are searched. A placement is
 * searched only a little above its bound before its turn comes again, so that a poor incumbent costs little.
 * @returns least bound of what was left; infinite when everything was searched
 */
export function searchImperfect(
  mapspace: Mapspace,
  incumbent: Incumbent,
  compiler: PlacementCompiler,
  score: (candidate: Candidate, tiling: FoundTiling) => void,
): number {
  const { model } = mapspace;
  const tables = new ExtentTables(model);
  const queue = new BoundQueue<Node>();
  let sampled = 0;
  const candidates = new Candidates(mapspace, incumbent);
  for (;;) {
    const bound = Math.min(candidates.leastBound, queue.leastBound);
    if (!incumbent.isBetter(bound)) {
      candidates.cutRest();
      incumbent.counts.cut += queue.size;
      break;
    }
    if (incumbent.isStopped()) return bound;
    incumbent.open(0, bound);
    const fresh = candidates.leastBound <= queue.leastBound ? candidates.pop() : null;
    if (fresh !== null) {
      const placement = boxed(fresh);
      const root = rootBoxes(placement.choice.values, model.levelCount, ROOT_PARTS);
      const first = boundBoxes(placement, root, incumbent);
      if (first.alive === null) {
        incumbent.counts.cut++;
        continue;
      }
      queue.push(Math.max(bound, first.bound), { candidate: fresh, boxes: first.alive, attempts: 0 });
      if (sampled++ < SAMPLED) {
        const { values } = placement.choice;
        const finer = halve(first.alive, values, SAMPLED_BOXES) ?? first.alive;
        if (!searchNests(fresh, sampleBoxes(finer, values), true)) return bound;
      }
      continue;
    }
    const item = queue.pop()?.item;
    if (item === undefined) break;
    const { candidate } = item;
    const placement = boxed(candidate);
    const best = incumbent.value;
    const aim = bound + Math.abs(bound) * STEPS[Math.min(item.attempts, STEPS.length - 1)]!;
    const limit = aim > bound ? Math.min(best, aim) : best;
    incumbent.value = limit;
    const isDone = refine(placement, candidate, item.boxes);
    const isFound = incumbent.value < limit;
    if (!isFound) incumbent.value = best;
    if (!isDone) return bound;
    if (!isFound && limit < best) queue.push(limit, { ...item, attempts: item.attempts + 1 });
  }
  return Number.POSITIVE_INFINITY;

  function boxed({ choice, keep }: Candidate): BoxedPlacement {
    return {
      model,
      choice: tables.of(choice.bounds),
      spatial: choice.bounds,
      keep,
      costs: transferCosts(model, choice.bounds, keep, 'imperfect'),
      computeCycles: leastCycles(model, choice.bounds),
    };
  }

  function refine(placement: BoxedPlacement, candidate: Candidate, from: ExtentBoxes): boolean {
    let boxes = from;
    for (;;) {
      const { alive } = boundBoxes(placement, boxes, incumbent);
      if (alive === null) return true;
      if (incumbent.isStopped()) return false;
      const halves = isPoints(alive) ? null : halve(alive, placement.choice.values, MOST_BOXES);
      if (halves === null) return searchNests(candidate, alive, false);
      boxes = halves;
    }
  }

  function searchNests(candidate: Candidate, boxes: ExtentBoxes, isSample: boolean): boolean {
    const placement = compiler.compile(
      candidate.choice,
      candidate.keep,
      (energyPj) => incumbent.isBetter(incumbent.bound(energyPj, candidate.cycles)),
      chosenExtents(tables.of(candidate.choice.bounds).values, boxes),
    );
    if (placement === 'cut') return true;
    if (placement === null) {
      if (!isSample) incumbent.leaveOpen(candidate.bound);
      return true;
    }
    const nests = new NestSearch(placement, incumbent, (tiling) => score(candidate, tiling));
    return !incumbent.isBetter(nests.open()) || nests.run();
  }
}
