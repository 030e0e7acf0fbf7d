import { type Accelerator, isTimed, type StorageLevel } from '../../accelerator/accelerator.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { Evaluation, LevelCost } from '../evaluation.ts';

/** What takes cycles: the MACs, ports (`requests` where these take most of it), a sequencer, an array that is filled, or compute and transfers one after the other. */
export type CycleTermKind = 'compute' | 'transfers' | 'requests' | 'launch' | 'array' | 'serial';

/** A term of the maximum that cycles are. */
export interface CycleTerm {
  readonly kind: CycleTermKind;
  /** As people read it: `compute`, `DRAM`, `requests of DRAM`, `launch of Scratchpad`, `array fill below Accumulator`, `no overlap at DRAM`. */
  readonly name: string;
  /** The level concerned; null for compute and serial terms. */
  readonly level: string | null;
  readonly cycles: number;
}

/** All terms that the accelerator states, compute first; the cycles of a mapping are those of the slowest. */
export function cycleTerms({ levels }: Pick<Accelerator, 'levels'>, evaluation: Evaluation): readonly CycleTerm[] {
  const ofLevels = (
    kind: CycleTermKind,
    isStated: (level: StorageLevel) => boolean,
    nameOf: (level: StorageLevel) => string,
    figure: 'launchCycles' | 'arrayCycles',
  ) =>
    levels.flatMap((level, index): CycleTerm[] =>
      isStated(level)
        ? [{ kind, name: nameOf(level), level: level.name, cycles: evaluation.levels[index]![figure] }]
        : [],
    );
  const serial = levels.filter(({ overlap }) => overlap === 'none').map(({ name }) => name);
  return [
    { kind: 'compute', name: 'compute', level: null, cycles: evaluation.computeCycles },
    ...levels.flatMap((level, index): CycleTerm[] => {
      if (!isTimed(level)) return [];
      const cost = evaluation.levels[index]!;
      const isAsking = isMostlyRequests(level, cost);
      return [
        {
          kind: isAsking ? 'requests' : 'transfers',
          name: isAsking ? `requests of ${level.name}` : level.name,
          level: level.name,
          cycles: cost.transferCycles,
        },
      ];
    }),
    ...ofLevels(
      'launch',
      ({ launch }) => launch !== undefined,
      ({ name }) => `launch of ${name}`,
      'launchCycles',
    ),
    ...ofLevels(
      'array',
      ({ fanOut: { fill, rampCycles } }) => (fill ?? rampCycles) !== undefined,
      (level) => `array ${arrayWork(level)}below ${level.name}`,
      'arrayCycles',
    ),
    ...(serial.length === 0
      ? []
      : [
          {
            kind: 'serial' as const,
            name: `no overlap at ${serial.join(' and ')}`,
            level: null,
            cycles: evaluation.serialCycles,
          },
        ]),
  ];
}

/**
 * Cycles of the mapping as it is without what one term stands for: MAC units that all work, ports without limit, launches or an array that cost nothing,
 * transfers that overlap. What fills and ramps add to compute stays as it is where compute goes.
 */
export function cyclesWithout(
  { levels, mac }: Pick<Accelerator, 'levels' | 'mac'>,
  evaluation: Evaluation,
  terms: readonly CycleTerm[],
  removed: CycleTerm,
): number {
  const { computeCycles, macs } = evaluation;
  const compute = removed.kind === 'compute' ? macs / mac.instances : computeCycles;
  const isGone = (kind: CycleTermKind, { name }: StorageLevel) => removed.kind === kind && removed.level === name;
  let array = compute;
  let transfers = 0;
  levels.forEach((level, index) => {
    const { arrayCycles, transferCycles } = evaluation.levels[index]!;
    if (!isGone('array', level)) array = Math.max(array, arrayCycles - computeCycles + compute);
    if (level.overlap === 'none' && !isGone('transfers', level) && !isGone('requests', level))
      transfers += transferCycles;
  });
  const others = terms
    .filter(({ kind }) => kind === 'transfers' || kind === 'requests' || kind === 'launch')
    .filter((term) => term !== removed);
  const serial = removed.kind === 'serial' ? 0 : array + transfers;
  return Math.max(array, serial, ...others.map(({ cycles }) => cycles));
}

/** Whether requests take more than half of a level's transfers; ports of reads and writes alone are not told apart and count as transfers. */
function isMostlyRequests(
  { requests, bandwidth }: StorageLevel,
  { requests: counts, moved, transferCycles }: LevelCost,
): boolean {
  if (requests === undefined || (bandwidth.readWordsPerCycle ?? bandwidth.writeWordsPerCycle) !== undefined)
    return false;
  const asked = TENSORS.reduce((sum, tensor) => sum + counts[tensor].busiest, moved?.requests ?? 0);
  return 2 * asked * requests.cycles > transferCycles;
}

/** What is stated of the array below a level, where it is one of both. */
function arrayWork({ fanOut: { fill, rampCycles } }: StorageLevel): string {
  if (fill !== undefined && rampCycles !== undefined) return '';
  return fill === undefined ? 'ramp ' : 'fill ';
}
