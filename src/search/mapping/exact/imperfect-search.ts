import type { Mapping } from '../../../mapping/mapping.ts';
import { BoundQueue } from '../bounds/bound-queue.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { leastCycles } from '../bounds/least-work.ts';
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
import type { Mapspace, Placement } from '../mapspace.ts';
import { NestSearch } from '../nests/nest-search.ts';
import { type Objective, valueRatio } from '../objective.ts';
import { PlacementCompiler } from '../placements/placement-compiler.ts';
import { type OpenPlacement, PlacementQueue } from '../placements/placement-queue.ts';
import type { SpatialChoice } from '../space/spatial-choices.ts';
import { ChainDescent } from './chain-descent.ts';
import { descentFrom, variedKeeps } from './descent-starts.ts';
import type { ScoreTiling } from './scorer.ts';

/** Intervals per dim between the least and the largest extent to begin with. */
const ROOT_PARTS = 2;
/** Boxes of one level at most. */
const MOST_BOXES = 8_000;
/** How far above its bound a placement is searched, by how often it was before. */
const STEPS = [1e-4, 3e-3, 0.02, 0.06, 0.2, 0.6] as const;

/** Spatial choices under which good mappings are looked for at once, and choices of kept tensors to begin with under each. */
const DESCENT_CHOICES = 16;
const DESCENT_KEEPS = 2;
/** How many times its bound the best mapping must be for that. */
const POOR = 1.01;
/** Placements of which a sample of extents is searched at once, for a good incumbent. */
const SAMPLED = 24;
/** Boxes of one level that a sample is taken of. */
const SAMPLED_BOXES = 1_500;
/** Work of a descent, in nodes. */
const DESCENT_WORK = 2_048;

/** A placement of which boxes are left. */
interface BoxesLeft {
  readonly placement: OpenPlacement;
  readonly boxed: BoxedPlacement;
  readonly boxes: ExtentBoxes;
  /** How often it was searched. */
  readonly attempts: number;
}

/** What descents begin with. */
export interface DescentStarts {
  readonly objective: Objective;
  /** A good mapping. */
  readonly known: Mapping | null;
}

/**
 * Searches placements with imperfect factors, best bound first. Each is first bounded over coarse boxes of tile extents; the boxes
 * that a chain below the incumbent can pass are halved until single extents remain, over which the nests are searched. A placement is
 * searched only a little above its bound before its turn comes again, so that a poor incumbent costs little.
 * @param starts null: no mappings are looked for but by the proof
 * @returns least bound of what was left; infinite when everything was searched
 */
