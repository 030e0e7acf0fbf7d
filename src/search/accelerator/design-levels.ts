import { type ArrayDimension, type Capacity, capacityBits } from '../../accelerator/accelerator.ts';
import {
  type AcceleratorSpecification,
  type LevelSpecification,
  specificationProblems,
} from '../../accelerator/specification.ts';
import { TrifoldError } from '../../util/errors.ts';
import { type PerTensor, TENSORS } from '../../util/vocabulary.ts';

/** Step of the memory sizes in bytes (NAAS, section II-A). */
export const BYTES_STEP = 16;

/** Width of the port of a register file in bits where the baseline has none: the narrowest that the memory tables know. */
const NARROWEST_ACCESS_BITS = 16;

/** The three levels of a design. */
export interface DesignLevels {
  readonly dram: LevelSpecification;
  readonly l2: LevelSpecification;
  readonly l1: LevelSpecification;
}

/** Whether an accelerator has the levels of a design itself: DRAM, global buffer with the array below, register file of one PE. */
export function isDesign({ levels }: AcceleratorSpecification): boolean {
  const [dram, , l1] = levels;
  return levels.length === 3 && childless(dram!) && childless(l1!);
}

/**
 * The levels that designs are made from. Of an accelerator that has not these three: DRAM without an array, its outermost on-chip level as the
 * global buffer of all tensors with all its arrays below, its innermost register file (or one beside the MACs where there is none) for
 * all tensors; a tensor is stored as wide as in the widest of its levels.
 * @throws TrifoldError `unsupported` for an accelerator with nothing on chip, `value` for a specification that cannot be built
 */
export function designLevels(baseline: AcceleratorSpecification): DesignLevels {
  const [problem] = specificationProblems(baseline);
  if (problem !== undefined)
    throw new TrifoldError('value', `${baseline.name}: ${problem.message}`, { keyPath: problem.path.join('.') });
  const [dram, l2, l1] = baseline.levels;
  if (dram === undefined || l2 === undefined)
    throw new TrifoldError('unsupported', `${baseline.name} cannot be the baseline of an accelerator search`, {
      hint: 'it needs a level on chip: designs have a global buffer and register files',
    });
  return l1 !== undefined && isDesign(baseline) ? { dram, l2, l1 } : pooledLevels(dram, baseline.levels);
}

function pooledLevels(dram: LevelSpecification, levels: readonly LevelSpecification[]): DesignLevels {
  const onChip = levels.slice(1);
  const outermost = onChip[0]!;
  const arrays = levels.map((level) => level.fanOut).filter(({ dimensions }) => dimensions.length > 0);
  const fill = arrays.find((array) => array.fill !== undefined)?.fill;
  const drain = onChip.find((level) => level.drain !== undefined)?.drain;
  const pooled = { mayKeep: TENSORS, storedBits: widest(onChip), ...(drain === undefined ? {} : { drain }) };
  const noArray = { dimensions: [], multicast: outermost.fanOut.multicast };
  const spill = onChip.find((level) => level.spill !== undefined)?.spill;
  const l2: LevelSpecification = {
    ...outermost,
    ...pooled,
    ...(spill === undefined ? {} : { spill }),
    role: 'buffer',
    // What comes anew at every visit is what requests of the outermost level are counted for: it may not pass by.
    mustKeep: outermost.refetch ?? [],
    capacity: pool(outermost),
    fanOut: {
      ...(arrays[0] ?? noArray),
      ...(fill === undefined ? {} : { fill }),
      dimensions: mergedAxes(arrays.flatMap(({ dimensions }) => dimensions)),
    },
  };
  const inner = onChip.length > 1 ? onChip.at(-1) : undefined;
  const name = levels.some((level) => level.name === 'Registers') ? 'PeRegisters' : 'Registers';
  const { wordBits } = outermost;
  const l1: LevelSpecification =
    inner?.role === 'register-file'
      ? { ...inner, ...pooled, mustKeep: [], capacity: pool(inner), fanOut: noArray }
      : {
          ...pooled,
          name,
          role: 'register-file',
          capacity: { kind: 'shared', bits: 8 * BYTES_STEP },
          wordBits,
          blockWords: Math.ceil(NARROWEST_ACCESS_BITS / wordBits),
          doubleBuffered: false,
          bandwidth: {},
          mustKeep: [],
          fanOut: noArray,
        };
  return { dram: { ...dram, fanOut: { multicast: dram.fanOut.multicast, dimensions: [] } }, l2, l1 };
}

/** All memory of a level as one pool, at least a step. */
function pool({ capacity }: LevelSpecification): Capacity {
  return { kind: 'shared', bits: Math.max(8 * BYTES_STEP, capacityBits(capacity) ?? 0) };
}

/** Widest stored words of the levels per tensor; absent where none states one. */
function widest(levels: readonly LevelSpecification[]): Partial<PerTensor<number>> {
  const stated = TENSORS.map(
    (tensor) => [tensor, levels.flatMap(({ storedBits }) => storedBits[tensor] ?? [])] as const,
  );
  return Object.fromEntries(
    stated.filter(([, bits]) => bits.length > 0).map(([tensor, bits]) => [tensor, Math.max(...bits)]),
  );
}

/** Axes of one name as one: as long as all of them together, for the dims of any of them. */
function mergedAxes(axes: readonly ArrayDimension[]): ArrayDimension[] {
  const merged = new Map<string, ArrayDimension>();
  for (const axis of axes) {
    const known = merged.get(axis.name);
    merged.set(
      axis.name,
      known === undefined ? axis : { ...axis, size: known.size * axis.size, parallelDims: either(known, axis) },
    );
  }
  return [...merged.values()];
}

function either(a: ArrayDimension, b: ArrayDimension): ArrayDimension['parallelDims'] {
  return a.parallelDims === 'any' || b.parallelDims === 'any'
    ? 'any'
    : [...new Set([...a.parallelDims, ...b.parallelDims])];
}

function childless({ fanOut }: LevelSpecification): boolean {
  return fanOut.dimensions.every((dimension) => dimension.size === 1);
}
