import { isCollection, isScalar, visit, Document as YamlDocument } from 'yaml';
import { overheadData } from '../accelerator/overhead-data.ts';
import type { AcceleratorSpecification, LevelSpecification, Rate } from '../accelerator/specification.ts';
import { TENSORS } from '../util/vocabulary.ts';
import { type QuantityKind, readQuantity, readSimpleQuantity } from './quantity/quantity.ts';

/** An accelerator file that `parseAccelerator` reads back to the same specification; keys with default values are left out. */
export function formatAccelerator(specification: AcceleratorSpecification): string {
  const { mac, vectorUnit, tiles, link } = specification;
  const document = new YamlDocument({
    name: specification.name,
    source: specification.source,
    technology: specification.technology,
    clock: quantity(specification.clockHz, 'frequency', ['GHz', 'MHz', 'kHz', 'Hz']),
    ...(specification.countLeakage ? {} : { countLeakage: false }),
    levels: specification.levels.map(levelData),
    mac: {
      weightBits: mac.weightBits,
      inputBits: mac.inputBits,
      accumulatorBits: mac.accumulatorBits,
      ...(mac.energyPj === undefined ? {} : { energy: energy(mac.energyPj) }),
      ...(mac.areaMm2 === undefined ? {} : { area: area(mac.areaMm2) }),
    },
    ...(vectorUnit === undefined
      ? {}
      : {
          vectorUnit: {
            level: vectorUnit.level,
            simplePerCycle: vectorUnit.simplePerCycle,
            specialPerCycle: vectorUnit.specialPerCycle,
            energy: { simple: energy(vectorUnit.simplePj), special: energy(vectorUnit.specialPj) },
          },
        }),
    ...(tiles === undefined ? {} : { tiles }),
    ...(link === undefined
      ? {}
      : {
          link: {
            bandwidth: bandwidth(link.bytesPerSecond),
            ...(link.residentBits === 0 ? {} : { resident: storage(link.residentBits) }),
            ...(link.pjPerBit === 0 ? {} : { energy: quantity(link.pjPerBit, 'energyPerInformation', ['pJ/bit']) }),
          },
        }),
  });
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !isCollection(value)) return;
      if (ON_ONE_LINE.has(String(key.value))) value.flow = true;
      if (key.value === 'array') for (const item of value.items) if (isCollection(item)) item.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}

const ON_ONE_LINE: ReadonlySet<string> = new Set([
  'capacity',
  'storedBits',
  'bandwidth',
  'mayKeep',
  'mustKeep',
  'energy',
  'multicast',
  'launch',
  'refetch',
  'requests',
  'layout',
  'fill',
  'link',
]);

function levelData(level: LevelSpecification): Record<string, unknown> {
  const { capacity, fanOut } = level;
  const rates = Object.entries(level.bandwidth).map(([key, rate]) => [key, rateText(rate)]);
  const multicast = TENSORS.filter((tensor) => fanOut.multicast[tensor]);
  return {
    name: level.name,
    role: level.role,
    ...(capacity.kind === 'shared' ? { capacity: storage(capacity.bits) } : {}),
    ...(capacity.kind === 'partitioned'
      ? { capacity: Object.fromEntries(TENSORS.map((tensor) => [tensor, storage(capacity.bits[tensor])])) }
      : {}),
    wordBits: level.wordBits,
    ...(Object.keys(level.storedBits).length === 0 ? {} : { storedBits: { ...level.storedBits } }),
    ...(level.blockWords === 1 ? {} : { blockWords: level.blockWords }),
    ...(level.doubleBuffered ? { doubleBuffered: true } : {}),
    ...(rates.length === 0 ? {} : { bandwidth: Object.fromEntries(rates) }),
    ...(isAllTensors(level.mayKeep) ? {} : { mayKeep: [...level.mayKeep] }),
    ...(level.mustKeep.length === 0 ? {} : { mustKeep: [...level.mustKeep] }),
    ...(level.dramKind === undefined ? {} : { dram: level.dramKind }),
    ...(level.energy === undefined
      ? {}
      : {
          energy: {
            read: energy(level.energy.readPj),
            fill: energy(level.energy.fillPj),
            update: energy(level.energy.updatePj),
          },
        }),
    ...(level.areaMm2 === undefined ? {} : { area: area(level.areaMm2) }),
    ...(level.leakageMw === undefined ? {} : { leakage: quantity(level.leakageMw, 'power', ['mW']) }),
    ...(fanOut.dimensions.length === 0
      ? {}
      : {
          array: fanOut.dimensions.map(({ name, size, parallelDims }) => ({
            name,
            size,
            parallel: parallelDims === 'any' ? 'any' : [...parallelDims],
          })),
        }),
    ...(multicast.length === TENSORS.length
      ? {}
      : { multicast: multicast.length === 0 ? false : { ...fanOut.multicast } }),
    ...(fanOut.hopEnergyPj === undefined ? {} : { hopEnergy: energy(fanOut.hopEnergyPj) }),
    ...(fanOut.wires === undefined ? {} : { wires: fanOut.wires }),
    ...overheadData(level, fanOut),
  };
}

function isAllTensors(tensors: readonly string[]): boolean {
  return tensors.length === TENSORS.length && TENSORS.every((tensor, index) => tensors[index] === tensor);
}

function rateText(rate: Rate): string | number {
  return rate.unit === 'words/cycle' ? quantity(rate.value, 'wordsPerCycle', ['words/cycle']) : bandwidth(rate.value);
}

function bandwidth(bytesPerSecond: number): string {
  return quantity(bytesPerSecond, 'informationPerTime', ['GB/s', 'MB/s', 'kB/s', 'B/s']);
}

function storage(bits: number): string | number {
  return quantity(bits, 'information', ['MiB', 'KiB', 'B', 'bit']);
}

function energy(picojoules: number): string | number {
  return quantity(picojoules, 'energy', ['pJ']);
}

function area(squareMillimetres: number): string | number {
  return quantity(squareMillimetres, 'area', ['mm^2']);
}

/** The value in the first unit in which it is at least 1 and reads back exactly. */
function quantity(value: number, kind: QuantityKind, units: readonly string[]): string {
  for (const unit of units) {
    const amount = value / (readSimpleQuantity(`1 ${unit}`)?.value ?? 1);
    const text = `${amount} ${unit}`;
    const isLast = unit === units.at(-1);
    const isTidy = amount >= 1 && (kind !== 'information' || Number.isInteger(amount));
    const result = isTidy || isLast ? readQuantity(text, kind) : undefined;
    if (result?.ok === true && result.value === value) return text;
  }
  throw new RangeError(`${value} cannot be written as a quantity`);
}
