import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import type { AcceleratorSpecification, LevelSpecification, Rate } from '../../accelerator/specification.ts';
import { product } from '../../util/integers.ts';
import { type Dim, TENSORS, type TensorName } from '../../util/vocabulary.ts';

/** A storage level with how often it is there. */
export interface PlacedLevel {
  readonly level: LevelSpecification;
  /** Physical instances in the whole accelerator. */
  readonly instances: number;
  /** Bytes of one instance; null = unlimited. */
  readonly bytes: number | null;
  /** Reads and writes together, one instance, bytes per cycle; Infinity where not limited. */
  readonly bytesPerCycle: number;
}

/** Levels of a specification, outermost first, with the instances that follow from the fan-outs above them. */
export function placedLevels(specification: AcceleratorSpecification): readonly PlacedLevel[] {
  let instances = 1;
  return specification.levels.map((level) => {
    const placed = {
      level,
      instances,
      bytes: capacityBytes(level),
      bytesPerCycle: bytesPerCycle(level, specification.clockHz),
    };
    instances *= childrenOf(level);
    return placed;
  });
}

/** Multiply-accumulate units. */
export function macUnits(specification: AcceleratorSpecification): number {
  return product(specification.levels.map(childrenOf));
}

/** Bytes of all on-chip levels. */
export function onChipBytes(specification: AcceleratorSpecification): number {
  return placedLevels(specification).reduce(
    (sum, { level, instances, bytes }) => sum + (level.role === 'dram' ? 0 : instances * (bytes ?? 0)),
    0,
  );
}

/** Children of one instance. */
export function childrenOf(level: LevelSpecification): number {
  return product(level.fanOut.dimensions.map(({ size }) => size));
}

/** Dims that address each tensor of a convolution. */
const ADDRESSES: Readonly<Record<TensorName, readonly Dim[]>> = {
  Weights: ['G', 'K', 'C', 'R', 'S'],
  Inputs: ['N', 'G', 'C', 'P', 'Q', 'R', 'S'],
  Outputs: ['N', 'G', 'K', 'P', 'Q'],
};

/** What the wires along an axis share when `dim` runs in parallel on it: a tensor that the dim does not address is broadcast, Outputs are summed. */
export function sharedTensors(level: LevelSpecification, dim: Dim): readonly TensorName[] {
  return TENSORS.filter((tensor) => level.fanOut.multicast[tensor] && !ADDRESSES[tensor].includes(dim));
}

/** Sentence on the wires of an axis, e.g. `K: Inputs broadcast; C: Outputs summed`. */
export function wiringText(level: LevelSpecification, axis: ArrayDimension): string {
  if (axis.parallelDims === 'any') return 'any dim in parallel';
  const groups = new Map<string, Dim[]>();
  for (const dim of axis.parallelDims) {
    const shared = sharedTensors(level, dim).map((tensor) =>
      tensor === 'Outputs' ? 'Outputs summed' : `${tensor} broadcast`,
    );
    const key = shared.length === 0 ? 'nothing shared' : shared.join(' and ');
    groups.set(key, [...(groups.get(key) ?? []), dim]);
  }
  return [...groups].map(([key, dims]) => `${dims.join(', ')}: ${key}`).join('; ');
}

function capacityBytes({ capacity }: LevelSpecification): number | null {
  if (capacity.kind === 'unlimited') return null;
  if (capacity.kind === 'shared') return capacity.bits / 8;
  return (capacity.bits.Weights + capacity.bits.Inputs + capacity.bits.Outputs) / 8;
}

function bytesPerCycle({ bandwidth, wordBits }: LevelSpecification, clockHz: number): number {
  const bytes = (rate: Rate | undefined) =>
    rate === undefined
      ? Number.POSITIVE_INFINITY
      : rate.unit === 'words/cycle'
        ? (rate.value * wordBits) / 8
        : rate.value / clockHz;
  return Math.min(bytes(bandwidth.shared), bytes(bandwidth.read) + bytes(bandwidth.write));
}
