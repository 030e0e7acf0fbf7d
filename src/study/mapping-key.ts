import { createHash } from 'node:crypto';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { acceleratorKey } from '../accelerator/accelerator-key.ts';
import { layerKey } from '../workload/distinct-layers.ts';
import type { LayerShape } from '../workload/network.ts';
import { isObject } from './json-text.ts';

/** Everything that a level-1 result depends on. */
export interface MappingQuestion {
  /** Layers that are answered together, in this order. */
  readonly layers: readonly LayerShape[];
  readonly accelerator: Accelerator;
  /** The objective to be minimized, as plain JSON. */
  readonly goal: unknown;
  /** Settings of the mapper as plain JSON: its name, factors, reuse rule, constraints, limits, seed. The order of keys does not matter. */
  readonly mapper: unknown;
  /** Another version may find another mapping. */
  readonly packageVersion: string;
}

/** SHA-256 (hexadecimal) of a question: equal for questions with the same answer, whatever things are called. */
export function mappingKey({ layers, accelerator, goal, mapper, packageVersion }: MappingQuestion): string {
  const content = [layers.map(layerKey), acceleratorKey(accelerator), goal, mapper, packageVersion];
  return createHash('sha256').update(JSON.stringify(content, sortKeys)).digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}
