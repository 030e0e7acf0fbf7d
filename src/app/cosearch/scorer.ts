import { type NetworkPool, openNetworkPool } from '../../parallel/network-task.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import { openScheduledNetworks } from '../layers/scheduled/scheduled-networks.ts';
import { betweenOf } from '../layers/search-between.ts';
import type { RunSession } from '../run/kind.ts';
import { COSEARCH_WORD_BITS } from './baseline-network.ts';
import { cosearchMapperSettings } from './final.ts';
import type { CosearchInputs } from './inputs.ts';

/** Scores the networks of a co-search on threads: layer by layer, or by their schedules where something may stay on chip between layers. */
export function openScorer(
  inputs: CosearchInputs,
  { signal, poll, whenUnpaused, limits }: Pick<RunSession<unknown>, 'signal' | 'poll' | 'whenUnpaused' | 'limits'>,
): Promise<NetworkPool> {
  const { request, technology } = inputs;
  const { space, factors, nodeLimit } = request;
  const { workers, offMainThread } = limits;
  const between = betweenOf(request);
  const options = { workers, offMainThread, signal, poll, whenUnpaused };
  const setup = { wordBits: COSEARCH_WORD_BITS, technology };
  if (between.mode === 'off') return openNetworkPool({ ...setup, space, factors, nodeLimit }, options);
  const settings = cosearchMapperSettings(inputs, factors);
  return openScheduledNetworks({ ...setup, space: findNetworkSpace(space), settings, pins: between.pins }, options);
}
