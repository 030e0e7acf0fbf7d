import type { Attributes } from '../messages/graph-message.ts';
import type { Scope } from './scope.ts';

/** A node after functions are inlined: names of tensors are those of the whole graph. */
export interface GraphNode {
  /** Unique in the graph; made up where the file has none. */
  readonly name: string;
  readonly opType: string;
  /** '' for the standard operators. */
  readonly domain: string;
  /** Version of the operator set of its domain; 0 when the file states none. */
  readonly operatorSet: number;
  readonly attributes: Attributes;
  /** '' for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Tensors from outside that graphs in its attributes use. */
  readonly captured: readonly string[];
  readonly scope: Scope;
}
