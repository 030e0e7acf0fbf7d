import { capacityBits } from '../../accelerator/accelerator.ts';
import {
  type AcceleratorSpecification,
  specificationProblems,
  wordsPerCycle,
} from '../../accelerator/specification.ts';
import { TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { NetworkReport } from './evaluate.ts';
import {
  grownCapacity,
  PORTS,
  resizedCapacity,
  withArraySize,
  withCapacity,
  withMustKeep,
  withRate,
} from './specification-changes.ts';

/** A change whose worth an explanation finds by mapping again. */
export interface Change {
  readonly kind: 'capacity' | 'bandwidth' | 'array' | 'bypass' | 'factors' | 'dataflow';
  /** The change in words, e.g. `GlobalBuffer x2 (216 KiB)`. */
  readonly name: string;
  /** The changed accelerator; the same object where only the mapper's settings change. */
  readonly specification: AcceleratorSpecification;
  /** Changed setting of the mapper. */
  readonly factors?: 'imperfect';
  /** `none`: without the dataflow or constraints that the request gave. Otherwise a dataflow preset to keep to. */
  readonly dataflow?: string;
}

/** Capacities from here on grow by 1 KiB, smaller ones by an eighth. */
const KIB_STEP_FROM_BITS = 4 * 1024 * 8;
const KIB = 1024 * 8;

/**
 * The hardware changes of an explanation: twice and half of each on-chip capacity, a little more of it, one more word per cycle of each
 * stated bandwidth, one more row or column of each array; for single layers also forced and allowed bypasses.
 * Changes that would make the specification illegal are left out.
 * @param report the mapped layers that the changes are for: says what bypasses what
 */
export function hardwareChanges(specification: AcceleratorSpecification, report: NetworkReport): Change[] {
  const isLayer = report.layers.length === 1;
  const changes = [
    ...capacityChanges(specification, isLayer),
    ...bandwidthChanges(specification),
    ...arrayChanges(specification),
    ...(isLayer ? bypassChanges(specification, report) : []),
  ];
  return changes.filter((change) => specificationProblems(change.specification).length === 0);
}

function capacityChanges(specification: AcceleratorSpecification, withSmallSteps: boolean): Change[] {
  return specification.levels.flatMap((level, index): Change[] => {
    const bits = capacityBits(level.capacity);
    if (bits === null || level.role === 'dram') return [];
    const resized = (factor: number, name: string): Change => ({
      kind: 'capacity',
      name: `${level.name} ${name} (${bytes(bits * factor)})`,
      specification: withCapacity(specification, index, resizedCapacity(level, bits * factor)),
    });
    const step = bits >= KIB_STEP_FROM_BITS ? KIB : Math.max(1, Math.floor(bits / 8 / level.wordBits)) * level.wordBits;
    const parts: readonly TensorName[] =
      level.capacity.kind === 'partitioned'
        ? TENSORS.filter((tensor) => level.capacity.kind === 'partitioned' && level.capacity.bits[tensor] > 0)
        : ['Weights'];
    const steps = parts.map(
      (part): Change => ({
        kind: 'capacity',
        name: `${level.name} +${bytes(step)}${level.capacity.kind === 'partitioned' ? ` for ${part}` : ''}`,
        specification: withCapacity(specification, index, grownCapacity(level.capacity, step, part)),
      }),
    );
    return [resized(2, 'x2'), ...(withSmallSteps ? steps : []), resized(0.5, '/2')];
  });
}

function bandwidthChanges(specification: AcceleratorSpecification): Change[] {
  return specification.levels.flatMap((level, index) =>
    PORTS.flatMap((port): Change[] => {
      const rate = level.bandwidth[port];
      if (rate === undefined) return [];
      const words = wordsPerCycle(rate, level.wordBits, specification.clockHz);
      const more = { unit: 'words/cycle', value: words + 1 } as const;
      return [
        {
          kind: 'bandwidth',
          name: `${level.name} ${port === 'shared' ? '' : `${port} `}+1 word/cycle (${short(words)} -> ${short(words + 1)})`,
          specification: withRate(specification, index, port, more),
        },
      ];
    }),
  );
}

function arrayChanges(specification: AcceleratorSpecification): Change[] {
  return specification.levels.flatMap((level, index) =>
    level.fanOut.dimensions.map(({ name, size }): Change => {
      const what = name === 'Y' ? 'row' : name === 'X' ? 'column' : 'layer';
      return {
        kind: 'array',
        name: `one more ${what} of PEs (${name} ${size} -> ${size + 1})`,
        specification: withArraySize(specification, index, name, size + 1),
      };
    }),
  );
}

/** Bypasses turned on and off: tensors that bypass a level are forced into it, tensors that a level must keep may bypass it. */
function bypassChanges(specification: AcceleratorSpecification, report: NetworkReport): Change[] {
  const { mapping } = report.layers[0]!;
  return specification.levels.flatMap((level, index): Change[] => {
    if (index === 0) return [];
    return TENSORS.flatMap((tensor): Change[] => {
      const change = (name: string, mustKeep: readonly TensorName[]): Change[] => [
        { kind: 'bypass', name, specification: withMustKeep(specification, index, mustKeep) },
      ];
      if (level.mustKeep.includes(tensor))
        return change(
          `${tensor} may bypass ${level.name}`,
          level.mustKeep.filter((one) => one !== tensor),
        );
      if (!level.mayKeep.includes(tensor) || mapping.levels[index]!.keep.includes(tensor)) return [];
      return change(`no bypass of ${level.name} for ${tensor}`, [...level.mustKeep, tensor]);
    });
  });
}

function bytes(bits: number): string {
  const count = bits / 8;
  return count >= 1024 ? `${short(count / 1024)} KiB` : `${short(count)} B`;
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
