import type { Accelerator } from '../accelerator/accelerator.ts';
import { evaluateReference } from '../cost/reference.ts';
import { task } from '../parallel/mapping-task.ts';
import { openPool, type PoolOptions } from '../parallel/pool.ts';
import type { MappedLayer } from '../search/ports.ts';
import { TrifoldError } from '../util/errors.ts';
import type { Network } from '../workload/network.ts';
import { layerReport, type NetworkReport, networkReport } from './evaluate.ts';
import { distinctShapes } from './map-network.ts';

/** What is known of a layer's distance from its optimum. */
export interface FinalProof {
  readonly optimal: boolean;
  /** EDP in pJ * cycles. */
  readonly value: number;
  /** No mapping of the mapspace has a smaller EDP. */
  readonly lowerBound: number;
}

/** A network with its final mappings. */
export interface FinalMapping {
  readonly report: NetworkReport;
  /** Per layer of the report. */
  readonly proofs: readonly FinalProof[];
}

/** Rounds of ever larger limits before a layer counts as unmappable. */
const ROUNDS = 4;
const LIMIT_GROWTH = 8;

/**
 * Maps every layer of a network on threads, equal shapes once. The limit counts partial mappings, not time, so that the result is
 * the same everywhere; layers that it leaves without a mapping get a larger one.
 * @throws TrifoldError `infeasible` when a layer has no mapping
 */
export async function finalMapping(
  network: Network,
  accelerator: Accelerator,
  factors: 'perfect' | 'imperfect',
  nodeLimit: number,
  threads: Pick<PoolOptions, 'workers' | 'offMainThread'>,
  signal?: AbortSignal,
): Promise<FinalMapping> {
  const { shapes, shapeOf } = distinctShapes(network);
  const mapped = new Map<number, MappedLayer>();
  let reason = '';
  for (
    let round = 0, limit = nodeLimit;
    round < ROUNDS && mapped.size < shapes.length;
    round++, limit *= LIMIT_GROWTH
  ) {
    const open = shapes.map((_, i) => i).filter((i) => !mapped.has(i));
    const pool = await openPool(task, { kind: 'exact', factors, nodeLimit: limit }, { ...threads, chunkItems: 1 });
    try {
      const items = open.map((i) => ({ layer: shapes[i]!, accelerator, goal: { kind: 'edp' } as const }));
      const outcomes = await pool.run(items, signal === undefined ? {} : { signal });
      outcomes.forEach((outcome, at) => {
        if (outcome.kind === 'mapped') mapped.set(open[at]!, outcome);
        else if (outcome.kind === 'unmappable') reason = outcome.reason;
      });
    } finally {
      await pool.close();
    }
  }
  const layers = network.layers.map((layer, i) => {
    const found = mapped.get(shapeOf[i]!);
    if (found === undefined)
      throw new TrifoldError('infeasible', `${layer.name} cannot be mapped on ${accelerator.name}: ${reason}`);
    const evaluation = evaluateReference(layer, accelerator, found.mapping, { temporalReuse: 'exact' });
    if (!evaluation.feasible) throw new Error(`the mapping of ${layer.name} is not legal`);
    return { found, report: layerReport(layer, accelerator, found.mapping, evaluation) };
  });
  return {
    report: networkReport(
      network,
      accelerator,
      layers.map(({ report }) => report),
    ),
    proofs: layers.map(({ found, report }) => ({
      optimal: found.optimal,
      value: report.evaluation.edpPjCycles,
      lowerBound: found.lowerBound,
    })),
  };
}
