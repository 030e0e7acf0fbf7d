import type { Accelerator } from '../../accelerator/accelerator.ts';
import { besideCost, besideLoads } from '../../cost/link-cost.ts';
import { reuseRule } from '../../cost/temporal-reuse.ts';
import { layerBound } from '../../search/mapping/bounds/layer-bound.ts';
import { layerDemand } from '../../search/mapping/bounds/layer-demand.ts';
import { bestCombination } from '../../search/mapping/combination.ts';
import type { FigureLimit } from '../../search/mapping/figure-limits.ts';
import type { MappedLayer, MapperSettings } from '../../search/mapping/map-layer.ts';
import {
  type NetworkOptimum,
  type NetworkPoint,
  type NoNetworkOptimum,
  networkOptimumSteps,
} from '../../search/mapping/network-optimum.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { TrifoldError } from '../../util/errors.ts';
import { type EnergyAndCycles, networkTotals, repeatedSum } from '../../util/network-totals.ts';
import type { StopFlag } from '../../util/stop-flag.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import { type Network, networkMacs } from '../../workload/network.ts';
import { type LayerReport, layerReport, type NetworkReport, networkReport } from '../explain/evaluate.ts';
import type { LayerGoal } from './goal.ts';
import type { LayerPool } from './layer-pool.ts';
import { type LayerWork, workError, workPerShape } from './layer-work.ts';
import { type LayerSteps, runSteps } from './steps.ts';

/** The best mappings of a network as a whole. */
export interface NetworkWise {
  readonly report: NetworkReport;
  /** Objective of the sums of energies and latencies. */
  readonly value: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
  /** Limits that it keeps. */
  readonly limits: readonly string[];
  /** Weights of the cycles, in pJ per cycle, for which all layers were mapped. */
  readonly weights: readonly number[];
}

/** Objectives that are products of powers of the sums: what the lower hull solves. */
const HULL_OBJECTIVES: readonly string[] = ['edp', 'ed2p', 'energy', 'latency'];

/** Whether the network as a whole can be solved for an objective with this mapper. */
export function solvesNetworkWise(objective: Objective, { mapper }: Pick<MapperSettings, 'mapper'>): boolean {
  return mapper === 'exact' && HULL_OBJECTIVES.includes(objective.name);
}

/** How the layers of a network are mapped. */
export interface NetworkMapper {
  readonly settings: MapperSettings;
  /** Of each search of a layer. */
  readonly secondsPerLayer?: number;
  /** Ends each of them with what it has; what is then not proven counts as not solved. */
  readonly stop?: StopFlag | undefined;
  /** Partial mappings that the layers may bound together whenever all of them are mapped. */
  readonly jointNodeLimit?: number;
}

/** How the layers are mapped. */
export interface NetworkWiseOptions extends NetworkMapper {
  readonly pool: LayerPool;
}

/**
 * Minimizes the objective of (sum of energies, sum of latencies), within limits on these sums.
 * @returns null when some layer was not solved in its time
 * @throws TrifoldError `infeasible` when a layer has no mapping or nothing keeps the limits
 */
export function mapNetworkWise(
  network: Network,
  accelerator: Accelerator,
  objective: Objective,
  limits: readonly FigureLimit[],
  { pool, ...mapper }: NetworkWiseOptions,
): Promise<NetworkWise | null> {
  return runSteps(networkWiseSteps(network, accelerator, objective, limits, mapper), pool);
}

/** The work of mapping every shape of a network for a goal: a piece per shape, or one piece where they share a limit. */
export function networkWork(
  network: Network,
  accelerator: Accelerator,
  goal: LayerGoal,
  mapper: NetworkMapper,
): LayerWork[] {
  const { shapes } = distinctShapes(network);
  const how = { accelerator, goal, ...mapper };
  return mapper.jointNodeLimit === undefined
    ? workPerShape(shapes, how)
    : [{ ...how, name: network.name, layers: shapes }];
}

