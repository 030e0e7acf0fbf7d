import { any, constant, type Expression, either, made, number, oneOf } from './matcher.ts';

const x = any('x');
const square = (of: Expression) => oneOf(made('Pow', of, number(2)), either('Mul', of, of));
const offset = (of: Expression) => either('Add', of, constant());
const mean = made('ReduceMean', x);
const centred = made('Sub', x, mean);
const deviation = (variance: Expression) => made('Sqrt', oneOf(offset(variance), variance));
const reciprocal = (variance: Expression) =>
  oneOf(
    made('Reciprocal', deviation(variance)),
    made('Div', number(1), deviation(variance)),
    made('Pow', offset(variance), number(-0.5)),
  );
const normalised = (of: Expression, variance: Expression) =>
  oneOf(made('Div', of, deviation(variance)), either('Mul', of, reciprocal(variance)));

const layerCore = normalised(centred, made('ReduceMean', square(centred)));
const rmsCore = normalised(x, made('ReduceMean', square(x)));
const scaled = (of: Expression) => either('Mul', of, constant('scale'));
const shifted = (of: Expression) => either('Add', of, constant('offset'));
/** Scale and reciprocal deviation multiplied first, as graphs of TensorFlow have it: x s + (offset - mean s). */
const scale = scaled(reciprocal(made('ReduceMean', oneOf(square(centred), made('SquaredDifference', x, mean)))));
const joined = either('Add', either('Mul', x, scale), made('Sub', constant('offset'), either('Mul', mean, scale)));

/** Normalisations as they are written out, those with most operators first. */
export const WRITTEN_NORMALIZATIONS: readonly {
  readonly kind: 'layer-norm' | 'rms-norm' | 'softmax';
  readonly root: readonly string[];
  readonly expression: Expression;
}[] = [
  { kind: 'layer-norm', root: ['Add'], expression: oneOf(shifted(scaled(layerCore)), joined, shifted(layerCore)) },
  { kind: 'layer-norm', root: ['Mul', 'Div'], expression: oneOf(scaled(layerCore), layerCore) },
  { kind: 'rms-norm', root: ['Mul', 'Div'], expression: oneOf(scaled(rmsCore), rmsCore) },
  {
    kind: 'softmax',
    root: ['Div'],
    expression: oneOf(softmaxOf(made('Exp', made('Sub', x, made('ReduceMax', x)))), softmaxOf(made('Exp', x))),
  },
];

function softmaxOf(exponential: Expression): Expression {
  return made('Div', exponential, made('ReduceSum', exponential));
}
