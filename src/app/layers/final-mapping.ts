import type { Accelerator } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import type { MappedLayer, MapperSettings, MappingProof } from '../../search/mapping/map-layer.ts';
import { EDP } from '../../search/mapping/objective.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { LayerSummary } from '../../search/run-events.ts';
import { isRaised, type StopFlag } from '../../util/stop-flag.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import type { DesignInputs } from '../design/inputs.ts';
import { type LayerReport, layerReport, networkReport, totalsOf } from '../explain/evaluate.ts';
import { networkSummaries } from '../explain/layer-summary.ts';
import type { BetweenLayers } from './between-layers.ts';
import type { FinalCourse, FinalNetwork } from './final-network.ts';
import { namedGoal } from './goal.ts';
import type { LayerPool } from './layer-pool.ts';
import { workError, workPerShape } from './layer-work.ts';
import { type MappedNetwork, mappedNetwork } from './map-network.ts';
import { isAlike, layerProofs } from './network-answer.ts';
import { mapNetworkWise, solvesNetworkWise } from './network-wise.ts';
import { scheduledFinal } from './scheduled/scheduled-final.ts';
import { betweenOf } from './search-between.ts';

/** What is left to do after a search, told before it begins. @param parts what is mapped, in words @param networks the networks of all parts */
export function finalText(
  parts: readonly string[],
  networks: readonly Network[],
  { seconds }: { readonly seconds: number | null },
): string {
  const layers = networks.reduce((sum, network) => sum + distinctShapes(network).shapes.length, 0);
  const limit =
    seconds === null
      ? 'without a limit of time (--final-time sets one)'
      : `${Math.ceil(seconds)} s at most (--final-time)`;
  return `now the final mappings of ${parts.join(', ')}: ${layers} layers in all, ${limit}`;
}

/** How far the EDP of final mappings may be above the least one, as far as is known: 0.1 = 10 %; null where nothing is. */
export function finalGap({ report, bound }: FinalNetwork): number | null {
  return bound === null ? null : Math.max(0, report.totals.edpPjCycles / bound.edpPjCycles - 1);
}

/** Whether no mapping of a layer with the final factors is better: for its own EDP, or in the network as a whole. */
export function isProven({ proofs, networkWise, factors }: FinalNetwork, layer: number): boolean {
  return proofs[layer]?.optimal ?? (factors === 'perfect' && networkWise?.optimal === true);
}

/**
 * Partial mappings over imperfect factors that a layer may bound in the end of a design run: on ResNet-50 and Eyeriss 100,000 take 6 s of CPU for
 * nine tenths of what 400,000 bring, on MobileNetV2 and NVDLA-256 50,000 bring all (`docs/results.md`).
 */
export const FINAL_NODES = 100_000;

/** Settings of level 1 in a design run. */
export function designMapperSettings({ request }: DesignInputs, factors: 'perfect' | 'imperfect'): MapperSettings {
  const { mapper, mapperEvaluations, seed } = request;
  return { mapper, factors, temporalReuse: 'exact', evaluations: mapperEvaluations, seed };
}

/** How layers of a design or baseline are mapped. */
interface LayerWise {
  readonly settings: MapperSettings;
  readonly pool: LayerPool;
  /** Ends the search of each layer with the best mapping so far. */
  readonly stop?: StopFlag | undefined;
  /** Partial mappings that each layer may bound before that. */
  readonly nodesBeforeStop?: number;
}

/** Maps every layer of a network for its own EDP. @throws TrifoldError `infeasible` when a layer has no mapping */
export async function mapLayerWise(
  network: Network,
  accelerator: Accelerator,
  { settings, pool, ...stops }: LayerWise,
): Promise<MappedNetwork> {
  const distinct = distinctShapes(network);
  const mapped: MappedLayer[] = [];
  await pool.map(
    workPerShape(distinct.shapes, { accelerator, goal: namedGoal('edp'), settings, ...stops }),
    (result) => {
      if (result.kind === 'failed') throw workError(result);
      mapped.push(result.layers[0]!);
    },
  );
  return mappedNetwork(network, accelerator, distinct, mapped);
}

