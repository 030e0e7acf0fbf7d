import {
  type AcceleratorSpecification,
  type LevelSpecification,
  type Rate,
  wordsPerCycle,
} from '../../accelerator/specification.ts';
import { readRate } from '../../formats/quantity/bandwidth.ts';
import { TrifoldError } from '../../util/errors.ts';
import { suggestWord } from '../../util/suggestion.ts';
import {
  PORTS,
  type Port,
  resizedCapacity,
  withArraySize,
  withCapacity,
  withLevel,
  withRate,
} from '../explain/specification-changes.ts';
import { capacityReader, readValues, type ValueReader, withUnit } from './vary-values.ts';

/** A parameter of a sweep with its values. */
export interface VariedParameter {
  /** Canonical name: `GlobalBuffer.capacity`, `DRAM.bandwidth`, `GlobalBuffer.X`, `batch`. */
  readonly name: string;
  /** Unit of `values`: bit, words/cycle, B/s; empty for counts. */
  readonly unit: 'bit' | 'words/cycle' | 'B/s' | '';
  /** Ascending, each once. */
  readonly values: readonly number[];
  /** The accelerator with this value; the same object for the batch. */
  readonly apply: (specification: AcceleratorSpecification, value: number) => AcceleratorSpecification;
}

/** Of a parameter with its values: more than the values of any sweep take. */
const MOST_CHARACTERS = 2000;

/** Part of a level's parameter after the dot. */
const PROPERTIES = ['capacity', 'bandwidth', ...PORTS] as const;

/**
 * Reads `NAME=VALUES` as a change of an accelerator. Names: a level or its alias (L1 = innermost on-chip level, L2 = the next) for its capacity,
 * `LEVEL.bandwidth` (`.read`, `.write`, `.shared` for one port), an array dimension (`X`, or `LEVEL.X`), a rate of the vector unit
 * (`vectorUnit.simplePerCycle`, `vectorUnit.specialPerCycle`), `batch`.
 * @throws TrifoldError with a hint for unknown names and values that cannot be read
 */
export function readVariation(text: string, specification: AcceleratorSpecification): VariedParameter {
  if (text.length > MOST_CHARACTERS)
    throw new TrifoldError('syntax', `a parameter with its values has at most ${MOST_CHARACTERS} characters`);
  const sign = text.indexOf('=');
  const [name, values] = [text.slice(0, Math.max(0, sign)).trim(), text.slice(sign + 1).trim()];
  if (name === '' || values === '')
    throw new TrifoldError('syntax', `'${text}' is not NAME=VALUES`, { hint: "write for example 'L2=64KiB..1MiB'" });
  if (name.toLowerCase() === 'batch')
    return { name: 'batch', unit: '', values: readValues(values, countReader('batch')), apply: (same) => same };
  const dot = name.lastIndexOf('.');
  const whole = findLevel(name, specification);
  if (whole !== undefined) return varyCapacity(whole, values, specification);
  const [levelName, property] = dot < 0 ? [undefined, name] : [name.slice(0, dot), name.slice(dot + 1)];
  if (levelName === undefined) {
    const arrays = arraysNamed(property, specification);
    if (arrays.length === 1) return varyArray(arrays[0]!, property, values, specification);
    if (arrays.length > 1)
      throw new TrifoldError('usage', `several levels of ${specification.name} have an array dimension ${property}`, {
        hint: `write ${arrays.map((index) => `${specification.levels[index]!.name}.${property.toUpperCase()}`).join(' or ')}`,
      });
    throw unknownParameter(name, specification);
  }
  const index = findLevel(levelName, specification);
  if (index === undefined && levelName.toLowerCase() === 'vectorunit') {
    if (specification.vectorUnit === undefined)
      throw new TrifoldError('usage', `${specification.name} states no vectorUnit, so that ${name} cannot be varied`, {
        hint: 'copy the accelerator to a file of your own and state one: docs/files.md, the vector unit',
      });
    const rate = VECTOR_RATES.find((one) => property.toLowerCase() === one.toLowerCase());
    if (rate !== undefined) return varyVectorRate(rate, values);
  }
  if (index === undefined) throw unknownParameter(name, specification);
  if (property === 'capacity') return varyCapacity(index, values, specification);
  if (property === 'bandwidth') return varyBandwidth(index, values, specification);
  if (isPort(property)) return varyPort(index, property, values, specification);
  if (arraysNamed(property, specification).includes(index)) return varyArray(index, property, values, specification);
  throw unknownParameter(name, specification);
}

