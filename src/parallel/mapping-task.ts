import type { Accelerator } from '../accelerator/accelerator.ts';
import type { MappingGoal, MappingOutcome } from '../search/ports.ts';
import type { LayerShape } from '../workload/network.ts';
import { type MapperChoice, makeMapper } from './mapper-choice.ts';

/** Where threads load this task from. */
export const taskUrl = import.meta.url;

/** A layer to be mapped on an accelerator. */
export interface MappingItem {
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  readonly goal: MappingGoal;
  /** Goal from which on the caller does not care; absent = never. */
  readonly cutoff?: number;
}

/** Names an item: its layer and its accelerator. */
export function describe({ layer, accelerator }: MappingItem): string {
  return `${layer.problem.name} on ${accelerator.name}`;
}

/** Prepares a thread to map layers. */
export function start(choice: MapperChoice): (item: MappingItem) => MappingOutcome {
  const mapper = makeMapper(choice);
  return ({ layer, accelerator, goal, cutoff }) => mapper.map(layer, accelerator, goal, cutoff);
}