export function searchImperfect(
  mapspace: Mapspace,
  incumbent: Incumbent,
  score: ScoreTiling,
  starts: DescentStarts | null,
): number {
  const { model } = mapspace;
  const compiler = new PlacementCompiler(mapspace);
  const tables = new ExtentTables(model);
  const open = new PlacementQueue(mapspace, incumbent);
  const queue = new BoundQueue<BoxesLeft>();
  const waiting = new BoundQueue<OpenPlacement>();
  let sampled = 0;
  // Descents know neither fixed bounds nor fixed orders.
  const isFree = mapspace.constraints.levels.every((own) => own?.temporal === undefined && own?.order === undefined);
  if (starts !== null && isFree) for (const fresh of descend(starts)) waiting.push(fresh.bound, fresh);
  for (;;) {
    const unboxed = Math.min(open.leastBound, waiting.leastBound);
    const bound = Math.min(unboxed, queue.leastBound);
    if (!incumbent.isBetter(bound)) {
      open.cutRest();
      incumbent.counts.cut += queue.size + waiting.size;
      break;
    }
    if (incumbent.isStopped()) return bound;
    incumbent.open(0, bound);
    const isWaiting = waiting.leastBound <= open.leastBound;
    const fresh = unboxed > queue.leastBound ? undefined : isWaiting ? waiting.pop() : open.pop();
    if (fresh !== undefined) {
      const boxed = boxedPlacement(fresh);
      const { values, divisorCounts, isComplete } = boxed.choice;
      if (!isComplete) incumbent.leaveOpen(fresh.bound);
      const first = boundBoxes(boxed, rootBoxes(values, model.levelCount, ROOT_PARTS), incumbent);
      if (first.alive === null) {
        incumbent.counts.cut++;
        continue;
      }
      queue.push(Math.max(bound, first.bound), { placement: fresh, boxed, boxes: first.alive, attempts: 0 });
      if (sampled++ < SAMPLED) {
        const finer = halve(first.alive, values, SAMPLED_BOXES) ?? first.alive;
        if (!searchNests(fresh, boxed, sampleBoxes(finer, divisorCounts), true)) return bound;
      }
      continue;
    }
    const next = queue.pop();
    if (next === undefined) break;
    const best = incumbent.value;
    const aim = bound + Math.abs(bound) * STEPS[Math.min(next.attempts, STEPS.length - 1)]!;
    const cutoff = aim > bound ? Math.min(best, aim) : best;
    incumbent.value = cutoff;
    const isDone = refine(next);
    const isFound = incumbent.value < cutoff;
    if (!isFound) incumbent.value = best;
    if (!isDone) return bound;
    if (!isFound && cutoff < best) queue.push(cutoff, { ...next, attempts: next.attempts + 1 });
  }
  return Number.POSITIVE_INFINITY;

  /**
   * Descends from the known mapping, and under the spatial choices that promise most: from what the known mapping keeps, and from other choices of
   * kept tensors, in turn.
   * @returns the placements that were taken from the queue
   */
  function descend({ objective, known }: DescentStarts): OpenPlacement[] {
    const descent = new ChainDescent(mapspace, score);
    const taken: OpenPlacement[] = [];
    if (valueRatio(objective, incumbent.value, open.leastBound) < POOR) return taken;
    const start = known === null ? null : descentFrom(known);
    if (start !== null) descent.run(start, start);
    const keeps = variedKeeps(mapspace.keeps);
    const choices = new Set<SpatialChoice>();
    while (choices.size < DESCENT_CHOICES && !incumbent.isStopped()) {
      const next = open.pop();
      if (next === undefined) break;
      taken.push(next);
      const { choice } = next;
      if (choices.has(choice)) continue;
      choices.add(choice);
      const starts = [start?.keep ?? next.keep];
      for (let i = 0; i < DESCENT_KEEPS; i++) starts.push(keeps());
      for (const keep of starts) {
        if (incumbent.isStopped()) break;
        incumbent.addWork(DESCENT_WORK);
        descent.run({ choice, keep });
      }
    }
    return taken;
  }

  function boxedPlacement({ choice, keep }: Placement): BoxedPlacement {
    return {
      model,
      choice: tables.of(choice.bounds),
      spatial: choice.bounds,
      keep,
      costs: transferCosts(model, choice, keep, 'imperfect'),
      computeCycles: leastCycles(model, choice.bounds),
    };
  }

  /** Halves boxes until single extents are left and searches their nests. @returns false when the search was stopped */
  function refine({ placement, boxed, boxes: from }: BoxesLeft): boolean {
    let boxes = from;
    for (;;) {
      const { alive } = boundBoxes(boxed, boxes, incumbent);
      if (alive === null) return true;
      if (incumbent.isStopped()) return false;
      const halves = isPoints(alive) ? null : halve(alive, boxed.choice.values, MOST_BOXES);
      if (halves === null) return searchNests(placement, boxed, alive, false);
      boxes = halves;
    }
  }

  /** @returns false when the search was stopped */
  function searchNests(
    placement: OpenPlacement,
    { choice, costs }: BoxedPlacement,
    boxes: ExtentBoxes,
    isSample: boolean,
  ): boolean {
    const compiled = compiler.compile(placement, {
      costs,
      isBetter: (energyPj) => incumbent.isBetter(incumbent.bound(energyPj, placement.cycles)),
      chosen: chosenExtents(choice.values, boxes),
    });
    if (compiled === 'cut') return true;
    if (compiled === null) {
      if (!isSample) incumbent.leaveOpen(placement.bound);
      return true;
    }
    const nests = new NestSearch(compiled, incumbent, (tiling) => score(placement, tiling));
    return !incumbent.isBetter(nests.open()) || nests.run();
  }
}
