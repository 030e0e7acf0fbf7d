import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { DesignOptions } from '../../options/design.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import { type BetweenLayers, LAYER_BY_LAYER, resolveBetweenLayers } from './between-layers.ts';
import { namedGoal } from './goal.ts';

/** What a search of accelerators is asked to keep on chip; absent in runs from before there was a choice. */
export type SearchBetween = Partial<Pick<DesignOptions, 'betweenLayers' | 'pinWeights'>>;

/** What may stay on chip between the layers of the networks of a search. */
export function betweenOf({ betweenLayers = 'off', pinWeights = true }: SearchBetween): BetweenLayers {
  return betweenLayers === 'off' ? LAYER_BY_LAYER : { mode: betweenLayers, pins: pinWeights };
}

/** The options that ask for it, as in a command; none where nothing stays. */
export function betweenArguments(between: BetweenLayers): string[] {
  if (between.mode === 'off') return [];
  return ['--between-layers', between.mode, ...(between.pins ? [] : ['--no-pin-weights'])];
}

/**
 * Refuses a search in which something is to stay on chip between layers and cannot.
 * @param others options that schedules know of in one way alone, as they are to be given, and whether they are
 * @throws TrifoldError `usage` for other options, `unsupported` for a network or an accelerator
 */
export function refuseUnscheduled(
  { betweenLayers = 'off', pinWeights = true }: SearchBetween,
  others: readonly (readonly [option: string, isGiven: boolean])[],
  networks: readonly Network[],
  accelerator: Accelerator,
): void {
  if (betweenLayers === 'off') return;
  for (const [option, isGiven] of others)
    if (!isGiven)
      throw new TrifoldError('usage', `--between-layers ${betweenLayers} takes ${option}`, {
        hint: 'leave that to its default, or ask for --between-layers off',
      });
  const settings = { mapper: 'exact', factors: 'perfect', temporalReuse: 'exact', evaluations: 1, seed: 1 } as const;
  for (const network of networks)
    resolveBetweenLayers({ betweenLayers, pinWeights }, { network, accelerator, goal: namedGoal('edp'), settings });
}
