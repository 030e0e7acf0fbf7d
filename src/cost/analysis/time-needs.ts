import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Evaluation, LevelCost } from '../evaluation.ts';

/** One of the things that bound the cycles of a mapping from below. */
export interface TimeNeed {
  readonly name: string;
  readonly cycles: number;
  /** Cycles of the mapping if this took none: what then binds. */
  readonly without: number;
}

/** Cycles of the parts of a level. */
type LevelTimes = Pick<LevelCost, 'transferCycles' | 'launchCycles' | 'arrayCycles'>;

/** Everything that bounds the cycles of an evaluation; the largest is its cycles. Of equal ones the first is the plainest. */
export function timeNeeds(accelerator: Accelerator, evaluation: Evaluation): TimeNeed[] {
  const { levels, computeCycles, serialCycles } = evaluation;
  const without = (index: number, part: Partial<LevelTimes>) =>
    cyclesOf(
      accelerator,
      computeCycles,
      levels.map((level, i) => (i === index ? { ...level, ...part } : level)),
    );
  const needs: TimeNeed[] = [
    { name: 'compute', cycles: computeCycles, without: evaluation.macs / accelerator.mac.instances },
  ];
  levels.forEach(({ name, transferCycles }, index) => {
    needs.push({ name, cycles: transferCycles, without: without(index, { transferCycles: 0 }) });
  });
  levels.forEach(({ name, launchCycles, arrayCycles }, index) => {
    needs.push(
      { name: `launch of ${name}`, cycles: launchCycles, without: without(index, { launchCycles: 0 }) },
      {
        name: `${arrayTerms(accelerator, index)} of the array below ${name}`,
        cycles: arrayCycles,
        without: without(index, { arrayCycles: computeCycles }),
      },
    );
  });
  const serial = accelerator.levels.filter(({ overlap }) => overlap === 'none').map(({ name }) => name);
  if (serial.length > 0)
    needs.push({
      name: `no overlap at ${serial.join(' and ')}`,
      cycles: serialCycles,
      without: levels.reduce((most, { cycles }) => Math.max(most, cycles), computeCycles),
    });
  return needs;
}

function arrayTerms({ levels }: Accelerator, index: number): string {
  const { fill, rampCycles } = levels[index]!.fanOut;
  return fill === undefined ? 'ramp' : rampCycles === undefined ? 'fill' : 'fill and ramp';
}

/** Cycles of a mapping from those of the parts of its levels. */
function cyclesOf(accelerator: Accelerator, computeCycles: number, levels: readonly LevelTimes[]): number {
  let array = computeCycles;
  let serial = 0;
  let most = computeCycles;
  levels.forEach(({ transferCycles, launchCycles, arrayCycles }, index) => {
    array = Math.max(array, arrayCycles);
    if (accelerator.levels[index]!.overlap === 'none') serial += transferCycles;
    most = Math.max(most, transferCycles, launchCycles);
  });
  return Math.max(most, array + serial);
}
