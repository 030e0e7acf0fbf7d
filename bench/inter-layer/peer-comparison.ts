import type { Accelerator } from '../../src/accelerator/accelerator.ts';
import { bestSchedule } from '../../src/app/validate/search-here.ts';
import { isUnfit, retentionOf } from '../../src/schedule/retention.ts';
import { EDP } from '../../src/search/mapping/objective.ts';
import type { ScheduleSpace } from '../../src/search/schedule/declared-space.ts';
import { type ScheduledStep, ScheduleSearch } from '../../src/search/schedule/search-schedule.ts';
import { NO_COST } from '../../src/util/network-totals.ts';
import type { Sequence } from '../../src/workload/graph/sequence.ts';
import { peerAccelerator } from './peer-accelerators.ts';
import type { PeerData, PeerResult } from './peer-data.ts';
import { peerSequence } from './peer-sequences.ts';
import { actionsOf, drainsPj, dynamicJ } from './peer-terms.ts';

/** What stays on chip between operators. */
export type BetweenLayers = 'off' | 'retain' | 'fuse';

/** A result of ours beside a published one, energies in pJ. */
export interface PeerRow {
  readonly mode: BetweenLayers;
  readonly energyPj: number;
  readonly seconds: number;
  readonly edpJs: number;
  readonly isProven: boolean;
  /** What the peer charges for words that leave levels on their way out, in our mapping. */
  readonly drainsPj: number;
  /** Reads of weights from the level outside the array that the peer makes beyond ours: all children must be used there. */
  readonly forcedPj: number;
  /** Why there is none; null: there is one. */
  readonly reason: string | null;
}

/** A published result with ours. */
export interface PeerComparison {
  readonly theirs: PeerResult;
  /** Leakage in their energy, which ours leaves out. */
  readonly leakagePj: number;
  readonly ours: readonly PeerRow[];
}

/** Shared loops that a schedule of ours may have: rows, heads, and rows of a head. */
const LOOPS: ScheduleSpace['loops'] = [['n'], ['c'], ['c', 'n']];

/**
 * Searches the network of a published result in each way and puts what explains the difference beside it.
 * @param stepMs after which the search of a mapping of a step ends, with what it has
 */
export function comparePeer(
  data: PeerData,
  theirs: PeerResult,
  modes: readonly BetweenLayers[],
  stepMs: number,
): PeerComparison {
  const workload = data.workloads[theirs.workload]!;
  const architecture = data.architectures[theirs.arch]!;
  const accelerator = peerAccelerator(theirs.arch, architecture, workload.word_bits);
  const sequence = peerSequence(theirs.workload, workload);
  return {
    theirs,
    leakagePj: (theirs.energy_J - dynamicJ(architecture, theirs)) * 1e12,
    ours: modes.map((mode) => rowOf(sequence, accelerator, mode, theirs, workload.word_bits, stepMs)),
  };
}

function rowOf(
  sequence: Sequence,
  accelerator: Accelerator,
  mode: BetweenLayers,
  theirs: PeerResult,
  wordBits: number,
  stepMs: number,
): PeerRow {
  const none = { mode, energyPj: 0, seconds: 0, edpJs: 0, isProven: false, drainsPj: 0, forcedPj: 0 };
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) return { ...none, reason: retention.reason };
  const fuses = mode === 'fuse';
  const loops = fuses ? LOOPS : [];
  const space: ScheduleSpace = {
    ...{
      fuses,
      fusesViews: false,
      pins: false,
      loops,
      channelCuts: 'anywhere',
      tiles: 'fewest',
      longestSegment: fuses ? null : 1,
    },
  };
  const search = new ScheduleSearch({
    sequence: mode === 'off' ? alone(sequence) : sequence,
    ...{ accelerator, retention, space, factors: 'perfect', beside: NO_COST },
  });
  const found = bestSchedule(search, accelerator, EDP, () => {
    const start = performance.now();
    return { shouldStop: () => performance.now() - start > stepMs };
  });
  if (found.kind === 'none') return { ...none, reason: found.reason };
  const { energyPj, cycles, optimal } = found;
  const seconds = cycles / accelerator.clockHz;
  const steps = found.segments.flatMap((segment) => segment.steps);
  return {
    ...{ mode, energyPj, seconds, edpJs: energyPj * 1e-12 * seconds, isProven: optimal },
    drainsPj: steps.reduce((sum, one) => sum + drainsOfStep(accelerator, one, wordBits), 0),
    forcedPj: forcedPj(accelerator, steps, theirs),
    reason: null,
  };
}

/** The sequence with every tensor in the outermost level. */
function alone(sequence: Sequence): Sequence {
  const storages = sequence.storages.map((one) => (one.role === 'inner' ? { ...one, role: 'output' as const } : one));
  return { ...sequence, storages };
}

function drainsOfStep(accelerator: Accelerator, { step, mapped }: ScheduledStep, wordBits: number): number {
  return mapped === null ? 0 : step.count * drainsPj(accelerator, mapped.evaluation, wordBits);
}

/**
 * Energy of reads of weights that the peer makes at a level whose children share nothing, beyond ours: every child that can be used must be, and each takes its
 * own copy.
 */
function forcedPj(accelerator: Accelerator, steps: readonly ScheduledStep[], theirs: PeerResult): number {
  const index = accelerator.levels.findIndex(({ fanOut }) => fanOut.dimensions.length > 0 && !fanOut.multicast.Weights);
  if (index < 0) return 0;
  const { name, energy } = accelerator.levels[index]!;
  const bits = steps.reduce((sum, { step, mapped }) => {
    if (mapped === null) return sum;
    const { reads } = mapped.evaluation.levels[index]!.tensors.Weights;
    return sum + step.count * reads * mapped.shape.wordBits.Weights;
  }, 0);
  const read = actionsOf(theirs, name, 'read', (tensor) => tensor.startsWith('W'));
  return Math.max(0, read - bits) * energy.readPj;
}
