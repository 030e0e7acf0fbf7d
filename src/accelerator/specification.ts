import { type Dim, type PerTensor, TENSORS, type TensorName } from '../util/vocabulary.ts';
import { type AccessEnergy, type ArrayDimension, type Capacity, canKeep } from './accelerator.ts';
import { arrayProblems, linkProblems, overheadProblems, requestProblems } from './overhead-problems.ts';
import type { ArrayOverheads, HostLink, LevelOverheads } from './overheads.ts';
import type { SpecificationProblem } from './specification-problem.ts';
import type { WireGeometry } from './wires.ts';

/** Kind of a storage level: the outermost memory, an on-chip buffer, or the memory inside a PE. */
export type LevelRole = 'dram' | 'buffer' | 'register-file';

/** One bandwidth: per clock cycle in words of the level, or per second, which the clock turns into words per cycle. */
export type Rate =
  | { readonly unit: 'words/cycle'; readonly value: number }
  | { readonly unit: 'B/s'; readonly value: number };

/** A rate in words of a level per cycle. */
export function wordsPerCycle(rate: Rate, wordBits: number, clockHz: number): number {
  return rate.unit === 'words/cycle' ? rate.value : (rate.value * 8) / wordBits / clockHz;
}

/** Bandwidths of one instance; absent = unlimited. `shared`: reads and writes together. */
export interface BandwidthSpecification {
  readonly read?: Rate;
  readonly write?: Rate;
  readonly shared?: Rate;
}

/** The network below a level. */
export interface FanOutSpecification extends ArrayOverheads {
  /** Up to three array dimensions; empty = a single child. */
  readonly dimensions: readonly ArrayDimension[];
  readonly multicast: PerTensor<boolean>;
  /** Energy per word of this level and hop in pJ; absent = by the technology (0 where there is a single child). */
  readonly hopEnergyPj?: number;
  /** How the links run; absent = `line` where the technology knows wires and no `hopEnergyPj` is stated, else free. */
  readonly wires?: WireGeometry | 'free';
}

/** One storage level as an architect states it. Absent figures come from the technology. */
export interface LevelSpecification extends LevelOverheads {
  readonly name: string;
  readonly role: LevelRole;
  /** Per instance; only DRAM may be unlimited. */
  readonly capacity: Capacity;
  readonly wordBits: number;
  /** Stored width of a tensor's word where it differs from the layer's. */
  readonly storedBits: Partial<PerTensor<number>>;
  readonly blockWords: number;
  readonly doubleBuffered: boolean;
  readonly bandwidth: BandwidthSpecification;
  readonly mayKeep: readonly TensorName[];
  readonly mustKeep: readonly TensorName[];
  /** DRAM only: a kind that the technology lists; absent = its default. */
  readonly dramKind?: string;
  /** Per physical access of `blockWords` words; absent = by the technology. A part narrower than that costs as much for a bit. */
  readonly energy?: AccessEnergy;
  /** Area of one instance; absent = by the technology. */
  readonly areaMm2?: number;
  /** Leakage of one instance, counted only when the specification counts leakage; absent = by the technology. */
  readonly leakageMw?: number;
  readonly fanOut: FanOutSpecification;
}

/** The multiply-accumulate unit. Absent figures come from the technology. */
export interface MacSpecification {
  readonly weightBits: number;
  readonly inputBits: number;
  readonly accumulatorBits: number;
  readonly energyPj?: number;
  readonly areaMm2?: number;
}

/** The unit for operators without multiply-accumulates. */
export interface VectorUnitSpecification {
  /** Name of the level that it reads and writes. */
  readonly level: string;
  readonly simplePerCycle: number;
  readonly specialPerCycle: number;
  /** Energy of one operation. */
  readonly simplePj: number;
  readonly specialPj: number;
}

/** An accelerator before its constants are resolved, as a YAML file states it or an accelerator search proposes it. Immutable. */
export interface AcceleratorSpecification {
  readonly name: string;
  readonly source: string;
  /** Name of the technology that it is meant to be built with. */
  readonly technology: string;
  readonly clockHz: number;
  /** Whether leakage of memories is charged. */
  readonly countLeakage: boolean;
  /** Outermost first. */
  readonly levels: readonly LevelSpecification[];
  readonly mac: MacSpecification;
  /** Absent: operators without multiply-accumulates are not priced. */
  readonly vectorUnit?: VectorUnitSpecification;
  /** box: tiles of Inputs move and take room with the words between those that are used; absent: with those alone. */
  readonly tiles?: 'box';
  readonly link?: HostLink;
}

/** Most storage levels of an accelerator, DRAM included. */
export const MAX_LEVELS = 6;
/** Most array dimensions of one fan-out. */
export const MAX_ARRAY_DIMENSIONS = 3;
/** Most MAC units of an accelerator, and with it most instances of a level: four times the largest array that is published. */
export const MAX_PROCESSING_ELEMENTS = 2 ** 18;

