import { areaMm2 } from '../accelerator/accelerator.ts';
import { buildAccelerator } from '../accelerator/build.ts';
import { type Baselines, baselineDesign, evaluateBaseline, improvement } from '../search/accelerator/baseline.ts';
import type { AcceleratorSearchOptions, AcceleratorSearchState } from '../search/accelerator/search-options.ts';
import { AcceleratorSearch } from '../search/accelerator/two-level.ts';
import { EDP } from '../search/mapping/objective.ts';
import type { CandidateEvaluator, NetworkFigures, ScoredDesign } from '../search/ports.ts';
import type { BaselineEvent, DesignSummary, RunEvent, StartedEvent } from '../search/run-events.ts';
import { TrifoldError } from '../util/errors.ts';
import { networkMacs, networkParameters } from '../workload/network.ts';
import { type DesignInputs, dimsPerAxisOf, populationOf } from './design-inputs.ts';
import { type NetworkReport, networkReport } from './evaluate.ts';
import { layerSummary, networkFigures } from './layer-summary.ts';
import { type MappedNetwork, mapNetwork } from './map-network.ts';
import type { MapperSettings } from './mapper-settings.ts';

/** State of a design run between two events; plain JSON. */
export interface DesignState {
  readonly kind: 'design';
  readonly baselines: readonly BaselineEvent[];
  readonly search: AcceleratorSearchState | null;
}

/** State before the first event. */
export const INITIAL_DESIGN_STATE: DesignState = { kind: 'design', baselines: [], search: null };

/** Why a design run ended. */
export type EndReason = 'generations' | 'time' | 'evaluations' | 'target' | 'interrupted' | 'exhausted';

/** How a run talks to its surroundings. */
export interface DesignHooks {
  readonly evaluator: CandidateEvaluator;
  readonly onEvent: (event: RunEvent) => void;
  /** Receives what continuing needs; it covers all events so far. */
  readonly onState: (state: DesignState) => void;
  /** Asked before every generation; a reason ends the search with what it has. */
  readonly endsNow: (search: AcceleratorSearch) => EndReason | null;
  /** Awaited before every generation. */
  readonly whenUnpaused: () => Promise<void>;
}

/** The best design with its final mappings. */
export interface FinishedDesign {
  readonly reason: EndReason;
  readonly summary: DesignSummary;
  readonly best: ScoredDesign;
  readonly mapped: readonly MappedNetwork[];
  readonly baselines: readonly BaselineEvent[];
}

/** Settings of level 1 in a design run. */
export function designMapperSettings(inputs: DesignInputs, factors: 'perfect' | 'imperfect'): MapperSettings {
  const { mapper, mapperEvaluations, seed } = inputs.request;
  return { mapper, factors, temporalReuse: 'exact', evaluations: mapperEvaluations, seed };
}

/**
 * Runs (or continues) a two-level search: baselines, generations, final mapping of the best design.
 * @returns null when it was interrupted before its end
 * @throws TrifoldError `infeasible` when the baseline cannot run the workload, no design keeps the budget, or none can be mapped
 */
export async function runDesign(
  inputs: DesignInputs,
  start: DesignState,
  hooks: DesignHooks,
): Promise<FinishedDesign | null> {
  let state = start;
  const advance = (next: DesignState): void => {
    state = next;
    hooks.onState(next);
  };
  if (state.baselines.length === 0) {
    hooks.onEvent(startedEvent(inputs));
    const optimal = await optimalBaseline(inputs, hooks.evaluator);
    const published = publishedBaseline(inputs);
    const baselines = published === null ? [optimal] : [published, optimal];
    baselines.forEach(hooks.onEvent);
    advance({ ...state, baselines });
  }
  const options = searchOptions(inputs, state.baselines);
  const search =
    state.search === null ? AcceleratorSearch.create(options) : AcceleratorSearch.fromState(options, state.search);
  let reason: EndReason | null = null;
  while (!search.isDone && reason === null) {
    await hooks.whenUnpaused();
    reason = hooks.endsNow(search);
    if (reason !== null) break;
    const event = await search.nextGeneration(hooks.evaluator);
    if (event.kind === 'exhausted') {
      hooks.onEvent({ kind: 'note', level: 'warning', text: event.message });
      reason = 'exhausted';
    } else hooks.onEvent(event);
    advance({ ...state, search: search.getState() });
  }
  if (reason === 'interrupted') return null;
  return finish(inputs, search, state.baselines, reason ?? endOf(search), hooks.onEvent);
}

/** A resumed search may be exhausted already. */
function endOf(search: AcceleratorSearch): EndReason {
  return search.getState().exhausted ? 'exhausted' : 'generations';
}

