import { product } from '../util/integers.ts';
import { capacityBits, childrenOf } from './accelerator.ts';
import type { AcceleratorSpecification, LevelSpecification, Rate } from './specification.ts';

/** A storage level of a specification with what follows from the levels above it. */
export interface PlacedLevel {
  readonly level: LevelSpecification;
  /** Physical instances in the whole accelerator. */
  readonly instances: number;
  /** Bytes of one instance; null = unlimited. */
  readonly bytes: number | null;
  /** Reads and writes of one instance together; Infinity where not limited. */
  readonly bytesPerCycle: number;
}

/** Levels of a specification, outermost first. */
export function placedLevels({ levels, clockHz }: AcceleratorSpecification): readonly PlacedLevel[] {
  let instances = 1;
  return levels.map((level) => {
    const placed = { level, instances, bytes: capacityBytes(level), bytesPerCycle: bytesPerCycle(level, clockHz) };
    instances *= childrenOf(level);
    return placed;
  });
}

/** Multiply-accumulate units. */
export function macUnits({ levels }: AcceleratorSpecification): number {
  return product(levels.map(childrenOf));
}

/** Bytes of all instances of a level; 0 where it is unlimited. */
export function totalBytes({ bytes, instances }: PlacedLevel): number {
  return instances * (bytes ?? 0);
}

/** Bytes of all on-chip levels. */
export function onChipBytes(specification: AcceleratorSpecification): number {
  return placedLevels(specification).reduce(
    (sum, placed) => sum + (placed.level.role === 'dram' ? 0 : totalBytes(placed)),
    0,
  );
}

/** Index of the level with the largest fan-out, the PE array below it; where nothing fans out, of the last but one. */
export function arrayLevel({ levels }: AcceleratorSpecification): number {
  const children = levels.map(childrenOf);
  const most = Math.max(...children);
  return most > 1 ? children.indexOf(most) : Math.max(0, levels.length - 2);
}

function capacityBytes({ capacity }: LevelSpecification): number | null {
  const bits = capacityBits(capacity);
  return bits === null ? null : bits / 8;
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
