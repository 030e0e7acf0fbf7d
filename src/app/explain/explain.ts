import { type Accelerator, leakagePjPerCycle } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import {
  type ArrayUse,
  arrayUses,
  type CapacityUse,
  type CycleLosses,
  capacityUses,
  compulsoryDramCycles,
  compulsoryDramPj,
  cycleLosses,
  type TrafficExcess,
  trafficExcess,
} from '../../cost/analysis/bottleneck.ts';
import type { Bottleneck } from '../../cost/analysis/breakdown.ts';
import {
  type DataflowSummary,
  dataflowOf,
  macsPerMovedWord,
  type Stationarity,
  stationarityOf,
} from '../../cost/analysis/stationarity.ts';
import { reuseRule } from '../../cost/temporal-reuse.ts';
import { dataflowProblems } from '../../mapping/dataflow-problems.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { layerBound } from '../../search/mapping/bounds/layer-bound.ts';
import { layerDemand } from '../../search/mapping/bounds/layer-demand.ts';
import type { MapperSettings, MappingProof } from '../../search/mapping/map-layer.ts';
import { valueRatio } from '../../search/mapping/objective.ts';
import type { PerTensor } from '../../util/vocabulary.ts';
import { goalObjective, type PinnedFigure, pinnedGoal } from '../layers/goal.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { type NetworkQuestion, networkAnswerSteps } from '../layers/network-answer.ts';
import { type LayerSteps, runStepsTogether } from '../layers/steps.ts';
import { dataflowNames, loadDataflow } from '../presets/load.ts';
import { type Change, hardwareChanges } from './changes.ts';
import { energyNotes } from './energy-notes.ts';
import type { LayerReport, NetworkReport } from './evaluate.ts';

/** Lower bounds on every mapping of a layer: energies in pJ and cycles of one run. */
export interface LowerBounds {
  /** Energy of the MACs. */
  readonly macPj: number;
  /** Every needed word once through DRAM. */
  readonly dramPj: number;
  /** What all levels leak in the least cycles. */
  readonly leakagePj: number;
  /** MACs, DRAM, leakage, and the cheapest way to hand every MAC its operands; at least the sum of the other three. */
  readonly energyPj: number;
  /** Every MAC unit busy in every cycle. */
  readonly idealCycles: number;
  /** Every needed word once through DRAM. */
  readonly dramCycles: number;
  /** The above, and the PEs that the wiring and the factors let work. */
  readonly cycles: number;
}

/** Why the best mapping of one layer is what it is. */
export interface LayerExplanation {
  readonly layer: string;
  readonly repeat: number;
  readonly dataflow: DataflowSummary;
  readonly stationarity: readonly Stationarity[];
  /** Per level below the outermost: MACs per word of each tensor that moves between it and the levels above; null where none does. */
  readonly macsPerWord: readonly PerTensor<number | null>[];
  readonly losses: CycleLosses;
  readonly arrays: readonly ArrayUse[];
  readonly bottleneck: Bottleneck;
  readonly capacities: readonly CapacityUse[];
  readonly traffic: readonly TrafficExcess[];
  /** Null under Timeloop's rule of temporal reuse: the bounds are those of the exact rule. */
  readonly floors: LowerBounds | null;
}

/** The best mapping after one change, as ratios to the best mapping before; below 1 is better. */
export interface Sensitivity {
  readonly kind: Change['kind'];
  readonly change: string;
  /** Null: not solved, and why. */
  readonly result: {
    readonly edp: number;
    readonly energy: number;
    readonly latency: number;
    /** Of the objective asked for (with a pinned figure, of the other one), taken of the sums; of EDP where the sums break a limit. */
    readonly objective: number;
    /** Whether the mappings are proven optimal; if not, the truth may be better. */
    readonly optimal: boolean;
  } | null;
  readonly reason: string | null;
}

/** All that `trifold map --explain` says. */
export interface Explanations {
  readonly layers: readonly LayerExplanation[];
  /** Of the layer, or of the sums over the network. */
  readonly sensitivities: readonly Sensitivity[];
  /** Best mappings within the dataflow presets, as ratios; empty for networks and where a dataflow was given. */
  readonly dataflows: readonly Sensitivity[];
  /** Where the energies of changed memories come from. */
  readonly energyNotes: readonly string[];
  /** Partial mappings that each change may bound over all layers; each layer may bound some hundred thousand in any case. */
  readonly nodeLimit: number;
}

/** Input of an explanation. */
export interface ExplainRequest {
  readonly specification: AcceleratorSpecification;
  readonly technology: Technology;
  /** What was asked of the accelerator as it is. */
  readonly question: NetworkQuestion;
  /** The answer: the mappings explained. */
  readonly report: NetworkReport;
  /** Of the layers on their own. */
  readonly proofs: readonly MappingProof[];
  /** Figure that every change is held at. */
  readonly pin?: PinnedFigure | undefined;
  readonly pool: LayerPool;
  /** Told after each change is solved, in order. */
  readonly onChange?: (index: number, count: number, name: string) => void;
}

/** Nodes that each change may use beside twice those of the mappings explained: some seconds. */
const LEAST_NODES = 2_000_000;

