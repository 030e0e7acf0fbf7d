import { TrifoldError } from '../../util/errors.ts';
import type { FoundNetwork } from '../found-network.ts';
import type { ClimbState } from './climbing-sampler.ts';
import type { Genotype } from './spaces/genes.ts';
import type { NetworkSpace } from './spaces/network-space.ts';

/** The networks that a state of a search remembers. */
export interface RememberedNetworks {
  readonly elites: readonly { readonly genotype: Genotype }[];
  readonly best: { readonly network?: FoundNetwork } | null;
  readonly front: readonly { readonly network: FoundNetwork }[];
  readonly climb?: ClimbState | undefined;
}

/** @throws TrifoldError `foreign` for a state whose networks are none of the space */
export function refuseForeignNetworks(space: NetworkSpace, { elites, best, front, climb }: RememberedNetworks): void {
  try {
    for (const { genotype } of [...elites, ...(climb?.summits ?? [])]) space.canonical(genotype);
    if (best !== null) space.parse(best.network?.genes);
    for (const { network } of front) space.parse(network.genes);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TrifoldError)) throw error;
    throw new TrifoldError('foreign', `not a state of this co-search: ${error.message}`);
  }
}
