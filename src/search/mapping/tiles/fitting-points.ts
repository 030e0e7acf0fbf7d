import type { KernelModel } from '../../../cost/kernel/model.ts';
import { fitsCapacity, type LevelTiles } from './level-tiles.ts';

/** Points whose tiles fit, by level and kept tensors: the same for all placements with one spatial choice. */
export class FittingPoints {
  readonly #model: KernelModel;
  readonly #tiles: readonly LevelTiles[];
  /** By the tensors kept at a level and outside it: equal lists are one object. */
  readonly #within = new Map<number, Int32Array>();
  readonly #bySize = new Map<number, readonly Int32Array[]>();
  readonly #known = new Map<number, Int32Array>();
  readonly #all: Int32Array;
  readonly #room: Int32Array;

  constructor(model: KernelModel, tiles: readonly LevelTiles[], size: number) {
    this.#model = model;
    this.#tiles = tiles;
    this.#all = new Int32Array(size);
    for (let i = 0; i < size; i++) this.#all[i] = i;
    this.#room = new Int32Array(size);
  }

  /** Points whose tiles a level can hold: they fit there, and so do tiles of no more at all levels further out, whose tiles contain them. */
  at(level: number, keep: Uint8Array): Int32Array {
    let key = 0;
    for (let outer = 1; outer <= level; outer++) key = key * 8 + keep[outer]!;
    key = key * 16 + level;
    const known = this.#within.get(key);
    if (known !== undefined) return known;
    let points = this.alone(level, keep[level]!);
    for (let outer = 1; outer < level; outer++) {
      const count = this.#select(outer, keep[outer]!, points);
      if (count < points.length) points = this.#room.slice(0, count);
    }
    const same = this.#sameAs(points);
    this.#within.set(key, same);
    return same;
  }

  /** The list of the same points that was given before, if there is one. */
  #sameAs(points: Int32Array): Int32Array {
    const alike = this.#bySize.get(points.length) ?? [];
    const same = alike.find((other) => other === points || other.every((point, k) => point === points[k]));
    if (same !== undefined) return same;
    this.#bySize.set(points.length, [...alike, points]);
    return points;
  }

  /** Points whose tiles fit at a level by themselves. @param kept bit t set: tensor t is kept */
  alone(level: number, kept: number): Int32Array {
    const key = level * 8 + kept;
    let fitting = this.#known.get(key);
    if (fitting === undefined) {
      const count = this.#select(level, kept, this.#all);
      fitting = count === this.#all.length ? this.#all : this.#room.slice(0, count);
      this.#known.set(key, fitting);
    }
    return fitting;
  }

  /** Puts those of some points that fit at a level into the room. @returns their number */
  #select(level: number, kept: number, from: Int32Array): number {
    if (this.#model.capacityKind[level] === 0) return from.length;
    const tiles = this.#tiles[level]!;
    const room = this.#room;
    let count = 0;
    for (let k = 0; k < from.length; k++)
      if (fitsCapacity(this.#model, tiles, level, kept, from[k]!)) room[count++] = from[k]!;
    return count;
  }
}