/** All that is wrong with a specification; empty when it can be built. */
export function specificationProblems(specification: AcceleratorSpecification): SpecificationProblem[] {
  const problems: SpecificationProblem[] = [];
  const { levels, mac, clockHz } = specification;
  const report = (rule: SpecificationProblem['rule'], path: SpecificationProblem['path'], message: string) =>
    problems.push({ rule, path, message });
  if (!(Number.isFinite(clockHz) && clockHz > 0)) report('value', ['clockHz'], 'the clock must be positive');
  for (const key of ['weightBits', 'inputBits', 'accumulatorBits'] as const)
    if (!isCount(mac[key])) report('value', ['mac', key], `${key} must be a positive whole number`);
  problems.push(...vectorUnitProblems(specification));
  for (const key of ['energyPj', 'areaMm2'] as const)
    if (isNegative(mac[key])) report('value', ['mac', key], `${key} must not be negative`);
  if (levels.length > MAX_LEVELS) report('hierarchy', ['levels'], `more than ${MAX_LEVELS} storage levels`);
  if (levels[0]?.role !== 'dram')
    report('hierarchy', ['levels'], 'no DRAM level: the first (outermost) level must have role dram');
  const names = new Set<string>();
  for (const [index, level] of levels.entries()) {
    const path = ['levels', index];
    if (names.has(level.name)) report('name', [...path, 'name'], `a second level is named ${level.name}`);
    names.add(level.name);
    if (index > 0 && level.role === 'dram')
      report('hierarchy', [...path, 'role'], `${level.name}: only the first level can have role dram`);
    problems.push(...levelProblems(level, path));
  }
  problems.push(...requestProblems(levels), ...linkProblems(specification.link), ...totalProblems(levels));
  return problems;
}

function vectorUnitProblems({ vectorUnit, levels }: AcceleratorSpecification): SpecificationProblem[] {
  if (vectorUnit === undefined) return [];
  const problems: SpecificationProblem[] = [];
  const report = (key: string, message: string) =>
    problems.push({ rule: 'value', path: ['vectorUnit', key], message: `vector unit: ${message}` });
  const level = levels.find(({ name }) => name === vectorUnit.level);
  if (level === undefined) report('level', `there is no level ${vectorUnit.level}`);
  else if (!canKeep(level, 'Inputs') && !canKeep(level, 'Outputs'))
    report('level', `it works on activations, which ${level.name} cannot keep`);
  for (const key of ['simplePerCycle', 'specialPerCycle'] as const)
    if (!(Number.isFinite(vectorUnit[key]) && vectorUnit[key] > 0)) report(key, 'its rate must be positive');
  for (const key of ['simplePj', 'specialPj'] as const)
    if (isNegative(vectorUnit[key])) report(key, 'an energy must not be negative');
  return problems;
}

/** Products over levels that are too large: what each level states may be legal alone. */
function totalProblems(levels: readonly LevelSpecification[]): SpecificationProblem[] {
  let instances = 1;
  let bits = 0;
  for (const [index, level] of levels.entries()) {
    const { capacity } = level;
    const own = capacity.kind === 'shared' ? capacity.bits : 0;
    bits += instances * (capacity.kind === 'partitioned' ? TENSORS.reduce((all, t) => all + capacity.bits[t], 0) : own);
    if (bits > Number.MAX_SAFE_INTEGER)
      return [
        {
          rule: 'value',
          path: ['levels', index, 'capacity'],
          message: `${level.name}: with it the memories hold more than 2^53 bits, which are not counted exactly`,
        },
      ];
    for (const [at, { size }] of level.fanOut.dimensions.entries()) {
      instances *= size;
      if (instances > MAX_PROCESSING_ELEMENTS)
        return [
          {
            rule: 'value',
            path: ['levels', index, 'fanOut', 'dimensions', at, 'size'],
            message: `${level.name}: with it the arrays have ${instances} units; at most ${MAX_PROCESSING_ELEMENTS} (2^18) are modelled`,
          },
        ];
    }
  }
  return [];
}

function levelProblems(level: LevelSpecification, path: readonly (string | number)[]): SpecificationProblem[] {
  const problems: SpecificationProblem[] = [];
  const report = (rule: SpecificationProblem['rule'], key: readonly (string | number)[], message: string) =>
    problems.push({ rule, path: [...path, ...key], message: `${level.name}: ${message}` });
  for (const key of ['wordBits', 'blockWords'] as const)
    if (!isCount(level[key])) report('value', [key], `${key} must be a positive whole number`);
  for (const tensor of TENSORS) {
    const stored = level.storedBits[tensor];
    if (stored !== undefined && !isCount(stored))
      report('value', ['storedBits', tensor], 'a stored width must be a positive whole number');
  }
  for (const [key, rate] of Object.entries(level.bandwidth))
    if (rate !== undefined && !(rate.value > 0)) report('value', ['bandwidth', key], 'a bandwidth must be positive');
  for (const key of ['areaMm2', 'leakageMw'] as const)
    if (isNegative(level[key])) report('value', [key], `${key} must not be negative`);
  for (const [key, value] of Object.entries(level.energy ?? {}))
    if (isNegative(value)) report('value', ['energy', key], 'an energy must not be negative');
  if (level.dramKind !== undefined && level.role !== 'dram')
    report('value', ['dramKind'], 'only a level with role dram has a kind of DRAM');
  if (level.role === 'dram')
    for (const tensor of TENSORS)
      if (!level.mayKeep.includes(tensor)) report('keep', ['mayKeep'], `DRAM must be able to keep ${tensor}`);
  for (const tensor of level.mustKeep)
    if (!level.mayKeep.includes(tensor)) report('keep', ['mustKeep'], `must keep ${tensor} but may not`);
  problems.push(...fanOutProblems(level, path), ...overheadProblems(level, path));
  const capacity = capacityProblem(level);
  if (capacity !== undefined) report('capacity', ['capacity'], capacity);
  return problems;
}

