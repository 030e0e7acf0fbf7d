import { buildAccelerator } from '../../accelerator/build.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import type { MapRequest } from '../../options/map.ts';
import type { MappedLayer } from '../../search/mapping/map-layer.ts';
import type { StartedEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import { networkMacs, networkParameters } from '../../workload/network.ts';
import { layerReport, type NetworkReport, networkReport } from '../explain/evaluate.ts';
import { type Explanations, explainMapped } from '../explain/explain.ts';
import { layerSummary, networkFigures } from '../explain/layer-summary.ts';
import { workError, workPerShape } from '../layers/layer-work.ts';
import { type MappedNetwork, mappedNetwork } from '../layers/map-network.ts';
import {
  answerFromLayers,
  canSolve,
  goalOfLayers,
  type NetworkQuestion,
  solvesWhole,
} from '../layers/network-answer.ts';
import type { NetworkWise } from '../layers/network-wise.ts';
import { runSteps } from '../layers/steps.ts';
import type { StoredLayer } from '../layers/stored-layer.ts';
import type { RunSession } from '../run/kind.ts';
import { layerSettings, type MapInputs, requestedGoal, requestedObjective } from './inputs.ts';

/** Result of {@link runMap}. */
export interface MapResult {
  readonly inputs: MapInputs;
  /** Every layer mapped on its own. */
  readonly mapped: MappedNetwork;
  /** The answer: the network as a whole where it was solved, else its layers one by one. */
  readonly report: NetworkReport;
  /** Mapping layer by layer. */
  readonly seconds: number;
  readonly notes: readonly string[];
  /** The best mappings of the network as a whole; null for one layer, and where the objective or mapper does not allow it. */
  readonly networkWise: NetworkWise | null;
  /** Null unless asked for. */
  readonly explanations: Explanations | null;
}

/** State of a `map` run between two events; plain JSON. */
export interface MapState {
  readonly kind: 'map';
  /** The first shapes of the network. */
  readonly shapes: readonly StoredLayer[];
}

/** Least seconds between two progress events. */
const PROGRESS_SECONDS = 1;

/**
 * Maps a network: every layer on its own, the network as a whole, and the reasons if asked for. The events are the same for any number
 * of workers, those of progress aside. @throws TrifoldError `infeasible` when a layer has no mapping or nothing keeps the limits
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
  const { request, network, specification, technology, dataflow } = inputs;
  const accelerator = buildAccelerator(specification, technology);
  const goal = goalOfLayers(network, requestedGoal(request));
  const objective = requestedObjective(goal, accelerator);
  const settings = layerSettings(request, dataflow);
  const seconds = request.time;
  const question: NetworkQuestion = {
    network,
    accelerator,
    goal: requestedGoal(request),
    settings,
    ...(seconds === undefined ? {} : { secondsPerLayer: seconds }),
  };
  const notes = [...mapperNotes(request, objective)];
  const known = restoredLayers(inputs, state);
  if (known.length === 0) emit(startedEvent(inputs));

  const distinct = distinctShapes(network);
  const mapped: MappedLayer[] = [...known];
  let emitted = known.length === 0 ? 0 : layersBefore(distinct.shapeOf, mapped.length);
  let lastProgress = begun;
  const emitLayers = (): void => {
    for (; emitted < network.layers.length && distinct.shapeOf[emitted]! < mapped.length; emitted++) {
      const { mapping, evaluation, proof } = mapped[distinct.shapeOf[emitted]!]!;
      const report = layerReport(network.layers[emitted]!, accelerator, mapping, evaluation);
      const layer = layerSummary(networkReport(network, accelerator, [report]), report, proof.optimal);
      emit({ kind: 'layer', index: emitted, count: network.layers.length, layer });
    }
    checkpoint({ kind: 'map', shapes: mapped.map(({ mapping, proof }) => ({ mapping, proof })) });
  };
  const emitProgress = (): void => {
    const now = performance.now();
    if (now - lastProgress < PROGRESS_SECONDS * 1000 && mapped.length < distinct.shapes.length) return;
    lastProgress = now;
    const elapsed = (now - begun) / 1000;
    const newly = mapped.length - known.length;
    const scored = mapped.slice(known.length).reduce((sum, { proof }) => sum + proof.evaluations, 0);
    emit({
      kind: 'progress',
      elapsedSeconds: elapsed,
      done: emitted,
      total: network.layers.length,
      mappingsPerSecond: scored / Math.max(elapsed, 1e-3),
      remainingSeconds: (elapsed / newly) * (distinct.shapes.length - mapped.length),
      workers: pool.workers,
    });
  };
  const work = workPerShape(distinct.shapes.slice(mapped.length), {
    accelerator,
    goal,
    settings,
    ...(seconds === undefined ? {} : { secondsPerLayer: seconds }),
  });
  await pool.map(work, (result) => {
    if (result.kind === 'failed') throw workError(result);
    mapped.push(result.layers[0]!);
    emitLayers();
    emitProgress();
  });
  const whole = mappedNetwork(network, accelerator, distinct, mapped);
  const layerSeconds = (performance.now() - begun) / 1000;

  const asWhole = solvesWhole(question);
  const tries = canSolve(question, whole);
  if (tries) emit({ kind: 'note', level: 'info', text: 'now the network as a whole' });
  step('the network as a whole');
  const answer = await runSteps(answerFromLayers(question, whole), pool);
  if (answer.kind === 'failed') throw answer.error;
  const { report, networkWise } = answer;
  if (asWhole && networkWise === null)
    notes.push(
      tries
        ? 'the network as a whole was not solved in the time given'
        : 'the network as a whole was not solved: some layers have a gap left, which more --time may close',
    );
  if (request.explain === true) step('explanations');
  const explanations =
    request.explain === true
      ? await explainMapped({
          specification,
          technology,
          report,
          proofs: whole.proofs,
          question,
          pin: request.pin,
          pool,
          onChange: (index, count, name) =>
            emit({ kind: 'note', level: 'info', text: `explained ${index + 1}/${count}: ${name}` }),
        })
      : null;
  if (networkWise !== null && differs(networkWise, whole))
    emit({
      kind: 'best-layers',
      trial: 0,
      layers: networkWise.report.layers.map((layer) => layerSummary(networkWise.report, layer, networkWise.optimal)),
    });
  emit({ kind: 'finished', reason: 'done', design: null, networks: [networkFigures(report)] });
  return { inputs, mapped: whole, report, seconds: layerSeconds, notes, networkWise, explanations };
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

function* mapperNotes(request: MapRequest, objective: { name: string; monotone: boolean }): Iterable<string> {
  if (request.mapper !== 'exact') return;
  if (!objective.monotone)
    yield `the objective '${objective.name}' is not proven to grow with energy and latency: mapped by sampling (cmaes, ${request.evaluations} evaluations per layer), without a certificate`;
  if (request.factors === 'imperfect')
    yield 'imperfect factors: proofs are over loop bounds without slack (each the least that covers its dim); a mapping with slack can be better in rare cases with overlapping or padded input tiles';
}

function startedEvent({ request, network, specification, technology }: MapInputs): StartedEvent {
  return {
    kind: 'started',
    command: 'map',
    name: `${network.name} on ${specification.name}`,
    seed: request.seed,
    networks: [
      {
        name: network.name,
        layers: network.layers.length,
        macs: networkMacs(network),
        parameters: networkParameters(network),
      },
    ],
    accelerator: specification.name,
    specification,
    technology: technology.name,
    strategy: request.mapper,
    objective: [request.objective, ...request.subjectTo].join(' subject to '),
  };
}

/** The shapes of a state with their figures. */
function restoredLayers({ network, specification, technology, request }: MapInputs, state: MapState): MappedLayer[] {
  const accelerator = buildAccelerator(specification, technology);
  const { shapes } = distinctShapes(network);
  return state.shapes.map(({ mapping, proof }, i) => {
    const evaluation = evaluateMapping(shapes[i]!, accelerator, mapping, { temporalReuse: request.temporalReuse });
    if (!evaluation.feasible)
      throw new TrifoldError(
        'foreign',
        `the run is damaged: ${shapes[i]!.problem.name} has a mapping that is not legal`,
      );
    return { kind: 'mapped', mapping, evaluation, proof };
  });
}
