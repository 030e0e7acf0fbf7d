import type { Accelerator } from '../../src/accelerator/accelerator.ts';
import { openLayerPool } from '../../src/app/layers/layer-pool.ts';
import { withLabels } from '../../src/app/layers/schedule-answer.ts';
import { runSteps } from '../../src/app/layers/steps.ts';
import { isUnfit, type Retention, retentionOf } from '../../src/schedule/retention.ts';
import { type ScoredSchedule, scoreSchedule } from '../../src/schedule/score.ts';
import type { ScoredStep } from '../../src/schedule/step-score.ts';
import { exactSettings } from '../../src/search/mapping/map-layer.ts';
import { EDP } from '../../src/search/mapping/objective.ts';
import type { ScheduleSpace } from '../../src/search/schedule/declared-space.ts';
import { type ScheduleOptimum, ScheduleSearch } from '../../src/search/schedule/search-schedule.ts';
import { NO_COST } from '../../src/util/network-totals.ts';
import { raise, stopFlag } from '../../src/util/stop-flag.ts';
import type { Sequence } from '../../src/workload/graph/sequence.ts';
import type { MODES } from './cell.ts';
import { KnownSteps } from './known-steps.ts';
import { peerAccelerator } from './peer-accelerators.ts';
import type { PeerData, PeerResult } from './peer-data.ts';
import { peerSequence } from './peer-sequences.ts';
import { actionsOf, drainsPj, dynamicJ, wordWiseOf } from './peer-terms.ts';

/** What stays on chip between operators. */
export type BetweenLayers = (typeof MODES)[number];

/** A result of ours beside a published one. */
export interface PeerFigures {
  readonly mode: BetweenLayers;
  readonly energyPj: number;
  readonly seconds: number;
  readonly edpJs: number;
  readonly isProven: boolean;
  /** How far the EDP may be above the least: 0.1 = 10 %; 0 where it is proven. */
  readonly gap: number;
  /** Bits read from and written to the main memory. */
  readonly memoryBits: number;
  readonly terms: PeerTerms;
}

/** What explains differences from a published result: theirs is ours with all of these, where the mappings cost the same. */
export interface PeerTerms {
  /** What the peer charges in our mapping for words that leave levels on their way out, in pJ. */
  readonly drainsPj: number;
  /** Reads of weights from the level outside the array that the peer makes beyond ours, as all children must be used there, in pJ. */
  readonly forcedPj: number;
  /** Leakage in their energy, which ours leaves out, in pJ. */
  readonly leakagePj: number;
  /** What their operators on single words, copies among them, take beyond ours: they pass other levels, on as many units as their mapper uses. */
  readonly wordWisePj: number;
  readonly wordWiseSeconds: number;
}

/** A result of ours; or why there is none. */
export type PeerRow = PeerFigures | { readonly mode: BetweenLayers; readonly reason: string };

/** How long is searched. */
export interface PeerEffort {
  /** After which the search of a mapping of a step ends, with what it has; null: when it is proven. */
  readonly stepSeconds: number | null;
  /** After which a row ends; null: when it is proven. */
  readonly rowSeconds: number | null;
  /** Threads. */
  readonly workers: number;
}

/**
 * What the peer's mapper searches: one shared loop at most, over rows, heads or what the last operator sums. Two of them, and segments of any length, make GPT-3's prefill some hundred times as
 * many schedules; scores, softmax and context are the longest run in its results.
 */
const FUSED: Pick<ScheduleSpace, 'loops' | 'longestSegment'> = {
  loops: [['n'], ['c'], ['reduced']],
  longestSegment: 3,
};

/** Searches networks of published results in each way, and puts what explains the differences beside them. What is mapped once is remembered. */
export class PeerComparison {
  readonly #data: PeerData;
  readonly #effort: PeerEffort;
  readonly #known = new KnownSteps();

  constructor(data: PeerData, effort: PeerEffort) {
    this.#data = data;
    this.#effort = effort;
  }

  /** The network and accelerator of a published result, searched in one way. */
  async row(theirs: PeerResult, mode: BetweenLayers): Promise<PeerRow> {
    const workload = this.#data.workloads[theirs.workload]!;
    const architecture = this.#data.architectures[theirs.arch]!;
    const accelerator = peerAccelerator(theirs.arch, architecture, workload.word_bits);
    const retention = retentionOf(accelerator);
    if (isUnfit(retention)) return { mode, reason: retention.reason };
    // A copy whose words cannot stay brings nothing: the peer, too, then has both names in one place.
    const mostWords = mode === 'off' ? 0 : (retention.capacityBits ?? Number.POSITIVE_INFINITY) / workload.word_bits;
    const whole = peerSequence(theirs.workload, workload, mostWords);
    const sequence = mode === 'off' ? alone(whole) : whole;
    const found = await this.#best(sequence, accelerator, retention, mode);
    if (typeof found === 'string') return { mode, reason: found };
    const { energyPj, cycles, optimal, value, lowerBound } = found;
    const seconds = cycles / accelerator.clockHz;
    const scored = scoredBy(sequence, accelerator, found);
    const steps = scored.segments.flatMap((segment) => segment.steps);
    const own = wordWiseOfOurs(scored, accelerator.clockHz);
    const wordWise = workload.operators.filter(({ kind }) => kind !== 'matmul').map(({ name }) => name);
    const other = wordWiseOf(architecture, theirs, (operator) => wordWise.includes(operator));
    return {
      ...{ mode, energyPj, seconds, edpJs: energyPj * 1e-12 * seconds, isProven: optimal, gap: value / lowerBound - 1 },
      memoryBits: memoryWords(scored) * workload.word_bits,
      terms: {
        drainsPj: steps.reduce((sum, one) => sum + drainsOfStep(accelerator, one, workload.word_bits), 0),
        forcedPj: forcedPj(accelerator, steps, theirs),
        leakagePj: (theirs.energy_J - dynamicJ(architecture, theirs)) * 1e12,
        wordWisePj: other.joules * 1e12 - own.energyPj,
        wordWiseSeconds: other.seconds - own.seconds,
      },
    };
  }

