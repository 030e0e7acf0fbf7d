import { type Dim, type PerTensor, TENSORS } from '../util/vocabulary.ts';
import type { FanOut } from './accelerator.ts';
import type { ArrayOverheads, HostLink, LevelOverheads } from './overheads.ts';
import type { SpecificationProblem } from './specification-problem.ts';

/** The part of a level that its overheads are checked with. */
interface CheckedLevel extends LevelOverheads {
  readonly name: string;
  readonly role: string;
  readonly mayKeep: readonly string[];
  readonly mustKeep: readonly string[];
  readonly fanOut: ArrayOverheads & Pick<FanOut, 'dimensions'>;
}

type Path = readonly (string | number)[];

/** Dims that a layout may name: those that address the tensor, rows and columns of Inputs by their outputs. */
const LAYOUT_DIMS: Readonly<PerTensor<readonly Dim[]>> = {
  Weights: ['G', 'K', 'C', 'R', 'S'],
  Inputs: ['N', 'G', 'C', 'P', 'Q'],
  Outputs: ['N', 'G', 'K', 'P', 'Q'],
};

/** What is wrong with the overheads that a level states, each taken alone. */
export function overheadProblems(level: CheckedLevel, path: Path): SpecificationProblem[] {
  const problems: SpecificationProblem[] = [];
  const report = (key: Path, message: string) =>
    problems.push({ rule: 'value', path: [...path, ...key], message: `${level.name}: ${message}` });
  const { launch, refetch = [], spill, requests, drain, compression, overlap } = level;
  for (const key of ['cycles', 'matrixCycles'] as const)
    if (launch !== undefined && !isWhole(launch[key], 0))
      report(['launch', key], 'cycles of a launch must be a whole number, 0 or more');
  if (new Set(refetch).size < refetch.length) report(['refetch'], 'a tensor is listed twice');
  if (refetch.includes('Outputs'))
    report(['refetch'], 'Outputs are not refetched; spill: never forbids that partial sums leave and come back');
  for (const tensor of refetch)
    if (!level.mayKeep.includes(tensor)) report(['refetch'], `${tensor} cannot be refetched, as it is never kept here`);
  if (level.role === 'dram')
    for (const [key, value] of Object.entries({ refetch: refetch[0], spill, drain }))
      if (value !== undefined) report([key], `${key} has no meaning at the outermost level, which nothing fills`);
  for (const [key, value] of Object.entries({ spill, drain }))
    if (value !== undefined && !level.mayKeep.includes('Outputs'))
      report([key], `${key} is stated of Outputs, which are never kept here`);
  if (requests !== undefined) {
    if (!isWhole(requests.bytes, 1))
      report(['requests', 'bytes'], 'bytes of a request must be a positive whole number');
    if (!isWhole(requests.cycles, 1))
      report(['requests', 'cycles'], 'cycles of a request must be a positive whole number');
    for (const tensor of TENSORS) {
      const dims = requests.layout[tensor] ?? [];
      const wrong = dims.find((dim) => !LAYOUT_DIMS[tensor].includes(dim));
      if (wrong !== undefined)
        report(['layout', tensor], `${tensor} have no ${wrong}; their layout is of ${LAYOUT_DIMS[tensor].join(', ')}`);
      if (new Set(dims).size < dims.length) report(['layout', tensor], 'a dim is listed twice');
    }
    if (TENSORS.every((tensor) => requests.layout[tensor] === undefined))
      report(['layout'], 'requests need the layout of at least one tensor');
  }
  if (compression !== undefined) {
    const { runBits, wordBits, pairsPerBlock, blockBits } = compression;
    if (![runBits, wordBits, pairsPerBlock, blockBits].every((value) => isWhole(value, 1)) || runBits > 16)
      report(['compression'], 'run (at most 16), word, packs and in must be positive whole numbers');
    else if (pairsPerBlock * (runBits + wordBits) > blockBits)
      report(['compression'], `${pairsPerBlock} pairs of ${runBits} + ${wordBits} bits do not fit into ${blockBits}`);
  }
  if (overlap !== undefined && overlap !== 'none') report(['overlap'], 'the only overlap to state is none');
  return problems;
}

/** What is wrong with the overheads of the array below a level. */
export function arrayProblems({ name, fanOut }: CheckedLevel, path: Path): SpecificationProblem[] {
  const problems: SpecificationProblem[] = [];
  const { fill, rampCycles, dimensions } = fanOut;
  const report = (key: Path, message: string) =>
    problems.push({ rule: 'value', path: [...path, 'fanOut', ...key], message: `${name}: ${message}` });
  if (fill !== undefined && !isWhole(fill.cyclesPerLoad, 0))
    report(['fill', 'cyclesPerLoad'], 'cycles of a load must be a whole number, 0 or more');
  if (fill !== undefined && !isWhole(fill.leastRows, 1))
    report(['fill', 'leastRows'], 'least rows must be a positive whole number');
  if (rampCycles !== undefined && !isWhole(rampCycles, 0))
    report(['rampCycles'], 'cycles of a ramp must be a whole number, 0 or more');
  for (const [key, value] of Object.entries({ fill, rampCycles }))
    if (value !== undefined && dimensions.length === 0) report([key], 'there is no array below it');
  return problems;
}

/**
 * Parts of a tile that is kept have no run length of their own here, so Inputs have a layout only where every level that can receive them takes
 * whole tiles.
 */
export function requestProblems(levels: readonly CheckedLevel[]): SpecificationProblem[] {
  return levels.flatMap(({ name, requests }, index): SpecificationProblem[] => {
    if (requests?.layout.Inputs === undefined) return [];
    const inside = levels.slice(index + 1).filter(({ mayKeep }) => mayKeep.includes('Inputs'));
    const last = inside.findIndex(({ mustKeep }) => mustKeep.includes('Inputs'));
    const receivers = last < 0 ? inside : inside.slice(0, last + 1);
    const kept = receivers.find(({ refetch = [] }) => !refetch.includes('Inputs'));
    return kept === undefined
      ? []
      : [
          {
            rule: 'value',
            path: ['levels', index, 'layout', 'Inputs'],
            message: `${name}: requests of Inputs are counted for whole tiles alone, and ${kept.name} may receive parts of them; state refetch: [Inputs] there`,
          },
        ];
  });
}

/** What is wrong with a link to the host. */
export function linkProblems(link: HostLink | undefined): SpecificationProblem[] {
  if (link === undefined) return [];
  const problems: SpecificationProblem[] = [];
  const report = (key: string, message: string) =>
    problems.push({ rule: 'value', path: ['link', key], message: `link: ${message}` });
  if (!(Number.isFinite(link.bytesPerSecond) && link.bytesPerSecond > 0))
    report('bytesPerSecond', 'its bandwidth must be positive');
  if (!(Number.isSafeInteger(link.residentBits) && link.residentBits >= 0))
    report('residentBits', 'resident must be a whole number of bits');
  if (!(link.pjPerBit >= 0)) report('pjPerBit', 'an energy must not be negative');
  return problems;
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}
