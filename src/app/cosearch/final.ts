import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { Network } from '../../workload/network.ts';
import { LAYER_BY_LAYER } from '../layers/between-layers.ts';
import { finalMapping, finalText } from '../layers/final-mapping.ts';
import type { FinalNetwork } from '../layers/final-network.ts';
import type { LayerWork } from '../layers/layer-work.ts';
import type { RunSession } from '../run/kind.ts';
import { COSEARCH_WORD_BITS } from './baseline-network.ts';
import type { CosearchInputs } from './inputs.ts';

/** The found network on the found accelerator, and the reference network on the baseline's, mapped in the same way. */
export interface FinalMappings {
  readonly found: FinalNetwork;
  readonly reference: FinalNetwork;
}

/** Of the time for what follows the search: the networks of the best accelerator come before, the reference network after. */
const FOUND_SHARE = 2 / 3;

/** Partial mappings over imperfect factors that a layer may bound in the end: seconds. */
const FINAL_NODES = 1_000_000;

/** Partial mappings that a layer may bound before the end of the time counts: about as many as in the search. */
const NODES_BEFORE_STOP = 65_536;

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
  { emit, pool, step, finalTime }: Pick<RunSession<unknown>, 'emit' | 'pool' | 'step' | 'finalTime'>,
): Promise<FinalMappings> {
  const space = findNetworkSpace(inputs.request.space);
  const isBaseline = network === undefined;
  const found = isBaseline
    ? inputs.reference.network
    : space.build(space.parse(network.genes), { batch: 1, wordBits: COSEARCH_WORD_BITS });
  const plan = {
    between: LAYER_BY_LAYER,
    settings: cosearchMapperSettings(inputs, 'perfect'),
    nodesBeforeStop: NODES_BEFORE_STOP,
    finalSettings: { ...cosearchMapperSettings(inputs, inputs.request.factors), imperfectNodes: FINAL_NODES },
  };
  const mapOn = (one: Network, on: AcceleratorSpecification, share: number) =>
    finalMapping(one, buildAccelerator(on, inputs.technology), plan, pool, {
      stop: finalTime.until(share)?.stop,
      step: (text) => step(`final mappings: ${text}`),
    });
  const { network: known } = inputs.reference;
  const baseline = `${known.name} on ${inputs.template.name}`;
  const parts = [...(isBaseline ? [] : ['the best network on the best accelerator']), baseline];
  const networks = isBaseline ? [known] : [found, known];
  emit({ kind: 'note', level: 'info', text: finalText(parts, networks, finalTime) });
  const mapped = await mapOn(found, specification, isBaseline ? 1 : FOUND_SHARE);
  return { found: mapped, reference: isBaseline ? mapped : await mapOn(known, inputs.template, 1) };
}
