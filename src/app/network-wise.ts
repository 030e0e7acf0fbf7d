import type { Accelerator } from '../accelerator/accelerator.ts';
import { UNCONSTRAINED } from '../mapping/constraints.ts';
import { resolveDataflow } from '../mapping/dataflow.ts';
import { makeMapspace } from '../search/mapping/mapspace.ts';
import { searchNetworkOptimum } from '../search/mapping/network-optimum.ts';
import type { Objective } from '../search/mapping/objective.ts';
import { TrifoldError } from '../util/errors.ts';
import type { Network } from '../workload/network.ts';
import { type LayerReport, layerReport, type NetworkReport, networkReport } from './evaluate.ts';
import type { FigureLimit, MapperSettings } from './mapper-settings.ts';

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

/** Whether the network as a whole can be solved for an objective with these settings. */
export function solvesNetworkWise(objective: Objective, settings: MapperSettings): boolean {
  return settings.mapper === 'exact' && HULL_OBJECTIVES.includes(objective.name);
}

/**
 * Minimizes the objective of (sum of energies, sum of latencies), within limits on these sums.
 * @returns null when the search was stopped
 * @throws TrifoldError `infeasible` when a layer has no mapping or nothing keeps the limits
 */
export function mapNetworkWise(
  network: Network,
  accelerator: Accelerator,
  objective: Objective,
  limits: readonly FigureLimit[],
  settings: MapperSettings,
): NetworkWise | null {
  const { factors, temporalReuse, shouldStop, dataflow } = settings;
  const layers = network.layers.map((layer) => {
    const constraints = dataflow === undefined ? UNCONSTRAINED : resolveDataflow(dataflow, layer, accelerator, factors);
    const mapspace = makeMapspace({ layer, accelerator, factors, temporalReuse, constraints });
    if (!mapspace.feasible)
      throw new TrifoldError('infeasible', `${layer.name} on ${accelerator.name}: ${mapspace.reason}`);
    return { mapspace, repeat: layer.repeat };
  });
  const found = searchNetworkOptimum(layers, {
    value: objective.value,
    ...(limits.length === 0
      ? {}
      : { holds: (energyPj: number, cycles: number) => limits.every((limit) => limit.holds(energyPj, cycles)) }),
    ...(shouldStop === undefined ? {} : { shouldStop }),
  });
  if (found.kind === 'none') {
    if (shouldStop?.() === true) return null;
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
