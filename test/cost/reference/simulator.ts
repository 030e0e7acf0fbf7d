import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import type { Mapping } from '../../../src/mapping/mapping.ts';
import { DIMS, type Dim, TENSORS, type TensorName } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import type { Problem, TensorProjection } from '../../../src/workload/problem.ts';
import { cutIntoRequests } from './request-cutter.ts';
import { storedBitsOf } from './stored-bits.ts';

/**
 * A naive simulator: walks the nest step by step with sets of words. It shares no counting code with the model:
 * its own steps, its own tiles (enumerated word by word), its own books of what was touched. A child without work at a step along a dim
 * that does not address the tensor takes nothing: what others are sent is no transfer into it. A level that refetches a tensor forgets its tile
 * at every step. Operands that are retained start in their level, and staged Outputs in a home beside its tiles.
 */

export interface SimulatedCounts {
  reads: number;
  fills: number;
  updates: number;
  busiestReads: number;
  busiestFills: number;
  busiestUpdates: number;
  /** Requests of reads and of updates. */
  readRequests: number;
  writeRequests: number;
  busiestReadRequests: number;
  busiestWriteRequests: number;
}

export interface Simulation {
  readonly cycles: number;
  /** [level][tensor] */
  readonly counts: readonly Record<TensorName, SimulatedCounts>[];
  /** Of Outputs at their home; zero where they have none. Requests of one that serves what is inside count there too. */
  readonly home: SimulatedCounts;
}

/** [dim], as in DIMS. */
export type Position = readonly number[];

/** A loop of a nest as it runs. */
export interface PlacedLoop {
  readonly level: number;
  readonly temporal: boolean;
  /** Place in DIMS. */
  readonly dim: number;
  readonly bound: number;
  readonly step: number;
}

/** The loops of a mapping, outermost first. */
export function placedLoops(mapping: Mapping): PlacedLoop[] {
  const loops: Omit<PlacedLoop, 'step'>[] = [];
  mapping.levels.forEach((entry, level) => {
    for (const { dim, bound } of entry.temporal) loops.push({ level, temporal: true, dim: DIMS.indexOf(dim), bound });
    for (const { dim, bound } of entry.spatial) loops.push({ level, temporal: false, dim: DIMS.indexOf(dim), bound });
  });
  return loops.map((loop, i) => ({
    ...loop,
    step: loops.slice(i + 1).reduce((step, inner) => (inner.dim === loop.dim ? step * inner.bound : step), 1),
  }));
}

/** All positions of a list of loops, outermost slowest. */
export function positionsOf(loops: readonly PlacedLoop[]): Position[] {
  let positions: Position[] = [DIMS.map(() => 0)];
  for (const loop of loops)
    positions = positions.flatMap((at) =>
      Array.from({ length: loop.bound }, (_, k) => at.with(loop.dim, at[loop.dim]! + k * loop.step)),
    );
  return positions;
}

function plus(a: Position, b: Position): Position {
  return a.map((value, d) => value + b[d]!);
}

/** A tensor with dims as places in DIMS; words are numbered row by row, padding included. */
interface Addressing {
  readonly axes: readonly {
    readonly terms: readonly { readonly dim: number; readonly coefficient: number; readonly bound: number }[];
    /** First stored coordinate and the first one behind, and the number of all. */
    readonly from: number;
    readonly to: number;
    readonly size: number;
  }[];
}

export function addressing(problem: Problem, tensor: TensorProjection): Addressing {
  const axes = tensor.axes.map(({ terms, paddingBefore, length }) => ({
    terms: terms.map(({ dim, coefficient }) => ({
      dim: DIMS.indexOf(dim),
      coefficient,
      bound: problem.bounds[dim],
    })),
    from: paddingBefore,
    to: paddingBefore + length,
    size: terms.reduce((size, { dim, coefficient }) => size + coefficient * (problem.bounds[dim] - 1), 1),
  }));
  return { axes };
}