function fanOutProblems(level: LevelSpecification, path: readonly (string | number)[]): SpecificationProblem[] {
  const problems: SpecificationProblem[] = [];
  const { dimensions, hopEnergyPj, wires } = level.fanOut;
  const report = (rule: SpecificationProblem['rule'], key: readonly (string | number)[], message: string) =>
    problems.push({ rule, path: [...path, 'fanOut', ...key], message: `${level.name}: ${message}` });
  if (dimensions.length > MAX_ARRAY_DIMENSIONS)
    report('hierarchy', ['dimensions'], `more than ${MAX_ARRAY_DIMENSIONS} array dimensions`);
  if (isNegative(hopEnergyPj)) report('value', ['hopEnergyPj'], 'an energy must not be negative');
  if (wires === 'free' && hopEnergyPj !== undefined && hopEnergyPj > 0)
    report('value', ['hopEnergyPj'], 'wires that are free have no energy per hop');
  problems.push(...arrayProblems(level, path));
  const names = new Set<string>();
  for (const [index, { name, size, parallelDims }] of dimensions.entries()) {
    if (names.has(name)) report('name', ['dimensions', index, 'name'], `a second array dimension is named ${name}`);
    names.add(name);
    if (!isCount(size))
      report('value', ['dimensions', index, 'size'], 'an array dimension must be a positive whole number');
    if (parallelDims !== 'any' && new Set<Dim>(parallelDims).size < parallelDims.length)
      report('value', ['dimensions', index, 'parallelDims'], 'a problem dim is listed twice');
  }
  return problems;
}

/** Whether a level is too small for one word (of its own, and of each tensor that it must keep) or in no part wide enough for a block, or has no size where it needs one. */
function capacityProblem(level: LevelSpecification): string | undefined {
  const { capacity, role, mustKeep, wordBits, blockWords, storedBits } = level;
  if (capacity.kind === 'unlimited') return role === 'dram' ? undefined : 'an on-chip level needs a capacity';
  const copies = level.doubleBuffered ? 2 : 1;
  const twice = level.doubleBuffered ? ' twice (double-buffered)' : '';
  const wordOf = (tensor: TensorName) => copies * (storedBits[tensor] ?? wordBits);
  const blockBits = blockWords * wordBits;
  const block = `a block of ${blockWords} words of ${wordBits} bits takes ${blockBits}`;
  if (capacity.kind === 'partitioned') {
    const { bits } = capacity;
    if (TENSORS.some((tensor) => !isWholeOrZero(bits[tensor]))) return 'a part must be a whole number of bits';
    const isUsed = (tensor: TensorName) => bits[tensor] > 0 || mustKeep.includes(tensor);
    const tooSmall = TENSORS.find((tensor) => isUsed(tensor) && bits[tensor] < wordOf(tensor));
    if (tooSmall !== undefined)
      return `the part of ${tooSmall} holds ${bits[tooSmall]} bits, but one word takes ${wordOf(tooSmall)}${twice}`;
    const widest = Math.max(...TENSORS.map((tensor) => bits[tensor]));
    if (widest === 0) return 'the capacity is 0';
    // A part of its own may be narrower than the others, as one register for sums beside a row of weights is.
    return blockWords > 1 && widest < blockBits ? `the largest part holds ${widest} bits, but ${block}` : undefined;
  }
  if (!isCount(capacity.bits)) return 'the capacity must be a positive whole number of bits';
  const needed = mustKeep.reduce((bits, tensor) => bits + wordOf(tensor), 0);
  if (needed > capacity.bits)
    return `${capacity.bits} bits are too small for one word${twice} of each tensor it must keep (${mustKeep.join(', ')}: ${needed} bits)`;
  if (copies * wordBits > capacity.bits)
    return `${capacity.bits} bits are too small for one word of ${wordBits} bits${twice}`;
  return blockBits > capacity.bits ? `the memory holds ${capacity.bits} bits, but ${block}` : undefined;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function isWholeOrZero(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isNegative(value: number | undefined): boolean {
  return value !== undefined && !(value >= 0);
}
