import { G, type KernelModel, type SlidingAxis, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { DIMS } from '../../../util/vocabulary.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { leastCycles, touchedInputs } from '../bounds/least-work.ts';
import { KnownTransfers, type LeastTransfers, type PlacementBound, placementBound } from '../bounds/placement-bound.ts';
import { type TileBounds, tileBounds } from '../bounds/tile-bounds.ts';
import type { InnerValues } from '../bounds/tile-minima.ts';
import { type TransferCosts, transferCosts } from '../bounds/transfer-costs.ts';
import { allInputsAnew, transferRules } from '../bounds/transfer-rules.ts';
import type { Mapspace, Placement } from '../mapspace.ts';
import { childrenAlong, type SpatialChoice } from '../space/spatial-choices.ts';
import { FittingPoints } from '../tiles/fitting-points.ts';
import { type LevelTiles, levelTiles } from '../tiles/level-tiles.ts';
import { loopBound, type TileLattice, tileLattice } from '../tiles/tile-lattice.ts';
import { KeptTables, KnownInsides } from './known-insides.ts';
import { canPriceKeeps, PricedKeeps } from './priced-keeps.ts';

/** A placement with everything that its nests are searched with. */
export interface CompiledPlacement {
  readonly model: KernelModel;
  /** [level * 8 + dim]: spatial bounds. */
  readonly spatial: Float64Array;
  /** [level]: bit t set: tensor t is kept. */
  readonly keep: Uint8Array;
  readonly lattice: TileLattice;
  /** [level], from 1. */
  readonly tiles: readonly LevelTiles[];
  readonly costs: TransferCosts;
  readonly bounds: TileBounds;
  /** [level]: loops allowed there. */
  readonly innerValues: readonly InnerValues[];
  /** Bit d set: dim d belongs to an axis on which input tiles can overlap and stay for the next step. */
  readonly sliding: number;
  /** [level]: dims whose loops are the innermost ones, from the innermost outwards. */
  readonly fixedOrders: readonly (readonly number[])[];
  /** Least cycles of the MACs. */
  readonly computeCycles: number;
  /** Words of Inputs that some step touches and that are no padding. */
  readonly touchedInputs: number;
}

/** Everything of a spatial choice that does not depend on the kept tensors. */
interface CompiledChoice {
  readonly lattice: TileLattice;
  readonly tiles: readonly LevelTiles[];
  readonly fitting: FittingPoints;
  readonly transfers: KnownTransfers;
  /** Null where placements hardly share any. */
  readonly insides: KnownInsides | null;
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

/** How a placement is compiled. */
export interface CompileOptions {
  /** Of the placement; absent: made anew. */
  readonly costs?: TransferCosts;
  /** Whether a mapping with this energy or more (pJ, without leakage) may be of interest. */
  readonly isBetter: (energyPj: number) => boolean;
  /** The extents that tiles can have; absent: all. */
  readonly chosen?: ChosenExtents;
  /** Absent: every word moves once. */
  readonly least?: LeastTransfers;
}

/** Compiles placements; what depends on the spatial choice alone is kept for the next placement with the same choice. */
export class PlacementCompiler {
  readonly #mapspace: Mapspace;
  readonly #sliding: number;
  readonly #touchedInputs: number;
  /** Whether groups loop outside everything else alone. */
  readonly #hasOuterGroups: boolean;
  readonly #fixedOrders: CompiledPlacement['fixedOrders'];
  readonly #compiled = new Map<SpatialChoice, CompiledChoice>();
  readonly #keptTables = new KeptTables();
  /** Points of all lattices kept. */
  #points = 0;

  constructor(mapspace: Mapspace) {
    const { model, constraints } = mapspace;
    this.#mapspace = mapspace;
    this.#touchedInputs = touchedInputs(model);
    this.#hasOuterGroups = canLoopOutermost(mapspace);
    this.#sliding = slidingDims(model, model.rows) | slidingDims(model, model.columns);
    this.#fixedOrders = Array.from({ length: model.levelCount }, (_, level) =>
      (constraints.levels[level]?.order ?? []).map((dim) => DIMS.indexOf(dim)).reverse(),
    );
  }

  /** Bounds a placement by the best tile of each level alone; null when there are too many tiles to search. */
  bound({ choice, keep }: Placement): PlacementBound | null {
    const { model, factors } = this.#mapspace;
    const compiled = this.#choice(choice);
    if (compiled === null) return null;
    const costs = transferCosts(model, choice, keep, factors);
    const computeCycles = leastCycles(model, choice.bounds);
    const { lattice, tiles, fitting, transfers } = compiled;
    const source = { model, spatial: choice.bounds, keep, lattice, tiles, costs };
    return placementBound(source, fitting, computeCycles, this.#touchedInputs, transfers);
  }

  /** All choices of kept tensors under a spatial choice by their bounds; null when there are too many tiles to search. */
  keepsOf(choice: SpatialChoice, incumbent: Incumbent): PricedKeeps | null {
    const { model, keeps } = this.#mapspace;
    const compiled = this.#choice(choice);
    if (compiled === null) return null;
    const { tiles, fitting } = compiled;
    const computeCycles = leastCycles(model, choice.bounds);
    const touchedInputs = this.#touchedInputs;
    return new PricedKeeps({ model, choice, keeps, tiles, fitting, computeCycles, touchedInputs }, incumbent);
  }

  /**
   * Compiles a placement.
   * @returns `cut` when no mapping is of interest; null when there are too many tiles to search
   */
  compile(
    { choice, keep }: Placement,
    { isBetter, chosen, least, ...known }: CompileOptions,
  ): CompiledPlacement | 'cut' | null {
    const { model, factors } = this.#mapspace;
    const compiled = this.#choice(choice, chosen);
    if (compiled === null) return null;
    const { lattice, tiles } = compiled;
    if (least !== undefined && compiled.insides !== null) {
      const { fixedPj, transfersPj } = least;
      const outsidePj = transfersPj.map((_, level) => transfersPj.subarray(0, level).reduce((a, b) => a + b, fixedPj));
      if (compiled.insides.isHopeless(keep, (level, sum) => !isBetter((outsidePj[level]! + sum) * (1 - 1e-12))))
        return 'cut';
    }
    compiled.innerValues ??= this.#innerValues(lattice, chosen);
    const { innerValues } = compiled;
    const costs = known.costs ?? transferCosts(model, choice, keep, factors);
    const onceInto = (level: number): PerTensor => {
      const [weights, inputs, outputs] = costs.perTraffic.subarray(level * TENSOR_COUNT);
      return [weights!, inputs! * this.#touchedInputs, outputs!];
    };
    const stillInto = (level: number): PerTensor => {
      const { weightsAnew, inputsAnew } = transferRules(model, keep, level);
      const [weights, inputs, outputs] = onceInto(level);
      return [weightsAnew ? 0 : weights, inputsAnew ? 0 : inputs, outputs];
    };
    // [level]: least energy of everything but the transfers into the level and further in.
    const outside = [costs.fixedPj, costs.fixedPj];
    for (let level = 1; level < model.levelCount; level++) {
      const [weights, inputs, outputs] = onceInto(level);
      outside[level + 1] = outside[level]! + (least?.transfersPj[level] ?? weights + inputs + outputs);
    }
    const bounds = tileBounds(
      model,
      lattice,
      tiles,
      { prices: costs, keep, innerValues, outermost: 1 },
      {
        sumOf: (level, base) => leastSum(base, stillInto(level)),
        isHopeless: (level, sum) => !isBetter(outside[level]! + sum),
        ...(chosen === undefined && compiled.insides !== null ? { known: compiled.insides.ofPlacement(keep) } : {}),
      },
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
      sliding: allInputsAnew(model, keep) ? 0 : this.#sliding,
      fixedOrders: this.#fixedOrders,
      computeCycles: leastCycles(model, choice.bounds),
      touchedInputs: this.#touchedInputs,
    };
  }

  /** Everything that placements with one spatial choice share; null when there are too many tiles to search. */
  #choice(choice: SpatialChoice, chosen?: ChosenExtents): CompiledChoice | null {
    const { model, factors } = this.#mapspace;
    const known = chosen === undefined ? this.#compiled.get(choice) : undefined;
    if (known !== undefined) return known;
    const extents = chosen?.values ?? this.#outerGroups(choice);
    const lattice = tileLattice(model.bounds, choice.bounds, model.levelCount, factors, extents);
    if (lattice === null) return null;
    const tiles: LevelTiles[] = [];
    for (let level = 1; level < model.levelCount; level++)
      tiles[level] = levelTiles(model, lattice, choice.bounds, level);
    const compiled: CompiledChoice = {
      lattice,
      tiles,
      fitting: new FittingPoints(model, tiles, lattice.size),
      transfers: new KnownTransfers(),
      insides: canPriceKeeps(this.#mapspace)
        ? new KnownInsides(model.levelCount, lattice.size, this.#keptTables)
        : null,
      innerValues: null,
    };
    if (chosen === undefined) this.#remember(choice, compiled);
    return compiled;
  }

  /** The extents of groups, if only some can be of use; other dims have all. */
  #outerGroups({ bounds }: SpatialChoice): (Float64Array | undefined)[] | undefined {
    const steps = this.#mapspace.model.bounds[G]! / childrenAlong(bounds, G);
    if (!this.#hasOuterGroups || steps === 1) return undefined;
    return Array.from({ length: DIMS.length }, (_, d) => (d === G ? Float64Array.of(1, steps) : undefined));
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

  /** Places of the inner values that each level's loops can lead to. */
  #innerValues(lattice: TileLattice, chosen?: ChosenExtents): InnerValues[] {
    const { model, constraints } = this.#mapspace;
    const freeOf = (level: number) =>
      lattice.values.map((values, d) =>
        Array.from(values, (_, outer) =>
          places(
            values,
            (inner) =>
              inner <= outer &&
              Number.isInteger(loopBound(lattice, d, outer, inner)) &&
              (chosen === undefined || chosen.byLevel[level + 1]![d]!.has(values[inner]!)),
          ),
        ),
      );
    const all = chosen === undefined ? freeOf(0) : [];
    return Array.from({ length: model.levelCount - 1 }, (_, level) => {
      const every = chosen === undefined ? all : freeOf(level);
      const free =
        level === 0 && this.#hasOuterGroups
          ? every.map((places, d) => (d === G ? places.map((inner) => inner.subarray(0, 1)) : places))
          : every;
      const fixed = constraints.levels[level]?.temporal;
      const last = level === model.levelCount - 2 ? constraints.levels[level + 1]?.temporal : undefined;
      if (fixed === undefined && last === undefined) return free;
      return lattice.values.map((values, d) => {
        const bound = fixed?.[DIMS[d]!];
        const rest = last?.[DIMS[d]!];
        return Array.from(values, (_, outer) =>
          free[d]![outer]!.filter(
            (inner) =>
              (bound === undefined || loopBound(lattice, d, outer, inner) === bound) &&
              (rest === undefined || values[inner] === rest),
          ),
        );
      });
    });
  }
}

/**
 * Whether groups need to loop outside everything else alone: every tensor has words of its own for each, so that a loop over them further in saves no
 * traffic, takes room, and ends what stands still. What takes time per tile may want fewer of them.
 */
function canLoopOutermost({ model, factors, constraints }: Mapspace): boolean {
  const isFree = constraints.levels.every(({ temporal, order }) => temporal === undefined && order === undefined);
  return factors === 'perfect' && isFree && !model.isTimeloop && !model.overheads.isAny;
}

type PerTensor = readonly [number, number, number];

/** Least sum over the points when one of the tensors stands still and costs what is given. */
function leastSum(base: TileBounds['base'][number], once: PerTensor): number {
  const [byWeights, byInputs, byOutputs] = base;
  const [weights, inputs, outputs] = once;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < byWeights.length; i++) {
    const sum = Math.min(byWeights[i]! + weights, byInputs[i]! + inputs, byOutputs[i]! + outputs);
    if (sum < least) least = sum;
  }
  return least;
}

function places(values: Float64Array, allowed: (place: number) => boolean): Uint16Array {
  return Uint16Array.from([...values.keys()].filter(allowed));
}

/** Dims of an axis on which tiles can overlap: both of its dims loop. */
function slidingDims(model: KernelModel, axis: SlidingAxis): number {
  return model.bounds[axis.output]! > 1 && model.bounds[axis.filter]! > 1 ? (1 << axis.output) | (1 << axis.filter) : 0;
}
