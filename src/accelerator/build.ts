import { TENSORS } from '../util/vocabulary.ts';
import {
  type Accelerator,
  type AccessEnergy,
  type Bandwidth,
  childrenOf,
  type FanOut,
  type StorageLevel,
} from './accelerator.ts';
import { arrayOverheads, levelOverheads } from './overheads.ts';
import { type AcceleratorSpecification, type LevelSpecification, type Rate, wordsPerCycle } from './specification.ts';
import {
  dramPjPerBit,
  knowsLeakage,
  type MemoryRole,
  macAreaMm2,
  macEnergyPj,
  memoryAccess,
  memoryAreaMm2,
  memoryLeakageMw,
  type Technology,
} from './technology.ts';
import { type FanOutWires, fanOutWires } from './wires.ts';

/**
 * Resolves all constants of a specification that has no problems (see `specificationProblems`; others give meaningless figures).
 * Instances follow from the fan-outs above. Figures that the specification does not state come from the technology:
 * fills and updates cost its write energy; a partitioned level is priced part by part: area and leakage add up,
 * reads and fills cost the mean over the parts (a MAC reads each operand once, so the sum is exact there), updates cost the part of Outputs.
 * @throws TrifoldError `not-found` for a kind of DRAM that the technology does not list.
 */
export function buildAccelerator(specification: AcceleratorSpecification, technology: Technology): Accelerator {
  const { clockHz, mac, vectorUnit, tiles, link } = specification;
  let instances = 1;
  const unwired = specification.levels.map((level): StorageLevel => {
    const own = instances;
    instances *= childrenOf(level);
    return buildLevel(level, own, specification, technology);
  });
  const macMm2 = mac.areaMm2 ?? macAreaMm2(technology, mac.weightBits, mac.inputBits);
  const levels = withWires(unwired, specification, technology, macMm2);
  return {
    name: specification.name,
    levels,
    mac: {
      instances,
      wordBits: Math.max(mac.weightBits, mac.inputBits),
      energyPj: mac.energyPj ?? macEnergyPj(technology, mac.weightBits, mac.inputBits, mac.accumulatorBits),
      areaMm2: macMm2,
    },
    ...(vectorUnit === undefined
      ? {}
      : { vectorUnit: { ...vectorUnit, level: levels.findIndex(({ name }) => name === vectorUnit.level) } }),
    ...(tiles === undefined ? {} : { tiles }),
    ...(link === undefined ? {} : { link }),
    clockHz,
    technology: technology.name,
    source: specification.source,
  };
}

/** Levels with their wires, from the innermost outwards: a hop is as long as a child with everything inside it is wide. */
function withWires(
  levels: readonly StorageLevel[],
  { levels: stated, mac }: AcceleratorSpecification,
  technology: Technology,
  macMm2: number,
): StorageLevel[] {
  const linkBits = mac.weightBits + mac.inputBits + mac.accumulatorBits;
  let childMm2 = macMm2;
  return levels
    .map((_, inner) => levels.length - 1 - inner)
    .map((index): StorageLevel => {
      const level = levels[index]!;
      const wires = levelWires(stated[index]!, childMm2, linkBits, technology);
      childMm2 = level.areaMm2 + (wires?.areaMm2 ?? 0) + childrenOf(level) * childMm2;
      return wires === undefined ? level : { ...level, fanOut: { ...level.fanOut, wires } };
    })
    .reverse();
}

function levelWires(
  level: LevelSpecification,
  childMm2: number,
  linkBits: number,
  technology: Technology,
): FanOutWires | undefined {
  const { dimensions, hopEnergyPj, wires } = level.fanOut;
  const geometry = wires ?? (technology.wire === undefined || hopEnergyPj !== undefined ? 'free' : 'line');
  if (geometry === 'free' || childrenOf(level) === 1) return undefined;
  const known = technology.wire === undefined ? technology.hopPjPerBit : undefined;
  const pjPerBitHop = hopEnergyPj === undefined ? known : hopEnergyPj / level.wordBits;
  return fanOutWires(geometry, dimensions, childMm2, linkBits, pjPerBitHop, technology.wire ?? null);
}

