import { type Accelerator, capacityBits, type StorageLevel } from '../../accelerator/accelerator.ts';
import { isAtHome, isOutsideHome, isResumed, isRetained, tileCapacity } from '../../mapping/homes.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { divisors, product } from '../../util/integers.ts';
import { DIMS, type PerTensor, perTensor, TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { Evaluation } from '../evaluation.ts';
import { type BandwidthUse, levelCycles } from '../level-cost.ts';
import { requestsOfRun } from '../level-overheads.ts';
import { movedWords, portUse } from '../moves.ts';
import { drainBy, reuseRule, type TemporalReuse } from '../temporal-reuse.ts';
import { movedBits } from './breakdown.ts';
import type { ShownLoop } from './stationarity.ts';

/** How cycles exceed the ideal: `cycles = ideal x idlePes x raggedLoops x stalls`, all factors >= 1 (up to rounding). */
export interface CycleLosses {
  /** MACs / MAC units: every unit busy in every cycle. */
  readonly idealCycles: number;
  /** MAC units over units in use. */
  readonly idlePes: number;
  /** Steps of the nest over steps that do work: above 1 only with imperfect factors. */
  readonly raggedLoops: number;
  /** Cycles over compute cycles: waiting for the slowest level, its launches or its array. */
  readonly stalls: number;
}

/** Why an array dimension is not full. */
export type IdleReason =
  /** It is full. */
  | 'none'
  /** All dims wired to it together are smaller than it. */
  | 'dims-too-small'
  /** No product of divisors comes closer to its size. */
  | 'divisibility'
  /** More could run in parallel, but the mapping does not gain by it. */
  | 'not-worth-it';

/** How one array dimension is used. */
export interface ArrayUse {
  /** Level above the array. */
  readonly level: string;
  readonly array: string;
  readonly size: number;
  readonly used: number;
  readonly loops: readonly ShownLoop[];
  readonly idle: IdleReason;
  /** Most children that divisors of the wired dims could use. */
  readonly mostByDivisors: number;
}

/** How full a level of limited capacity is, per instance. */
export interface CapacityUse {
  readonly level: string;
  /** Usable bits: half of the capacity where it is double-buffered. */
  readonly usableBits: number;
  readonly usedBits: number;
  /** Bits of each kept tensor. */
  readonly tensors: PerTensor<number>;
  /** Level with parts: the fullest part; null for one pool. */
  readonly fullestPart: { readonly tensor: TensorName; readonly share: number } | null;
  /** usedBits / usableBits, or the share of the fullest part. */
  readonly share: number;
}

/** Words that leave a level, or reach it as partial sums, compared with each needed word once. */
export interface TrafficExcess {
  readonly level: string;
  /** Bits that the kept tensors move, and the least that any mapping with these tensors here must move. */
  readonly bits: number;
  readonly compulsoryBits: number;
  /** Per tensor: words moved over words needed; null where it bypasses the level. */
  readonly tensors: PerTensor<number | null>;
}

/** Splits the cycles of a mapping into the ideal and its losses. */
export function cycleLosses(accelerator: Accelerator, evaluation: Evaluation): CycleLosses {
  const { macs, macUnitsUsed, computeCycles, cycles } = evaluation;
  return {
    idealCycles: macs / accelerator.mac.instances,
    idlePes: accelerator.mac.instances / macUnitsUsed,
    raggedLoops: (macUnitsUsed * computeCycles) / macs,
    stalls: cycles / computeCycles,
  };
}

/** Every array dimension above size 1 with its loops, and why it is not full. */
export function arrayUses(
  layer: LayerShape,
  accelerator: Accelerator,
  mapping: Mapping,
  factors: 'perfect' | 'imperfect',
): ArrayUse[] {
  const { bounds } = layer.problem;
  const everywhere = mapping.levels.flatMap((level, index) => level.spatial.map((loop) => ({ ...loop, index })));
  return accelerator.levels.flatMap((level, index) =>
    level.fanOut.dimensions
      .filter(({ size }) => size > 1)
      .map(({ name, size, parallelDims }): ArrayUse => {
        const isHere = (loop: { index: number; array: string }) => loop.index === index && loop.array === name;
        const loops = everywhere.filter((loop) => isHere(loop) && loop.bound > 1);
        const used = product(loops.map((loop) => loop.bound));
        const left = DIMS.filter((dim) => parallelDims === 'any' || parallelDims.includes(dim)).map((dim) => {
          const elsewhere = product(everywhere.filter((l) => l.dim === dim && !isHere(l)).map((l) => l.bound));
          return Math.ceil(bounds[dim] / elsewhere);
        });
        const mostByDivisors = largestProduct(left, size);
        const reachable = factors === 'perfect' ? mostByDivisors : Math.min(size, product(left));
        return {
          level: level.name,
          array: name,
          size,
          used,
          loops: loops.map(({ dim, bound }) => ({ dim, bound })),
          idle:
            used === size
              ? 'none'
              : used < reachable
                ? 'not-worth-it'
                : product(left) < size
                  ? 'dims-too-small'
                  : 'divisibility',
          mostByDivisors,
        };
      }),
  );
}

/** Largest product of one divisor of each number that is at most `limit`. */
function largestProduct(numbers: readonly number[], limit: number): number {
  let products = new Set([1]);
  for (const value of numbers) {
    const next = new Set<number>();
    for (const one of products)
      for (const divisor of divisors(value)) {
        if (one * divisor > limit) break;
        next.add(one * divisor);
      }
    products = next;
  }
  return Math.max(...products);
}

/** How full every level of limited capacity is, and by which tensors. */
export function capacityUses(layer: LayerShape, accelerator: Accelerator, evaluation: Evaluation): CapacityUse[] {
  return accelerator.levels.flatMap((level, index): CapacityUse[] => {
    const capacity = tileCapacity(level, layer, index);
    const bits = capacityBits(capacity);
    if (bits === null) return [];
    const cost = evaluation.levels[index]!;
    const copies = level.doubleBuffered ? 2 : 1;
    const tensors = perTensor((tensor) => cost.tensors[tensor].tileWords * storedWordBits(level, layer, tensor));
    const use = { level: level.name, usableBits: bits / copies, usedBits: cost.usedBits, tensors };
    if (capacity.kind !== 'partitioned') return [{ ...use, fullestPart: null, share: use.usedBits / use.usableBits }];
    const shareOf = (tensor: TensorName) =>
      capacity.bits[tensor] === 0 ? 0 : (tensors[tensor] * copies) / capacity.bits[tensor];
    const tensor = TENSORS.reduce((fullest, one) => (shareOf(one) > shareOf(fullest) ? one : fullest));
    const share = shareOf(tensor);
    return [{ ...use, fullestPart: { tensor, share }, share }];
  });
}

/**
 * How far the traffic of each level but the innermost is above its compulsory minimum: every needed word of each tensor kept there once.
 * The innermost level serves every MAC, whatever the mapping, so it is left out.
 * @param neededWords words of each tensor that some MAC uses (padding excluded)
 */
export function trafficExcess(
  layer: LayerShape,
  accelerator: Accelerator,
  evaluation: Evaluation,
  neededWords: PerTensor<number>,
  temporalReuse: TemporalReuse,
): TrafficExcess[] {
  return evaluation.levels.slice(0, -1).map((cost, index): TrafficExcess => {
    const level = accelerator.levels[index]!;
    const moved = movedBits(layer, accelerator, index);
    let bits = moved;
    let compulsoryBits = moved;
    const excessOf = (tensor: TensorName): number | null => {
      const { kept, reads, updates } = cost.tensors[tensor];
      const home = tensor === 'Outputs' ? cost.home : undefined;
      const isTile =
        kept && !isOutsideHome(layer, index, tensor) && !(tensor === 'Outputs' && isAtHome(layer, index, tensor));
      if (!isTile && home === undefined) return null;
      let words = 0;
      let least = 0;
      const count = (own: number, needed: number, width: number): void => {
        words += own;
        least += needed;
        bits += own * width;
        compulsoryBits += needed * width;
      };
      // What comes in must leave again, where that is a read.
      const isDrained = tensor === 'Outputs' && drainBy(reuseRule(temporalReuse), level.drain, index) !== 'none';
      const needed = neededWords[tensor];
      if (isTile) count(reads + updates, needed * (isDrained ? 2 : 1), storedWordBits(level, layer, tensor));
      const { residency } = layer;
      if (home !== undefined)
        count(home.reads + home.updates, needed * (isResumed(residency) ? 2 : 1), residency!.activationBits);
      return least === 0 ? 1 : words / least;
    };
    const tensors = perTensor(excessOf);
    return { level: level.name, bits, compulsoryBits, tensors };
  });
}

/**
 * Cycles that the retention level needs at least to serve every needed word of what it retains once, and to take the outputs that stay, with what moves beside; 0 without
 * residency, or when its bandwidth is unlimited.
 */
export function compulsoryHomeCycles(
  layer: LayerShape,
  { levels }: Pick<Accelerator, 'levels'>,
  neededWords: PerTensor<number>,
): number {
  const { residency } = layer;
  if (residency === undefined) return 0;
  const home = levels[residency.level]!;
  const uses = TENSORS.filter((tensor) => isRetained(residency, tensor)).map((tensor): BandwidthUse => {
    const words = neededWords[tensor];
    const bits = storedWordBits(home, layer, tensor);
    // Outputs may be updated there at the width of an activation, whatever that of partial sums is.
    return tensor === 'Outputs'
      ? { reads: 0, writes: words, bits: Math.min(bits, residency.activationBits) }
      : { reads: words, writes: 0, bits };
  });
  const moved = movedWords(layer, { levels }, residency.level);
  return levelCycles(home, 0, moved === null ? uses : [...uses, portUse(moved)], 'exact');
}

/** Energy in pJ of moving every needed word of each tensor once between DRAM and the chip, but those that are retained, with what moves beside. */
export function compulsoryDramPj(layer: LayerShape, dram: StorageLevel, neededWords: PerTensor<number>): number {
  return TENSORS.reduce(
    (sum, tensor) => {
      if (isOutsideHome(layer, 0, tensor)) return sum;
      const accesses = (neededWords[tensor] * storedWordBits(dram, layer, tensor)) / (dram.blockWords * dram.wordBits);
      return sum + accesses * (tensor === 'Outputs' ? dram.energy.updatePj : dram.energy.readPj);
    },
    movedWords(layer, { levels: [dram] }, 0)?.energyPj ?? 0,
  );
}

/** Cycles that DRAM needs at least to move every needed word once, but those that are retained, with what moves beside; 0 when its bandwidth is unlimited. */
export function compulsoryDramCycles(layer: LayerShape, dram: StorageLevel, neededWords: PerTensor<number>): number {
  const passing = TENSORS.filter((tensor) => !isOutsideHome(layer, 0, tensor));
  const uses = passing.map((tensor): BandwidthUse => {
    const words = neededWords[tensor];
    const bits = storedWordBits(dram, layer, tensor);
    const requests = dram.requests?.layout[tensor] === undefined ? 0 : requestsOfRun(words, bits, dram.requests.bytes);
    return tensor === 'Outputs'
      ? { reads: 0, writes: words, bits, writeRequests: requests }
      : { reads: words, writes: 0, bits, readRequests: requests };
  });
  const moved = movedWords(layer, { levels: [dram] }, 0);
  return levelCycles(dram, 0, moved === null ? uses : [...uses, portUse(moved)], 'exact');
}
