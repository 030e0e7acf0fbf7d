import type { Accelerator } from '../accelerator/accelerator.ts';
import { buildAccelerator } from '../accelerator/build.ts';
import type { AcceleratorSpecification } from '../accelerator/specification.ts';
import { EDP } from '../search/mapping/objective.ts';
import type { LayerSummary } from '../search/run-events.ts';
import type { Network } from '../workload/network.ts';
import type { DesignInputs } from './design-inputs.ts';
import { type LayerReport, layerReport, networkReport, totalsOf } from './evaluate.ts';
import type { LayerPool } from './layer-pool.ts';
import { layerSummary } from './layer-summary.ts';
import { type LayerWork, workError } from './layer-task.ts';
import type { MappedLayer, MappingProof } from './map-layer.ts';
import { distinctShapes, type MappedNetwork, mapNetwork, mappedNetwork } from './map-network.ts';
import type { MapperSettings } from './mapper-settings.ts';
import { mapNetworkWise, solvesNetworkWise } from './network-wise.ts';

/** A network with its final mappings. */
export interface FinalNetwork extends Omit<MappedNetwork, 'proofs'> {
  /** Per layer, of its own EDP; null where the network as a whole is better served by another mapping than the layer. */
  readonly proofs: readonly (MappingProof | null)[];
  /** EDP with the best mapping of every layer on its own. */
  readonly layerWiseEdpPjCycles: number;
  /** No choice of mappings with the factors of the search has a smaller EDP of the network; null where that was not solved. */
  readonly networkWise: { readonly lowerBound: number; readonly optimal: boolean } | null;
}

/** Partial mappings that the search of one layer with other factors than those of the search may bound in the end: seconds. */
const OTHER_NODES = 1_000_000;

/** Settings of level 1 in a design run. */
export function designMapperSettings(
  { request }: DesignInputs,
  factors: 'perfect' | 'imperfect',
): Omit<MapperSettings, 'shouldStop'> {
  const { mapper, mapperEvaluations, seed } = request;
  return { mapper, factors, temporalReuse: 'exact', evaluations: mapperEvaluations, seed };
}

/** What layers of a design or baseline are mapped with. */
interface LayerWise {
  readonly settings: Omit<MapperSettings, 'shouldStop'>;
  /** Absent: on this thread. */
  readonly pool: LayerPool | undefined;
}

/** Maps every layer of a network for its own EDP. @throws TrifoldError `infeasible` when a layer has no mapping */
export async function mapLayerWise(
  network: Network,
  accelerator: Accelerator,
  { settings, pool }: LayerWise,
): Promise<MappedNetwork> {
  if (pool === undefined) return mapNetwork(network, accelerator, EDP, settings);
  const distinct = distinctShapes(network);
  const mapped: MappedLayer[] = [];
  await pool.map(worksOf(distinct.shapes, accelerator, settings), (result) => {
    if (result.kind === 'failed') throw workError(result);
    mapped.push(result.layers[0]!);
  });
  return mappedNetwork(network, accelerator, distinct, mapped);
}

/**
 * Final mappings of an accelerator for all networks of a run: the least EDP of each network as a whole where that can be solved (the best
 * mappings of the layers one by one do not give it), then single layers with the final factors where these are better.
 * @param pool absent: layer by layer only, on this thread
 * @throws TrifoldError `infeasible` when a layer has no mapping
 */
export async function finalMappings(
  inputs: DesignInputs,
  specification: AcceleratorSpecification,
  pool: LayerPool | undefined,
): Promise<FinalNetwork[]> {
  const accelerator = buildAccelerator(specification, inputs.technology);
  const finals: FinalNetwork[] = [];
  const { factors, finalFactors } = inputs.request;
  const plan = {
    settings: designMapperSettings(inputs, factors),
    finalSettings: designMapperSettings(inputs, finalFactors),
  };
  for (const network of inputs.networks) finals.push(await finalMapping(network, accelerator, plan, pool));
  return finals;
}

/** The layers of all networks of a run on an accelerator, each with its own best mapping, as views show them. */
export async function layerSummaries(
  inputs: DesignInputs,
  specification: AcceleratorSpecification,
  pool: LayerPool,
): Promise<LayerSummary[]> {
  const accelerator = buildAccelerator(specification, inputs.technology);
  const settings = designMapperSettings(inputs, inputs.request.factors);
  const layers: LayerSummary[] = [];
  for (const network of inputs.networks) {
    const { report, proofs } = await mapLayerWise(network, accelerator, { settings, pool });
    layers.push(...report.layers.map((layer, i) => layerSummary(report, layer, proofs[i]!.optimal)));
  }
  return layers;
}

