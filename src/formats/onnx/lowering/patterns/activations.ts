import type { ActivationFunction } from '../../../../workload/graph/vector-operation.ts';
import { any, constant, type Expression, either, made, number, oneOf, product } from './matcher.ts';

const x = any('x');
const cube = oneOf(made('Pow', x, number(3)), either('Mul', x, oneOf(either('Mul', x, x), made('Pow', x, number(2)))));
const scaled = (of: Expression) => oneOf(either('Mul', of, constant()), made('Div', of, constant()));
/** x + 0.044715 x^3. */
const bent = oneOf(
  either('Add', x, either('Mul', cube, constant())),
  either(
    'Mul',
    x,
    either('Add', either('Mul', oneOf(either('Mul', x, x), made('Pow', x, number(2))), constant()), number(1)),
  ),
  either('Mul', x, either('Add', product(x, x, constant()), number(1))),
);
const onePlus = (of: Expression) => either('Add', of, number(1));
const normal = onePlus(
  oneOf(
    made('Erf', scaled(x)),
    made('Tanh', scaled(bent)),
    made('Tanh', product(x, constant(), onePlus(product(x, x, constant())))),
  ),
);
/** min(max(x + 3, 0), 6) / 6. */
const hardGate = oneOf(scaled(made('Clip', either('Add', x, number(3)), number(0), number(6))), made('HardSigmoid', x));

/** Functions as they are written out where a file has no operator for them: the last operator, and what it is made of. */
export const WRITTEN_FUNCTIONS: readonly {
  readonly function: ActivationFunction;
  readonly root: readonly string[];
  readonly expression: Expression;
}[] = [
  {
    function: 'gelu',
    root: ['Mul', 'Div'],
    expression: oneOf(
      product(x, number(0.5), normal),
      made('Div', either('Mul', x, normal), number(2)),
      either('Mul', made('Div', x, number(2)), normal),
    ),
  },
  { function: 'silu', root: ['Mul'], expression: either('Mul', x, made('Sigmoid', oneOf(x, scaled(x)))) },
  {
    function: 'hard-swish',
    root: ['Mul', 'Div'],
    expression: oneOf(
      either('Mul', x, hardGate),
      scaled(either('Mul', x, made('Clip', either('Add', x, number(3)), number(0), number(6)))),
    ),
  },
  {
    function: 'hard-sigmoid',
    root: ['Mul', 'Div'],
    expression: scaled(made('Clip', either('Add', x, number(3)), number(0), number(6))),
  },
  { function: 'mish', root: ['Mul'], expression: either('Mul', x, made('Tanh', made('Softplus', x))) },
];
