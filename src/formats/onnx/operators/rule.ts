import type { ElementType } from '../messages/element-types.ts';
import type { RuleNode } from './rule-node.ts';

/** What an operator costs: multiply-accumulates, work per element, a change of place or order, arithmetic on shapes. */
export type OperatorFamily = 'mac' | 'vector' | 'view' | 'shape';

/** What a rule says of an output. */
export interface RuleOutput {
  readonly dims: readonly number[];
  /** Undefined when it follows from an input whose type is not known. */
  readonly elementType: ElementType | undefined;
  /** Its elements in row-major order, when they are few and known. */
  readonly values?: readonly number[] | undefined;
}

/** Shapes, types and small values of a node's outputs from those of its inputs. */
export type Rule = (node: RuleNode) => readonly RuleOutput[];

/** One operator: what it costs and how its outputs follow. */
export interface Operator {
  readonly family: OperatorFamily;
  readonly rule: Rule;
}

/** Operators by name, one table per family of rules; those of another domain are written `domain:Name`. */
export type OperatorTable = readonly (readonly [names: string, family: OperatorFamily, rule: Rule])[];
