import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import { unwiredDims } from '../../mapping/dataflow-problems.ts';
import type { MapRequest } from '../../options/map.ts';
import type { MappedLayer } from '../../search/mapping/map-layer.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import type { StartedEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import { type Network, networkMacs, networkParameters } from '../../workload/network.ts';
import { networkPart, networkTitle } from '../../workload/network-part.ts';
import { type CapacityGain, capacityGainSteps } from '../explain/capacity-gains.ts';
import { type LeftOutLayer, layerReport, type NetworkReport } from '../explain/evaluate.ts';
import { type Explanations, explainMapped } from '../explain/explain.ts';
import { layerSummary, networkFigures, networkSummaries } from '../explain/layer-summary.ts';
import { LAYER_BY_LAYER } from '../layers/between-layers.ts';
import { knownText } from '../layers/known-text.ts';
import { type FailedWork, workError, workPerShape } from '../layers/layer-work.ts';
import { type MappedNetwork, mappedNetwork } from '../layers/map-network.ts';
import {
  answerFromLayers,
  canSolve,
  goalOfLayers,
  isWithoutMapping,
  type NetworkQuestion,
  solvesWhole,
} from '../layers/network-answer.ts';
import type { NetworkWise } from '../layers/network-wise.ts';
import { isOneLayer } from '../layers/one-layer.ts';
import type { ScheduleAnswer } from '../layers/schedule-answer.ts';
import { runSteps } from '../layers/steps.ts';
import type { StoredLayer } from '../layers/stored-layer.ts';
import type { RunSession } from '../run/kind.ts';
import { factorNote } from './factor-note.ts';
import { layerSettings, type MapInputs, requestedGoal, requestedObjective } from './inputs.ts';
import { mapLimits } from './limits.ts';

/** Result of {@link runMap}. */
export interface MapResult {
  readonly inputs: MapInputs;
  /** Every layer that has a mapping, on its own. */
  readonly mapped: MappedNetwork;
  /** Those without one. */
  readonly leftOut: readonly LeftOutLayer[];
  /** The answer: the steps of the best schedule, else the network as a whole where it was solved, else its layers one by one. */
  readonly report: NetworkReport;
  /** The answer with nothing on chip between layers; null where nothing keeps the limits so. */
  readonly islands: NetworkReport | null;
  /** Null where nothing stays on chip between layers. */
  readonly schedule: ScheduleAnswer | null;
  /** What the run took in this process: layers, the network as a whole, and the reasons if asked for. */
  readonly seconds: number;
  readonly notes: readonly string[];
  /** The best mappings of the network as a whole; null for one layer, and where the objective or mapper does not allow it. */
  readonly networkWise: NetworkWise | null;
  /** Of the layers with nothing on chip between them; null unless asked for, and where nothing keeps the limits so. */
  readonly explanations: Explanations | null;
  /** What more room for what stays on chip would bring; null unless asked for with a schedule. */
  readonly capacityGains: readonly CapacityGain[] | null;
}

/** State of a `map` run between two events; plain JSON. */
export interface MapState {
  readonly kind: 'map';
  /** The first shapes of the network, with a mapping or why there is none. */
  readonly shapes: readonly (StoredLayer | StoredFailure)[];
}

/** A shape without a mapping, as files hold it. */
export type StoredFailure = Pick<FailedWork, 'code' | 'message' | 'details'>;

/** Least seconds between two progress events. */
const PROGRESS_SECONDS = 1;

/**
 * Maps a network: every layer on its own, the network as a whole, and the reasons if asked for. The events are the same for any number
 * of workers, those of progress aside. A layer without a mapping does not end the others. @throws TrifoldError `infeasible` (or `time-out`) when no layer
 * has a mapping or nothing keeps the limits
 */
