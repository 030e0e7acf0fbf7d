import { product } from '../util/integers.ts';
import type { Dim, PerTensor, TensorName } from '../util/vocabulary.ts';
import type { ArrayOverheads, HostLink, LevelOverheads } from './overheads.ts';
import type { FanOutWires } from './wires.ts';

/** Energy of one physical access of `blockWords` words, in pJ. */
export interface AccessEnergy {
  readonly readPj: number;
  readonly fillPj: number;
  readonly updatePj: number;
}

/** Words (of `wordBits`) per cycle that one instance can move; absent = unlimited. */
export interface Bandwidth {
  readonly readWordsPerCycle?: number;
  readonly writeWordsPerCycle?: number;
  /** Reads and writes together. */
  readonly sharedWordsPerCycle?: number;
}

/** One axis of the array of children below a storage level. */
export interface ArrayDimension {
  /** X, Y or Z. */
  readonly name: string;
  /** Children along this axis; >= 1. */
  readonly size: number;
  /** Problem dims that may run in parallel on this axis (the connectivity); 'any' = all. Several may share it. */
  readonly parallelDims: readonly Dim[] | 'any';
}

/** The network between a storage level and its children. */
export interface FanOut extends ArrayOverheads {
  /** One to three array dimensions; empty = a single child. */
  readonly dimensions: readonly ArrayDimension[];
  /** Whether equal tiles of a tensor reach several children by one access (for Outputs: are summed on the way up). */
  readonly multicast: PerTensor<boolean>;
  /**
   * Energy per word of this level and hop in pJ where hops are counted between children that share words, whatever their distance (0: they are free, as in
   * the Timeloop records); not looked at where `wires` are stated.
   */
  readonly hopEnergyPj: number;
  /** The links to the children; absent: they have no length. */
  readonly wires?: FanOutWires;
}

/** Capacity of one instance in bits: one pool for all kept tensors, or a part per tensor; null = unlimited. */
export type Capacity =
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'shared'; readonly bits: number }
  | { readonly kind: 'partitioned'; readonly bits: PerTensor<number> };

/** One storage level. */
export interface StorageLevel extends LevelOverheads {
  readonly name: string;
  /** The outermost level: tensors start and end here. */
  readonly isDram: boolean;
  readonly capacity: Capacity;
  /** Double-buffered levels hold every tile twice, so half of the capacity is usable. */
  readonly doubleBuffered: boolean;
  /** Bits of one addressed word: bandwidth, block size and access energy refer to it. */
  readonly wordBits: number;
  /** Stored width of a tensor's word where it differs from the layer's. */
  readonly storedBits: Partial<PerTensor<number>>;
  /** Words per physical access; >= 1. */
  readonly blockWords: number;
  readonly bandwidth: Bandwidth;
  readonly energy: AccessEnergy;
  /** Tensors that this level can hold at all; others always bypass it. */
  readonly mayKeep: readonly TensorName[];
  /** Tensors that every mapping must keep here. */
  readonly mustKeep: readonly TensorName[];
  /** Physical instances in the whole accelerator. */
  readonly instances: number;
  /** Area of one instance in mm^2; 0 when it is off chip or not stated. */
  readonly areaMm2: number;
  /** Leakage of one instance in pJ per cycle. */
  readonly leakagePjPerCycle: number;
  /** Why it leaks nothing here: leakage is not counted though it is known, or neither level nor technology state any. Absent: it is counted. */
  readonly leakageLeftOut?: 'off' | 'unknown';
  readonly fanOut: FanOut;
}

/** The multipliers at the leaves. */
export interface MacUnit {
  readonly instances: number;
  readonly wordBits: number;
  /** Energy of one multiply-accumulate in pJ. */
  readonly energyPj: number;
  readonly areaMm2: number;
}

