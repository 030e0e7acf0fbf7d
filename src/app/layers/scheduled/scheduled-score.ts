import type { Accelerator } from '../../../accelerator/accelerator.ts';
import { hostLoad, linkCost } from '../../../cost/link-cost.ts';
import { isUnfit, type Retention, retentionOf } from '../../../schedule/retention.ts';
import { scoreOf } from '../../../search/accelerator/network-score.ts';
import type { MapperSettings } from '../../../search/mapping/map-layer.ts';
import type { CandidateTask, NetworkFigures } from '../../../search/ports.ts';
import { RETAIN } from '../../../search/schedule/declared-space.ts';
import { ScheduleSearch } from '../../../search/schedule/search-schedule.ts';
import type { StepLabels } from '../../../search/schedule/step-labels.ts';
import { TrifoldError } from '../../../util/errors.ts';
import { type EnergyAndCycles, edpOf, NO_COST } from '../../../util/network-totals.ts';
import { networkSequence } from '../../../workload/graph/network-sequence.ts';
import type { Sequence } from '../../../workload/graph/sequence.ts';
import type { Network } from '../../../workload/network.ts';
import { withLabels } from '../schedule-answer.ts';
import type { LayerSteps } from '../steps.ts';

/** A network with its operators in order. */
export interface ScheduledNetwork {
  readonly network: Network;
  readonly sequence: Sequence;
}

/** How a search of accelerators scores networks whose activations may stay on chip. */
export interface ScheduledScoring {
  readonly networks: readonly ScheduledNetwork[];
  readonly settings: MapperSettings;
  /** Whether parameters may stay on chip between runs of a network. */
  readonly pins: boolean;
}

/** Prepares a network. @throws TrifoldError `unsupported` for one that cannot be scheduled */
export function scheduledNetwork(network: Network): ScheduledNetwork {
  const sequence = networkSequence(network);
  if ('reason' in sequence)
    throw new TrifoldError(
      'unsupported',
      `nothing can stay on chip between the layers of ${network.name}: ${sequence.reason}`,
    );
  return { network, sequence };
}

/** The schedules of all networks on one accelerator, as far as they are known: it goes on where it was when it is asked again. */
export interface ScheduledAccelerator {
  readonly accelerator: Accelerator;
  readonly retention: Retention;
  /** One per network. */
  readonly searches: readonly ScheduleSearch[];
}

/** Begins with an accelerator; or says why nothing can stay on it. @param labels what other networks have learned of steps on it */
export function onAccelerator(
  { networks, settings, pins }: ScheduledScoring,
  accelerator: Accelerator,
  labels?: StepLabels,
): ScheduledAccelerator | { readonly reason: string } {
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) return retention;
  const searches = networks.map(({ network, sequence }) => {
    const beside = linkCost(hostLoad(network), accelerator) ?? NO_COST;
    const space = { ...RETAIN, pins };
    return new ScheduleSearch({ sequence, accelerator, retention, space, factors: settings.factors, beside, labels });
  });
  return { accelerator, retention, searches };
}

/** EDPs in pJ * cycles that no schedules on an accelerator fall below, one per network: known before anything is mapped. */
export function scheduledBounds(scoring: ScheduledScoring, accelerator: Accelerator): number[] {
  const on = onAccelerator(scoring, accelerator);
  return 'reason' in on ? scoring.networks.map(() => 0) : on.searches.map(({ least }) => edpOf(least));
}

/** A score and what it is made of; or that it lies above the cutoff, or why there is none. */
export type ScheduledScore =
  | { readonly kind: 'scored'; readonly score: number; readonly networks: readonly NetworkFigures[] }
  | { readonly kind: 'above' }
  | { readonly kind: 'unmappable'; readonly reason: string };

/** A score counts as above the cutoff when it exceeds it by more than rounding. */
const MARGIN = 1 + 1e-9;

/**
 * How far the weighed sum of energy and cycles of a scored schedule may be above the least one for its weight: 0.005 = 0.5 %. That no other weight leads to less EDP is
 * not proven here: it takes three times the searches of steps, and changes next to nothing (`bench/inter-layer-design.ts` compares them); the end of a run proves it
 * for the best design and the baseline.
 */
export const SCORE_TOLERANCE = 0.005;

/**
 * Scores an accelerator by a good EDP of every network over its schedules with homes and pinned parameters ({@link ScheduleSearch.edpBelow}). The score is that of the
 * task alone; the cutoff, which may fall on the way, ends what is proven to lie above.
 * @param cutoff score from which on nothing matters; null: none
 */
export function* scheduledScoreSteps(
  { networks, settings }: ScheduledScoring,
  { accelerator, retention, searches }: ScheduledAccelerator,
  { baselineEdps }: Pick<CandidateTask, 'baselineEdps'>,
  cutoff: () => number | null,
): LayerSteps<ScheduledScore> {
  const figures: EnergyAndCycles[] = searches.map(({ least }) => least);
  for (const [n, search] of searches.entries()) {
    const allowed = () => {
      const most = cutoff();
      if (most === null) return Number.POSITIVE_INFINITY;
      const rest = scoreOf(
        figures.map((one, m) => (m === n ? baselineEdps[n]! : edpOf(one))),
        baselineEdps,
      );
      return baselineEdps[n]! * ((most * MARGIN) / rest) ** networks.length;
    };
    const { energyPj, cycles } = search.least;
    const found = yield* withLabels(search.edpBelow(energyPj / cycles, SCORE_TOLERANCE, allowed), {
      accelerator,
      retention,
      settings,
    });
    (globalThis as any).__ends?.push(found.kind);
    if (found.kind === 'above') return found;
    if (found.kind === 'none') return { kind: 'unmappable', reason: `${networks[n]!.network.name}: ${found.reason}` };
    figures[n] = found.best;
  }
  return {
    kind: 'scored',
    score: scoreOf(figures.map(edpOf), baselineEdps),
    networks: figures.map((one, n) => {
      const { energyPj, cycles } = one;
      return { network: networks[n]!.network.name, energyPj, cycles, edpPjCycles: edpOf(one) };
    }),
  };
}