export async function runMap(
  inputs: MapInputs,
  {
    pool,
    emit,
    step,
    state,
    checkpoint,
  }: Pick<RunSession<MapState>, 'pool' | 'emit' | 'step' | 'state' | 'checkpoint'>,
): Promise<MapResult> {
  const begun = performance.now();
  const { request, network, specification, technology, dataflow, between = LAYER_BY_LAYER } = inputs;
  const accelerator = buildAccelerator(specification, technology);
  const goal = goalOfLayers({ network, accelerator, goal: requestedGoal(request) });
  const objective = requestedObjective(goal, accelerator);
  const settings = layerSettings(request, dataflow);
  const seconds = request.time;
  const questionOf = (asked: Network): NetworkQuestion => ({
    network: asked,
    accelerator,
    goal: requestedGoal(request),
    settings,
    between,
    ...(seconds === undefined ? {} : { secondsPerLayer: seconds }),
  });
  const notes = [
    ...mapperNotes(request, objective),
    ...dataflowNotes(inputs, accelerator),
    ...limitNotes(inputs, accelerator),
  ];
  const known = restoredLayers(inputs, state);
  if (known.length === 0) emit(startedEvent(inputs));

  const distinct = distinctShapes(network);
  const mapped: ShapeOutcome[] = [...known];
  let emitted = known.length === 0 ? 0 : layersBefore(distinct.shapeOf, mapped.length);
  let lastProgress = begun;
  const emitLayers = (): void => {
    for (; emitted < network.layers.length && distinct.shapeOf[emitted]! < mapped.length; emitted++) {
      const outcome = mapped[distinct.shapeOf[emitted]!]!;
      if (outcome.kind === 'failed') {
        emit({ kind: 'note', level: 'warning', text: outcome.message });
        continue;
      }
      const { mapping, evaluation, proof } = outcome;
      const report = layerReport(network.layers[emitted]!, accelerator, mapping, evaluation);
      const layer = layerSummary({ network, accelerator }, report, proof.optimal);
      emit({ kind: 'layer', index: emitted, count: network.layers.length, layer });
    }
    checkpoint({ kind: 'map', shapes: mapped.map(stored) });
  };
  let mappingsPerSecond = 0;
  const tellProgress = (elapsedSeconds: number, remainingSeconds: number): void =>
    emit({
      ...{ kind: 'progress', elapsedSeconds, remainingSeconds, mappingsPerSecond, workers: pool.workers },
      ...{ done: emitted, total: network.layers.length },
    });
  const emitProgress = (): void => {
    const now = performance.now();
    if (now - lastProgress < PROGRESS_SECONDS * 1000 && mapped.length < distinct.shapes.length) return;
    lastProgress = now;
    const elapsed = (now - begun) / 1000;
    const newly = mapped.length - known.length;
    const scored = mapped
      .slice(known.length)
      .reduce((sum, one) => sum + (one.kind === 'failed' ? 0 : one.proof.evaluations), 0);
    mappingsPerSecond = scored / Math.max(elapsed, 1e-3);
    tellProgress(elapsed, (elapsed / newly) * (distinct.shapes.length - mapped.length));
  };
  const work = workPerShape(distinct.shapes.slice(mapped.length), {
    accelerator,
    goal,
    settings,
    ...(seconds === undefined ? {} : { secondsPerLayer: seconds }),
  });
  await pool.map(work, (result) => {
    if (result.kind === 'failed' && !isWithoutMapping(result)) throw workError(result);
    mapped.push(result.kind === 'failed' ? result : result.layers[0]!);
    emitLayers();
    emitProgress();
  });
  const outcomes = distinct.shapeOf.map((shape) => mapped[shape]!);
  const leftOut = network.layers.flatMap((layer, i): LeftOutLayer[] => {
    const outcome = outcomes[i]!;
    return outcome.kind === 'failed' ? [{ layer, reason: reasonOf(outcome) }] : [];
  });
  const failed = mapped.find((one) => one.kind === 'failed');
  if (failed !== undefined && (leftOut.length === network.layers.length || request.subjectTo.length > 0))
    throw workError(failed);
  const solved =
    leftOut.length === 0
      ? network
      : networkPart(
          network,
          network.layers.filter((_, i) => outcomes[i]!.kind === 'mapped'),
        );
  const proven = mapped.flatMap((one) => (one.kind === 'mapped' ? [one] : []));
  const whole = mappedNetwork(solved, accelerator, distinctShapes(solved), proven);
  const idle = factorNote(whole.report.layers, accelerator, settings);
  if (idle !== null) notes.push(idle);

  const question = questionOf(solved);
  const asWhole = solvesWhole(question);
  const tries = canSolve(question, whole);
  if (tries) emit({ kind: 'note', level: 'info', text: 'now the network as a whole' });
  step('the network as a whole');
  const answer = await runSteps(
    answerFromLayers(question, whole, (known) => {
      step(knownText('the network as a whole', request.objective, known));
    }),
    pool,
  );
  if (answer.kind === 'failed') throw answer.error;
  const { report, islands, schedule, networkWise } = answer;
  if (answer.unscheduled !== null) notes.push(`nothing stays on chip between the layers: ${answer.unscheduled}`);
  if (asWhole && networkWise === null)
    notes.push(
      tries
        ? 'the network as a whole was not solved in the time given'
        : 'the network as a whole was not solved: some layers have a gap left, which more --time may close',
    );
  if (request.explain === true) step('explanations');
  const explanations =
    request.explain === true && islands !== null
      ? await explainMapped({
          specification,
          technology,
          report: islands,
          proofs: whole.proofs,
          question: { ...question, between: LAYER_BY_LAYER },
          pin: request.pin,
          pool,
          onChange: (index, count, name) =>
            emit({ kind: 'note', level: 'info', text: `explained ${index + 1}/${count}: ${name}` }),
        })
      : null;
  const capacityGains =
    request.explain === true && schedule !== null && between.mode !== 'off'
      ? await runSteps(capacityGainSteps(question, between, schedule), pool)
      : null;
  const isPriced = report.vector.isPriced && report.vector.operators.length > 0;
  if (schedule !== null || isPriced || report.link !== null || (networkWise !== null && differs(networkWise, whole))) {
    const isOptimal = (index: number) =>
      schedule?.optimum.optimal ?? networkWise?.optimal ?? whole.proofs[index]!.optimal;
    emit({ kind: 'best-layers', trial: 0, layers: networkSummaries(report, isOptimal) });
  }
  const took = (performance.now() - begun) / 1000;
  tellProgress(took, 0);
  emit({
    ...{ kind: 'finished', reason: 'done', design: null, networks: [networkFigures(report)] },
    ...(schedule === null ? {} : { schedules: [{ network: network.name, schedule: schedule.summary }] }),
    notModelled: mapLimits({ inputs, report, schedule }),
  });
  return {
    ...{ inputs, mapped: whole, leftOut, report, islands, schedule },
    ...{ seconds: took, notes, networkWise, explanations, capacityGains },
  };
}

