import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import type { Mapping } from '../../../src/mapping/mapping.ts';
import { DIMS, type Dim, TENSORS, type TensorName } from '../../../src/util/vocabulary.ts';
import type { Problem, TensorProjection } from '../../../src/workload/problem.ts';

/**
 * A naive simulator: walks the nest step by step with sets of words. It shares no counting code with the model:
 * its own steps, its own tiles (enumerated word by word), its own books of what was touched.
 */

export interface SimulatedCounts {
  reads: number;
  fills: number;
  updates: number;
  busiestReads: number;
  busiestFills: number;
  busiestUpdates: number;
}

export interface Simulation {
  readonly cycles: number;
  /** [level][tensor] */
  readonly counts: readonly Record<TensorName, SimulatedCounts>[];
}

type Position = Record<Dim, number>;

interface PlacedLoop {
  readonly level: number;
  readonly temporal: boolean;
  readonly dim: Dim;
  readonly bound: number;
  readonly step: number;
}

function placedLoops(mapping: Mapping): PlacedLoop[] {
  const loops: Omit<PlacedLoop, 'step'>[] = [];
  mapping.levels.forEach((entry, level) => {
    for (const loop of entry.temporal) loops.push({ level, temporal: true, dim: loop.dim, bound: loop.bound });
    for (const loop of entry.spatial) loops.push({ level, temporal: false, dim: loop.dim, bound: loop.bound });
  });
  return loops.map((loop, i) => ({
    ...loop,
    step: loops.slice(i + 1).reduce((step, inner) => (inner.dim === loop.dim ? step * inner.bound : step), 1),
  }));
}

/** All positions of a list of loops, outermost slowest. */
function positionsOf(loops: readonly PlacedLoop[]): Position[] {
  let positions: Position[] = [{ N: 0, G: 0, K: 0, C: 0, P: 0, Q: 0, R: 0, S: 0 }];
  for (const loop of loops)
    positions = positions.flatMap((at) =>
      Array.from({ length: loop.bound }, (_, k) => ({ ...at, [loop.dim]: at[loop.dim] + k * loop.step })),
    );
  return positions;
}

function plus(a: Position, b: Position): Position {
  return Object.fromEntries(DIMS.map((dim) => [dim, a[dim] + b[dim]])) as Position;
}

function shiftOf(tensor: TensorProjection, at: Position): string {
  return tensor.axes
    .map((axis) => axis.terms.reduce((sum, term) => sum + term.coefficient * at[term.dim], 0))
    .join(',');
}

/** Words of the bounding box of a tile, each as "x,y,..."; empty when a dim starts outside the problem. */
function boxWords(problem: Problem, tensor: TensorProjection, at: Position, extents: Position): string[] {
  let words: string[] = [''];
  for (const axis of tensor.axes) {
    let low = 0;
    let high = 0;
    for (const { dim, coefficient } of axis.terms) {
      const last = Math.min(at[dim] + extents[dim], problem.bounds[dim]) - 1;
      if (last < at[dim]) return [];
      low += coefficient * at[dim];
      high += coefficient * last;
    }
    const line = Array.from({ length: high - low + 1 }, (_, i) => low + i);
    words = words.flatMap((word) => line.map((x) => `${word}${x},`));
  }
  return words;
}

function isStored(tensor: TensorProjection, word: string): boolean {
  const coordinates = word.split(',').slice(0, -1).map(Number);
  return tensor.axes.every((axis, i) => {
    const x = coordinates[i]! - axis.paddingBefore;
    return x >= 0 && x < axis.length;
  });
}

export function simulate(problem: Problem, accelerator: Accelerator, mapping: Mapping): Simulation {
  const loops = placedLoops(mapping);
  const counts = mapping.levels.map(
    () =>
      Object.fromEntries(
        TENSORS.map((tensor) => [
          tensor,
          { reads: 0, fills: 0, updates: 0, busiestReads: 0, busiestFills: 0, busiestUpdates: 0 },
        ]),
      ) as Record<TensorName, SimulatedCounts>,
  );
  for (const tensor of TENSORS) {
    const keepers = mapping.levels.flatMap((entry, level) => (entry.keep.includes(tensor) ? [level] : []));
    keepers.forEach((outer, i) => {
      transfer(tensor, outer, keepers[i + 1] ?? mapping.levels.length);
    });
  }
  const cycles = loops.filter((loop) => loop.temporal).reduce((all, loop) => all * loop.bound, 1);
  return { cycles, counts };

  function transfer(name: TensorName, outer: number, inner: number): void {
    const tensor = problem.tensors[name];
    const toMacs = inner === mapping.levels.length;
    const extents = Object.fromEntries(
      DIMS.map((dim) => [
        dim,
        loops.filter((loop) => loop.level >= inner && loop.dim === dim).reduce((all, loop) => all * loop.bound, 1),
      ]),
    ) as Position;
    const steps = positionsOf(loops.filter((loop) => loop.temporal && loop.level < inner)).filter((at) =>
      DIMS.every((dim) => at[dim] < problem.bounds[dim]),
    );
    const parents = positionsOf(loops.filter((loop) => !loop.temporal && loop.level < outer));
    const blocks = Array.from({ length: inner - outer }, (_, i) =>
      positionsOf(loops.filter((loop) => !loop.temporal && loop.level === outer + i)),
    );
    for (const parent of parents) {
      const groups = new Map<string, Position[]>();
      const collect = (depth: number, at: Position, key: string): void => {
        if (depth === blocks.length) {
          groups.set(key, [...(groups.get(key) ?? []), at]);
          return;
        }
        const level = outer + depth;
        const multicast =
          accelerator.levels[level]!.fanOut.multicast[name] && !mapping.levels[level]!.noMulticast.includes(name);
        blocks[depth]!.forEach((offset, identity) => {
          collect(depth + 1, plus(at, offset), `${key}|${multicast ? shiftOf(tensor, offset) : `#${identity}`}`);
        });
      };
      collect(0, parent, '');
      const parentTouched = new Set<string>();
      const own = { reads: 0, fills: 0, updates: 0 };
      for (const members of groups.values()) {
        let held = new Set<string>();
        const childTouched = new Set<string>();
        let delivered = 0;
        for (const step of steps) {
          const tile = new Set(members.flatMap((member) => boxWords(problem, tensor, plus(step, member), extents)));
          if (tile.size === 0) continue;
          for (const word of tile) {
            if (!toMacs && (held.has(word) || !isStored(tensor, word))) continue;
            if (name === 'Outputs') {
              own.updates++;
              if (parentTouched.has(word)) own.reads++;
              if (childTouched.has(word)) delivered++;
              childTouched.add(word);
            } else {
              own.reads++;
              delivered++;
            }
          }
          held = tile;
        }
        for (const word of childTouched) parentTouched.add(word);
        if (!toMacs) {
          const child = counts[inner]![name];
          child.fills += delivered * members.length;
          child.busiestFills = Math.max(child.busiestFills, delivered);
        }
      }
      const count = counts[outer]![name];
      if (name === 'Outputs') own.reads = own.updates - parentTouched.size;
      count.reads += own.reads;
      count.updates += own.updates;
      count.busiestReads = Math.max(count.busiestReads, own.reads);
      count.busiestUpdates = Math.max(count.busiestUpdates, own.updates);
    }
  }
}
