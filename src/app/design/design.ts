import { areaMm2 } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import { AcceleratorSearch } from '../../search/accelerator/accelerator-search.ts';
import { type Baselines, baselineDesign, evaluateBaseline, improvement } from '../../search/accelerator/baseline.ts';
import { scoreOf } from '../../search/accelerator/network-score.ts';
import type { AcceleratorSearchOptions, AcceleratorSearchState } from '../../search/accelerator/search-options.ts';
import type { CandidateEvaluator, NetworkFigures, ScoredDesign } from '../../search/ports.ts';
import type { BaselineEvent, DesignSummary, RunEvent, StartedEvent } from '../../search/run-events.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkMacs, networkParameters } from '../../workload/network.ts';
import { layerSummary, networkFigures } from '../explain/layer-summary.ts';
import {
  designMapperSettings,
  type FinalNetwork,
  finalMappings,
  isProven,
  layerSummaries,
  mapLayerWise,
} from '../layers/final-mapping.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import {
  arraySizesOf,
  type DesignInputs,
  type DesignRequest,
  dimsPerAxisOf,
  explorationsOf,
  populationOf,
} from './inputs.ts';

/** State of a design run between two events; plain JSON. */
export interface DesignState {
  readonly kind: 'design';
  readonly baselines: readonly BaselineEvent[];
  readonly search: AcceleratorSearchState | null;
  /** The design whose layers were shown last. */
  readonly shownTrial?: number;
  /** Why the search ended, once it has: what is left are the final mappings, also after a resume. */
  readonly ended?: EndReason;
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
  /** Maps the best design: its layers now and then while the search runs, its networks as a whole in the end. Absent: in the end only, layer by layer. */
  readonly pool?: LayerPool;
}

/** The best design with its final mappings. */
export interface FinishedDesign {
  readonly request: DesignRequest;
  readonly reason: EndReason;
  readonly summary: DesignSummary;
  readonly best: ScoredDesign;
  readonly mapped: readonly FinalNetwork[];
  readonly baselines: readonly BaselineEvent[];
  /** The baseline mapped as the best design is; null where that is layer by layer, as in `baselines`. */
  readonly finalBaseline: readonly FinalNetwork[] | null;
  /** The same within its published dataflow; null without one. */
  readonly finalPublished: readonly FinalNetwork[] | null;
  /** The improvement of the summary with perfect factors alone; null where these are the final ones, or not known of both sides. */
  readonly perfectImprovement: DesignSummary['improvement'] | null;
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
    const published = await publishedBaseline(inputs, hooks.pool);
    const baselines = published === null ? [optimal] : [published, optimal];
    baselines.forEach(hooks.onEvent);
    advance({ ...state, baselines });
  }
  const options = searchOptions(inputs, state.baselines);
  const search =
    state.search === null ? AcceleratorSearch.create(options) : AcceleratorSearch.fromState(options, state.search);
  let reason: EndReason | null = state.ended ?? null;
  while (!search.isDone && reason === null) {
    await hooks.whenUnpaused();
    reason = hooks.endsNow(search);
    if (reason !== null) break;
    const event = await search.nextGeneration(hooks.evaluator);
    if (event.kind === 'exhausted') {
      hooks.onEvent({ kind: 'note', level: 'warning', text: event.message });
      reason = 'exhausted';
    } else {
      hooks.onEvent(event);
      const { best, generation } = event;
      if (hooks.pool !== undefined && best !== null && showsLayers(generation) && best.trial !== state.shownTrial) {
        const layers = await layerSummaries(inputs, best.specification, hooks.pool);
        hooks.onEvent({ kind: 'best-layers', trial: best.trial, layers });
        state = { ...state, shownTrial: best.trial };
      }
    }
    advance({ ...state, search: search.getState() });
  }
  if (reason === 'interrupted') return null;
  if (reason !== null && state.ended === undefined) advance({ ...state, ended: reason });
  return finish(inputs, search, state.baselines, reason ?? endOf(search), hooks);
}

/** Whether the layers of a new best design are shown after a generation. By number, not by time: mapping them again costs one candidate. */
function showsLayers(generation: number): boolean {
  return generation === 0 || generation % LAYERS_EVERY === LAYERS_EVERY - 1;
}

const LAYERS_EVERY = 4;

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
  const known = knownDesign(inputs, events);
  return {
    strategy,
    seed,
    generations,
    populationSize,
    baseline: template,
    budget,
    technology,
    networks,
    baselines,
    factors,
    prune,
    dimsPerAxis: dimsPerAxisOf(request),
    arraySizes: arraySizesOf(request),
    explorations: explorationsOf(request),
    ...(known === null ? {} : { baselineDesign: known }),
  };
}

