import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import { notModelled } from '../../cost/analysis/not-modelled.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import { needsLayersOnly } from '../../cost/link-cost.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { designOf } from '../../search/network/cosearch-context.ts';
import { accuracyFront, cheapestAbove } from '../../search/network/network-front.ts';
import { type LayerRecord, networkCosts } from '../../search/network/network-table.ts';
import type { NetworkFigures, ScoredDesign } from '../../search/ports.ts';
import type { CorrelationEvent, RunEvent, StartedEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import type { Layer, Network } from '../../workload/network.ts';
import { type LayerReport, layerReport, type NetworkReport, networkReport } from '../explain/evaluate.ts';
import { layerSummary, networkSummaries } from '../explain/layer-summary.ts';
import type { RunSession } from '../run/kind.ts';
import { latencyCorrelation } from './correlation.ts';
import type { ExhaustiveData, ExhaustiveInputs } from './inputs.ts';
import {
  accuracyCosts,
  accuracyPoint,
  buildOptions,
  foundNetwork,
  type RatedSpace,
  rateSpace,
  type ScoredSpace,
} from './score.ts';

/** State of an exhaustive run between two layers; plain JSON. */
export interface ExhaustiveState {
  readonly kind: 'exhaustive';
  /** Of the first layers, in the order of the network table. */
  readonly outcomes: readonly LayerRecord[];
}

/** State before the first event. */
export const INITIAL_EXHAUSTIVE_STATE: ExhaustiveState = { kind: 'exhaustive', outcomes: [] };

/** The surroundings of an exhaustive run. */
export interface ExhaustiveSession extends Pick<RunSession<ExhaustiveState>, 'state' | 'emit' | 'checkpoint'> {
  /** Ends it: the call is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Maps the layers from `known` on and tells each result in their order. */
  readonly mapLayers: (
    layers: readonly Layer[],
    known: number,
    accelerator: Accelerator,
    onOutcome: (outcome: LayerRecord) => void,
  ) => Promise<void>;
}

/** All networks scored, and the best of them mapped in detail. */
export interface FinishedExhaustive {
  readonly scored: ScoredSpace;
  readonly outcomes: readonly LayerRecord[];
  /** Least accuracy in percent; null without. */
  readonly floorPercent: number | null;
  /** Index of the cheapest network that keeps the floor. */
  readonly best: number;
  /** Index of the most accurate network: what the best one is compared with. */
  readonly mostAccurate: number;
  readonly report: NetworkReport;
  readonly correlation: CorrelationEvent | null;
}

/**
 * Scores all networks of a space on one accelerator: maps every distinct layer once, adds up, compares.
 * @throws TrifoldError `infeasible` when no network that keeps the floor can be mapped
 */
export async function runExhaustive(
  inputs: ExhaustiveInputs,
  data: ExhaustiveData,
  { state, emit, checkpoint, mapLayers, signal }: ExhaustiveSession,
): Promise<FinishedExhaustive> {
  const accelerator = buildAccelerator(inputs.specification, inputs.technology);
  const isLayersOnly = needsLayersOnly(accelerator);
  const options = { ...buildOptions(inputs.request.batch), isLayersOnly };
  const rated = await rateSpace(data.space, data.accuracy, options, signal);
  const { layers } = rated.table;
  if (state.outcomes.length === 0) openingEvents(inputs, data, rated).forEach(emit);
  if (state.outcomes.length > layers.length)
    throw new TrifoldError(
      'foreign',
      `the run is damaged: it holds ${state.outcomes.length} of ${layers.length} layers`,
    );
  const outcomes = [...state.outcomes];
  for (const [i, outcome] of outcomes.entries())
    if (outcome.kind === 'mapped') mappedLayer(layers[i]!, accelerator, outcome);
  await mapLayers(layers, outcomes.length, accelerator, (outcome) => {
    const event = layerEvent(rated, accelerator, outcomes.length, outcome);
    outcomes.push(outcome);
    emit(event);
    checkpoint({ kind: 'exhaustive', outcomes: [...outcomes] });
  });
  const scored: ScoredSpace = { ...rated, accelerator, costs: networkCosts(rated.table, outcomes, accelerator) };
  return finish(inputs, data, scored, outcomes, emit);
}

function openingEvents(
  { request, specification, technology }: ExhaustiveInputs,
  { space, accuracy, advice }: ExhaustiveData,
  { table, searchPercent }: RatedSpace,
): RunEvent[] {
  const started: StartedEvent = {
    kind: 'started',
    command: 'cosearch',
    name: `${space.name} on ${specification.name}`,
    seed: request.seed,
    networks: [],
    accelerator: specification.name,
    specification,
    space: {
      name: space.name,
      title: space.title,
      size: space.distinctSize,
      accuracySource: accuracy.source,
      floorPercent: request.floorPercent,
    },
    technology: technology.name,
    strategy: 'exhaustive',
    objective: request.objective,
  };
  const unknown = searchPercent.filter(Number.isNaN).length;
  const notes = [
    `${table.genotypes.length} networks with ${table.layerCount} layers are made of ${table.layers.length} that cost differently; each is mapped once, for its own ${request.objective}`,
    ...(unknown === 0 ? [] : [`${unknown} networks are left out: nobody knows their accuracy`]),
  ];
  return [
    started,
    ...(advice === null ? [] : [{ kind: 'note', level: 'warning', text: advice } as const]),
    ...notes.map((text) => ({ kind: 'note', level: 'info', text }) as const),
  ];
}

function layerEvent(
  { space, table }: RatedSpace,
  accelerator: Accelerator,
  index: number,
  outcome: LayerRecord,
): RunEvent {
  const layer = table.layers[index]!;
  if (outcome.kind !== 'mapped')
    return {
      kind: 'note',
      level: 'warning',
      text: `${layer.name} cannot be mapped: ${outcome.kind === 'unmappable' ? outcome.reason : 'the search was cut'}`,
    };
  const report = mappedLayer(layer, accelerator, outcome);
  return {
    kind: 'layer',
    index,
    count: table.layers.length,
    layer: layerSummary({ network: space, accelerator }, report, outcome.optimal),
  };
}

function mappedLayer(layer: Layer, accelerator: Accelerator, { mapping }: { readonly mapping: Mapping }): LayerReport {
  const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
  if (!evaluation.feasible)
    throw new TrifoldError('foreign', `the run is damaged: the mapping of ${layer.name} is not legal`);
  return layerReport(layer, accelerator, mapping, evaluation);
}

function finish(
  { request, specification }: ExhaustiveInputs,
  data: ExhaustiveData,
  scored: ScoredSpace,
  outcomes: readonly LayerRecord[],
  emit: (event: RunEvent) => void,
): FinishedExhaustive {
  const { accelerator } = scored;
  const byGoal = accuracyCosts(scored, request.objective);
  const best = cheapestAbove(byGoal, request.floorPercent ?? 0);
  const front = accuracyFront(accuracyCosts(scored, 'edp'));
  const [mostAccurate] = front;
  if (best === null || mostAccurate === undefined)
    throw new TrifoldError(
      'infeasible',
      `${specification.name} can run no network of ${data.space.name} that keeps the floor`,
      { hint: firstReason(outcomes) },
    );
  const report = bestReport(scored, outcomes, best, request.batch);
  const isOptimal = new Map(
    scored.table.layers.map((layer, i) => [layerKey(layer), outcomes[i]?.kind === 'mapped' && outcomes[i].optimal]),
  );
  const layers = networkSummaries(report, (i) => isOptimal.get(layerKey(report.layers[i]!.layer)) === true);
  const reference = networkFigures(scored, mostAccurate);
  const design = designOf(accelerator);
  const area = areaMm2(accelerator);
  const scoredDesign = (index: number): ScoredDesign => ({
    trial: index,
    score: scored.costs.edpPjCycles[index]! / reference.edpPjCycles,
    design,
    specification,
    networks: [networkFigures(scored, index)],
    areaMm2: area,
    network: foundNetwork(scored, index),
  });
  const accuracyPoints = front.map((index) => accuracyPoint(scored, index));
  const counters = searchCounters(scored, outcomes);
  emit({
    kind: 'note',
    level: 'info',
    text: 'the baseline of this run is the most accurate network of the space on the same accelerator, also mapped optimally',
  });
  emit({
    kind: 'baseline',
    which: 'optimal',
    accelerator: specification.name,
    dataflow: null,
    networks: [reference],
    areaMm2: area,
  });
  emit({
    kind: 'generation',
    generation: 0,
    trials: front.map((index) => {
      const { specification: _, ...rest } = scoredDesign(index);
      return { ...rest, generation: 0, outcome: 'scored' as const, bound: 0 };
    }),
    best: scoredDesign(best),
    improved: true,
    frontSize: front.length,
    accuracyFront: accuracyPoints,
    counters,
  });
  const correlation = latencyCorrelation(scored, data.recorded);
  if (correlation !== null) emit(correlation);
  emit({ kind: 'best-layers', trial: best, layers });
  const ratio = 1 / scoredDesign(best).score;
  emit({
    kind: 'finished',
    reason: 'done',
    design: {
      best: scoredDesign(best),
      improvement: { published: ratio, optimal: ratio },
      layers,
      front: [],
      accuracyFront: accuracyPoints,
      counters,
    },
    networks: [networkFigures(scored, best)],
    notModelled: notModelled(scored.accelerator, [report.network]),
  });
  return { scored, outcomes, floorPercent: request.floorPercent, best, mostAccurate, report, correlation };
}

function firstReason(outcomes: readonly LayerRecord[]): string {
  const failed = outcomes.find((outcome) => outcome.kind === 'unmappable');
  return failed?.kind === 'unmappable' ? failed.reason : 'lower --min-accuracy';
}

/** A network with its mappings, layer by layer. */
function bestReport(
  { space, table, accelerator }: ScoredSpace,
  outcomes: readonly LayerRecord[],
  index: number,
  batch: number,
): NetworkReport {
  const network: Network = space.build(table.genotypes[index]!, buildOptions(batch));
  const byKey = new Map(table.layers.map((layer, i) => [layerKey(layer), outcomes[i]!]));
  const reports = network.layers.map((layer) => {
    const outcome = byKey.get(layerKey(layer));
    if (outcome?.kind !== 'mapped') throw new Error(`${layer.name} was not mapped`);
    return mappedLayer(layer, accelerator, outcome);
  });
  return networkReport(network, accelerator, reports);
}

function networkFigures({ space, costs }: ScoredSpace, index: number): NetworkFigures {
  return {
    network: space.name,
    energyPj: costs.energyPj[index]!,
    cycles: costs.cycles[index]!,
    edpPjCycles: costs.edpPjCycles[index]!,
  };
}

function searchCounters({ costs, table }: ScoredSpace, outcomes: readonly LayerRecord[]) {
  const unmappable = costs.edpPjCycles.filter(Number.isNaN).length;
  return {
    scored: table.genotypes.length - unmappable,
    stopped: 0,
    unmappable,
    rejections: {},
    layersMapped: outcomes.length,
    layersRemembered: table.layerCount - outcomes.length,
    layersSkipped: 0,
    mappingsEvaluated: outcomes.reduce(
      (sum, outcome) => sum + (outcome.kind === 'unmappable' ? 0 : outcome.evaluations),
      0,
    ),
  };
}
