import { buildAccelerator } from '../../accelerator/build.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { AcceleratorSearch } from '../../search/accelerator/accelerator-search.ts';
import type { Baselines } from '../../search/accelerator/baseline.ts';
import type { AcceleratorSearchOptions, AcceleratorSearchState } from '../../search/accelerator/search-options.ts';
import type { MapperSettings } from '../../search/mapping/map-layer.ts';
import type { CandidateEvaluator, NetworkFigures, ScoredDesign } from '../../search/ports.ts';
import type { BaselineEvent, BestLayersEvent, StartedEvent, WholeFigures } from '../../search/run-events.ts';
import { trialText } from '../../search/trials.ts';
import { isRaised } from '../../util/stop-flag.ts';
import { networkMacs, networkParameters } from '../../workload/network.ts';
import { networkFigures } from '../explain/layer-summary.ts';
import { designMapperSettings, layerSummaries, mapLayerWise, nearWhole, summariesOf } from '../layers/final-mapping.ts';
import type { FinalCourse } from '../layers/final-network.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import type { MappedNetwork } from '../layers/map-network.ts';
import type { EndReason } from '../run/clock.ts';
import { unlessEnded } from '../run/ending.ts';
import type { RunSession } from '../run/kind.ts';
import { baselineEvent, baselineViolations, budgetLimits, outsideBudgetText } from './baseline.ts';
import { type FinishedDesign, finishDesign, knownDesign } from './finish.ts';
import type { DesignInputs } from './inputs.ts';
import { scheduledEdpBounds, scheduledFigures, scheduledLayers, scoringOf } from './scheduled.ts';

/** State of a design run between two events; plain JSON. */
export interface DesignState {
  readonly kind: 'design';
  readonly baselines: readonly BaselineEvent[];
  readonly search: AcceleratorSearchState | null;
  /** The design whose layers were shown last. */
  readonly shownTrial?: number;
  /** Figures of the baselines with every network as a whole, once a design was shown beside them; null where that is not solved. */
  readonly wholeBaselines?: WholeFigures['baselines'] | null;
  /** Why the search ended, once it has: what is left are the final mappings, also after a resume. */
  readonly ended?: EndReason;
}

/** State before the first event. */
export const INITIAL_DESIGN_STATE: DesignState = { kind: 'design', baselines: [], search: null };

/** The surroundings of a design run. */
export interface DesignSession
  extends Pick<
    RunSession<DesignState>,
    'state' | 'emit' | 'checkpoint' | 'whenUnpaused' | 'step' | 'searchSignal' | 'searchStop' | 'finalTime'
  > {
  readonly evaluator: CandidateEvaluator & {
    /** Ends its threads, when the search is over. */
    readonly close?: () => Promise<void>;
  };
  /** Asked before every generation; a reason ends the search with what it has. */
  readonly endsNow: (search: AcceleratorSearch) => EndReason | null;
  /** Maps baselines and the best design. */
  readonly pool: LayerPool;
  /** Whether the layers of the best design are mapped now and then while the search runs, to be seen. */
  readonly showsLayers: boolean;
}

/**
 * Runs (or continues) a two-level search: baselines, generations, final mapping of the best design.
 * @returns null when it was interrupted before its end
 * @throws TrifoldError `infeasible` when the baseline cannot run the workload, no design keeps the budget, or none can be mapped
 */
export async function runDesign(inputs: DesignInputs, session: DesignSession): Promise<FinishedDesign | null> {
  const { emit, evaluator, pool, step } = session;
  let { state } = session;
  const advance = (next: DesignState): void => {
    state = next;
    session.checkpoint(next);
  };
  if (state.baselines.length === 0) {
    emit(startedEvent(inputs));
    const outside = outsideBudgetText(baselineViolations(inputs), inputs.template.name);
    if (outside !== null) emit({ kind: 'note', level: 'warning', text: outside });
    step(`baseline ${inputs.template.name}, optimal mapping`);
    const optimal = await optimalBaseline(inputs, pool);
    if (inputs.dataflow !== null) step(`baseline ${inputs.template.name}, ${inputs.dataflow.name}`);
    const published = await publishedBaseline(inputs, pool);
    const baselines = published === null ? [optimal] : [published, optimal];
    baselines.forEach(emit);
    advance({ ...state, baselines });
  }
  const options = searchOptions(inputs, state.baselines);
  const search =
    state.search === null ? AcceleratorSearch.create(options) : AcceleratorSearch.fromState(options, state.search);
  let reason: EndReason | null = state.ended ?? null;
  let tooTight: string | null = null;
  while (!search.isDone && reason === null) {
    await session.whenUnpaused();
    reason = session.endsNow(search);
    if (reason !== null) break;
    step(`generation ${search.getState().generation + 1}`);
    // A generation that the end interrupts is not told: a resumed run does it again.
    const event = await unlessEnded(session.searchSignal, () => search.nextGeneration(evaluator));
    if (event === null) {
      reason = session.endsNow(search);
      continue;
    }
    if (event.kind === 'exhausted') {
      emit({ kind: 'note', level: 'warning', text: event.message });
      tooTight = event.message;
      reason = 'exhausted';
    } else {
      emit(event);
      const { best, generation } = event;
      if (session.showsLayers && best !== null && isShown(generation) && best.trial !== state.shownTrial) {
        const shown = await shownDesign(inputs, best, state, session);
        if (shown !== null) {
          emit(shown.event);
          state = { ...state, shownTrial: best.trial, wholeBaselines: shown.baselines };
        }
      }
    }
    advance({ ...state, search: search.getState() });
  }
  if (reason === 'interrupted') return null;
  // Without a design the search is not over: a resumed run goes on with it.
  if (reason !== null && search.best !== null && state.ended === undefined) advance({ ...state, ended: reason });
  await evaluator.close?.();
  return finishDesign(inputs, search, state.baselines, { reason: reason ?? endOf(search), tooTight }, session);
}

