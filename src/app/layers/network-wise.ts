import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { FigureLimit } from '../../search/mapping/figure-limits.ts';
import type { MappedLayer, MapperSettings } from '../../search/mapping/map-layer.ts';
import { type NetworkPoint, networkOptimumSteps } from '../../search/mapping/network-optimum.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkTotals } from '../../util/network-totals.ts';
import type { StopFlag } from '../../util/stop-flag.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import { type Network, networkMacs } from '../../workload/network.ts';
import { type LayerReport, layerReport, type NetworkReport, networkReport } from '../explain/evaluate.ts';
import type { LayerPool } from './layer-pool.ts';
import { workError, workPerShape } from './layer-work.ts';

/** The best mappings of a network as a whole. */
export interface NetworkWise {
  readonly report: NetworkReport;
  /** Objective of the sums of energies and latencies. */
  readonly value: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
  /** Limits that it keeps. */
  readonly limits: readonly string[];
}

/** Objectives that are products of powers of the sums: what the lower hull solves. */
const HULL_OBJECTIVES: readonly string[] = ['edp', 'ed2p', 'energy', 'latency'];

/** Whether the network as a whole can be solved for an objective with this mapper. */
export function solvesNetworkWise(objective: Objective, { mapper }: Pick<MapperSettings, 'mapper'>): boolean {
  return mapper === 'exact' && HULL_OBJECTIVES.includes(objective.name);
}

/** How the layers are mapped. */
export interface NetworkWiseOptions {
  readonly settings: MapperSettings;
  /** Of each search of a layer. */
  readonly secondsPerLayer?: number;
  /** Ends each of them with what it has; what is then not proven counts as not solved. */
  readonly stop?: StopFlag | undefined;
  readonly pool: LayerPool;
}

/**
 * Minimizes the objective of (sum of energies, sum of latencies), within limits on these sums.
 * @returns null when some layer was not solved in its time
 * @throws TrifoldError `infeasible` when a layer has no mapping or nothing keeps the limits
 */
export async function mapNetworkWise(
  network: Network,
  accelerator: Accelerator,
  objective: Objective,
  limits: readonly FigureLimit[],
  { settings, secondsPerLayer, stop, pool }: NetworkWiseOptions,
): Promise<NetworkWise | null> {
  const { shapes, shapeOf } = distinctShapes(network);
  let isLate = false;
  const solve = async (lambda: number | null): Promise<NetworkPoint<MappedLayer> | string> => {
    const work = workPerShape(shapes, {
      accelerator,
      goal: { kind: 'supporting-line', lambda },
      settings,
      stop,
      ...(secondsPerLayer === undefined ? {} : { secondsPerLayer }),
    });
    const mapped: MappedLayer[] = [];
    try {
      await pool.map(work, (result, index) => {
        if (result.kind === 'failed')
          throw secondsPerLayer === undefined ? workError(result) : new Unproven(work[index]!.name);
        const [layer] = result.layers;
        if (layer?.proof.optimal !== true) throw new Unproven(work[index]!.name);
        mapped.push(layer);
      });
    } catch (error) {
      if (!(error instanceof Unproven)) throw error;
      isLate = true;
      return `${error.message}: the search was stopped before its proof`;
    }
    const layers = shapeOf.map((shape) => mapped[shape]!);
    return {
      ...networkTotals(
        network.layers,
        layers.map(({ evaluation }) => evaluation),
      ),
      layers,
    };
  };
  const steps = networkOptimumSteps<MappedLayer>(networkMacs(network) * accelerator.mac.energyPj, {
    value: objective.value,
    tie: objective.tie,
    ...(limits.length === 0
      ? {}
      : { holds: (energyPj: number, cycles: number) => limits.every((limit) => limit.holds(energyPj, cycles)) }),
  });
  let step = steps.next();
  while (step.done !== true) step = steps.next(await solve(step.value));
  const found = step.value;
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
  };
}

/** A layer's search ended before its proof. */
class Unproven extends Error {}
