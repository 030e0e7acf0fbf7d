import type { StorageLevel } from '../../accelerator/accelerator.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import type { NestLoop } from '../../mapping/nest.ts';
import { DIMS } from '../../util/vocabulary.ts';
import { type Problem, relevantDims } from '../../workload/problem.ts';
import { filledCycles, launchCyclesOf } from '../level-overheads.ts';
import { liveCount } from './traffic.ts';

/** A nest at the level whose times are asked for. */
export interface TimeQuery {
  readonly problem: Problem;
  readonly mapping: Mapping;
  readonly nest: readonly NestLoop[];
  /** 0 = outermost. */
  readonly index: number;
  readonly computeCycles: number;
}

/** Cycles of the sequencer that launches a level's tiles: one launch per visit. */
export function launchCycles({ launch }: StorageLevel, query: TimeQuery): number {
  return visits(query) * launchCyclesOf(launch, query.problem.bounds);
}

/** Cycles of the array below a level: compute, stretched by loads of stationary weights, and a ramp per visit of the level's tile. */
export function arrayCycles({ fanOut }: StorageLevel, query: TimeQuery): number {
  const { fill, rampCycles = 0 } = fanOut;
  const { computeCycles } = query;
  const filled =
    fill === undefined
      ? computeCycles
      : filledCycles(fill.cyclesPerLoad, fill.leastRows, weightLoads(query), computeCycles);
  return filled + rampCycles * visits(query);
}

/** Tiles of a level that are really executed. */
export function visits({ problem, nest, index }: Pick<TimeQuery, 'problem' | 'nest' | 'index'>): number {
  return executedSteps(problem, temporalLoops(nest, index));
}

/**
 * Times that weights come into the array below a level: steps of the loops up to the innermost one over a dim of Weights, outside the next level inside
 * that keeps them, or the MACs.
 */
export function weightLoads({
  problem,
  mapping,
  nest,
  index,
}: Pick<TimeQuery, 'problem' | 'mapping' | 'nest' | 'index'>): number {
  let keeper = index + 1;
  while (keeper < mapping.levels.length && !mapping.levels[keeper]!.keep.includes('Weights')) keeper++;
  const loops = temporalLoops(nest, keeper);
  const relevant = relevantDims(problem, 'Weights');
  return executedSteps(problem, loops.slice(0, loops.findLastIndex(({ dim }) => relevant.has(dim)) + 1));
}

function temporalLoops(nest: readonly NestLoop[], outside: number): NestLoop[] {
  return nest.filter(({ kind, level }) => kind === 'temporal' && level < outside);
}

/** Index combinations of temporal loops at which the first instance still has positions. */
function executedSteps(problem: Problem, loops: readonly NestLoop[]): number {
  return DIMS.reduce((steps, dim) => {
    const own = loops.filter((loop) => loop.dim === dim);
    return steps * liveCount(problem.bounds[dim], own);
  }, 1);
}