/** Explains a mapped layer or network: analysis of the mappings found, and sensitivities by mapping changed accelerators again. */
export async function explainMapped(request: ExplainRequest): Promise<Explanations> {
  const { report, specification } = request;
  const { settings } = request.question;
  const changes = hardwareChanges(specification, report);
  const isLayer = report.layers.length === 1;
  if (isLayer && settings.factors === 'perfect')
    changes.push({ kind: 'factors', name: 'imperfect factors', specification, factors: 'imperfect' });
  if (settings.dataflow !== undefined)
    changes.push({ kind: 'dataflow', name: `free of ${settings.dataflow.name}`, specification, dataflow: 'none' });
  const dataflows =
    isLayer && settings.dataflow === undefined
      ? dataflowNames()
          .filter((name) => dataflowProblems(loadDataflow(name), report.accelerator).length === 0)
          .map((name): Change => ({ kind: 'dataflow', name, specification, dataflow: name }))
      : [];
  const nodeLimit = LEAST_NODES + 2 * request.proofs.reduce((sum, proof) => sum + proof.nodes, 0);
  const all = [...changes, ...dataflows];
  const solved = await runStepsTogether(
    all.map((change) => sensitivitySteps(request, change, nodeLimit)),
    request.pool,
    (_, index) => request.onChange?.(index, all.length, all[index]!.name),
  );
  return {
    layers: report.layers.map((layer) => explainLayer(layer, report.accelerator, settings)),
    sensitivities: solved.slice(0, changes.length),
    dataflows: solved.slice(changes.length),
    energyNotes: energyNotes(specification, request.technology),
    nodeLimit,
  };
}

/** Perfect factors are a special case of imperfect ones, so a search that ends with something worse leaves the mapping as it is. */
const UNCHANGED = { edp: 1, energy: 1, latency: 1, objective: 1, optimal: false };

/** The answer that `map` gives for the changed accelerator, beside that for the accelerator as it is. */
function* sensitivitySteps(request: ExplainRequest, change: Change, nodeLimit: number): LayerSteps<Sensitivity> {
  const { report, technology, pin } = request;
  // A limit of nodes in place of one of time: equal requests get equal answers.
  const { secondsPerLayer: _, ...question } = request.question;
  const { kind, name } = change;
  const accelerator = buildAccelerator(change.specification, technology);
  const goal =
    pin === undefined ? question.goal : pinnedGoal(question.goal, pin, report.totals, question.network, accelerator);
  const { dataflow, ...settings } = question.settings;
  const kept = dataflowOfChange(change, dataflow);
  const answer = yield* networkAnswerSteps({
    ...question,
    accelerator,
    goal,
    settings: {
      ...settings,
      ...(kept === undefined ? {} : { dataflow: kept }),
      ...(change.factors === undefined ? {} : { factors: change.factors }),
    },
    jointNodeLimit: nodeLimit,
  });
  if (answer.kind === 'failed') {
    const reason = answer.outOfNodes ? `not solved within ${nodeLimit} partial mappings` : answer.error.message;
    return { kind, change: name, result: null, reason };
  }
  const [was, is] = [report.totals, answer.report.totals];
  const objective = goalObjective(goal, accelerator);
  const before = goalObjective(goal, report.accelerator).value(was.energyPj, was.cycles);
  const gain = valueRatio(objective, objective.value(is.energyPj, is.cycles), before);
  if (change.factors !== undefined && gain > 1) return { kind, change: name, result: UNCHANGED, reason: null };
  return {
    kind,
    change: name,
    result: {
      edp: is.edpPjCycles / was.edpPjCycles,
      energy: is.energyPj / was.energyPj,
      latency: is.cycles / was.cycles,
      objective: Number.isFinite(gain) ? gain : is.edpPjCycles / was.edpPjCycles,
      optimal: answer.optimal,
    },
    reason: null,
  };
}

function dataflowOfChange(change: Change, requested: DataflowTemplate | undefined): DataflowTemplate | undefined {
  if (change.dataflow === undefined) return requested;
  return change.dataflow === 'none' ? undefined : loadDataflow(change.dataflow);
}

function explainLayer(report: LayerReport, accelerator: Accelerator, settings: MapperSettings): LayerExplanation {
  const { layer, mapping, evaluation, bottleneck } = report;
  const demand = layerDemand(layer);
  const dram = accelerator.levels[0]!;
  const bound = layerBound(demand, accelerator, settings.factors);
  return {
    layer: layer.name,
    repeat: layer.repeat,
    dataflow: dataflowOf(layer, accelerator, mapping, evaluation),
    stationarity: stationarityOf(layer, accelerator, mapping),
    macsPerWord: accelerator.levels.slice(1).map((_, i) => macsPerMovedWord(mapping, evaluation, i + 1)),
    losses: cycleLosses(accelerator, evaluation),
    arrays: arrayUses(layer, accelerator, mapping, settings.factors),
    bottleneck,
    capacities: capacityUses(layer, accelerator, evaluation),
    traffic: trafficExcess(layer, accelerator, evaluation, demand.touchedWords, settings.temporalReuse),
    floors: reuseRule(settings.temporalReuse).isTimeloop
      ? null
      : {
          macPj: evaluation.macEnergyPj,
          dramPj: compulsoryDramPj(layer, dram, demand.touchedWords),
          leakagePj: leakagePjPerCycle(accelerator) * bound.cycles,
          energyPj: bound.energyPj,
          idealCycles: evaluation.macs / accelerator.mac.instances,
          dramCycles: compulsoryDramCycles(layer, dram, demand.touchedWords),
          cycles: bound.cycles,
        },
  };
}