/** The unit for operators without multiply-accumulates, beside the array. */
export interface VectorUnit {
  /** Index of the level that it reads and writes. */
  readonly level: number;
  /** Simple operations (add, multiply, compare) per cycle. */
  readonly simplePerCycle: number;
  /** Special operations (exp, reciprocal, square root) per cycle. */
  readonly specialPerCycle: number;
  readonly simplePj: number;
  readonly specialPj: number;
}

/** An accelerator: storage levels from the outermost (DRAM) to the innermost, and the MACs below. Immutable; all constants resolved. */
export interface Accelerator {
  readonly name: string;
  /** Outermost first; 1 to 6 levels. */
  readonly levels: readonly StorageLevel[];
  readonly mac: MacUnit;
  /** Absent: operators without multiply-accumulates are not priced. */
  readonly vectorUnit?: VectorUnit;
  /** box: tiles of Inputs move and take room with the words between those that are used; absent: with those alone. */
  readonly tiles?: 'box';
  /** Absent: the outermost level holds all that a network reads and writes. */
  readonly link?: HostLink;
  readonly clockHz: number;
  /** Name of the technology table or 'explicit', for reports. */
  readonly technology: string;
  readonly source: string;
}

/** Children of one instance of a level, along all its array dimensions. */
export function childrenOf({ fanOut }: { readonly fanOut: Pick<FanOut, 'dimensions'> }): number {
  return product(fanOut.dimensions.map(({ size }) => size));
}

/** Whether transfers of a level take time at all: a port is limited, or requests are counted. */
export function isTimed({ bandwidth, requests }: { readonly bandwidth: object; readonly requests?: object }): boolean {
  return requests !== undefined || Object.values(bandwidth).some((rate) => rate !== undefined);
}

/** Whether a level has room for a tensor at all. */
export function canKeep(
  { mayKeep, capacity }: Pick<StorageLevel, 'mayKeep' | 'capacity'>,
  tensor: TensorName,
): boolean {
  return mayKeep.includes(tensor) && !(capacity.kind === 'partitioned' && capacity.bits[tensor] === 0);
}

/** Bits of one instance of a level, its parts together; null = unlimited. */
export function capacityBits(capacity: Capacity): number | null {
  if (capacity.kind === 'unlimited') return null;
  return capacity.kind === 'shared'
    ? capacity.bits
    : capacity.bits.Weights + capacity.bits.Inputs + capacity.bits.Outputs;
}

/** Words per cycle that one instance moves at most, reads and writes together; Infinity = unlimited. */
export function totalWordsPerCycle(bandwidth: Bandwidth): number {
  const { readWordsPerCycle = Infinity, writeWordsPerCycle = Infinity, sharedWordsPerCycle = Infinity } = bandwidth;
  return Math.min(sharedWordsPerCycle, readWordsPerCycle + writeWordsPerCycle);
}

/** Bits of the on-chip levels, all instances; unlimited levels do not count. */
export function onChipBits({ levels }: Accelerator): number {
  return levels.reduce((bits, { isDram, capacity, instances }) => {
    return isDram ? bits : bits + (capacityBits(capacity) ?? 0) * instances;
  }, 0);
}

/** What all instances of all levels leak in pJ per cycle. */
export function leakagePjPerCycle({ levels }: Pick<Accelerator, 'levels'>): number {
  return levels.reduce((sum, level) => sum + level.leakagePjPerCycle * level.instances, 0);
}

/** On-chip area in mm^2: MACs, memories and wires. */
export function areaMm2(accelerator: Accelerator): number {
  return accelerator.levels.reduce(
    (area, level) => area + level.areaMm2 * level.instances,
    accelerator.mac.areaMm2 * accelerator.mac.instances + wiresMm2(accelerator),
  );
}

/** Area in mm^2 of all links between levels and of the multiplexers in front of their children; part of {@link areaMm2}. */
export function wiresMm2({ levels }: Accelerator): number {
  return levels.reduce((area, { fanOut, instances }) => area + (fanOut.wires?.areaMm2 ?? 0) * instances, 0);
}