/** The layers of a design with what the end of the run will compare. Null when the time is over before they are mapped. */
async function shownDesign(
  inputs: DesignInputs,
  { trial, specification, networks }: ScoredDesign,
  { baselines: searched, wholeBaselines: known }: DesignState,
  { pool, step, searchStop: stop }: DesignSession,
): Promise<{ event: BestLayersEvent; baselines: WholeFigures['baselines'] | null } | null> {
  const course = (text: string) => ({ stop, step: (own: string) => step(`${text}: ${own}`) });
  if (inputs.request.betweenLayers !== 'off') {
    const layers = await scheduledLayers(inputs, specification, pool, course(trialText(trial)));
    return layers === null || isRaised(stop)
      ? null
      : { event: { kind: 'best-layers', trial, layers }, baselines: null };
  }
  const whole = await nearWhole(inputs, specification, networks, pool, course(trialText(trial)));
  const layers =
    whole === null ? await layerSummaries(inputs, specification, pool, course(trialText(trial))) : summariesOf(whole);
  const baselines = known === undefined ? await wholeBaselines(inputs, searched, pool, course) : known;
  if (isRaised(stop)) return null;
  const event: BestLayersEvent = { kind: 'best-layers', trial, layers };
  return {
    event:
      whole === null || baselines === null ? event : { ...event, whole: { networks: figuresOf(whole), baselines } },
    baselines,
  };
}

/** The baselines with every network as a whole; null where that is not what the end of the run compares. */
async function wholeBaselines(
  inputs: DesignInputs,
  searched: readonly BaselineEvent[],
  pool: LayerPool,
  course: (text: string) => FinalCourse,
): Promise<WholeFigures['baselines'] | null> {
  const figures = async (which: BaselineEvent['which'], dataflow?: DataflowTemplate) => {
    const known = searched.find((event) => event.which === which)?.networks;
    if (known === undefined) return null;
    const whole = await nearWhole(inputs, inputs.template, known, pool, { ...course('baseline'), dataflow });
    return whole === null ? null : figuresOf(whole);
  };
  const optimal = await figures('optimal');
  if (optimal === null) return null;
  return { optimal, published: inputs.dataflow === null ? null : await figures('published', inputs.dataflow) };
}

function figuresOf(mapped: readonly MappedNetwork[]): NetworkFigures[] {
  return mapped.map(({ report }) => networkFigures(report));
}

/** Whether the layers of a new best design are shown after a generation. By number, not by time: mapping them again costs one candidate. */
function isShown(generation: number): boolean {
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
  const known = knownDesign(inputs, events);
  const edpBounds = scheduledEdpBounds(inputs);
  return {
    strategy,
    seed,
    generations,
    populationSize: request.populationSize,
    baseline: template,
    budget,
    technology,
    networks,
    baselines,
    factors,
    prune,
    dimsPerAxis: request.dimsPerAxis,
    arraySizes: request.arraySizes,
    bufferSizes: request.bufferSizes,
    explorations: request.explorations,
    ...(known === null ? {} : { baselineDesign: known }),
    ...(edpBounds === null ? {} : { edpBounds }),
  };
}

function startedEvent({ request, networks, budget, technology }: DesignInputs): StartedEvent {
  return {
    kind: 'started',
    command: 'design',
    name: `${networks.map(({ name }) => name).join('+')} within ${budget.name}`,
    seed: request.seed,
    networks: networks.map((network) => ({
      name: network.name,
      layers: network.layers.length,
      macs: networkMacs(network),
      parameters: networkParameters(network),
    })),
    budget: budgetLimits(budget),
    technology: technology.name,
    strategy: request.strategy,
    objective: 'edp',
    generations: request.generations,
    populationSize: request.populationSize,
  };
}

async function optimalBaseline(inputs: DesignInputs, pool: LayerPool): Promise<BaselineEvent> {
  const settings = designMapperSettings(inputs, inputs.request.factors);
  return baselineEvent(inputs, 'optimal', await baselineFigures(inputs, settings, pool));
}

/** The baseline within its published dataflow, every layer mapped as well as the dataflow allows. */
async function publishedBaseline(inputs: DesignInputs, pool: LayerPool): Promise<BaselineEvent | null> {
  const { dataflow, request } = inputs;
  if (dataflow === null) return null;
  const settings = { ...designMapperSettings(inputs, request.factors), dataflow };
  return baselineEvent(inputs, 'published', await baselineFigures(inputs, settings, pool));
}

/** The baseline as designs are scored: by the best schedules of its networks, or layer by layer. */
async function baselineFigures(
  inputs: DesignInputs,
  settings: MapperSettings,
  pool: LayerPool,
): Promise<readonly NetworkFigures[]> {
  const { template, technology, networks } = inputs;
  const scoring = scoringOf(inputs, settings.dataflow);
  if (scoring !== null) return scheduledFigures(scoring, inputs, pool);
  const accelerator = buildAccelerator(template, technology);
  const figures: NetworkFigures[] = [];
  for (const network of networks)
    figures.push(networkFigures((await mapLayerWise(network, accelerator, { settings, pool })).report));
  return figures;
}
