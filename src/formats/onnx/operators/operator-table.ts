import { ATTENTION } from './attention.ts';
import { CONSTANTS } from './constants.ts';
import { CONVOLUTIONS } from './convolution.ts';
import { EINSUM } from './einsum.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { INDEXING } from './indexing.ts';
import { MATRICES } from './matrix.ts';
import { NORMALIZATIONS } from './normalization.ts';
import { POOLINGS } from './pooling.ts';
import { QUANTIZATION } from './quantization.ts';
import { RECURRENT } from './recurrent.ts';
import { REDUCTIONS } from './reduction.ts';
import { RESHAPINGS } from './reshaping.ts';
import type { Operator, OperatorFamily } from './rule.ts';

const TABLES = [
  CONVOLUTIONS,
  MATRICES,
  EINSUM,
  ATTENTION,
  RECURRENT,
  POOLINGS,
  NORMALIZATIONS,
  ELEMENTWISE,
  REDUCTIONS,
  QUANTIZATION,
  RESHAPINGS,
  INDEXING,
  CONSTANTS,
];

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  TABLES.flatMap((table) =>
    table.flatMap(([names, family, rule]) => names.split(' ').map((name) => [name, { family, rule }] as const)),
  ),
);

/** The operator of a name in a domain; undefined when it is not known. */
export function operatorOf(domain: string, opType: string): Operator | undefined {
  return OPERATORS.get(operatorName(domain, opType));
}

/** An operator with its domain, where that is not the standard one: `com.microsoft:FusedConv`. */
export function operatorName(domain: string, opType: string): string {
  return domain === '' ? opType : `${domain}:${opType}`;
}

/** Every operator whose shapes are inferred, in the order of the alphabet. */
export const OPERATOR_COVERAGE: readonly { readonly name: string; readonly family: OperatorFamily }[] = [...OPERATORS]
  .map(([name, { family }]) => ({ name, family }))
  .sort((left, right) => (left.name < right.name ? -1 : 1));
