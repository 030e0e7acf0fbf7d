import type {
  Accelerator,
  ArrayDimension,
  Bandwidth,
  FanOut,
  StorageLevel,
} from '../../src/accelerator/accelerator.ts';
import { product } from '../../src/util/integers.ts';
import { perTensor, TENSORS, type TensorName } from '../../src/util/vocabulary.ts';
import type { PeerArchitecture, PeerFanOut, PeerLevel } from './peer-data.ts';

/** pJ per J. */
const PJ = 1e12;

/** Clocks at which a MAC takes a cycle; the published rates are of a technology, the architectures state what they run at. */
const STATED_CLOCKS: Readonly<Record<string, number>> = { eyeriss: 200e6 };

/** Rates that an architecture states instead of those of its technology: actions per cycle, reads and writes together. */
const STATED_RATES: Readonly<Record<string, Readonly<Record<string, number>>>> = { eyeriss: { GlobalBuffer: 32 } };

/**
 * An architecture of the peer as an accelerator. All its figures are per bit, so that words of levels are bits: accesses are then never rounded up.
 * @param wordBits of a workload's values
 */
export function peerAccelerator(
  name: string,
  { levels, mac, scalar_unit: unit }: PeerArchitecture,
  wordBits: number,
): Accelerator {
  const clockHz = STATED_CLOCKS[name] ?? mac.actions_per_s.compute;
  const below = [...levels.slice(1).map((level) => level.fan_out_above), mac.fan_out_above];
  let instances = 1;
  const storage = levels.map((level, index): StorageLevel => {
    if (index > 0) instances *= product(level.fan_out_above.map(({ size }) => size));
    return storageLevel(level, index, instances, fanOutOf(below[index]!), {
      wordBits,
      clockHz,
      stated: STATED_RATES[name]?.[level.name],
    });
  });
  const macs = instances * product(mac.fan_out_above.map(({ size }) => size));
  const macPj = mac.energy_J_per_action.compute * PJ;
  // Without a unit of their own, operators on single words run on the MACs, which read what the innermost memory of Inputs holds.
  const level =
    unit === undefined
      ? levels.findLastIndex(({ may_keep }) => may_keep.includes('Inputs'))
      : levels.findIndex((one) => one.name === unit.attached_below);
  // One unit in each instance of the memory that it is attached to.
  const perCycle = unit === undefined ? macs : (storage[level]!.instances * unit.actions_per_s) / clockHz;
  const unitPj = unit === undefined ? macPj : unit.energy_J_per_action * PJ;
  return {
    name,
    levels: storage,
    mac: { instances: macs, wordBits, energyPj: macPj, areaMm2: 0 },
    vectorUnit: { level, simplePerCycle: perCycle, specialPerCycle: perCycle, simplePj: unitPj, specialPj: unitPj },
    clockHz,
    technology: 'explicit',
    source: '',
  };
}

interface Scale {
  readonly wordBits: number;
  readonly clockHz: number;
  readonly stated: number | undefined;
}

function storageLevel(
  level: PeerLevel,
  index: number,
  instances: number,
  fanOut: FanOut,
  { wordBits, clockHz, stated }: Scale,
): StorageLevel {
  const { bits_per_action: bits, energy_J_per_action: energy, capacity_bits: capacity } = level;
  const writePj = (energy.write / bits) * PJ;
  const kept = TENSORS.filter((tensor) => level.may_keep.includes(tensor));
  return {
    name: level.name,
    isDram: index === 0,
    capacity:
      capacity === null
        ? { kind: 'unlimited' }
        : { kind: 'shared', bits: capacity === 'one weight value' ? wordBits : capacity },
    doubleBuffered: false,
    wordBits: 1,
    storedBits: level.stored_bits === undefined ? {} : { Outputs: 3 * wordBits },
    blockWords: 1,
    bandwidth: bandwidthOf(level, clockHz, stated),
    energy: { readPj: (energy.read / bits) * PJ, fillPj: writePj, updatePj: writePj },
    mayKeep: kept,
    mustKeep: index === 0 || Array.isArray(level.must_keep) ? kept : [],
    instances,
    areaMm2: 0,
    leakagePjPerCycle: 0,
    fanOut,
  };
}

function bandwidthOf(
  { actions_per_s: rates, bits_per_action: bits, latency }: PeerLevel,
  clockHz: number,
  stated?: number,
): Bandwidth {
  if (stated !== undefined) return { sharedWordsPerCycle: stated * bits };
  if (rates === null || rates.read === null || rates.write === null) return {};
  const [read, write] = [(rates.read * bits) / clockHz, (rates.write * bits) / clockHz];
  return latency?.startsWith('max')
    ? { readWordsPerCycle: read, writeWordsPerCycle: write }
    : { sharedWordsPerCycle: read };
}

/** Dims of a matrix product, and those of convolutions, that do not address a tensor. */
const WITHOUT: Readonly<Record<TensorName, ArrayDimension['parallelDims']>> = {
  Weights: ['N', 'P', 'Q'],
  Inputs: ['K'],
  Outputs: ['C', 'R', 'S'],
};

function fanOutOf(axes: readonly PeerFanOut[]): FanOut {
  const isNone = axes.some(({ multicasts }) => multicasts === 'nothing');
  return {
    dimensions: axes.map(({ size, multicasts }, index) => ({
      name: 'XYZ'[index]!,
      size,
      parallelDims:
        TENSORS.find((tensor) => tensor === multicasts) === undefined ? 'any' : WITHOUT[multicasts as TensorName],
    })),
    multicast: perTensor(() => !isNone),
    hopEnergyPj: 0,
  };
}