/** Rates of a vector unit that can be varied. */
const VECTOR_RATES = ['simplePerCycle', 'specialPerCycle'] as const;

function isPort(name: string): name is Port {
  return PORTS.some((port) => port === name);
}

/** A level by its name, then by its name in other case, then by its alias. */
export function findLevel(
  name: string,
  { levels }: { readonly levels: readonly { readonly name: string }[] },
): number | undefined {
  const exact = levels.findIndex((level) => level.name === name);
  if (exact >= 0) return exact;
  const near = levels.findIndex((level) => level.name.toLowerCase() === name.toLowerCase());
  if (near >= 0) return near;
  const alias = /^L(\d)$/i.exec(name);
  const index = alias === null ? -1 : levels.length - Number(alias[1]);
  return index >= 1 && index < levels.length ? index : undefined;
}

/** Levels above an array with this dimension. */
function arraysNamed(name: string, { levels }: AcceleratorSpecification): number[] {
  return levels.flatMap(({ fanOut }, index) =>
    fanOut.dimensions.some((dimension) => dimension.name === name.toUpperCase()) ? [index] : [],
  );
}

function unknownParameter(name: string, specification: AcceleratorSpecification): TrifoldError {
  const { levels, vectorUnit } = specification;
  const vectorRates = vectorUnit === undefined ? [] : VECTOR_RATES.map((rate) => `vectorUnit.${rate}`);
  const onChip = levels.slice(1).map((level) => level.name);
  const arrays = levels.flatMap((level) => level.fanOut.dimensions.map((dimension) => dimension.name));
  const aliases = onChip.map((_, i) => `L${i + 1}`);
  const known = [
    ...onChip,
    ...aliases,
    ...new Set(arrays),
    'batch',
    ...vectorRates,
    ...levels.flatMap((level) => PROPERTIES.map((property) => `${level.name}.${property}`)),
  ];
  const near = suggestWord(name, known);
  const all = `${specification.name} has ${[...onChip, ...aliases].join(', ')} (capacity), ${levels.map((level) => `${level.name}.bandwidth`).join(', ')}, ${[...new Set(arrays)].join(', ')} (array sizes), ${vectorRates.map((rate) => `${rate}, `).join('')}batch`;
  return new TrifoldError('usage', `${specification.name} has no parameter '${name}'`, {
    hint: near.startsWith('did you mean') ? `${near} ${all}` : all,
  });
}

function varyCapacity(index: number, text: string, specification: AcceleratorSpecification): VariedParameter {
  const level = specification.levels[index]!;
  if (level.role === 'dram')
    throw new TrifoldError('usage', `the capacity of ${level.name} is not a parameter of a sweep`, {
      hint: `its bandwidth is: ${level.name}.bandwidth`,
    });
  return {
    name: `${level.name}.capacity`,
    unit: 'bit',
    values: readValues(text, capacityReader(`${level.name}=`)),
    apply: (from, bits) => withCapacity(from, index, resizedCapacity(from.levels[index]!, bits)),
  };
}

/** Reads and writes together: the shared port, or read and write in their stated proportion. */
function varyBandwidth(index: number, text: string, specification: AcceleratorSpecification): VariedParameter {
  const level = specification.levels[index]!;
  const { unit, values } = readRates(level, text);
  return {
    name: `${level.name}.bandwidth`,
    unit,
    values,
    apply: (from, value) => withLevel(from, index, (one) => withTotalRate(one, { unit, value }, from.clockHz)),
  };
}