  /** The best schedule, or why there is none. */
  async #best(
    sequence: Sequence,
    accelerator: Accelerator,
    retention: Retention,
    mode: BetweenLayers,
  ): Promise<ScheduleOptimum | string> {
    const fuses = mode === 'fuse';
    const whole = { loops: [], longestSegment: 1 };
    const space: ScheduleSpace = {
      fuses,
      fusesViews: false,
      pins: false,
      channelCuts: 'anywhere',
      tiles: 'fewest',
      ...(fuses ? FUSED : whole),
    };
    const search = new ScheduleSearch({
      ...{ sequence, accelerator, retention, space, factors: 'perfect', beside: NO_COST },
    });
    const { stepSeconds, rowSeconds, workers } = this.#effort;
    const stop = stopFlag();
    const end = rowSeconds === null ? Number.POSITIVE_INFINITY : performance.now() + rowSeconds * 1000;
    const endInTime = () => {
      if (performance.now() > end) raise(stop);
    };
    const timer = rowSeconds === null ? undefined : setTimeout(() => raise(stop), rowSeconds * 1000);
    const pool = openLayerPool({ workers, poll: endInTime, cache: this.#known });
    const settings = exactSettings({ factors: 'perfect' });
    const how = { accelerator, retention, settings, ...(stepSeconds === null ? {} : { secondsPerLayer: stepSeconds }) };
    try {
      const found = await runSteps(withLabels(search.best({ objective: EDP }), { ...how, stop }), pool);
      return found.kind === 'none' ? found.reason : found;
    } finally {
      clearTimeout(timer);
      await pool.close();
    }
  }
}

/** The sequence with every tensor in the outermost level. */
function alone(sequence: Sequence): Sequence {
  const storages = sequence.storages.map((one) => (one.role === 'inner' ? { ...one, role: 'output' as const } : one));
  return { ...sequence, storages };
}

function scoredBy(sequence: Sequence, accelerator: Accelerator, found: ScheduleOptimum): ScoredSchedule {
  const scored = scoreSchedule(sequence, accelerator, found.schedule, ({ segment, kind }) => {
    return found.segments[segment]!.steps[kind]!.mapping;
  });
  if (!scored.feasible) throw new RangeError(scored.violations[0]!.message);
  return scored;
}

function memoryWords({ segments }: ScoredSchedule): number {
  return segments.reduce(
    (sum, { steps }) => steps.reduce((own, { step, dramWords }) => own + step.count * dramWords, sum),
    0,
  );
}

function wordWiseOfOurs({ segments }: ScoredSchedule, clockHz: number): { energyPj: number; seconds: number } {
  const steps = segments.flatMap((one) => one.steps).filter(({ step }) => step.kind === 'vector');
  return {
    energyPj: steps.reduce((sum, { step, energyPj }) => sum + step.count * energyPj, 0),
    seconds: steps.reduce((sum, { step, cycles }) => sum + step.count * cycles, 0) / clockHz,
  };
}

function drainsOfStep(accelerator: Accelerator, { step, evaluation }: ScoredStep, wordBits: number): number {
  return evaluation === null ? 0 : step.count * drainsPj(accelerator, evaluation, wordBits);
}

/**
 * Energy of reads of weights that the peer makes at a level whose children share nothing, beyond ours: every child that can be used must be, and each takes its
 * own copy.
 */
function forcedPj(accelerator: Accelerator, steps: readonly ScoredStep[], theirs: PeerResult): number {
  const index = accelerator.levels.findIndex(({ fanOut }) => fanOut.dimensions.length > 0 && !fanOut.multicast.Weights);
  if (index < 0) return 0;
  const { name, energy } = accelerator.levels[index]!;
  const bits = steps.reduce((sum, { step, shape, evaluation }) => {
    if (shape === null || evaluation === null) return sum;
    const { reads } = evaluation.levels[index]!.tensors.Weights;
    return sum + step.count * reads * shape.wordBits.Weights;
  }, 0);
  const read = actionsOf(theirs, name, 'read', (tensor) => tensor.startsWith('W'));
  return Math.max(0, read - bits) * energy.readPj;
}
