import {
  DIM_COUNT,
  INPUTS,
  type KernelModel,
  OUTPUTS,
  type SlidingAxis,
  TENSOR_COUNT,
  WEIGHTS,
} from '../../../cost/kernel/model.ts';
import { DIMS } from '../../../util/vocabulary.ts';
import { FittingPoints, type PlacementFloor, placementFloor } from '../bounds/placement-bound.ts';
import { type InnerValues, tileBounds } from '../bounds/tile-bounds.ts';
import { transferCosts } from '../bounds/transfer-costs.ts';
import { loopDims, type Mapspace } from '../mapspace.ts';
import type { Placement } from '../nests/partial-nest.ts';
import type { SpatialChoice } from '../space/spatial-choices.ts';
import { type LevelTiles, levelTiles, type TileLattice, tileLattice } from '../space/tile-lattice.ts';

/** Everything of a spatial choice that does not depend on the kept tensors. */
interface CompiledChoice {
  readonly lattice: TileLattice;
  readonly tiles: readonly LevelTiles[];
  readonly fitting: FittingPoints;
  /** Null until a placement is compiled. */
  innerValues: readonly InnerValues[] | null;
}

/** Points of all lattices that are kept for further placements with the same spatial choice: about 60 MB. */
const MOST_KEPT_POINTS = 300_000;

/** Extents that tiles can have. */
export interface ChosenExtents {
  /** [dim]: ascending; the last is everything. */
  readonly values: readonly Float64Array[];
  /** [level][dim] */
  readonly byLevel: readonly (readonly ReadonlySet<number>[])[];
}

/** Compiles placements; what depends on the spatial choice alone is kept for the next placement with the same choice. */
export class PlacementCompiler {
  readonly #mapspace: Mapspace;
  readonly #sliding: number;
  readonly #touchedInputs: number;
  readonly #compiled = new Map<SpatialChoice, CompiledChoice>();
  /** Points of all lattices kept. */
  #points = 0;

  constructor(mapspace: Mapspace) {
    this.#mapspace = mapspace;
    const { model } = mapspace;
    this.#touchedInputs = touchedInputs(model);
    this.#sliding = slidingDims(model, model.rows) | slidingDims(model, model.columns);
  }

