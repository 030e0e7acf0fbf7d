import { INPUTS, type KernelModel, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { BoundQueue } from '../bounds/bound-queue.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { JointBound } from '../bounds/joint-bound.ts';
import { bitsAtPort, limitedPorts, type Port } from '../bounds/limited-ports.ts';
import type { LeastTransfers } from '../bounds/placement-bound.ts';
import { type PortBits, type TransferPricing, TransferTable } from '../bounds/transfer-table.ts';
import type { Mapspace } from '../mapspace.ts';
import { JointWeights } from '../nests/joint-weights.ts';
import type { KeepSpace } from '../space/keep-space.ts';
import type { SpatialChoice } from '../space/spatial-choices.ts';
import { bestTiles, leastTile } from '../tiles/best-tiles.ts';
import type { FittingPoints } from '../tiles/fitting-points.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';

/** Prices of the ports that are tried. */
const ROUNDS = 8;
/** Rounds end where what the last tiles take is so close to its bound. */
const CLOSE = 1e-3;

/** Levels from which on it pays to look at all kept tensors of a spatial choice together. */
const DEEP_LEVELS = 4;
/** Levels up to which a choice of kept tensors, with what serves them, is one whole number. */
const MOST_LEVELS = 12;

/** Whether {@link PricedKeeps} hold and pay: nothing takes time but MACs and ports, all tensors come from the outermost level, and choices are many. */
export function canPriceKeeps({ model, factors, keeps }: Mapspace): boolean {
  const isPlain = !model.isTimeloop && !model.overheads.isAny && model.residency === null;
  const isSmall = model.levelCount >= DEEP_LEVELS && model.levelCount <= MOST_LEVELS;
  return factors === 'perfect' && isPlain && isSmall && keeps.list === null;
}

/** A spatial choice with its tiles. */
export interface KeepSource {
  readonly model: KernelModel;
  readonly choice: SpatialChoice;
  readonly keeps: KeepSpace;
  readonly tiles: readonly LevelTiles[];
  readonly fitting: FittingPoints;
  readonly computeCycles: number;
  readonly touchedInputs: number;
}

/** Tensors kept down to some level, with the least of everything. */
interface OpenKeep {
  readonly level: number;
  /** [tensor]: the level that serves it inside. */
  readonly servers: readonly [number, number, number];
  /** [level] */
  readonly keep: Uint8Array;
  /** Of the levels so far. */
  readonly energyPj: number;
  readonly jointPj: number;
}

const ALL_TENSORS = (1 << TENSOR_COUNT) - 1;

/** A choice of kept tensors with its bound. */
export interface BoundedKeep {
  readonly keep: Uint8Array;
  readonly bound: number;
  readonly least: LeastTransfers;
  /** Whether some port takes longer than the MACs, so that bounds of its cycles alone can be of use. */
  readonly hasBusyPorts: boolean;
}

/**
 * All choices of kept tensors under one spatial choice by ascending least sum of energy and priced cycles. Every level has its own best tile, as in
 * {@link placementBound}; what a level then takes depends on the tensors that it keeps and on the levels that serve them alone, so that the least over all
 * choices is a shortest path.
 */
export class PricedKeeps {
  readonly #source: KeepSource;
  readonly #incumbent: Incumbent;
  readonly #joint: JointBound;
  readonly #table: TransferTable;
  readonly #ports: readonly Port[];
  /** [level]: masks of tensors that it may keep. */
  readonly #masks: readonly (readonly number[])[];
  /** [level][mask] */
  readonly #tiles: readonly (readonly Float64Array[])[];
  #pricing: TransferPricing;
  /** Of the cycles of the MACs. */
  #macPj = 0;
  /** [level][servers]: least energy, and least joint sum, from the level inwards. */
  #energies: Float64Array[] = [];
  #joints: Float64Array[] = [];
  readonly #open = new BoundQueue<OpenKeep>();

  constructor(source: KeepSource, incumbent: Incumbent) {
    const { model, choice, keeps, tiles, fitting } = source;
    this.#source = source;
    this.#incumbent = incumbent;
    this.#joint = new JointBound(incumbent);
    this.#ports = limitedPorts(model);
    this.#table = new TransferTable(model, choice, 'perfect');
    this.#pricing = this.#table.energy;
    const levels = Array.from({ length: model.levelCount }, (_, level) => level);
    this.#masks = levels.map((level) => masksAt(keeps, level));
    this.#tiles = levels.map((level) => {
      const lists: Float64Array[] = [];
      if (level > 0)
        for (const mask of this.#masks[level]!)
          lists[mask] = bestTiles(tiles[level]!, fitting.alone(level, mask), mask);
      return lists;
    });
    this.#energies = this.#leastInside(this.#table.energy);
    this.#joints = this.#energies;
    if (this.#energies[1]![0]! < Number.POSITIVE_INFINITY) this.#priceCycles();
    for (const mask of this.#masks[0]!) {
      const keep = new Uint8Array(model.levelCount);
      keep[0] = mask;
      this.#push({ level: 1, servers: [0, 0, 0], keep, energyPj: 0, jointPj: 0 });
    }
  }

  /** Least bound of the choices left; infinite when none is. */
  get leastBound(): number {
    return this.#open.leastBound;
  }

  /** Takes the choice with the least joint sum; null when none is left that may be better than the incumbent. */
  next(): BoundedKeep | null {
    const { model } = this.#source;
    for (;;) {
      const bound = this.#open.leastBound;
      const own = this.#open.pop();
      if (own === undefined || !this.#incumbent.isBetter(bound)) return null;
      if (own.level === model.levelCount)
        return { keep: own.keep, bound, least: this.#leastOf(own.keep), hasBusyPorts: this.#joint.pjPerCycle > 0 };
      for (const mask of this.#masks[own.level]!) this.#push(this.#keeping(own, mask));
    }
  }

  #leastOf(keep: Uint8Array): LeastTransfers {
    const { levelCount: levels, macEnergyPj } = this.#source.model;
    const { fixed } = this.#table.energy;
    const servers: [number, number, number] = [0, 0, 0];
    const transfersPj = new Float64Array(levels);
    let fixedPj = macEnergyPj;
    for (let level = 1; level <= levels; level++) {
      const mask = keep[level] ?? ALL_TENSORS;
      let ownPj = 0;
      for (let t = 0; t < TENSOR_COUNT; t++)
        if (((mask >> t) & 1) !== 0) ownPj += fixed[this.#table.placeOf(t, level, servers[t]!)]!;
      fixedPj += ownPj;
      if (level === levels) break;
      transfersPj[level] = this.#transfers(this.#table.energy, level, mask, servers) - ownPj;
      for (let t = 0; t < TENSOR_COUNT; t++) if (((mask >> t) & 1) !== 0) servers[t] = level;
    }
    return { fixedPj, transfersPj };
  }

  /** What follows when a level keeps the tensors of a mask. */
  #keeping({ level, servers, keep, energyPj, jointPj }: OpenKeep, mask: number): OpenKeep {
    const own = keep.slice();
    own[level] = mask;
    const least = this.#transfers(this.#table.energy, level, mask, servers);
    const joint = this.#pricing === this.#table.energy ? least : this.#transfers(this.#pricing, level, mask, servers);
    return {
      level: level + 1,
      servers: servers.map((server, t) => (((mask >> t) & 1) !== 0 ? level : server)) as [number, number, number],
      keep: own,
      energyPj: energyPj + least,
      jointPj: jointPj + joint,
    };
  }

  #push(open: OpenKeep): void {
    const { model, computeCycles } = this.#source;
    this.#incumbent.counts.nodes++;
    const at = placeOf(open.level, open.servers);
    // The same sums in another order may be larger by rounding.
    const energyPj = (model.macEnergyPj + open.energyPj + this.#energies[open.level]![at]!) * (1 - 1e-12);
    const jointPj = model.macEnergyPj + open.jointPj + this.#joints[open.level]![at]! + this.#macPj;
    const bound = this.#joint.of(energyPj, computeCycles, jointPj);
    if (this.#incumbent.isBetter(bound)) this.#open.push(bound, open);
    else this.#incumbent.counts.cut++;
  }

  /** Least price of all transfers into a level and of what no tiling changes of them. */
  #transfers(pricing: TransferPricing, level: number, mask: number, servers: readonly number[]): number {
    let fixed = 0;
    const prices = [0, 0, 0];
    let distinct = 0;
    for (let t = 0; t < TENSOR_COUNT; t++) {
      if (((mask >> t) & 1) === 0) continue;
      const place = this.#table.placeOf(t, level, servers[t]!);
      fixed += pricing.fixed[place]!;
      prices[t] = pricing.perTraffic[place]!;
      if (t === INPUTS) distinct = pricing.distinct[place]!;
    }
    const tiles = this.#tiles[level]![mask]!;
    return fixed + leastTile(tiles, prices, distinct, this.#source.touchedInputs).price;
  }

  /** [level][servers]: least price from the level inwards. */
  #leastInside(pricing: TransferPricing): Float64Array[] {
    const { levelCount: levels } = this.#source.model;
    const inside: Float64Array[] = [];
    for (let level = levels; level >= 1; level--) {
      const own = new Float64Array(level ** TENSOR_COUNT).fill(Number.POSITIVE_INFINITY);
      inside[level] = own;
      forServers(level, (servers, at) => {
        if (level === levels) {
          own[at] = servers.reduce((sum, server, t) => sum + pricing.fixed[this.#table.placeOf(t, level, server)]!, 0);
          return;
        }
        for (const mask of this.#masks[level]!) {
          const next = servers.map((server, t) => (((mask >> t) & 1) !== 0 ? level : server));
          const sum = this.#transfers(pricing, level, mask, servers) + inside[level + 1]![placeOf(level + 1, next)]!;
          if (sum < own[at]!) own[at] = sum;
        }
      });
    }
    return inside;
  }

  /** Finds prices of the ports with which they bound energy and cycles together, as in {@link priceJointly}. */
  #priceCycles(): void {
    const { model, computeCycles } = this.#source;
    const ports = this.#ports;
    const first = this.#follow(this.#pricing, this.#energies);
    const slope = Math.max(...first.loads) <= 1 + 1e-9 ? 0 : this.#incumbent.slope(first.energyPj, computeCycles);
    if (slope === 0) return;
    const search = new JointWeights(first.loads);
    let most = Number.NEGATIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const readPj = new Float64Array(model.levelCount);
      const writePj = new Float64Array(model.levelCount);
      for (const [p, { level, countsReads, countsWrites, bitsPerCycle }] of ports.entries()) {
        const pj = (slope * search.weights[p]!) / bitsPerCycle;
        if (countsReads) readPj[level]! += pj;
        if (countsWrites) writePj[level]! += pj;
      }
      const macPj = slope * search.weights[ports.length]! * computeCycles;
      const pricing = this.#table.priced(readPj, writePj);
      const inside = this.#leastInside(pricing);
      const leastPj = model.macEnergyPj + inside[1]![0]! + macPj;
      if (leastPj > most) {
        most = leastPj;
        this.#pricing = pricing;
        this.#joints = inside;
        this.#macPj = macPj;
        this.#joint.pjPerCycle = slope;
      }
      const found = this.#follow(pricing, inside);
      if (found.energyPj + slope * computeCycles * Math.max(...found.loads) <= most * (1 + CLOSE)) return;
      search.add(found.loads);
    }
  }

  /** Energy of the choice of kept tensors with the least price, and cycles of its ports over those of the MACs, these last. */
  #follow(pricing: TransferPricing, inside: readonly Float64Array[]): { energyPj: number; loads: Float64Array } {
    const { model, computeCycles, touchedInputs } = this.#source;
    const { levelCount: levels } = model;
    const sums: PortBits = { reads: new Float64Array(levels), writes: new Float64Array(levels) };
    let energyPj = model.macEnergyPj;
    let servers = [0, 0, 0];
    const add = (t: number, level: number, traffic: number, beyond: number) => {
      const place = this.#table.placeOf(t, level, servers[t]!);
      const { fixed, perTraffic, distinct } = this.#table.energy;
      energyPj += fixed[place]! + perTraffic[place]! * traffic + distinct[place]! * beyond;
      this.#table.addBits(place, servers[t]!, level, traffic, beyond, sums);
    };
    for (let level = 1; level < levels; level++) {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (const mask of this.#masks[level]!) {
        const next = servers.map((server, t) => (((mask >> t) & 1) !== 0 ? level : server));
        const sum = this.#transfers(pricing, level, mask, servers) + inside[level + 1]![placeOf(level + 1, next)]!;
        if (sum >= least) continue;
        least = sum;
        best = mask;
      }
      const has = (t: number) => ((best >> t) & 1) !== 0;
      const prices = servers.map((server, t) =>
        has(t) ? pricing.perTraffic[this.#table.placeOf(t, level, server)]! : 0,
      );
      const distinct = has(INPUTS) ? pricing.distinct[this.#table.placeOf(INPUTS, level, servers[INPUTS]!)]! : 0;
      const { traffic, share } = leastTile(this.#tiles[level]![best]!, prices, distinct, touchedInputs);
      for (let t = 0; t < TENSOR_COUNT; t++)
        if (has(t)) add(t, level, traffic[t]!, t === INPUTS ? traffic[t]! * (share - 1) : 0);
      servers = servers.map((server, t) => (has(t) ? level : server));
    }
    for (let t = 0; t < TENSOR_COUNT; t++) add(t, levels, 0, 0);
    const loads = Float64Array.from([
      ...this.#ports.map((port) => bitsAtPort(port, sums.reads, sums.writes) / port.bitsPerCycle / computeCycles),
      1,
    ]);
    return { energyPj, loads };
  }
}

/** Masks of tensors that a level may keep, those that keep more first. */
function masksAt({ patterns }: KeepSpace, level: number): number[] {
  let masks = [0];
  for (const [t, own] of patterns.entries()) {
    const bits = [1, 0].filter((bit) => own.some((pattern) => ((pattern >> level) & 1) === bit));
    masks = masks.flatMap((mask) => bits.map((bit) => mask | (bit << t)));
  }
  return masks;
}

/** Place of servers of the three tensors outside a level among all. */
function placeOf(level: number, [weights, inputs, outputs]: readonly number[]): number {
  return (weights! * level + inputs!) * level + outputs!;
}

function forServers(level: number, each: (servers: readonly number[], at: number) => void): void {
  for (let w = 0; w < level; w++)
    for (let i = 0; i < level; i++) for (let o = 0; o < level; o++) each([w, i, o], placeOf(level, [w, i, o]));
}
