import { type Capacity, capacityBits } from '../../accelerator/accelerator.ts';
import { type AcceleratorSpecification, type Rate, specificationProblems } from '../../accelerator/specification.ts';
import { TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { NetworkReport } from './evaluate.ts';
import { overheadChanges } from './overhead-changes.ts';
import {
  grownCapacity,
  PORTS,
  type Port,
  resizedCapacity,
  withArraySize,
  withCapacity,
  withMustKeep,
  withRate,
} from './specification-changes.ts';
import { valueText } from './value-text.ts';

/** A change whose worth an explanation finds by mapping again. */
export interface Change {
  readonly kind: 'capacity' | 'bandwidth' | 'array' | 'vector-unit' | 'overhead' | 'bypass' | 'factors' | 'dataflow';
  /** The change in words, e.g. `GlobalBuffer x2 (216 KiB)`. */
  readonly name: string;
  /** The changed accelerator; the same object where only the mapper's settings change. */
  readonly specification: AcceleratorSpecification;
  /** Changed setting of the mapper. */
  readonly factors?: 'imperfect';
  /** `none`: without the dataflow or constraints that the request gave. Otherwise a dataflow preset to keep to. */
  readonly dataflow?: string;
}

/**
 * The hardware changes of an explanation: twice and half of each on-chip capacity and of each level's bandwidth, one more row or column of each
 * array, twice the rates of a vector unit that is used, each stated overhead taken away; for single layers also a little more of each capacity, twice each port alone, forced and allowed bypasses.
 * Changes that would make the specification illegal are left out.
 * @param report the mapped layers that the changes are for: says what bypasses what
 */
export function hardwareChanges(specification: AcceleratorSpecification, report: NetworkReport): Change[] {
  const isLayer = report.layers.length === 1;
  const changes = [
    ...capacityChanges(specification, isLayer),
    ...bandwidthChanges(specification, isLayer),
    ...arrayChanges(specification),
    ...vectorChanges(specification, report),
    ...overheadChanges(specification).map((change): Change => ({ kind: 'overhead', ...change })),
    ...(isLayer ? bypassChanges(specification, report) : []),
  ];
  return changes.filter((change) => specificationProblems(change.specification).length === 0);
}

function capacityChanges(specification: AcceleratorSpecification, withSmallSteps: boolean): Change[] {
  return specification.levels.flatMap((level, index): Change[] => {
    const bits = capacityBits(level.capacity);
    if (bits === null || level.role === 'dram') return [];
    const change = (capacity: Capacity, name: string): Change => ({
      kind: 'capacity',
      name: `${level.name} ${name} (${bitsText(capacityBits(capacity)!)})`,
      specification: withCapacity(specification, index, capacity),
    });
    const resized = (factor: number, name: string): Change[] => {
      const size = writtenBits(bits * factor, level.wordBits);
      return size === 0 ? [] : [change(resizedCapacity(level, size), name)];
    };
    const step = smallStep(bits, level.wordBits);
    const parts: readonly TensorName[] =
      level.capacity.kind === 'partitioned'
        ? TENSORS.filter((tensor) => level.capacity.kind === 'partitioned' && level.capacity.bits[tensor] > 0)
        : ['Weights'];
    const steps = parts.map((part) =>
      change(
        grownCapacity(level.capacity, step, part),
        `+${bitsText(step)}${level.capacity.kind === 'partitioned' ? ` for ${part}` : ''}`,
      ),
    );
    return [...resized(2, 'x2'), ...(withSmallSteps ? steps : []), ...resized(0.5, '/2')];
  });
}

const KIB = 1024 * 8;

/** A size as people write it: rounded down to halves of a KiB from 16 KiB on, to eighths of one from 1 KiB on, below to words of the level. */
function writtenBits(bits: number, wordBits: number): number {
  const unit = bits >= 16 * KIB ? KIB / 2 : bits >= KIB ? KIB / 8 : wordBits;
  return unit * Math.floor(bits / unit);
}

/** A little more of a capacity: the largest power of two of words within an eighth of it, at least one word. */
function smallStep(bits: number, wordBits: number): number {
  return wordBits * 2 ** Math.max(0, Math.floor(Math.log2(bits / 8 / wordBits)));
}

/** Twice and half the bandwidth of each level, all its ports together; for layers also twice each of several ports alone. */
function bandwidthChanges(specification: AcceleratorSpecification, withSinglePorts: boolean): Change[] {
  return specification.levels.flatMap((level, index): Change[] => {
    const stated = PORTS.filter((port) => level.bandwidth[port] !== undefined);
    const scaled = (ports: readonly Port[], factor: number, factorText: string): Change => {
      const rateOf = (port: Port): Rate => {
        const { unit, value } = level.bandwidth[port]!;
        return { unit, value: value * factor };
      };
      const values = ports.map((port) => {
        const rate = rateOf(port);
        return `${ports.length === 1 ? '' : `${port} `}${valueText(rate, rate.value)}`;
      });
      const alone = ports.length < stated.length ? `${ports[0]} ` : '';
      return {
        kind: 'bandwidth',
        name: `${level.name} ${alone}bandwidth ${factorText} (${values.join(', ')})`,
        specification: ports.reduce((from, port) => withRate(from, index, port, rateOf(port)), specification),
      };
    };
    if (stated.length === 0) return [];
    return [
      scaled(stated, 2, 'x2'),
      ...(withSinglePorts && stated.length > 1 ? stated.map((port) => scaled([port], 2, 'x2')) : []),
      scaled(stated, 0.5, '/2'),
    ];
  });
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

/** A vector unit of twice the rates, where the network keeps one busy. */
function vectorChanges(specification: AcceleratorSpecification, { vector }: NetworkReport): Change[] {
  const { vectorUnit } = specification;
  if (vectorUnit === undefined || vector.totals.cycles === 0) return [];
  const simplePerCycle = 2 * vectorUnit.simplePerCycle;
  const specialPerCycle = 2 * vectorUnit.specialPerCycle;
  return [
    {
      kind: 'vector-unit',
      name: `vector unit x2 (${simplePerCycle} simple, ${specialPerCycle} special per cycle)`,
      specification: { ...specification, vectorUnit: { ...vectorUnit, simplePerCycle, specialPerCycle } },
    },
  ];
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

function bitsText(bits: number): string {
  return valueText({ unit: 'bit' }, bits);
}
