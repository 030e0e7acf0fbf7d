/** What the bits of an element say. */
export type ElementKind = 'float' | 'signed' | 'unsigned' | 'boolean' | 'string' | 'complex';

/** Type of the elements of a tensor. */
export interface ElementType {
  readonly code: number;
  readonly name: string;
  /** Bits of an element as stored; 0 for texts, which have no fixed width. */
  readonly bits: number;
  readonly kind: ElementKind;
}

/** Types of `TensorProto.DataType` by their numbers (onnx.proto). */
const TYPES: readonly (readonly [code: number, name: string, bits: number, kind: ElementKind])[] = [
  [1, 'float32', 32, 'float'],
  [2, 'uint8', 8, 'unsigned'],
  [3, 'int8', 8, 'signed'],
  [4, 'uint16', 16, 'unsigned'],
  [5, 'int16', 16, 'signed'],
  [6, 'int32', 32, 'signed'],
  [7, 'int64', 64, 'signed'],
  [8, 'string', 0, 'string'],
  [9, 'bool', 8, 'boolean'],
  [10, 'float16', 16, 'float'],
  [11, 'float64', 64, 'float'],
  [12, 'uint32', 32, 'unsigned'],
  [13, 'uint64', 64, 'unsigned'],
  [14, 'complex64', 64, 'complex'],
  [15, 'complex128', 128, 'complex'],
  [16, 'bfloat16', 16, 'float'],
  [17, 'float8e4m3fn', 8, 'float'],
  [18, 'float8e4m3fnuz', 8, 'float'],
  [19, 'float8e5m2', 8, 'float'],
  [20, 'float8e5m2fnuz', 8, 'float'],
  [21, 'uint4', 4, 'unsigned'],
  [22, 'int4', 4, 'signed'],
  [23, 'float4e2m1', 4, 'float'],
  [24, 'float8e8m0', 8, 'float'],
  [25, 'uint2', 2, 'unsigned'],
  [26, 'int2', 2, 'signed'],
  [27, 'float6e2m3', 6, 'float'],
  [28, 'float6e3m2', 6, 'float'],
];

/** Element types by number. */
export const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map(
  TYPES.map(([code, name, bits, kind]) => [code, { code, name, bits, kind }]),
);

function elementType(code: number): ElementType {
  return ELEMENT_TYPES.get(code)!;
}

/** The types that operators name themselves. */
export const FLOAT32 = elementType(1);
export const UINT8 = elementType(2);
export const INT32 = elementType(6);
export const INT64 = elementType(7);
export const BOOL = elementType(9);
