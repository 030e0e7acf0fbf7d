import { any, type Expression, either, made, oneOf } from './matcher.ts';

const x = any('x');
const turned: Expression = oneOf(
  made('Concat', made('Neg', oneOf(made('Slice', x), made('Split', x))), oneOf(made('Slice', x), made('Split', x))),
  made('Concat', made('Neg', secondOf('Split', x)), made('Split', x)),
);

/** x cos + (halves of x swapped, one negated) sin. */
export const WRITTEN_ROTARY: Expression = either(
  'Add',
  either('Mul', x, factor('cos')),
  either('Mul', turned, factor('sin')),
);

/** A factor that may be the same for every input or not. */
function factor(name: string): Expression {
  return (tensor, _, found, next) => next({ ...found, bound: new Map(found.bound).set(name, tensor) });
}

/** The second output of an operator of one input. */
function secondOf(opType: string, input: Expression): Expression {
  return (tensor, uses, found, next) => {
    const node = uses.makerOf(tensor);
    const [read] = node?.inputs ?? [];
    if (node === undefined || read === undefined || node.opType !== opType || node.outputs[1]?.name !== tensor.name)
      return null;
    return input(read, uses, { ...found, nodes: [...found.nodes, node] }, next);
  };
}