function searchOptions(inputs: DesignInputs, events: readonly BaselineEvent[]): AcceleratorSearchOptions {
  const { request, template, budget, technology, networks } = inputs;
  const { strategy, seed, generations, factors, prune } = request;
  const figures = (which: BaselineEvent['which']) => events.find((event) => event.which === which)?.networks;
  const published = figures('published');
  const baselines: Baselines = {
    optimal: figures('optimal')!,
    ...(published === undefined ? {} : { published }),
  };
  const populationSize = populationOf(request);
  const known =
    request.baselineCandidate === true ? baselineDesign(template, technology, budget, baselines.optimal) : null;
  return {
    strategy,
    seed,
    generations,
    populationSize,
    template,
    budget,
    technology,
    networks,
    baselines,
    factors,
    prune,
    dimsPerAxis: dimsPerAxisOf(request),
    ...(known === null ? {} : { known }),
  };
}

function startedEvent({ request, networks, budget, technology }: DesignInputs): StartedEvent {
  const { baseline: _baseline, source: _source, ...limits } = budget;
  return {
    kind: 'started',
    command: 'design',
    name: `${request.workloads.join('+')} within ${budget.name}`,
    seed: request.seed,
    networks: networks.map((network) => ({
      name: network.name,
      layers: network.layers.length,
      macs: networkMacs(network),
      parameters: networkParameters(network),
    })),
    budget: limits,
    technology: technology.name,
    strategy: request.strategy,
    objective: 'edp',
    generations: request.generations,
    populationSize: populationOf(request),
  };
}

async function optimalBaseline(inputs: DesignInputs, evaluator: CandidateEvaluator): Promise<BaselineEvent> {
  const networks = await evaluateBaseline(inputs.template, inputs.networks.length, evaluator);
  return baselineEvent(inputs, 'optimal', null, networks);
}

/** The baseline within its published dataflow, every layer mapped as well as the dataflow allows. */
function publishedBaseline(inputs: DesignInputs): BaselineEvent | null {
  const { dataflow, template, technology, networks, request } = inputs;
  if (dataflow === null) return null;
  const accelerator = buildAccelerator(template, technology);
  const settings = { ...designMapperSettings(inputs, request.factors), dataflow };
  const figures = networks.map((network) => networkFigures(mapNetwork(network, accelerator, EDP, settings).report));
  return baselineEvent(inputs, 'published', dataflow.name, figures);
}

function baselineEvent(
  { template, technology }: DesignInputs,
  which: BaselineEvent['which'],
  dataflow: string | null,
  networks: readonly NetworkFigures[],
): BaselineEvent {
  const area = areaMm2(buildAccelerator(template, technology));
  return { kind: 'baseline', which, accelerator: template.name, dataflow, networks, areaMm2: area };
}

function finish(
  inputs: DesignInputs,
  search: AcceleratorSearch,
  baselines: readonly BaselineEvent[],
  reason: EndReason,
  emit: (event: RunEvent) => void,
): FinishedDesign {
  const { best } = search;
  if (best === null)
    throw new TrifoldError(
      'infeasible',
      `no design within budget ${inputs.budget.name} can run ${inputs.request.workloads.join(', ')}`,
      {
        hint: `tried ${search.getState().trials} designs; a larger budget, or more --generations`,
      },
    );
  const mapped = inputs.networks.map((network) => finalMapping(inputs, best, network));
  const layers = mapped.flatMap(({ report, proofs }) =>
    report.layers.map((layer, i) => layerSummary(report, layer, proofs[i]!.optimal)),
  );
  emit({ kind: 'best-layers', trial: best.trial, layers });
  const networks = mapped.map(({ report }) => networkFigures(report));
  const against = (which: BaselineEvent['which']): number => {
    const event = baselines.find((one) => one.which === which);
    return event === undefined ? Number.NaN : improvement(event.networks, networks);
  };
  const optimal = against('optimal');
  const published = against('published');
  const summary: DesignSummary = {
    best,
    improvement: { published: Number.isNaN(published) ? optimal : published, optimal },
    layers,
    front: search.front,
    counters: search.getState().counters,
  };
  emit({ kind: 'finished', reason, design: summary, networks });
  return { reason, summary, best, mapped, baselines };
}

/** The best design mapped with the final factors; layers that the search's factors serve better keep these. */
function finalMapping(
  inputs: DesignInputs,
  best: ScoredDesign,
  network: DesignInputs['networks'][number],
): MappedNetwork {
  const accelerator = buildAccelerator(best.specification, inputs.technology);
  const { factors, finalFactors } = inputs.request;
  const searched = mapNetwork(network, accelerator, EDP, designMapperSettings(inputs, factors));
  if (factors === finalFactors) return searched;
  const final = mapNetwork(network, accelerator, EDP, designMapperSettings(inputs, finalFactors));
  return betterLayers(searched, final);
}

function betterLayers(a: MappedNetwork, b: MappedNetwork): MappedNetwork {
  const isBetter = (i: number) =>
    b.report.layers[i]!.evaluation.edpPjCycles < a.report.layers[i]!.evaluation.edpPjCycles;
  const layers = a.report.layers.map((layer, i) => (isBetter(i) ? b.report.layers[i]! : layer));
  const proofs = a.proofs.map((proof, i) => (isBetter(i) ? b.proofs[i]! : proof));
  const report: NetworkReport = networkReport(a.report.network, a.report.accelerator, layers);
  return { report, proofs, remembered: a.remembered };
}
