import type { Accelerator } from '../accelerator/accelerator.ts';
import type { MappingGoal, MappingOutcome } from '../search/ports.ts';
import type { LayerShape } from '../workload/network.ts';
import { type MapperChoice, makeMapper } from './mapper-choice.ts';
import type { Task } from './task.ts';

/** A layer to be mapped on an accelerator. */
export interface MappingItem {
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  readonly goal: MappingGoal;
  /** Goal from which on the caller does not care; absent = never. */
  readonly cutoff?: number;
}

/** Maps layers. */
export const task: Task<MapperChoice, MappingItem, MappingOutcome> = {
  moduleUrl: import.meta.url,
  start: (choice) => {
    const mapper = makeMapper(choice);
    return ({ layer, accelerator, goal, cutoff }) => mapper.map(layer, accelerator, goal, cutoff);
  },
  describe: ({ layer, accelerator }) => `${layer.problem.name} on ${accelerator.name}`,
};
