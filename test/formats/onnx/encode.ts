/** Bytes, or a number of zeros: a model with gigabytes of weights is written piece by piece. */
export type Part = Uint8Array | number;

/** Value of an attribute; a plain number is an integer. */
export type TestAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TestTensor }
  | { readonly graph: TestGraph }
  | { readonly reference: string; readonly type: number };

export interface TestTensor {
  readonly name?: string;
  readonly dims: readonly number[];
  /** Number of the element type; 1 (float32) when left out, 7 (int64) with `ints`. */
  readonly type?: number;
  /** Values of int64 in `int64_data`. */
  readonly ints?: readonly number[];
  /** Values of float32 in `float_data`. */
  readonly floats?: readonly number[];
  readonly raw?: Part;
  readonly external?: boolean;
  /** One tag for each number in place of one for all. */
  readonly unpacked?: boolean;
}

export interface TestValue {
  readonly name: string;
  readonly dims?: readonly (number | string | undefined)[];
  readonly type?: number;
}

export interface TestNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, TestAttribute>>;
  readonly name?: string;
  readonly domain?: string;
}

export interface TestGraph {
  readonly name?: string;
  readonly nodes: readonly TestNode[];
  readonly inputs?: readonly TestValue[];
  readonly outputs?: readonly TestValue[];
  readonly initializers?: readonly TestTensor[];
  readonly stated?: readonly TestValue[];
  /** Names of tensors -> names of their zero points. */
  readonly zeroPoints?: Readonly<Record<string, string>>;
}

export interface TestFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly TestNode[];
  readonly defaults?: Readonly<Record<string, TestAttribute>>;
}

export interface TestModel {
  readonly graph: TestGraph;
  readonly functions?: readonly TestFunction[];
  /** Of the standard operators; with 0 none is stated. */
  readonly opset?: number;
  readonly otherOpsets?: Readonly<Record<string, number>>;
}

export function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export function sizeOf(parts: readonly Part[]): number {
  return parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? part : part.length), 0);
}

export function toBytes(parts: readonly Part[]): Uint8Array {
  const bytes = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    if (typeof part !== 'number') bytes.set(part, at);
    at += typeof part === 'number' ? part : part.length;
  }
  return bytes;
}

const tag = (field: number, wire: number) => varint(field * 8 + wire);
export const message = (field: number, parts: readonly Part[]): Part[] => [
  tag(field, 2),
  varint(sizeOf(parts)),
  ...parts,
];
export const integer = (field: number, value: number): Part[] => [tag(field, 0), varint(value)];
export const text = (field: number, value: string): Part[] => message(field, [new TextEncoder().encode(value)]);
const floatBytes = (value: number) => new Uint8Array(Float32Array.of(value).buffer);
const packed = (field: number, values: readonly number[]) =>
  message(
    field,
    values.map((value) => varint(value)),
  );
const optional = (field: number, value: string | undefined) => (value === undefined ? [] : text(field, value));

export function encodeTensor(tensor: TestTensor): Part[] {
  const { name, dims, type, ints, floats, raw, external, unpacked } = tensor;
  const list = (field: number, values: readonly number[]) =>
    unpacked ? values.flatMap((value) => integer(field, value)) : packed(field, values);
  return [
    ...list(1, dims),
    ...integer(2, type ?? (ints === undefined ? 1 : 7)),
    ...(floats === undefined
      ? []
      : unpacked
        ? floats.flatMap((value) => [tag(4, 5), floatBytes(value)])
        : message(4, floats.map(floatBytes))),
    ...(ints === undefined ? [] : list(7, ints)),
    ...optional(8, name),
    ...(raw === undefined ? [] : message(9, [raw])),
    ...(external ? [...message(13, [...text(1, 'location'), ...text(2, 'weights.bin')]), ...integer(14, 1)] : []),
  ];
}

export function encodeValue({ name, dims, type }: TestValue): Part[] {
  const dim = (size: number | string | undefined) =>
    message(1, size === undefined ? [] : typeof size === 'number' ? integer(1, size) : text(2, size));
  const shape = dims === undefined ? [] : message(2, dims.flatMap(dim));
  return [...text(1, name), ...message(2, message(1, [...integer(1, type ?? 1), ...shape]))];
}

function encodeAttribute(name: string, value: TestAttribute): Part[] {
  const typed = (type: number, parts: readonly Part[]) => [...text(1, name), ...parts, ...integer(20, type)];
  if (typeof value === 'number') return typed(2, integer(3, value));
  if (typeof value === 'string') return typed(3, text(4, value));
  if ('float' in value) return typed(1, [tag(2, 5), floatBytes(value.float)]);
  if ('floats' in value)
    return typed(
      6,
      value.floats.flatMap((one) => [tag(7, 5), floatBytes(one)]),
    );
  if ('tensor' in value) return typed(4, message(5, encodeTensor(value.tensor)));
  if ('graph' in value) return typed(5, message(6, encodeGraph(value.graph)));
  if ('reference' in value) return typed(value.type, text(21, value.reference));
  return typed(
    7,
    value.flatMap((one) => integer(8, one)),
  );
}

export function encodeNode({ op, inputs, outputs, attributes, name, domain }: TestNode): Part[] {
  return [
    ...inputs.flatMap((input) => text(1, input)),
    ...outputs.flatMap((output) => text(2, output)),
    ...optional(3, name),
    ...text(4, op),
    ...Object.entries(attributes ?? {}).flatMap(([key, value]) => message(5, encodeAttribute(key, value))),
    ...optional(7, domain),
  ];
}

export function encodeGraph({ name, nodes, inputs, outputs, initializers, stated, zeroPoints }: TestGraph): Part[] {
  return [
    ...nodes.flatMap((node) => message(1, encodeNode(node))),
    ...text(2, name ?? 'test'),
    ...(initializers ?? []).flatMap((tensor) => message(5, encodeTensor(tensor))),
    ...(inputs ?? []).flatMap((value) => message(11, encodeValue(value))),
    ...(outputs ?? []).flatMap((value) => message(12, encodeValue(value))),
    ...(stated ?? []).flatMap((value) => message(13, encodeValue(value))),
    ...Object.entries(zeroPoints ?? {}).flatMap(([tensor, zeroPoint]) =>
      message(14, [...text(1, tensor), ...message(2, [...text(1, 'ZERO_POINT_TENSOR'), ...text(2, zeroPoint)])]),
    ),
  ];
}

function encodeFunction({ name, domain, inputs, outputs, nodes, defaults }: TestFunction): Part[] {
  return [
    ...text(1, name),
    ...inputs.flatMap((input) => text(4, input)),
    ...outputs.flatMap((output) => text(5, output)),
    ...nodes.flatMap((node) => message(7, encodeNode(node))),
    ...text(10, domain),
    ...Object.entries(defaults ?? {}).flatMap(([key, value]) => message(11, encodeAttribute(key, value))),
  ];
}

export function encodeModel({ graph, functions, opset, otherOpsets }: TestModel): Part[] {
  return [
    ...integer(1, 8),
    ...text(2, 'test'),
    ...message(7, encodeGraph(graph)),
    ...(opset === 0 ? [] : message(8, integer(2, opset ?? 17))),
    ...Object.entries(otherOpsets ?? {}).flatMap(([domain, version]) =>
      message(8, [...text(1, domain), ...integer(2, version)]),
    ),
    ...(functions ?? []).flatMap((one) => message(25, encodeFunction(one))),
  ];
}
