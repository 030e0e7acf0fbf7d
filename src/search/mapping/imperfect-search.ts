import { BoundQueue } from './bound-queue.ts';
import { type BoxedPlacement, boundBoxes } from './box-bounds.ts';
import { type Candidate, listCandidates } from './candidates.ts';
import { chosenExtents, type ExtentBoxes, ExtentTables, halve, isPoints, rootBoxes } from './extent-boxes.ts';
import type { Incumbent } from './incumbent.ts';
import type { Mapspace } from './mapspace.ts';
import type { FoundTiling } from './nest.ts';
import { NestSearch } from './nest-search.ts';
import { leastCycles, type PlacementCompiler } from './placement.ts';
import { transferCosts } from './transfer-costs.ts';

/** Intervals per dim between the least and the largest extent to begin with. */
const ROOT_PARTS = 2;
/** Boxes of one level at most. */
const MOST_BOXES = 8_000;
/** How far above its bound a placement is searched, by how often it was before. */
const STEPS = [1e-4, 3e-3, 0.02, 0.06, 0.2, 0.6] as const;

/** Placements searched to their end before the rest. */
const DIVES = 4;

interface Node {
  readonly candidate: Candidate;
  /** Boxes that are left; null before the first bound. */
  readonly boxes: ExtentBoxes | null;
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
  let dives = 0;
  for (const candidate of listCandidates(mapspace, incumbent))
    queue.push(candidate.bound, { candidate, boxes: null, attempts: 0 });
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { bound, item } = next;
    if (!incumbent.isBetter(bound)) {
      incumbent.counts.cut += queue.size + 1;
      break;
    }
    if (incumbent.isStopped()) return bound;
    incumbent.open(0, bound);
    const { candidate } = item;
    const placement = boxed(candidate);
    if (item.boxes === null) {
      const root = rootBoxes(placement.choice.values, model.levelCount, ROOT_PARTS);
      const first = boundBoxes(placement, root, incumbent);
      if (first.alive === null) incumbent.counts.cut++;
      else queue.push(Math.max(bound, first.bound), { candidate, boxes: first.alive, attempts: 0 });
      continue;
    }
    let { attempts } = item;
    let aim = bound;
    // The first placements are searched to their end: what they give is a good incumbent.
    const isDive = dives < DIVES;
    if (isDive) dives++;
    for (;;) {
      const best = incumbent.value;
      aim += Math.abs(aim) * STEPS[Math.min(attempts, STEPS.length - 1)]!;
      attempts++;
      const limit = aim > bound ? Math.min(best, aim) : best;
      incumbent.value = limit;
      const isDone = refine(placement, candidate, item.boxes);
      const isFound = incumbent.value < limit;
      if (!isFound) incumbent.value = best;
      if (!isDone) return bound;
      if (isFound || limit === best) break;
      if (isDive) continue;
      queue.push(limit, { ...item, attempts });
      break;
    }
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
      if (halves === null) return searchNests(candidate, alive);
      boxes = halves;
    }
  }

  function searchNests(candidate: Candidate, boxes: ExtentBoxes): boolean {
    const placement = compiler.compile(
      candidate.choice,
      candidate.keep,
      chosenExtents(tables.of(candidate.choice.bounds).values, boxes),
    );
    if (placement === null) {
      incumbent.leaveOpen(candidate.bound);
      return true;
    }
    return new NestSearch(placement, incumbent, (tiling) => score(candidate, tiling)).run();
  }
}