/** What became of a shape. */
type ShapeOutcome = MappedLayer | (StoredFailure & { readonly kind: 'failed' });

function stored(outcome: ShapeOutcome): StoredLayer | StoredFailure {
  if (outcome.kind === 'failed') return { code: outcome.code, message: outcome.message, details: outcome.details };
  return { mapping: outcome.mapping, proof: outcome.proof };
}

function reasonOf({ message, details: { hint } }: StoredFailure): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

function differs({ report }: NetworkWise, whole: MappedNetwork): boolean {
  const [a, b] = [report.totals, whole.report.totals];
  return a.energyPj !== b.energyPj || a.cycles !== b.cycles;
}

/** Layers of a network before the first one whose shape is not among the first `shapes`. */
function layersBefore(shapeOf: readonly number[], shapes: number): number {
  const next = shapeOf.findIndex((shape) => shape >= shapes);
  return next < 0 ? shapeOf.length : next;
}

function* mapperNotes(request: MapRequest, objective: Objective): Iterable<string> {
  if (objective.isLogarithm === true)
    yield `the objective '${objective.name}' leaves the range of numbers: its natural logarithm is minimized, and values and bounds are logarithms`;
  if (request.mapper !== 'exact') return;
  if (!objective.monotone)
    yield `the objective '${objective.name}' is not proven to grow with energy and latency: mapped by sampling (cmaes, ${request.evaluations} evaluations per layer), without a certificate`;
  if (request.factors === 'imperfect')
    yield 'imperfect factors: proofs are over loop bounds without slack (each the least that covers its dim); a mapping with slack can be better in rare cases with overlapping or padded input tiles';
}

function dataflowNotes({ dataflow }: MapInputs, accelerator: Accelerator): string[] {
  if (dataflow === null) return [];
  return unwiredDims(dataflow, accelerator).map(
    ({ level, dims }) =>
      `${dataflow.name} runs ${dims.join(', ')} in parallel where it can: no array dimension of ${level} is wired for ${dims.length === 1 ? 'it' : 'them'}`,
  );
}

/** Limits of one layer are of one run of it, its totals of all. */
function limitNotes({ request: { subjectTo }, network }: MapInputs, accelerator: Accelerator): string[] {
  const [layer] = network.layers;
  if (layer === undefined || layer.repeat === 1 || subjectTo.length === 0) return [];
  if (!isOneLayer(network, accelerator)) return [];
  return [`limits hold for one run of ${layer.name}; the totals are of all ${layer.repeat} runs`];
}

function startedEvent({ request, network, specification, technology }: MapInputs): StartedEvent {
  return {
    kind: 'started',
    command: 'map',
    name: `${networkTitle(network)} on ${specification.name}`,
    seed: request.seed,
    networks: [
      {
        name: network.name,
        layers: network.layers.length,
        ...(network.others === undefined ? {} : { others: network.others }),
        macs: networkMacs(network),
        parameters: networkParameters(network),
      },
    ],
    accelerator: specification.name,
    specification,
    areaMm2: areaMm2(buildAccelerator(specification, technology)),
    technology: technology.name,
    strategy: request.mapper,
    objective: [request.objective, ...request.subjectTo].join(' subject to '),
  };
}

/** The shapes of a state with their figures. */
function restoredLayers({ network, specification, technology, request }: MapInputs, state: MapState): ShapeOutcome[] {
  const accelerator = buildAccelerator(specification, technology);
  const { shapes } = distinctShapes(network);
  if (state.shapes.length > shapes.length)
    throw new TrifoldError('foreign', `the run is damaged: it holds ${state.shapes.length} of ${shapes.length} layers`);
  return state.shapes.map((shape, i) => {
    if ('code' in shape) return { ...shape, kind: 'failed' };
    const { mapping, proof } = shape;
    const evaluation = evaluateMapping(shapes[i]!, accelerator, mapping, { temporalReuse: request.temporalReuse });
    if (!evaluation.feasible)
      throw new TrifoldError(
        'foreign',
        `the run is damaged: ${shapes[i]!.problem.name} has a mapping that is not legal`,
      );
    return { kind: 'mapped', mapping, evaluation, proof };
  });
}