function buildLevel(
  level: LevelSpecification,
  instances: number,
  { clockHz, countLeakage }: AcceleratorSpecification,
  technology: Technology,
): StorageLevel {
  const accessBits = level.wordBits * level.blockWords;
  const parts = partBits(level);
  const sum = (figure: (technology: Technology, capacityBits: number, accessBits: number) => number) =>
    parts.reduce((total, bits) => total + figure(technology, bits, accessBits), 0);
  const isLeakageKnown = level.leakageMw !== undefined || (parts.length > 0 && knowsLeakage(technology));
  const leakageMw = countLeakage ? (level.leakageMw ?? sum(memoryLeakageMw)) : 0;
  return {
    name: level.name,
    isDram: level.role === 'dram',
    capacity: level.capacity,
    doubleBuffered: level.doubleBuffered,
    wordBits: level.wordBits,
    storedBits: level.storedBits,
    blockWords: level.blockWords,
    bandwidth: buildBandwidth(level, clockHz),
    energy: level.energy ?? accessEnergy(level, parts, accessBits, technology),
    mayKeep: level.mayKeep,
    mustKeep: level.mustKeep,
    instances,
    areaMm2: level.areaMm2 ?? sum(memoryAreaMm2),
    leakagePjPerCycle: (leakageMw * 1e9) / clockHz,
    ...leakageLeftOut(isLeakageKnown, countLeakage),
    ...levelOverheads(level),
    fanOut: buildFanOut(level, technology),
  };
}

function leakageLeftOut(isKnown: boolean, isCounted: boolean): Pick<StorageLevel, 'leakageLeftOut'> {
  if (!isKnown) return { leakageLeftOut: 'unknown' };
  return isCounted ? {} : { leakageLeftOut: 'off' };
}

/** Sizes of the memories that one instance consists of; none for DRAM, which is off chip, and for levels of unlimited size. */
function partBits({ role, capacity }: LevelSpecification): number[] {
  if (role === 'dram' || capacity.kind === 'unlimited') return [];
  if (capacity.kind === 'shared') return [capacity.bits];
  return TENSORS.map((tensor) => capacity.bits[tensor]).filter((bits) => bits > 0);
}

function accessEnergy(
  level: LevelSpecification,
  parts: readonly number[],
  accessBits: number,
  technology: Technology,
): AccessEnergy {
  if (level.role === 'dram') {
    const energyPj = dramPjPerBit(technology, level.dramKind) * accessBits;
    return { readPj: energyPj, fillPj: energyPj, updatePj: energyPj };
  }
  const role: MemoryRole = level.role;
  const access = (bits: number) => memoryAccess(technology, role, bits, accessBits);
  const accesses = parts.map(access);
  const mean = (key: 'readPj' | 'writePj') =>
    accesses.reduce((total, one) => total + one[key], 0) / Math.max(1, accesses.length);
  const outputs = level.capacity.kind === 'partitioned' ? level.capacity.bits.Outputs : 0;
  return {
    readPj: mean('readPj'),
    fillPj: mean('writePj'),
    updatePj: outputs > 0 ? access(outputs).writePj : mean('writePj'),
  };
}

/** Bandwidth of one instance of a level, per second turned into per cycle. */
export function buildBandwidth({ bandwidth, wordBits }: LevelSpecification, clockHz: number): Bandwidth {
  const words = (rate: Rate) => wordsPerCycle(rate, wordBits, clockHz);
  return {
    ...(bandwidth.read === undefined ? {} : { readWordsPerCycle: words(bandwidth.read) }),
    ...(bandwidth.write === undefined ? {} : { writeWordsPerCycle: words(bandwidth.write) }),
    ...(bandwidth.shared === undefined ? {} : { sharedWordsPerCycle: words(bandwidth.shared) }),
  };
}

function buildFanOut(level: LevelSpecification, technology: Technology): FanOut {
  const { dimensions, multicast, hopEnergyPj, wires } = level.fanOut;
  const known = wires === undefined && childrenOf(level) > 1 ? technology.hopPjPerBit * level.wordBits : 0;
  return {
    dimensions,
    multicast,
    ...arrayOverheads(level.fanOut),
    hopEnergyPj: hopEnergyPj ?? known,
  };
}