/** {@link mapNetworkWise} without a pool. */
export function* networkWiseSteps(
  network: Network,
  accelerator: Accelerator,
  objective: Objective,
  limits: readonly FigureLimit[],
  mapper: NetworkMapper,
): LayerSteps<NetworkWise | null> {
  const { shapeOf } = distinctShapes(network);
  const { secondsPerLayer, jointNodeLimit, stop } = mapper;
  const isLimited = [secondsPerLayer, jointNodeLimit, stop].some((limit) => limit !== undefined);
  let isLate = false;
  const beside = besideCost(besideLoads(network), accelerator);
  function* solve(lambda: number | null): LayerSteps<NetworkPoint<MappedLayer> | string> {
    const work = networkWork(network, accelerator, { kind: 'supporting-line', lambda }, mapper);
    const mapped: MappedLayer[] = [];
    for (const result of yield work) {
      if (result.kind === 'mapped') mapped.push(...result.layers);
      else if (!isLimited) throw workError(result);
      if (result.kind === 'mapped' && result.layers.every(({ proof }) => proof.optimal)) continue;
      isLate = true;
      return 'the search of a layer was stopped before its proof';
    }
    const layers = shapeOf.map((shape) => mapped[shape]!);
    return {
      ...networkTotals(
        network.layers,
        layers.map(({ evaluation }) => evaluation),
        beside,
      ),
      layers,
    };
  }
  const holds = (energyPj: number, cycles: number) => limits.every((limit) => limit.holds(energyPj, cycles));
  const steps = networkOptimumSteps<MappedLayer>(
    beside.energyPj + leastEnergyPj(network, accelerator, mapper.settings),
    {
      value: objective.value,
      tie: objective.tie,
      ...(limits.length === 0 ? {} : { holds }),
    },
  );
  const met: NetworkPoint<MappedLayer>[] = [];
  const weights: number[] = [];
  let step = steps.next();
  while (step.done !== true) {
    const point = yield* solve(step.value);
    if (step.value !== null && typeof point !== 'string') weights.push(step.value);
    // Points of many layers are large: they are kept only where they may be combined.
    if (limits.length > 0 && typeof point !== 'string') met.push(point);
    step = steps.next(point);
  }
  const corner = step.value;
  const found = limits.length === 0 ? corner : withinLimit(network, beside, corner, met, objective.value, holds);
  if (found.kind === 'none') {
    if (isLate) return null;
    const hint = limits.map((limit) => limit.text).join(', ');
    throw new TrifoldError('infeasible', `${network.name} on ${accelerator.name}: ${found.reason}`, {
      ...(hint === '' ? {} : { hint: `the limit is ${hint}` }),
    });
  }
  const reports = found.best.layers.map(
    ({ mapping, evaluation }, i): LayerReport => layerReport(network.layers[i]!, accelerator, mapping, evaluation),
  );
  return {
    report: networkReport(network, accelerator, reports),
    value: found.value,
    lowerBound: found.lowerBound,
    optimal: found.optimal,
    limits: limits.map((limit) => limit.text),
    weights,
  };
}

/** The best corner of the hull that keeps a limit, or better: layers of several corners together, which may come nearer to the limit. */
function withinLimit(
  { layers }: Network,
  beside: EnergyAndCycles,
  corner: NetworkOptimum<MappedLayer> | NoNetworkOptimum,
  met: readonly NetworkPoint<MappedLayer>[],
  value: Objective['value'],
  holds: (energyPj: number, cycles: number) => boolean,
): NetworkOptimum<MappedLayer> | NoNetworkOptimum {
  if (corner.kind === 'found' && corner.optimal) return corner;
  const choice = bestCombination(
    layers.map(({ repeat }, i) =>
      met.map((point) => {
        const { energyPj, cycles } = point.layers[i]!.evaluation;
        return { energyPj: repeat * energyPj, cycles: repeat * cycles };
      }),
    ),
    (energyPj, cycles) => value(beside.energyPj + energyPj, beside.cycles + cycles),
    (energyPj, cycles) => holds(beside.energyPj + energyPj, beside.cycles + cycles),
  );
  if (choice === null) return corner;
  const mapped = choice.map((option, i) => met[option]!.layers[i]!);
  const sums = networkTotals(
    layers,
    mapped.map(({ evaluation }) => evaluation),
    beside,
  );
  const best = value(sums.energyPj, sums.cycles);
  if (corner.kind === 'found' && best >= corner.value * (1 - 1e-12)) return corner;
  const lowerBound = corner.kind === 'found' ? corner.lowerBound : 0;
  const optimal = lowerBound >= best * (1 - 1e-12);
  return {
    kind: 'found',
    best: { ...sums, layers: mapped },
    value: best,
    lowerBound: Math.min(best, lowerBound),
    optimal,
  };
}

/** No mappings of a network take less energy. Under Timeloop's rule of temporal reuse only that of the MACs is known. */
function leastEnergyPj(network: Network, accelerator: Accelerator, { temporalReuse, factors }: MapperSettings): number {
  if (reuseRule(temporalReuse).isTimeloop) return networkMacs(network) * accelerator.mac.energyPj;
  return repeatedSum(network.layers, (layer) => layerBound(layerDemand(layer), accelerator, factors).energyPj);
}
