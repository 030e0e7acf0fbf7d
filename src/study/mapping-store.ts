import type { Accelerator } from '../accelerator/accelerator.ts';
import type { MappingGoal, MappingOutcome } from '../search/ports.ts';
import type { LayerShape } from '../workload/network.ts';
import type { MappingCache } from './mapping-cache.ts';
import { mappingKey } from './mapping-key.ts';

/** What the answers of a mapper depend on beside layer, accelerator and goal. */
export interface MapperIdentity {
  /** Its name and settings as plain JSON. */
  readonly mapper: unknown;
  readonly packageVersion: string;
}

/** A layer to be mapped; a cutoff is no part of the question. */
interface Question {
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  readonly goal: MappingGoal;
}

/**
 * The mappings of a mapper in a cache. Only mappings are remembered: what it says of a layer is what the mapper would say without a cutoff,
 * so a search that is told a mapping where it would have been told `cut` draws the same conclusion.
 */
export function mappingStore(cache: MappingCache, identity: MapperIdentity) {
  const keyOf = ({ layer, accelerator, goal }: Question) => mappingKey({ layer, accelerator, goal, ...identity });
  return {
    get: (question: Question): MappingOutcome | undefined => cache.get(keyOf(question)),
    put: (question: Question, outcome: MappingOutcome): void => {
      if (outcome.kind === 'mapped') cache.put(keyOf(question), outcome);
    },
  };
}
