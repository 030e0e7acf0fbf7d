import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { Network } from '../../workload/network.ts';
import { unlessInfeasible } from '../design/finish.ts';
import { type FinalPlan, finalMapping, finalText } from '../layers/final-mapping.ts';
import type { FinalNetwork } from '../layers/final-network.ts';
import type { LayerWork } from '../layers/layer-work.ts';
import { betweenOf } from '../layers/search-between.ts';
import type { RunSession } from '../run/kind.ts';
import { COSEARCH_WORD_BITS } from './baseline-network.ts';
import type { CosearchInputs } from './inputs.ts';

/** The found network on the found accelerator, and the reference network on the baseline's, mapped in the same way. */
export interface FinalMappings {
  readonly found: FinalNetwork;
  readonly reference: FinalNetwork;
  /** The reference network within the published dataflow; null where that is compared as the search scored it. */
  readonly published: FinalNetwork | null;
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
  const plan: FinalPlan = {
    between: betweenOf(inputs.request),
    settings: cosearchMapperSettings(inputs, 'perfect'),
    nodesBeforeStop: NODES_BEFORE_STOP,
    finalSettings: { ...cosearchMapperSettings(inputs, inputs.request.factors), imperfectNodes: FINAL_NODES },
  };
  const mapOn = (one: Network, on: AcceleratorSpecification, share: number, how = plan) =>
    finalMapping(one, buildAccelerator(on, inputs.technology), how, pool, {
      stop: finalTime.until(share)?.stop,
      step: (text) => step(`final mappings: ${text}`),
    });
  const { network: known } = inputs.reference;
  const { dataflow, template } = inputs;
  // With nothing on chip between layers, what the search scored is what was published.
  const within = plan.between.mode === 'off' ? null : dataflow;
  const baseline = `${known.name} on ${template.name}`;
  const parts = [
    ...(isBaseline ? [] : ['the best network on the best accelerator']),
    baseline,
    ...(within === null ? [] : [`${baseline} in ${within.name}`]),
  ];
  const networks = [...(isBaseline ? [] : [found]), known, ...(within === null ? [] : [known])];
  emit({ kind: 'note', level: 'info', text: finalText(parts, networks, finalTime) });
  const mapped = await mapOn(found, specification, isBaseline && within === null ? 1 : FOUND_SHARE);
  const rest = within === null ? 1 : (1 + FOUND_SHARE) / 2;
  const reference = isBaseline ? mapped : await mapOn(known, template, rest);
  if (within === null) return { found: mapped, reference, published: null };
  const settings = { ...plan.settings, dataflow: within };
  const published = mapOn(known, template, 1, { ...plan, settings, finalSettings: settings });
  return { found: mapped, reference, published: await unlessInfeasible(published) };
}