function withTotalRate(level: LevelSpecification, rate: Rate, clockHz: number): LevelSpecification {
  const { read, write } = level.bandwidth;
  if (level.bandwidth.shared !== undefined || (read === undefined && write === undefined))
    return { ...level, bandwidth: { ...level.bandwidth, shared: rate } };
  const words = (one: Rate | undefined) => (one === undefined ? 0 : wordsPerCycle(one, level.wordBits, clockHz));
  const total = words(read) + words(write);
  const part = (one: Rate | undefined): Rate | undefined =>
    one === undefined ? undefined : { unit: rate.unit, value: (rate.value * words(one)) / total };
  const [readPart, writePart] = [part(read), part(write)];
  return {
    ...level,
    bandwidth: {
      ...(readPart === undefined ? {} : { read: readPart }),
      ...(writePart === undefined ? {} : { write: writePart }),
    },
  };
}

function varyPort(index: number, port: Port, text: string, specification: AcceleratorSpecification): VariedParameter {
  const level = specification.levels[index]!;
  const { unit, values } = readRates(level, text);
  return {
    name: `${level.name}.${port}`,
    unit,
    values,
    apply: (from, value) => withRate(from, index, port, { unit, value }),
  };
}

/** Rates of one unit: words of the level per cycle (also from bits per cycle), or bytes per second. */
function readRates(level: LevelSpecification, text: string): { unit: Rate['unit']; values: number[] } {
  const units = new Set<Rate['unit']>();
  const values = readValues(text, (value, unit) => {
    const full = withUnit(value, unit);
    const rate = readRate(full);
    if ('message' in rate) throw new TrifoldError('unit', rate.message, { hint: rate.hint });
    if (!(rate.value > 0 && Number.isFinite(rate.value)))
      throw new TrifoldError('value', `'${full}' is not a bandwidth: it must be above 0`, {
        hint: "write for example '4..64 words/cycle', '64..512 bit/cycle' or '1..16 GB/s'",
      });
    units.add(rate.unit === 'B/s' ? 'B/s' : 'words/cycle');
    return rate.unit === 'bit/cycle' ? rate.value / level.wordBits : rate.value;
  });
  const [unit] = units;
  if (units.size !== 1 || unit === undefined)
    throw new TrifoldError('unit', `'${text}' mixes rates per cycle and per second`, { hint: 'use one of them' });
  return { unit, values };
}

function varyArray(
  index: number,
  dimension: string,
  text: string,
  specification: AcceleratorSpecification,
): VariedParameter {
  const array = dimension.toUpperCase();
  return {
    name: `${specification.levels[index]!.name}.${array}`,
    unit: '',
    values: readValues(text, countReader(array)),
    apply: (from, size) => withArraySize(from, index, array, size),
  };
}

function varyVectorRate(rate: (typeof VECTOR_RATES)[number], text: string): VariedParameter {
  const read: ValueReader = (value) => {
    const operations = Number(value);
    if (!/^\d*\.?\d+$/.test(value) || !(operations > 0 && Number.isFinite(operations)))
      throw new TrifoldError('value', `'${value}' is no rate of a vector unit: it must be a number above 0`, {
        hint: `write for example 'vectorUnit.${rate}=8,16,32'`,
      });
    return operations;
  };
  return {
    name: `vectorUnit.${rate}`,
    unit: '',
    values: readValues(text, read),
    apply: (from, value) =>
      from.vectorUnit === undefined ? from : { ...from, vectorUnit: { ...from.vectorUnit, [rate]: value } },
  };
}

function countReader(name: string): ValueReader {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1)
      throw new TrifoldError('value', `'${text}' is not a size of ${name}: it must be a whole number of at least 1`, {
        hint: `write for example '${name}=8..32 +4'`,
      });
    return value;
  };
}
