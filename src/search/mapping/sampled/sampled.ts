import { compileKernel } from '../../../cost/kernel/kernel.ts';
import { type PackedMapping, unpackMapping } from '../../../cost/packed-mapping.ts';
import type { MappingConstraints } from '../../../mapping/constraints.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { CmaSearch } from '../../../optimizers/cma-search.ts';
import { Evolution } from '../../../optimizers/evolution.ts';
import type { Optimizer, Result } from '../../../optimizers/optimizer.ts';
import { RandomSearch } from '../../../optimizers/random-search.ts';
import { DIMS } from '../../../util/vocabulary.ts';
import type { SampledMapper } from '../mapper-names.ts';
import type { Mapspace } from '../mapspace.ts';
import type { Objective } from '../objective.ts';
import { mappingEncoding } from './mapping-encoding.ts';

/** Options of {@link searchSampled}. */
export interface SampledOptions {
  readonly mapper: SampledMapper;
  /** Mappings to score; >= 1. */
  readonly evaluations: number;
  readonly seed: number;
  /** Called after every batch; return true to stop. */
  readonly shouldStop?: (evaluations: number, best: number) => boolean;
}

/** The best mapping of a sampled search, without proof. */
export interface SampledResult {
  /** Null when no legal mapping was met. */
  readonly mapping: Mapping | null;
  readonly value: number;
  readonly energyPj: number;
  readonly cycles: number;
  readonly evaluations: number;
  /** Legal mappings among the evaluations. */
  readonly legal: number;
}

/** Violation of a vector whose loops do not keep to the fixed bounds: behind everything the kernel rejects. */
const BREAKS_CONSTRAINTS = 1e7;

/** Infeasible vectors rank behind feasible ones, those of a later rule of the kernel's checks (less broken) first. */
function violationOf(status: number, excess: number): number {
  return 1 + 1 / status + Math.min(excess, 1e6);
}

/**
 * Searches a mapspace by sampling vectors: the published way, for comparison with the exact search and for what it does not cover.
 * Deterministic in the seed.
 */
export function searchSampled(mapspace: Mapspace, objective: Objective, options: SampledOptions): SampledResult {
  const { layer, accelerator, factors, constraints, temporalReuse } = mapspace;
  const orders = options.mapper === 'cmaes-index' ? 'index' : 'importance';
  const encoding = mappingEncoding(layer, accelerator, { factors, orders, constraints });
  const kernel = compileKernel(layer, accelerator, { temporalReuse });
  const optimizer = makeOptimizer(options, encoding.space);
  const packed = encoding.emptyMapping();
  let best: Omit<SampledResult, 'evaluations' | 'legal'> = {
    mapping: null,
    value: Number.POSITIVE_INFINITY,
    energyPj: Number.POSITIVE_INFINITY,
    cycles: Number.POSITIVE_INFINITY,
  };
  let evaluations = 0;
  let legal = 0;
  while (evaluations < options.evaluations) {
    const batch = optimizer.ask(Math.min(Math.max(optimizer.batchSize, 1), options.evaluations - evaluations));
    if (batch.length === 0) break;
    const results = batch.map((candidate): Result => {
      encoding.decode(candidate.point, packed);
      if (!keepsFixedBounds(packed, constraints)) {
        evaluations++;
        return { candidate, value: Number.POSITIVE_INFINITY, violation: BREAKS_CONSTRAINTS };
      }
      const status = kernel.evaluate(packed);
      evaluations++;
      if (status !== 0)
        return { candidate, value: Number.POSITIVE_INFINITY, violation: violationOf(status, kernel.violationExcess) };
      legal++;
      const { energyPj, cycles } = kernel;
      const value = objective.value(energyPj, cycles);
      // A mapping that breaks a limit has an infinite value: it is no tie with having none.
      const isTie = best.mapping !== null && value === best.value;
      if (value < best.value || (isTie && objective.tie(energyPj, cycles) < objective.tie(best.energyPj, best.cycles)))
        best = { mapping: unpackMapping(encoding.layout, packed), value, energyPj, cycles };
      return { candidate, value };
    });
    optimizer.tell(results);
    if (options.shouldStop?.(evaluations, best.value) === true) break;
  }
  return { ...best, evaluations, legal };
}

/** The vector decides all loops but the outermost temporal ones, which take what is left: a whole number, and the fixed one where there is one. */
function keepsFixedBounds({ temporal }: PackedMapping, constraints: MappingConstraints): boolean {
  const fixed = constraints.levels[0]?.temporal;
  return DIMS.every((dim, d) => Number.isInteger(temporal[d]) && (fixed?.[dim] ?? temporal[d]) === temporal[d]);
}

function makeOptimizer(options: SampledOptions, space: ReturnType<typeof mappingEncoding>['space']): Optimizer {
  const { seed, mapper } = options;
  if (mapper === 'random') return RandomSearch.create(space, { seed });
  if (mapper === 'evolution') return Evolution.create(space, { seed, populationSize: 100 });
  return CmaSearch.create(space, { seed, restarts: 'ipop' });
}
