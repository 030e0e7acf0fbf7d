import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { MapRequest } from '../../options/map.ts';
import { isUnfit, type Retention, retentionOf } from '../../schedule/retention.ts';
import type { MapperSettings } from '../../search/mapping/map-layer.ts';
import { RETAIN, type ScheduleSpace } from '../../search/schedule/declared-space.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkSequence } from '../../workload/graph/network-sequence.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { Network } from '../../workload/network.ts';
import { goalObjective, type TextGoal } from './goal.ts';
import { solvesNetworkWise } from './network-wise.ts';
import { isOneLayer } from './one-layer.ts';

/** What may stay on chip between the layers of a network, as it is resolved. Plain JSON. */
export type BetweenLayers =
  /** Null: it was asked for. */
  | { readonly mode: 'off'; readonly reason: string | null }
  | { readonly mode: 'retain' | 'fuse'; readonly pins: boolean };

/** Each layer begins and ends in the outermost level because that is what was asked for. */
export const LAYER_BY_LAYER: BetweenLayers = { mode: 'off', reason: null };

/** What is asked of the layers of a network together. */
interface Asked {
  readonly network: Network;
  readonly accelerator: Accelerator;
  readonly goal: TextGoal;
  readonly settings: MapperSettings;
}

/** A network whose activations may stay on chip. */
export interface Schedulable {
  readonly sequence: Sequence;
  readonly retention: Retention;
}

/** A network as operators with the level in which their activations may stay; or why they may not. */
export function schedulable(asked: Asked): Schedulable | { readonly reason: string } {
  const { network, accelerator, goal, settings } = asked;
  if (isOneLayer(network, accelerator)) return { reason: 'it is a single layer' };
  if (settings.temporalReuse !== 'exact')
    return { reason: 'a rule of temporal reuse other than exact knows no operands that stay' };
  if (!solvesNetworkWise(goalObjective({ ...goal, subjectTo: [] }, accelerator), settings))
    return { reason: 'schedules take the exact mapper and objective edp, ed2p, energy or latency' };
  const sequence = networkSequence(network);
  if ('reason' in sequence) return sequence;
  const retention = retentionOf(accelerator);
  return isUnfit(retention) ? retention : { sequence, retention };
}

/** Operators up to which `auto` searches a schedule: for a chain of 1,000 layers that takes over 15 times as long as mapping each on its own. */
const MOST_AUTOMATIC = 250;

/** Why `auto` leaves each layer on its own although it need not; null: it does not. */
function tooLong({ pin }: Pick<MapRequest, 'pin'>, { settings }: Asked, { sequence }: Schedulable): string | null {
  const { length } = sequence.operators;
  const what =
    settings.factors === 'imperfect'
      ? 'imperfect factors'
      : pin !== undefined
        ? 'a pinned figure'
        : length > MOST_AUTOMATIC
          ? `${length} operators`
          : null;
  return what === null ? null : `with ${what} that takes long: ask for --between-layers retain`;
}

/**
 * Resolves what may stay on chip.
 * @throws TrifoldError `unsupported` where it is asked for and cannot be
 */
export function resolveBetweenLayers(
  request: Pick<MapRequest, 'betweenLayers' | 'pinWeights' | 'pin'>,
  asked: Asked,
): BetweenLayers {
  const { betweenLayers, pinWeights: pins } = request;
  if (betweenLayers === 'off') return LAYER_BY_LAYER;
  const isAutomatic = betweenLayers === 'auto';
  const possible = schedulable(asked);
  if (!('reason' in possible)) {
    const reason = isAutomatic ? tooLong(request, asked, possible) : null;
    return reason === null ? { mode: isAutomatic ? 'retain' : betweenLayers, pins } : { mode: 'off', reason };
  }
  if (isAutomatic) return { mode: 'off', reason: possible.reason };
  throw new TrifoldError(
    'unsupported',
    `nothing can stay on chip between the layers of ${asked.network.name} on ${asked.accelerator.name}: ${possible.reason}`,
    { hint: 'ask for --between-layers off, or auto' },
  );
}

/** Shared loops over rows, over inputs, over heads or groups with rows in them, and over channels that are summed, in all rows or in some. */
const SHARED_LOOPS: ScheduleSpace['loops'] = [['p'], ['n'], ['c', 'p'], ['reduced'], ['p', 'reduced']];

/** Operators of a segment at most: scores, softmax and context of an attention; the number of choices grows fast with it. */
const LONGEST_SEGMENT = 3;

/** The schedules among which the best one is searched. */
export function scheduleSpace({ mode, pins }: Exclude<BetweenLayers, { mode: 'off' }>): ScheduleSpace {
  if (mode === 'retain') return { ...RETAIN, pins };
  return {
    ...{ fuses: true, fusesViews: true, pins, loops: SHARED_LOOPS, channelCuts: 'between-groups' },
    ...{ tiles: 'fewest', longestSegment: LONGEST_SEGMENT },
  };
}