  /** Bounds what is kept and spread by the best tile of each level alone; null when there are too many tiles to search. */
  floor(choice: SpatialChoice, keep: Uint8Array): PlacementFloor | null {
    const { model, factors } = this.#mapspace;
    const compiled = this.#choice(choice);
    if (compiled === null) return null;
    const costs = transferCosts(model, choice.bounds, keep, factors);
    const computeCycles = leastCycles(model, choice.bounds);
    return placementFloor(model, compiled.tiles, compiled.fitting, costs, keep, computeCycles, this.#touchedInputs);
  }

  /**
   * Compiles what is kept and spread.
   * @param isBetter whether a mapping with this energy or more may be of interest
   * @param chosen the extents that tiles can have, if not all
   * @param floor the placement's floor, if known
   * @returns `cut` when no mapping is of interest; null when there are too many tiles to search
   */
  compile(
    choice: SpatialChoice,
    keep: Uint8Array,
    isBetter: (energyPj: number) => boolean,
    chosen?: ChosenExtents,
    floor?: PlacementFloor,
  ): Placement | 'cut' | null {
    const { model, constraints, factors } = this.#mapspace;
    const compiled = this.#choice(choice, chosen);
    if (compiled === null) return null;
    const { lattice, tiles } = compiled;
    compiled.innerValues ??= this.#innerValues(lattice, chosen);
    const { innerValues } = compiled;
    const costs = transferCosts(model, choice.bounds, keep, factors);
    // [level]: least energy of everything but the transfers into the level and further in.
    const outside = [costs.fixedPj, costs.fixedPj];
    for (let level = 1; level < model.levelCount; level++) {
      const at = level * TENSOR_COUNT;
      outside[level + 1] =
        outside[level]! +
        (floor?.transfersPj[level] ??
          costs.energyPj[at + WEIGHTS]! +
            costs.energyPj[at + INPUTS]! * this.#touchedInputs +
            costs.energyPj[at + OUTPUTS]!);
    }
    const bounds = tileBounds(
      model,
      lattice,
      tiles,
      costs,
      keep,
      innerValues,
      (level, leastPj) => !isBetter(outside[level]! + leastPj),
      this.#touchedInputs,
    );
    if (bounds === null) return 'cut';
    return {
      model,
      spatial: choice.bounds,
      keep,
      lattice,
      tiles,
      costs,
      bounds,
      innerValues,
      sliding: this.#sliding,
      fixedOrders: Array.from({ length: model.levelCount }, (_, level) =>
        (constraints.levels[level]?.order ?? []).map((dim) => DIMS.indexOf(dim)).reverse(),
      ),
      computeCycles: leastCycles(model, choice.bounds),
      touchedInputs: this.#touchedInputs,
    };
  }

  /** What all placements with a spatial choice share; null when there are too many tiles to search. */
  #choice(choice: SpatialChoice, chosen?: ChosenExtents): CompiledChoice | null {
    const { model, factors } = this.#mapspace;
    const known = chosen === undefined ? this.#compiled.get(choice) : undefined;
    if (known !== undefined) return known;
    const lattice = tileLattice(model.bounds, choice.bounds, model.levelCount, factors, chosen?.values);
    if (lattice === null) return null;
    const tiles: LevelTiles[] = [];
    for (let level = 1; level < model.levelCount; level++)
      tiles[level] = levelTiles(model, lattice, choice.bounds, level);
    const compiled: CompiledChoice = {
      lattice,
      tiles,
      fitting: new FittingPoints(model, tiles, lattice.size),
      innerValues: null,
    };
    if (chosen === undefined) this.#remember(choice, compiled);
    return compiled;
  }

  /** Keeps a compiled choice; the ones compiled longest ago are forgotten first. */
  #remember(choice: SpatialChoice, compiled: CompiledChoice): void {
    this.#points += compiled.lattice.size;
    for (const [oldest, { lattice }] of this.#compiled) {
      if (this.#points <= MOST_KEPT_POINTS) break;
      this.#compiled.delete(oldest);
      this.#points -= lattice.size;
    }
    this.#compiled.set(choice, compiled);
  }

  /** Size of the mapspace as a power of ten. */
  mapspaceLog10(): number {
    const { model, spatialChoices, keepChoices } = this.#mapspace;
    let tilings = 0;
    for (const choice of spatialChoices) tilings += 10 ** this.#tilingsLog10(choice);
    const dims = loopDims(model).length;
    let orders = 0;
    for (let i = 2; i <= dims; i++) orders += Math.log10(i);
    return Math.log10(tilings) + orders * model.levelCount + Math.log10(keepChoices.length);
  }

