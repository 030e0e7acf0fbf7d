import { ELEMENT_TYPES, type ElementType, FLOAT32, INT32, UINT8 } from '../messages/element-types.ts';
import { shapesText } from '../messages/tensor-message.ts';
import { broadcastDims } from './broadcast.ts';
import { namedType } from './elementwise.ts';
import type { OperatorTable, Rule } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';

/** The type of a zero point, else the one that an attribute names, else uint8. */
function quantizedType(node: RuleNode): ElementType | undefined {
  if (node.has(2)) return node.type(2);
  return node.hasAttribute('output_dtype') && node.int('output_dtype', 0) !== 0
    ? namedType(node, 'output_dtype')
    : UINT8;
}

const quantize: Rule = (node) => [{ dims: node.dims(0), elementType: quantizedType(node) }];

/** The type of the scale. */
const dequantize: Rule = (node) => {
  const code = node.int('output_dtype', 0);
  return [{ dims: node.dims(0), elementType: code === 0 ? (node.type(1) ?? FLOAT32) : ELEMENT_TYPES.get(code) }];
};

/** Scale and zero point come out too. */
const dynamicQuantize: Rule = (node) => [
  { dims: node.dims(0), elementType: UINT8 },
  { dims: [], elementType: FLOAT32 },
  { dims: [], elementType: UINT8 },
];

/** Two operands, each with scale and zero point, then those of the result. */
const quantizedBinary: Rule = (node) => [
  { dims: broadcastDims(node, [node.dims(0), node.dims(3)]), elementType: typeOf(node, 7, 0) },
];

const quantizedUnary: Rule = (node) => [{ dims: node.dims(0), elementType: typeOf(node, 4, 0) }];

/** Scale and zero point of the result, then tensor, scale and zero point of each operand. */
const quantizedConcat: Rule = (node) => {
  const operands: (readonly number[])[] = [];
  for (let index = 2; index < node.inputs.length; index += 3) operands.push(node.dims(index));
  const [first] = operands;
  if (first === undefined) throw node.error('wants operands, found none');
  const axis = node.axis(node.requiredInt('axis'), first.length);
  for (const dims of operands)
    node.check(
      dims.length === first.length && dims.every((dim, index) => index === axis || dim === first[index]),
      () => `wants equal dims but along axis ${axis}, found ${shapesText(operands)}`,
    );
  return [
    {
      dims: first.with(
        axis,
        operands.reduce((sum, dims) => sum + dims[axis]!, 0),
      ),
      elementType: typeOf(node, 1, 2),
    },
  ];
};

/** A condition, then two operands with scales and zero points. */
const quantizedWhere: Rule = (node) => [
  { dims: broadcastDims(node, [node.dims(0), node.dims(1), node.dims(4)]), elementType: typeOf(node, 8, 1) },
];

/** Two operands, each with its zero point. */
const multiplyInteger: Rule = (node) => [
  { dims: broadcastDims(node, [node.dims(0), node.dims(2)]), elementType: INT32 },
];

const MS = 'com.microsoft:';

/** Operators between numbers and their quantised form. */
export const QUANTIZATION: OperatorTable = [
  [`QuantizeLinear ${MS}QuantizeLinear`, 'vector', quantize],
  [`DequantizeLinear ${MS}DequantizeLinear`, 'vector', dequantize],
  ['DynamicQuantizeLinear', 'vector', dynamicQuantize],
  [`${MS}QLinearAdd ${MS}QLinearMul`, 'vector', quantizedBinary],
  [`${MS}QLinearSigmoid ${MS}QLinearLeakyRelu ${MS}QLinearSoftmax`, 'vector', quantizedUnary],
  [`${MS}QLinearConcat`, 'view', quantizedConcat],
  [`${MS}QLinearWhere`, 'vector', quantizedWhere],
  [`${MS}MulInteger`, 'vector', multiplyInteger],
];