/**
 * Final mappings of an accelerator for all networks of a run: the least EDP of each network as a whole where that can be solved (the best
 * mappings of the layers one by one do not give it), then single layers with the final factors where these are better.
 * @param dataflow what all mappings keep to
 * @throws TrifoldError `infeasible` when a layer has no mapping
 */
export async function finalMappings(
  inputs: DesignInputs,
  specification: AcceleratorSpecification,
  pool: LayerPool,
  { dataflow, ...course }: FinalCourse & { readonly dataflow?: DataflowTemplate | undefined } = {},
): Promise<FinalNetwork[]> {
  const accelerator = buildAccelerator(specification, inputs.technology);
  const finals: FinalNetwork[] = [];
  const plan = finalPlan(inputs, dataflow);
  for (const network of inputs.networks) finals.push(await finalMapping(network, accelerator, plan, pool, course));
  return finals;
}

/** Whether the end of a run compares networks as a whole, with the factors of the search. */
function comparesWhole({ request: { mapper, factors } }: DesignInputs): boolean {
  return factors === 'perfect' && solvesNetworkWise(EDP, { mapper });
}

/**
 * Every network of a run as a whole on an accelerator, nearly: the point of its supporting line through the sums of its layers mapped one by one, which
 * is never above their EDP (the mean of two figures is at least the root of their product) and costs as much as mapping them once.
 * @param known figures of the layers mapped one by one
 * @returns null where that is not what the end of a run compares, or no mapping keeps to the dataflow
 */
export async function nearWhole(
  inputs: DesignInputs,
  specification: AcceleratorSpecification,
  known: readonly NetworkFigures[],
  pool: LayerPool,
  { stop, step = () => {}, dataflow }: FinalCourse & { readonly dataflow?: DataflowTemplate | undefined } = {},
): Promise<MappedNetwork[] | null> {
  if (!comparesWhole(inputs)) return null;
  const accelerator = buildAccelerator(specification, inputs.technology);
  const settings = { ...designMapperSettings(inputs, 'perfect'), ...(dataflow === undefined ? {} : { dataflow }) };
  const whole: MappedNetwork[] = [];
  for (const [n, network] of inputs.networks.entries()) {
    step(`${network.name} on ${accelerator.name} as a whole`);
    const distinct = distinctShapes(network);
    const goal = { kind: 'supporting-line', lambda: known[n]!.energyPj / known[n]!.cycles } as const;
    const mapped: MappedLayer[] = [];
    for (const result of await pool.map(workPerShape(distinct.shapes, { accelerator, goal, settings, stop }))) {
      if (result.kind === 'failed') return null;
      mapped.push(result.layers[0]!);
    }
    whole.push(mappedNetwork(network, accelerator, distinct, mapped));
  }
  return whole;
}

/** The layers of all networks of a run on an accelerator, each with its own best mapping, as views show them. */
export async function layerSummaries(
  inputs: DesignInputs,
  specification: AcceleratorSpecification,
  pool: LayerPool,
  { stop, step = () => {} }: FinalCourse = {},
): Promise<LayerSummary[]> {
  const accelerator = buildAccelerator(specification, inputs.technology);
  const settings = designMapperSettings(inputs, inputs.request.factors);
  const mapped: MappedNetwork[] = [];
  for (const network of inputs.networks) {
    step(`${network.name} on ${accelerator.name}, layer by layer`);
    mapped.push(await mapLayerWise(network, accelerator, { settings, pool, stop }));
  }
  return summariesOf(mapped);
}

/** The layers of mapped networks as views show them. */
export function summariesOf(mapped: readonly MappedNetwork[]): LayerSummary[] {
  return mapped.flatMap(({ report, proofs }) => networkSummaries(report, (i) => proofs[i]!.optimal));
}