/** How a network gets its final mappings. */
export interface FinalPlan {
  /** Of the network as a whole. */
  readonly settings: LayerWork['settings'];
  /** Of single layers that may be better; no more than a mapping with limited effort where the factors are others. */
  readonly finalSettings: LayerWork['settings'];
}

/** Final mappings of one network, see {@link finalMappings}. @throws TrifoldError `infeasible` when a layer has no mapping */
export async function finalMapping(
  network: Network,
  accelerator: Accelerator,
  { settings, finalSettings }: FinalPlan,
  pool: LayerPool | undefined,
): Promise<FinalNetwork> {
  const layerWise = await mapLayerWise(network, accelerator, { settings, pool });
  const layerWiseEdpPjCycles = layerWise.report.totals.edpPjCycles;
  let final: FinalNetwork = { ...layerWise, layerWiseEdpPjCycles, networkWise: null };
  if (pool !== undefined && settings.factors === 'perfect' && solvesNetworkWise(EDP, settings)) {
    const whole = await mapNetworkWise(network, accelerator, EDP, [], { settings, pool });
    if (whole !== null) {
      const { report, lowerBound, optimal } = whole;
      const proofs = layerWise.proofs.map((proof, i) =>
        isAlike(report.layers[i]!, layerWise.report.layers[i]!) ? proof : null,
      );
      const isBetter = report.totals.edpPjCycles < layerWiseEdpPjCycles;
      final = { ...final, ...(isBetter ? { report, proofs } : {}), networkWise: { lowerBound, optimal } };
    }
  }
  if (settings.factors === finalSettings.factors) return final;
  const others = await othersOf(network, accelerator, finalSettings, pool);
  return withBetterLayers(final, others);
}

function isAlike({ evaluation: a }: LayerReport, { evaluation: b }: LayerReport): boolean {
  return a.energyPj === b.energyPj && a.cycles === b.cycles;
}

/** Mappings of the layers with other factors; null where none was found in the nodes given. */
async function othersOf(
  network: Network,
  accelerator: Accelerator,
  settings: Omit<MapperSettings, 'shouldStop'>,
  pool: LayerPool | undefined,
): Promise<(MappedLayer | null)[]> {
  const { shapes, shapeOf } = distinctShapes(network);
  if (pool === undefined) {
    const { report, proofs } = mapNetwork(network, accelerator, EDP, settings);
    return report.layers.map(({ mapping, evaluation }, i) => ({ mapping, evaluation, proof: proofs[i]! }));
  }
  const works = worksOf(shapes, accelerator, settings).map((work) => ({ ...work, nodeLimit: OTHER_NODES }));
  const results = await pool.map(works);
  const mapped = results.map((result) => {
    if (result.kind === 'mapped') return result.layers[0]!;
    if (result.outOfNodes) return null;
    throw workError(result);
  });
  return shapeOf.map((shape) => mapped[shape]!);
}

/** Takes single layers over while that lowers the EDP of the network. */
function withBetterLayers(start: FinalNetwork, others: readonly (MappedLayer | null)[]): FinalNetwork {
  const { network, accelerator } = start.report;
  const layers = [...start.report.layers];
  const proofs = [...start.proofs];
  const edp = (list: readonly LayerReport[]) => totalsOf(accelerator, list).edpPjCycles;
  let least = edp(layers);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [i, other] of others.entries()) {
      if (other === null) continue;
      const { mapping, evaluation, proof } = other;
      const next = [...layers];
      next[i] = layerReport(network.layers[i]!, accelerator, mapping, evaluation);
      if (!(edp(next) < least * (1 - 1e-12))) continue;
      least = edp(next);
      layers[i] = next[i];
      proofs[i] = proof;
      changed = true;
    }
  }
  return { ...start, report: networkReport(network, accelerator, layers), proofs };
}

function worksOf(
  shapes: ReturnType<typeof distinctShapes>['shapes'],
  accelerator: Accelerator,
  settings: Omit<MapperSettings, 'shouldStop'>,
): LayerWork[] {
  return shapes.map((shape) => ({
    name: shape.problem.name,
    layers: [shape],
    accelerator,
    goal: { kind: 'text', objective: 'edp', subjectTo: [] },
    settings,
  }));
}
