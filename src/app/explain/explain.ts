import type { Accelerator } from '../../accelerator/accelerator.ts';
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
  type Stationarity,
  stationarityOf,
} from '../../cost/analysis/stationarity.ts';
import { dataflowProblems } from '../../mapping/dataflow-problems.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { layerBound } from '../../search/accelerator/bounds.ts';
import { layerDemand } from '../../search/accelerator/demand.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { type DistinctShapes, distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import type { LayerGoal } from '../layers/goal.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import type { LayerWork, LayerWorkResult } from '../layers/layer-work.ts';
import { type MappedNetwork, mappedNetwork } from '../layers/map-network.ts';
import { loadDataflow, presetNames } from '../presets/load.ts';
import { type Change, hardwareChanges } from './changes.ts';
import { energyNotes } from './energy-notes.ts';
import type { LayerReport } from './evaluate.ts';

/** Lower bounds on every mapping of a layer: energies in pJ and cycles of one run. */
export interface LowerBounds {
  /** Energy of the MACs. */
  readonly macPj: number;
  /** Every needed word once through DRAM. */
  readonly dramPj: number;
  /** MACs, DRAM, and the cheapest way to hand every MAC its operands; >= macPj + dramPj. */
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
    /** Of the objective asked for, taken of the sums; of EDP where the sums break a limit. */
    readonly objective: number;
    /** Whether every layer is proven optimal; if not, the truth may be better. */
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
  readonly network: Network;
  readonly mapped: MappedNetwork;
  /** The objective for a changed accelerator (expressions may name its area). */
  readonly objectiveOf: (accelerator: Accelerator) => Objective;
  /** The same as plain data. */
  readonly goal: LayerGoal;
  readonly settings: LayerWork['settings'];
  readonly pool: LayerPool;
  /** Told after each change is solved, in order. */
  readonly onChange?: (index: number, count: number, name: string) => void;
}

/** Nodes that each change may use beside twice those of the mappings explained: some seconds. */
const LEAST_NODES = 2_000_000;

/** Explains a mapped layer or network: analysis of the mappings found, and sensitivities by mapping changed accelerators again. */
export async function explainMapped(request: ExplainRequest): Promise<Explanations> {
  const { mapped, specification, settings } = request;
  const changes = hardwareChanges(specification, mapped.report);
  const isLayer = mapped.report.layers.length === 1;
  if (isLayer && settings.factors === 'perfect')
    changes.push({ kind: 'factors', name: 'imperfect factors', specification, factors: 'imperfect' });
  if (settings.dataflow !== undefined)
    changes.push({ kind: 'dataflow', name: `free of ${settings.dataflow.name}`, specification, dataflow: 'none' });
  const dataflows =
    isLayer && settings.dataflow === undefined
      ? presetNames('mappings')
          .filter((name) => name.endsWith('-stationary'))
          .filter((name) => dataflowProblems(loadDataflow(name), mapped.report.accelerator).length === 0)
          .map((name): Change => ({ kind: 'dataflow', name, specification, dataflow: name }))
      : [];
  const nodeLimit = LEAST_NODES + 2 * mapped.proofs.reduce((sum, proof) => sum + proof.nodes, 0);
  const all = [...changes, ...dataflows];
  const distinct = distinctShapes(request.network);
  const solved: Sensitivity[] = [];
  await request.pool.map(
    all.map((change) => workOf(request, change, distinct, nodeLimit)),
    (result, index) => {
      solved.push(sensitivityOf(request, all[index]!, distinct, result, nodeLimit));
      request.onChange?.(index, all.length, all[index]!.name);
    },
  );
  return {
    layers: mapped.report.layers.map((layer) => explainLayer(layer, mapped.report.accelerator, settings)),
    sensitivities: solved.slice(0, changes.length),
    dataflows: solved.slice(changes.length),
    energyNotes: energyNotes(specification, request.technology),
    nodeLimit,
  };
}

/** Perfect factors are a special case of imperfect ones, so a search that ends with something worse leaves the mapping as it is. */
const UNCHANGED = { edp: 1, energy: 1, latency: 1, objective: 1, optimal: false };

/** The network on the changed accelerator. */
function workOf(request: ExplainRequest, change: Change, { shapes }: DistinctShapes, nodeLimit: number): LayerWork {
  const { dataflow, ...settings } = request.settings;
  const kept = dataflowOfChange(change, dataflow);
  return {
    name: change.name,
    layers: shapes,
    accelerator: buildAccelerator(change.specification, request.technology),
    goal: request.goal,
    settings: {
      ...settings,
      ...(kept === undefined ? {} : { dataflow: kept }),
      ...(change.factors === undefined ? {} : { factors: change.factors }),
    },
    jointNodeLimit: nodeLimit,
  };
}

function sensitivityOf(
  { network, technology, objectiveOf, mapped }: ExplainRequest,
  change: Change,
  distinct: DistinctShapes,
  result: LayerWorkResult,
  nodeLimit: number,
): Sensitivity {
  const { kind, name } = change;
  if (result.kind === 'failed') {
    const reason = result.outOfNodes ? `not solved within ${nodeLimit} partial mappings` : result.message;
    return { kind, change: name, result: null, reason };
  }
  const accelerator = buildAccelerator(change.specification, technology);
  const after = mappedNetwork(network, accelerator, distinct, result.layers);
  const [was, is] = [mapped.report.totals, after.report.totals];
  const gain =
    objectiveOf(accelerator).value(is.energyPj, is.cycles) /
    objectiveOf(mapped.report.accelerator).value(was.energyPj, was.cycles);
  if (change.factors !== undefined && gain > 1) return { kind, change: name, result: UNCHANGED, reason: null };
  return {
    kind,
    change: name,
    result: {
      edp: is.edpPjCycles / was.edpPjCycles,
      energy: is.energyPj / was.energyPj,
      latency: is.cycles / was.cycles,
      objective: Number.isFinite(gain) ? gain : is.edpPjCycles / was.edpPjCycles,
      optimal: after.proofs.every((proof) => proof.optimal),
    },
    reason: null,
  };
}

function dataflowOfChange(change: Change, requested: DataflowTemplate | undefined): DataflowTemplate | undefined {
  if (change.dataflow === undefined) return requested;
  return change.dataflow === 'none' ? undefined : loadDataflow(change.dataflow);
}

function explainLayer(
  report: LayerReport,
  accelerator: Accelerator,
  settings: LayerWork['settings'],
): LayerExplanation {
  const { layer, mapping, evaluation, bottleneck } = report;
  const demand = layerDemand(layer);
  const dram = accelerator.levels[0]!;
  const bound = layerBound(demand, accelerator, settings.factors);
  return {
    layer: layer.name,
    repeat: layer.repeat,
    dataflow: dataflowOf(layer, accelerator, mapping, evaluation),
    stationarity: stationarityOf(layer, accelerator, mapping),
    losses: cycleLosses(accelerator, evaluation),
    arrays: arrayUses(layer, accelerator, mapping, settings.factors),
    bottleneck,
    capacities: capacityUses(layer, accelerator, evaluation),
    traffic: trafficExcess(layer, accelerator, evaluation, demand.touchedWords),
    floors:
      settings.temporalReuse === 'timeloop'
        ? null
        : {
            macPj: evaluation.macEnergyPj,
            dramPj: compulsoryDramPj(layer, dram, demand.touchedWords),
            energyPj: bound.energyPj,
            idealCycles: evaluation.macs / accelerator.mac.instances,
            dramCycles: compulsoryDramCycles(layer, dram, demand.touchedWords),
            cycles: bound.cycles,
          },
  };
}
