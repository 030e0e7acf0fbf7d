import type { Attributes } from '../messages/graph-message.ts';
import type { OperatorSets } from '../messages/model-message.ts';

/** How names of a graph, a function or a branch become names of the whole graph. */
export interface Scope {
  /** Put before names of nodes. */
  readonly prefix: string;
  readonly operatorSets: OperatorSets;
  /** Attributes of the call of a function; undefined outside of one. */
  readonly attributes: Attributes | undefined;
  readonly nameOf: (tensor: string) => string;
}

/** The scope of the graph itself. */
export function graphScope(operatorSets: OperatorSets): Scope {
  return { prefix: '', operatorSets, attributes: undefined, nameOf: (tensor) => tensor };
}

/** A scope whose tensors are named as in `names`; others get the name that `otherwise` gives. '' stays: no tensor. */
export function innerScope(
  scope: Omit<Scope, 'nameOf'>,
  names: ReadonlyMap<string, string>,
  otherwise: (tensor: string) => string,
): Scope {
  return { ...scope, nameOf: (tensor) => (tensor === '' ? '' : (names.get(tensor) ?? otherwise(tensor))) };
}
