import { type Capacity, capacityBits } from '../../accelerator/accelerator.ts';
import type { AcceleratorSpecification, LevelSpecification, Rate } from '../../accelerator/specification.ts';
import { perTensor, type TensorName } from '../../util/vocabulary.ts';

/** Ports of a level that a specification can limit. */
export const PORTS = ['read', 'write', 'shared'] as const;

/** One port of a level. */
export type Port = (typeof PORTS)[number];

/** A copy with one level changed; everything that the level states explicitly stays. */
export function withLevel(
  specification: AcceleratorSpecification,
  index: number,
  change: (level: LevelSpecification) => LevelSpecification,
): AcceleratorSpecification {
  return {
    ...specification,
    levels: specification.levels.map((level, i) => (i === index ? change(level) : level)),
  };
}

/** A copy with another capacity of one level. */
export function withCapacity(
  specification: AcceleratorSpecification,
  index: number,
  capacity: Capacity,
): AcceleratorSpecification {
  return withLevel(specification, index, (level) => ({ ...level, capacity }));
}

/** A capacity of `bits` in all; parts keep their proportions, rounded down to whole words of the level. */
export function resizedCapacity({ capacity, wordBits }: LevelSpecification, bits: number): Capacity {
  const before = capacityBits(capacity);
  if (capacity.kind !== 'partitioned' || before === null) return { kind: 'shared', bits };
  return {
    kind: 'partitioned',
    bits: perTensor((tensor) => wordBits * Math.floor((capacity.bits[tensor] * bits) / before / wordBits)),
  };
}

/** The capacity with more bits: of the pool, or of the part of one tensor. */
export function grownCapacity(capacity: Capacity, bits: number, part: TensorName): Capacity {
  if (capacity.kind === 'unlimited') return capacity;
  if (capacity.kind === 'shared') return { kind: 'shared', bits: capacity.bits + bits };
  return { kind: 'partitioned', bits: { ...capacity.bits, [part]: capacity.bits[part] + bits } };
}

/** A copy with another rate of one port; other ports stay. */
export function withRate(
  specification: AcceleratorSpecification,
  index: number,
  port: Port,
  rate: Rate,
): AcceleratorSpecification {
  return withLevel(specification, index, (level) => ({ ...level, bandwidth: { ...level.bandwidth, [port]: rate } }));
}

/** A copy with another size of one array dimension below a level. */
export function withArraySize(
  specification: AcceleratorSpecification,
  index: number,
  dimension: string,
  size: number,
): AcceleratorSpecification {
  return withLevel(specification, index, (level) => ({
    ...level,
    fanOut: {
      ...level.fanOut,
      dimensions: level.fanOut.dimensions.map((one) => (one.name === dimension ? { ...one, size } : one)),
    },
  }));
}

/** A copy in which a level must keep exactly these tensors whatever the mapping; others stay free. */
export function withMustKeep(
  specification: AcceleratorSpecification,
  index: number,
  mustKeep: readonly TensorName[],
): AcceleratorSpecification {
  return withLevel(specification, index, (level) => ({ ...level, mustKeep }));
}
