import type { InferredModel } from '../../../src/formats/onnx/inference/inferred-model.ts';
import type { DimSettings } from '../../../src/formats/onnx/inference/symbols.ts';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { bytesSource } from '../../../src/formats/onnx/wire/byte-source.ts';
import { encodeModel, type TestAttribute, type TestModel, type TestTensor, type TestValue, toBytes } from './encode.ts';

/** Reads a model as if its bytes were a file. */
export function read(model: TestModel, settings?: DimSettings): InferredModel {
  return readOnnx(bytesSource(toBytes(encodeModel(model)), 'test.onnx'), settings);
}

/** One node, what goes into it, and how many outputs it has. */
export interface OneNode {
  readonly op: string;
  /** Inputs by their dims; a tensor with values is an initializer, undefined an input that is left out. */
  readonly inputs: readonly (readonly number[] | Omit<TestTensor, 'name'> | undefined)[];
  readonly attributes?: Readonly<Record<string, TestAttribute>>;
  readonly outputs?: number;
  readonly opset?: number;
  readonly domain?: string;
  /** Element type of the inputs that have none of their own. */
  readonly type?: number;
}

/** Dims and element types of the outputs of a node, worked out by hand from the operator's documentation. */
export type ShapeCase = readonly [name: string, node: OneNode, ...outputs: string[]];

/** Reads a model of one node and returns its outputs. */
export function outputsOf({ op, inputs, attributes, outputs = 1, opset, domain, type }: OneNode) {
  const values: TestValue[] = [];
  const initializers: TestTensor[] = [];
  const names = inputs.map((input, index) => {
    if (input === undefined) return '';
    if ('dims' in input) initializers.push({ ...input, name: `i${index}` });
    else values.push({ name: `i${index}`, dims: input, ...(type === undefined ? {} : { type }) });
    return `i${index}`;
  });
  const node = {
    op,
    name: 'node',
    inputs: names,
    outputs: Array.from({ length: outputs }, (_, index) => `o${index}`),
    ...(attributes === undefined ? {} : { attributes }),
    ...(domain === undefined ? {} : { domain }),
  };
  const model = read({
    graph: { nodes: [node], inputs: values, initializers },
    ...(opset === undefined ? {} : { opset }),
    ...(domain === undefined ? {} : { otherOpsets: { [domain]: 1 } }),
  });
  return model.nodes[0]!.outputs.map((output) => output!);
}

/** Dims of the only output. */
export function dimsOf(node: OneNode): readonly number[] | undefined {
  return outputsOf(node)[0]!.dims;
}

/** The domain of operators that runtimes add. */
export const MS = 'com.microsoft';

/** A tensor of floats with values. */
export function float(dims: readonly number[], ...floats: number[]): Omit<TestTensor, 'name'> {
  return { dims, floats };
}

/** A tensor of an element type without values. */
export function typed(type: number, dims: readonly number[]): Omit<TestTensor, 'name'> {
  return { dims, type };
}

/** A list of int64 as initializer. */
export function list(...ints: number[]): Omit<TestTensor, 'name'> {
  return { dims: [ints.length], ints };
}

/** A single int64 as initializer. */
export function scalar(value: number): Omit<TestTensor, 'name'> {
  return { dims: [], ints: [value] };
}