function shiftOf({ axes }: Addressing, at: Position): string {
  return axes
    .map(({ terms }) => terms.reduce((sum, { dim, coefficient }) => sum + coefficient * at[dim]!, 0))
    .join(',');
}

/** Words that the multiply-accumulates of a tile use, the stored ones or all; null when a dim starts outside the problem. */
export function usedWords(
  { axes }: Addressing,
  at: Position,
  extents: Position,
  storedOnly: boolean,
  isBox = false,
): number[] | null {
  let words: number[] = [0];
  for (const { terms, from, to, size } of axes) {
    let used = new Set([0]);
    for (const { dim, coefficient, bound } of terms) {
      const behind = Math.min(at[dim]! + extents[dim]!, bound);
      if (behind <= at[dim]!) return null;
      const next = new Set<number>();
      for (const word of used) for (let x = at[dim]!; x < behind; x++) next.add(word + coefficient * x);
      used = next;
    }
    if (isBox) for (let x = Math.min(...used), to = Math.max(...used); x < to; x++) used.add(x);
    const stored = [...used].filter((x) => !storedOnly || (x >= from && x < to));
    words = words.flatMap((word) => stored.map((x) => word * size + x));
  }
  return words;
}

export function simulate(layer: LayerShape, accelerator: Accelerator, mapping: Mapping): Simulation {
  const { problem } = layer;
  const loops = placedLoops(mapping);
  const none = (): SimulatedCounts => ({
    ...{ reads: 0, fills: 0, updates: 0, busiestReads: 0, busiestFills: 0, busiestUpdates: 0 },
    ...{ readRequests: 0, writeRequests: 0, busiestReadRequests: 0, busiestWriteRequests: 0 },
  });
  const counts = mapping.levels.map(() => ({ Weights: none(), Inputs: none(), Outputs: none() }));
  const home = none();
  /** [level]: words of Outputs that its instances sent outwards, by where they stand. */
  const sent = mapping.levels.map(() => new Map<string, number>());
  const { residency } = layer;
  for (const tensor of TENSORS) {
    const from = homeLevel(residency, tensor);
    const keepers = mapping.levels.flatMap((entry, level) =>
      level >= from && entry.keep.includes(tensor) ? [level] : [],
    );
    const innermost = mapping.levels.length;
    if (tensor === 'Outputs' && residency !== undefined && from > 0) {
      const isTile = residency.outputs === 'staged' && keepers[0] === from;
      if (keepers[0] === from && !isTile) keepers.shift();
      transfer(tensor, from, keepers[0] ?? innermost, isTile ? 'beside tiles' : 'instead of tiles');
    }
    keepers.forEach((outer, i) => {
      transfer(tensor, outer, keepers[i + 1] ?? innermost, 'none');
    });
  }
  const cycles = loops.filter((loop) => loop.temporal).reduce((all, loop) => all * loop.bound, 1);
  return { cycles, counts, home };

  /** Moves a tensor from a level, or from the home of Outputs in it, to one further inside; tiles beside a home are in the same level. */
  function transfer(
    name: TensorName,
    outer: number,
    inner: number,
    from: 'none' | 'beside tiles' | 'instead of tiles',
  ): void {
    const tensor = addressing(problem, problem.tensors[name]);
    const toMacs = inner === mapping.levels.length;
    const forgets = accelerator.levels[inner]?.refetch?.includes(name) ?? false;
    const addressed = new Set(tensor.axes.flatMap(({ terms }) => terms.map(({ dim }) => dim)));
    const unrelated = DIMS.map((_, d) => d).filter((d) => !addressed.has(d));
    const extents = DIMS.map((_, dim) =>
      loops.filter((loop) => loop.level >= inner && loop.dim === dim).reduce((all, loop) => all * loop.bound, 1),
    );
    const { requests } = accelerator.levels[outer]!;
    const dims = from === 'beside tiles' ? undefined : requests?.layout[name];
    const cut = (words: readonly number[]): number =>
      requests === undefined || dims === undefined
        ? 0
        : cutIntoRequests(words, tensor.axes, {
            layout: dims.map((dim: Dim) => DIMS.indexOf(dim)),
            extents,
            bits: from === 'none' ? storedBitsOf(accelerator.levels[outer]!, layer, name) : residency!.activationBits,
            bytes: requests.bytes,
            isBox: accelerator.tiles === 'box',
          });
    const steps = positionsOf(loops.filter((loop) => loop.temporal && loop.level < inner)).filter((at) =>
      DIMS.every((dim, d) => at[d]! < problem.bounds[dim]),
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
      const isBusy = (at: Position): boolean => unrelated.every((d) => at[d]! < problem.bounds[DIMS[d]!]);
      const parentTouched = new Set<number>();
      const own = { reads: 0, fills: 0, updates: 0, readRequests: 0, writeRequests: 0 };
      const everTouched = new Set<number>();
      const isOld = name === 'Outputs' && residency?.resumes === true && homeLevel(residency, name) > 0;
      for (const members of groups.values()) {
        let held = new Set<number>();
        const childTouched = new Set<number>();
        let delivered = 0;
        let busiestDelivered = 0;
        for (const step of steps) {
          const busy = members.map((member) => plus(step, member)).filter(isBusy);
          const boxes = busy.flatMap((at) => {
            const words = usedWords(tensor, at, extents, !toMacs, accelerator.tiles === 'box');
            return words === null ? [] : [words];
          });
          if (boxes.length === 0) continue;
          const tile = new Set(boxes.flat());
          if (dims !== undefined) {
            const moved = [...tile].filter((word) => toMacs || !held.has(word));
            const known = moved.filter((word) => isOld || everTouched.has(word));
            own.readRequests += cut(name === 'Outputs' ? known : moved);
            own.writeRequests += name === 'Outputs' ? cut(moved) : 0;
            for (const word of moved) everTouched.add(word);
          }
          for (const word of tile) {
            if (!toMacs && held.has(word)) continue;
            if (name === 'Outputs' && !toMacs)
              for (const member of members.filter((one) => isBusy(plus(step, one))))
                sent[inner]!.set(member.join(), (sent[inner]!.get(member.join()) ?? 0) + 1);
            if (name === 'Outputs') {
              own.updates++;
              if (isOld || parentTouched.has(word)) own.reads++;
              if (isOld || childTouched.has(word)) {
                delivered += busy.length;
                busiestDelivered++;
              }
              childTouched.add(word);
            } else {
              own.reads++;
              delivered += busy.length;
              busiestDelivered++;
            }
          }
          held = forgets ? new Set() : tile;
        }
        for (const word of childTouched) parentTouched.add(word);
        if (!toMacs) {
          const child = counts[inner]![name];
          child.fills += delivered;
          child.busiestFills = Math.max(child.busiestFills, busiestDelivered);
        }
      }
      const count = from === 'none' ? counts[outer]![name] : home;
      if (name === 'Outputs') own.reads = own.updates - (isOld ? 0 : parentTouched.size);
      if (name === 'Outputs' && from === 'none' && accelerator.levels[outer]!.drain === 'charged')
        own.reads += sent[outer]!.get(parent.join()) ?? 0;
      count.reads += own.reads;
      count.updates += own.updates;
      count.readRequests += own.readRequests;
      count.writeRequests += own.writeRequests;
      count.busiestReadRequests = Math.max(count.busiestReadRequests, own.readRequests);
      count.busiestWriteRequests = Math.max(count.busiestWriteRequests, own.writeRequests);
      count.busiestReads = Math.max(count.busiestReads, own.reads);
      count.busiestUpdates = Math.max(count.busiestUpdates, own.updates);
    }
  }
}

/** The level in which a tensor has its home. */
function homeLevel(residency: LayerShape['residency'], tensor: TensorName): number {
  if (residency === undefined) return 0;
  const { level, weights, inputs, outputs } = residency;
  const isThere = { Weights: weights, Inputs: inputs, Outputs: outputs !== 'outermost' };
  return isThere[tensor] ? level : 0;
}