/** How a network gets its final mappings. */
export interface FinalPlan {
  /** Of the network as a whole. */
  readonly settings: MapperSettings;
  /** Of single layers that may be better. */
  readonly finalSettings: MapperSettings;
  /** Partial mappings that each layer may bound for its own EDP before an end of the time counts: no design ends worse than it was found. */
  readonly nodesBeforeStop?: number;
  readonly between: BetweenLayers;
}

/**
 * With the exact mapper the network as a whole has perfect factors, which can be solved. Where the search had imperfect ones, the final step spends as
 * much on a layer as the search did, so that no design ends worse than it was found.
 */
function finalPlan(inputs: DesignInputs, dataflow: DataflowTemplate | undefined): FinalPlan {
  const { mapper, factors, finalFactors } = inputs.request;
  const within = dataflow === undefined ? {} : { dataflow };
  const between = betweenOf(inputs.request);
  // The search has mapped the same layers without limit.
  const nodesBeforeStop = Number.POSITIVE_INFINITY;
  if (mapper !== 'exact')
    return {
      ...{ nodesBeforeStop, between },
      settings: { ...designMapperSettings(inputs, factors), ...within },
      finalSettings: { ...designMapperSettings(inputs, finalFactors), ...within },
    };
  const effort = finalFactors === 'imperfect' && factors === 'perfect' ? { imperfectNodes: FINAL_NODES } : {};
  return {
    ...{ nodesBeforeStop, between },
    settings: { ...designMapperSettings(inputs, 'perfect'), ...within },
    finalSettings: { ...designMapperSettings(inputs, finalFactors), ...within, ...effort },
  };
}

/** Final mappings of one network, see {@link finalMappings}. @throws TrifoldError `infeasible` when a layer has no mapping */
export async function finalMapping(
  network: Network,
  accelerator: Accelerator,
  plan: FinalPlan,
  pool: LayerPool,
  course: FinalCourse = {},
): Promise<FinalNetwork> {
  const islands = await islandMapping(network, accelerator, plan, pool, course);
  const { between, settings } = plan;
  if (between.mode === 'off') return islands;
  return scheduledFinal(islands, network, accelerator, { settings, between }, pool, course);
}

/** {@link finalMapping} with nothing on chip between layers. */
async function islandMapping(
  network: Network,
  accelerator: Accelerator,
  { settings, finalSettings, nodesBeforeStop }: FinalPlan,
  pool: LayerPool,
  { stop, step = () => {} }: FinalCourse,
): Promise<FinalNetwork> {
  const what = `${network.name} on ${accelerator.name}`;
  const isLate = () => stop !== undefined && isRaised(stop);
  step(`${what}: its layers`);
  const layerWise = await mapLayerWise(network, accelerator, {
    settings,
    pool,
    stop,
    ...(nodesBeforeStop === undefined ? {} : { nodesBeforeStop }),
  });
  const layerWiseEdpPjCycles = layerWise.report.totals.edpPjCycles;
  let final: FinalNetwork = {
    ...layerWise,
    factors: settings.factors,
    layerWiseEdpPjCycles,
    networkWise: null,
    perfectEdpPjCycles: null,
    replacedLayers: 0,
    isStopped: isLate(),
    bound: edpBoundOf(network, layerWise.proofs, settings.factors),
    schedule: null,
  };
  if (settings.factors === 'perfect' && solvesNetworkWise(EDP, settings) && !isLate()) {
    step(`${what}: the network as a whole`);
    const whole = await mapNetworkWise(network, accelerator, EDP, [], { settings, pool, stop });
    if (whole !== null) {
      const { report, lowerBound, optimal } = whole;
      const proofs = layerProofs(report, layerWise);
      const isBetter = report.totals.edpPjCycles < layerWiseEdpPjCycles;
      final = { ...final, ...(isBetter ? { report, proofs } : {}), networkWise: { lowerBound, optimal } };
      if (lowerBound > (final.bound?.edpPjCycles ?? 0))
        final = { ...final, bound: { edpPjCycles: lowerBound, factors: settings.factors } };
    }
  }
  if (settings.factors === 'perfect') final = { ...final, perfectEdpPjCycles: final.report.totals.edpPjCycles };
  if (settings.factors === finalSettings.factors || isLate()) return { ...final, isStopped: isLate() };
  const { factors } = finalSettings;
  step(`${what}: its layers with ${factors} factors`);
  const others = await othersOf(network, accelerator, { settings: finalSettings, pool, stop });
  const finals = [withBetterLayers(final, others, factors), withBetterLayers(final, others, factors, others)];
  const best = finals.reduce((a, b) => (b.report.totals.edpPjCycles < a.report.totals.edpPjCycles ? b : a));
  const bound = edpBoundOf(
    network,
    others.map((other) => other?.proof ?? null),
    factors,
  );
  return { ...best, isStopped: isLate(), bound: bound ?? best.bound };
}