  /** Ways to split the temporal steps of every dim over the levels. */
  #tilingsLog10(choice: SpatialChoice): number {
    const { model, factors } = this.#mapspace;
    let log = 0;
    for (let d = 0; d < DIM_COUNT; d++) {
      let extent = model.bounds[d]!;
      for (let level = 0; level < model.levelCount; level++) extent /= choice.bounds[level * DIM_COUNT + d]!;
      log += Math.log10(
        factors === 'perfect'
          ? factorizations(extent, model.levelCount)
          : raggedChains(Math.ceil(extent), model.levelCount),
      );
    }
    return log;
  }

  /** Places of the inner values that each level's loops can lead to. */
  #innerValues(lattice: TileLattice, chosen?: ChosenExtents): InnerValues[] {
    const { model, constraints } = this.#mapspace;
    const boundOf = (d: number, outer: number, inner: number): number => {
      const values = lattice.values[d]!;
      return outer === values.length - 1 ? lattice.above[d]![inner]! : values[outer]! / values[inner]!;
    };
    const freeOf = (level: number) =>
      lattice.values.map((values, d) =>
        Array.from(values, (_, outer) =>
          places(
            values,
            (inner) =>
              inner <= outer &&
              Number.isInteger(boundOf(d, outer, inner)) &&
              (chosen === undefined || chosen.byLevel[level + 1]![d]!.has(values[inner]!)),
          ),
        ),
      );
    const all = chosen === undefined ? freeOf(0) : [];
    return Array.from({ length: model.levelCount - 1 }, (_, level) => {
      const free = chosen === undefined ? all : freeOf(level);
      const fixed = constraints.levels[level]?.temporal;
      const last = level === model.levelCount - 2 ? constraints.levels[level + 1]?.temporal : undefined;
      if (fixed === undefined && last === undefined) return free;
      return lattice.values.map((values, d) => {
        const bound = fixed?.[DIMS[d]!];
        const rest = last?.[DIMS[d]!];
        return Array.from(values, (_, outer) =>
          free[d]![outer]!.filter(
            (inner) =>
              (bound === undefined || boundOf(d, outer, inner) === bound) &&
              (rest === undefined || values[inner] === rest),
          ),
        );
      });
    });
  }
}

function places(values: Float64Array, allowed: (place: number) => boolean): Uint16Array {
  return Uint16Array.from([...values.keys()].filter(allowed));
}

/** Dims of an axis on which tiles can overlap: both of its dims loop. */
function slidingDims(model: KernelModel, axis: SlidingAxis): number {
  return model.bounds[axis.output]! > 1 && model.bounds[axis.filter]! > 1 ? (1 << axis.output) | (1 << axis.filter) : 0;
}

/** Cycles that the MACs need at least. */
export function leastCycles(model: KernelModel, spatial: Float64Array): number {
  let cycles = 1;
  for (let d = 0; d < DIM_COUNT; d++) {
    let parallel = 1;
    for (let level = 0; level < model.levelCount; level++) parallel *= spatial[level * DIM_COUNT + d]!;
    cycles *= Math.ceil(model.bounds[d]! / parallel);
  }
  return cycles;
}

/** Words of Inputs that some step touches and that are no padding. */
export function touchedInputs(model: KernelModel): number {
  let words = model.bounds[0]! * model.bounds[1]! * model.bounds[3]!;
  for (const axis of [model.rows, model.columns]) {
    const touched = new Set<number>();
    for (let p = 0; p < model.bounds[axis.output]!; p++)
      for (let r = 0; r < model.bounds[axis.filter]!; r++) {
        const at = p * axis.stride + r * axis.dilation;
        if (at >= axis.storedFrom && at < axis.storedTo) touched.add(at);
      }
    words *= touched.size;
  }
  return words;
}

/** Ordered ways to write a number as a product of `count` factors. */
function factorizations(value: number, count: number): number {
  let ways = 1;
  let rest = value;
  for (let prime = 2; prime * prime <= rest; prime++) {
    let power = 0;
    while (rest % prime === 0) {
      rest /= prime;
      power++;
    }
    ways *= choose(power + count - 1, power);
  }
  return rest > 1 ? ways * count : ways;
}

/** Ways to choose the bounds of all levels but the outermost, each at most what is left to cover; the outermost covers the rest. */
function raggedChains(steps: number, levelCount: number): number {
  let ways = new Map([[1, 1]]);
  for (let level = levelCount - 1; level >= 1; level--) {
    const next = new Map<number, number>();
    for (const [extent, count] of ways)
      for (let bound = 1; bound <= Math.ceil(steps / extent); bound++) {
        const covered = Math.min(steps, extent * bound);
        next.set(covered, (next.get(covered) ?? 0) + count);
      }
    ways = next;
  }
  let total = 0;
  for (const count of ways.values()) total += count;
  return total;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}
