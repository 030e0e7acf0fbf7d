import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { Network } from '../../workload/network.ts';
import { type FinalNetwork, finalMapping } from '../layers/final-mapping.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import type { LayerWork } from '../layers/layer-work.ts';
import { COSEARCH_WORD_BITS } from './baseline-network.ts';
import type { CosearchInputs } from './inputs.ts';

/** The found network on the found accelerator, and the reference network on the baseline's, mapped in the same way. */
export interface FinalMappings {
  readonly found: FinalNetwork;
  readonly reference: FinalNetwork;
}

/** Partial mappings over imperfect factors that a layer may bound in the end: seconds. */
const FINAL_NODES = 1_000_000;

/** Settings of level 1 for what is no candidate. */
export function cosearchMapperSettings(
  { request: { seed } }: CosearchInputs,
  factors: 'perfect' | 'imperfect',
): LayerWork['settings'] {
  return { mapper: 'exact', factors, temporalReuse: 'exact', evaluations: 1, seed };
}

/**
 * Final mappings of the best design, without the limits of the search: the least EDP of the network as a whole with perfect factors, then single
 * layers with the factors of the search where these are better.
 * @throws TrifoldError `infeasible` when a layer has no mapping
 */
export async function cosearchFinal(
  inputs: CosearchInputs,
  { network, specification }: Pick<ScoredDesign, 'network' | 'specification'>,
  pool: LayerPool,
): Promise<FinalMappings> {
  const space = findNetworkSpace(inputs.request.space);
  const found = space.build(space.parse(network?.genes), { batch: 1, wordBits: COSEARCH_WORD_BITS });
  const plan = {
    settings: cosearchMapperSettings(inputs, 'perfect'),
    finalSettings: { ...cosearchMapperSettings(inputs, inputs.request.factors), imperfectNodes: FINAL_NODES },
  };
  const mapOn = (one: Network, on: AcceleratorSpecification) =>
    finalMapping(one, buildAccelerator(on, inputs.technology), plan, pool);
  return {
    reference: await mapOn(inputs.reference.network, inputs.template),
    found: await mapOn(found, specification),
  };
}