/** From lower bounds of the EDPs of all layers: the EDP of their sums is at least (sum of the square roots)^2, by Cauchy and Schwarz. */
export function edpBoundOf(
  { layers }: Network,
  proofs: readonly (MappingProof | null)[],
  factors: FinalNetwork['factors'],
): FinalNetwork['bound'] {
  let root = 0;
  for (const [i, { repeat }] of layers.entries()) {
    const lowerBound = proofs[i]?.lowerBound ?? null;
    if (lowerBound === null) return null;
    root += repeat * Math.sqrt(lowerBound);
  }
  return { edpPjCycles: root ** 2, factors };
}

/** A layer with other factors than those of the network as a whole. */
interface OtherLayer {
  readonly report: LayerReport;
  readonly proof: MappingProof;
}

/** Mappings of the layers with other factors; null where none was found, as may be within a dataflow. */
async function othersOf(
  network: Network,
  accelerator: Accelerator,
  { settings, pool, stop }: LayerWise,
): Promise<(OtherLayer | null)[]> {
  const { shapes, shapeOf } = distinctShapes(network);
  const results = await pool.map(workPerShape(shapes, { accelerator, goal: namedGoal('edp'), settings, stop }));
  return shapeOf.map((shape, i) => {
    const result = results[shape]!;
    if (result.kind === 'mapped') {
      const { mapping, evaluation, proof } = result.layers[0]!;
      return { report: layerReport(network.layers[i]!, accelerator, mapping, evaluation), proof };
    }
    if (result.code === 'infeasible') return null;
    throw workError(result);
  });
}

/**
 * Takes single layers over while that lowers the EDP of the network.
 * @param from layers that are taken to begin with, whatever they bring
 */
function withBetterLayers(
  start: FinalNetwork,
  others: readonly (OtherLayer | null)[],
  factors: FinalNetwork['factors'],
  from: readonly (OtherLayer | null)[] = [],
): FinalNetwork {
  const { network, accelerator } = start.report;
  const layers = start.report.layers.map((layer, i) => from[i]?.report ?? layer);
  const edp = (list: readonly LayerReport[]) => totalsOf(accelerator, list, start.report.beside).edpPjCycles;
  let least = edp(layers);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [i, other] of others.entries()) {
      for (const one of [start.report.layers[i]!, other?.report]) {
        if (one === undefined || one === layers[i]) continue;
        const next = layers.with(i, one);
        if (!(edp(next) < least * (1 - 1e-12))) continue;
        least = edp(next);
        layers[i] = one;
        changed = true;
      }
    }
  }
  return {
    ...start,
    factors,
    report: networkReport(network, accelerator, layers),
    proofs: layers.map((layer, i) => {
      const other = others[i];
      return other && isAlike(layer, other.report) ? other.proof : null;
    }),
    replacedLayers: layers.filter((layer, i) => !isAlike(layer, start.report.layers[i]!)).length,
  };
}
