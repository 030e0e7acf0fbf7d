import { compileKernel, type Kernel } from '../../../cost/kernel/kernel.ts';
import { copyPackedMapping, type PackedLayout, type PackedMapping } from '../../../cost/packed-mapping.ts';
import type { MappingConstraints } from '../../../mapping/constraints.ts';
import { CmaSearch } from '../../../optimizers/cma-search.ts';
import { Evolution } from '../../../optimizers/evolution.ts';
import type { Candidate, Optimizer, Result } from '../../../optimizers/optimizer.ts';
import { RandomSearch } from '../../../optimizers/random-search.ts';
import type { Space } from '../../../optimizers/space.ts';
import { DIMS } from '../../../util/vocabulary.ts';
import type { SampledMapper } from '../mapper-names.ts';
import type { Mapspace } from '../mapspace.ts';
import type { Objective } from '../objective.ts';
import { type MappingEncoding, mappingEncoding } from './mapping-encoding.ts';

/** A legal mapping that was sampled. */
export interface SampledMapping {
  readonly packed: PackedMapping;
  readonly value: number;
  readonly energyPj: number;
  readonly cycles: number;
}

/** Violation of a vector whose loops do not keep to the fixed bounds: behind everything the kernel rejects. */
const BREAKS_CONSTRAINTS = 1e7;

/** Samples the mappings of a mapspace, batch by batch; deterministic in the seed. */
export class MappingSampler {
  /** The best legal mapping so far. */
  best: SampledMapping | null = null;
  /** Vectors scored, and legal mappings among them. */
  evaluations = 0;
  legal = 0;
  readonly #objective: Objective;
  readonly #constraints: MappingConstraints;
  readonly #encoding: MappingEncoding;
  readonly #kernel: Kernel;
  readonly #optimizer: Optimizer;
  readonly #packed: PackedMapping;

  constructor(mapspace: Mapspace, objective: Objective, mapper: SampledMapper, seed: number) {
    const { layer, accelerator, factors, constraints, temporalReuse } = mapspace;
    const orders = mapper === 'cmaes-index' ? 'index' : 'importance';
    this.#objective = objective;
    this.#constraints = constraints;
    this.#encoding = mappingEncoding(layer, accelerator, { factors, orders, constraints });
    this.#kernel = compileKernel(layer, accelerator, { temporalReuse });
    this.#optimizer = makeOptimizer(mapper, seed, this.#encoding.space);
    this.#packed = this.#encoding.emptyMapping();
  }

  get layout(): PackedLayout {
    return this.#encoding.layout;
  }

  /** Scores one batch, of `most` vectors at most. @returns false when there is nothing left to sample */
  sampleBatch(most: number): boolean {
    const batch = this.#optimizer.ask(Math.min(Math.max(this.#optimizer.batchSize, 1), most));
    if (batch.length === 0) return false;
    this.#optimizer.tell(batch.map((candidate) => this.#score(candidate)));
    return true;
  }

  #score(candidate: Candidate): Result {
    const packed = this.#packed;
    const kernel = this.#kernel;
    this.#encoding.decode(candidate.point, packed);
    this.evaluations++;
    if (!keepsFixedBounds(packed, this.#constraints))
      return { candidate, value: Number.POSITIVE_INFINITY, violation: BREAKS_CONSTRAINTS };
    const status = kernel.evaluate(packed);
    if (status !== 0)
      return { candidate, value: Number.POSITIVE_INFINITY, violation: violationOf(status, kernel.violationExcess) };
    this.legal++;
    const { energyPj, cycles } = kernel;
    const value = this.#objective.value(energyPj, cycles);
    const { best } = this;
    const { tie } = this.#objective;
    // A mapping that breaks a limit has an infinite value: it is no tie with having none.
    const isBetter =
      best === null
        ? value < Number.POSITIVE_INFINITY
        : value < best.value || (value === best.value && tie(energyPj, cycles) < tie(best.energyPj, best.cycles));
    if (isBetter) this.best = { packed: copyPackedMapping(packed), value, energyPj, cycles };
    return { candidate, value };
  }
}

/** Infeasible vectors rank behind feasible ones, those of a later rule of the kernel's checks (less broken) first. */
function violationOf(status: number, excess: number): number {
  return 1 + 1 / status + Math.min(excess, 1e6);
}

/** The vector decides all loops but the outermost temporal ones, which take what is left: a whole number, and the fixed one where there is one. */
function keepsFixedBounds({ temporal }: PackedMapping, constraints: MappingConstraints): boolean {
  const fixed = constraints.levels[0]?.temporal;
  return DIMS.every((dim, d) => Number.isInteger(temporal[d]) && (fixed?.[dim] ?? temporal[d]) === temporal[d]);
}

function makeOptimizer(mapper: SampledMapper, seed: number, space: Space): Optimizer {
  if (mapper === 'random') return RandomSearch.create(space, { seed });
  if (mapper === 'evolution') return Evolution.create(space, { seed, populationSize: 100 });
  return CmaSearch.create(space, { seed, restarts: 'ipop' });
}