/** The baseline as a design to be found, where it keeps the budget and the run wants it so. */
function knownDesign(
  { request, template, technology, budget }: DesignInputs,
  events: readonly BaselineEvent[],
): ScoredDesign | null {
  const optimal = events.find((event) => event.which === 'optimal');
  return request.baselineCandidate === true && optimal !== undefined
    ? baselineDesign(template, technology, budget, optimal.networks)
    : null;
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
async function publishedBaseline(inputs: DesignInputs, pool: LayerPool | undefined): Promise<BaselineEvent | null> {
  const { dataflow, template, technology, networks, request } = inputs;
  if (dataflow === null) return null;
  const accelerator = buildAccelerator(template, technology);
  const settings = { ...designMapperSettings(inputs, request.factors), dataflow };
  const figures: NetworkFigures[] = [];
  for (const network of networks)
    figures.push(networkFigures((await mapLayerWise(network, accelerator, { settings, pool })).report));
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

async function finish(
  inputs: DesignInputs,
  search: AcceleratorSearch,
  baselines: readonly BaselineEvent[],
  reason: EndReason,
  { onEvent, pool }: DesignHooks,
): Promise<FinishedDesign> {
  let { best } = search;
  if (best === null)
    throw new TrifoldError(
      'infeasible',
      `no design within budget ${inputs.budget.name} can run ${inputs.request.workloads.join(', ')}`,
      {
        hint: `tried ${search.getState().trials} designs; a larger budget, or more --generations`,
      },
    );
  onEvent({
    kind: 'note',
    level: 'info',
    text: 'now the mappings of the best design and of the baseline (the search has ended)',
  });
  const figures = (mapped: readonly FinalNetwork[]) => mapped.map(({ report }) => networkFigures(report));
  const { template, dataflow } = inputs;
  const baseline = pool === undefined ? null : await finalMappings(inputs, template, pool);
  const within = pool === undefined ? null : await finalPublished(inputs, pool);
  const known = knownDesign(inputs, baselines);
  let mapped =
    best.trial === BASELINE_TRIAL && baseline !== null
      ? baseline
      : await finalMappings(inputs, best.specification, pool);
  if (known !== null && baseline !== null && improvement(figures(baseline), figures(mapped)) < 1) {
    best = known;
    mapped = baseline;
  }
  const layers = mapped.flatMap((final) =>
    final.report.layers.map((layer, i) => layerSummary(final.report, layer, isProven(final, i))),
  );
  const finalEvent = (which: BaselineEvent['which'], name: string | null, finals: readonly FinalNetwork[] | null) => {
    if (finals !== null) onEvent({ ...baselineEvent(inputs, which, name, figures(finals)), isFinal: true });
  };
  finalEvent('published', dataflow?.name ?? null, within);
  finalEvent('optimal', null, baseline);
  onEvent({ kind: 'best-layers', trial: best.trial, layers });
  const networks = figures(mapped);
  const ofSearch = best.networks;
  // Both sides as mapped in the end, or both as in the search.
  const gainOver = (which: BaselineEvent['which'], finals: readonly FinalNetwork[] | null): number | null => {
    if (finals !== null) return improvement(figures(finals), networks);
    const searched = baselines.find((event) => event.which === which)?.networks;
    return searched === undefined ? null : improvement(searched, ofSearch);
  };
  const optimal = gainOver('optimal', baseline)!;
  const summary: DesignSummary = {
    best,
    improvement: { published: gainOver('published', within) ?? optimal, optimal },
    layers,
    front: search.front,
    counters: search.getState().counters,
  };
  onEvent({ kind: 'finished', reason, design: summary, networks });
  return {
    request: inputs.request,
    reason,
    summary,
    best,
    mapped,
    baselines,
    finalBaseline: baseline,
    finalPublished: within,
    perfectImprovement: perfectImprovement(mapped, baseline, inputs.dataflow === null ? baseline : within),
  };
}

/** Null without a published dataflow, and where only the imperfect factors of the search can keep to it. */
async function finalPublished(inputs: DesignInputs, pool: LayerPool): Promise<FinalNetwork[] | null> {
  if (inputs.dataflow === null) return null;
  try {
    return await finalMappings(inputs, inputs.template, pool, inputs.dataflow);
  } catch (error) {
    if (error instanceof TrifoldError && error.code === 'infeasible') return null;
    throw error;
  }
}

function perfectImprovement(
  mapped: readonly FinalNetwork[],
  optimal: readonly FinalNetwork[] | null,
  published: readonly FinalNetwork[] | null,
): DesignSummary['improvement'] | null {
  const edps = (finals: readonly FinalNetwork[]) =>
    finals.flatMap(({ perfectEdpPjCycles }) => perfectEdpPjCycles ?? []);
  const own = edps(mapped);
  if (optimal === null || published === null || own.length < mapped.length) return null;
  if (mapped.every(({ factors }) => factors === 'perfect')) return null;
  return { published: 1 / scoreOf(own, edps(published)), optimal: 1 / scoreOf(own, edps(optimal)) };
}
