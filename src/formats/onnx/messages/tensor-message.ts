import { product } from '../../../util/integers.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import { ELEMENT_TYPES, type ElementType } from './element-types.ts';
import { decodeRaw } from './raw-values.ts';

/** Values of more elements than this are weights: they are not kept. */
const MOST_KEPT_VALUES = 1024;
const MOST_DIMS = 63;
const MOST_RAW_BYTES = 8 * MOST_KEPT_VALUES;

/** A tensor that the file holds: its dims always, its values when they are few numbers. */
export interface TensorMessage {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elementType: ElementType;
  readonly values: readonly number[] | undefined;
  /** Whether the values lie in another file, which is never opened. */
  readonly external: boolean;
}

/** Fields of typed values: number of the field -> how a number is written. */
const TYPED: ReadonlyMap<number, 'varint' | 4 | 8> = new Map<number, 'varint' | 4 | 8>([
  [4, 4],
  [5, 'varint'],
  [7, 'varint'],
  [10, 8],
  [11, 'varint'],
]);
const TYPED_NAMES: Readonly<Record<number, string>> = {
  4: 'float_data',
  5: 'int32_data',
  7: 'int64_data',
  10: 'double_data',
  11: 'uint64_data',
};

/**
 * Reads a TensorProto. Weights are passed over by their length.
 * @throws TrifoldError when dims, type and the stored bytes do not fit each other
 */
export function readTensor(reader: WireReader, end: number): TensorMessage {
  const dims: number[] = [];
  const typed: number[] = [];
  let typedCount = 0;
  let dimCount = 0;
  let typedField = 0;
  let raw: Uint8Array | undefined;
  let rawLength = -1;
  let name = '';
  let code = 0;
  let external = false;
  reader.fields(end, (field, wire) => {
    const kind = TYPED.get(field);
    if (kind !== undefined) {
      typedField = field;
      typedCount += reader.numbers(wire, end, TYPED_NAMES[field]!, kind, typed, MOST_KEPT_VALUES);
    } else if (field === 1) dimCount += reader.numbers(wire, end, 'dims', 'varint', dims, MOST_DIMS);
    else if (field === 2) code = reader.integer(wire, end, 'data_type');
    else if (field === 8) name = reader.text(wire, end, 'the name of a tensor');
    else if (field === 9) {
      const stop = reader.span(wire, end, 'raw_data');
      rawLength = stop - reader.position;
      if (rawLength <= MOST_RAW_BYTES) raw = reader.bytes(stop);
      else reader.skipTo(stop);
    } else if (field === 13) {
      external = true;
      reader.skip(wire, end);
    } else if (field === 14) external = reader.integer(wire, end, 'data_location') === 1;
    else if (field === 3) throw reader.error(`tensor ${quoted(name)} is stored in segments`, 'unsupported');
    else return false;
    return true;
  });
  checkDims(reader, name, dims, dimCount);
  const type = ELEMENT_TYPES.get(code);
  if (type === undefined)
    throw reader.error(
      `tensor ${quoted(name)} wants an element type, found ${code}`,
      code > ELEMENT_TYPES.size ? 'unsupported' : 'schema',
    );
  const count = elementCount(reader, name, dims);
  if (external) return { name, dims, elementType: type, values: undefined, external };
  if (rawLength >= 0) {
    const wanted = Math.ceil((count * type.bits) / 8);
    if (type.kind !== 'string' && rawLength !== wanted)
      throw reader.error(
        `tensor ${quoted(name)} of ${shapeText(dims)} ${type.name} wants ${wanted} bytes, found ${rawLength}`,
        'value',
      );
    const values = raw === undefined || count > MOST_KEPT_VALUES ? undefined : decodeRaw(raw, type, count);
    return { name, dims, elementType: type, values, external };
  }
  if (typedCount > 0) {
    const wanted = typedNumbers(count, type, typedField);
    if (typedCount !== wanted)
      throw reader.error(
        `tensor ${quoted(name)} of ${shapeText(dims)} ${type.name} wants ${wanted} numbers, found ${typedCount}`,
        'value',
      );
  }
  const isPlain = typedField !== 5 || !['float', 'complex'].includes(type.kind);
  const isKept =
    isPlain && typedCount === count && count <= MOST_KEPT_VALUES && type.bits >= 8 && type.kind !== 'complex';
  return {
    name,
    dims,
    elementType: type,
    values: isKept && count > 0 ? typed : count === 0 ? [] : undefined,
    external,
  };
}

/** Numbers in a typed field for so many elements: narrow types are packed, complex ones take two. */
function typedNumbers(count: number, type: ElementType, field: number): number {
  if (type.kind === 'complex') return 2 * count;
  return field === 5 && type.bits < 8 ? Math.ceil((count * type.bits) / 8) : count;
}

function checkDims(reader: WireReader, name: string, dims: readonly number[], count: number): void {
  if (dims.length !== count) throw reader.error(`tensor ${quoted(name)} has more than ${MOST_DIMS} dims`, 'value');
}

function elementCount(reader: WireReader, name: string, dims: readonly number[]): number {
  for (const dim of dims) if (dim < 0) throw reader.error(`tensor ${quoted(name)} has the dim ${dim}`, 'value');
  const count = product(dims);
  if (!dims.every(Number.isSafeInteger) || !Number.isSafeInteger(count))
    throw reader.error(`tensor ${quoted(name)} of ${shapeText(dims)} has more than 2^53 elements`, 'value');
  return count;
}

/** Reads a SparseTensorProto: dims, name and type are what counts. */
export function readSparseTensor(reader: WireReader, end: number): TensorMessage {
  const dims: number[] = [];
  let values: TensorMessage | undefined;
  let dimCount = 0;
  reader.fields(end, (field, wire) => {
    if (field === 1) values = reader.message(wire, end, 'values', -1, (stop) => readTensor(reader, stop));
    else if (field === 3) dimCount += reader.numbers(wire, end, 'dims', 'varint', dims, MOST_DIMS);
    else return false;
    return true;
  });
  if (values === undefined) throw reader.error('a sparse tensor wants values, found none', 'schema');
  checkDims(reader, values.name, dims, dimCount);
  elementCount(reader, values.name, dims);
  return { ...values, dims, values: undefined };
}

/** A shape as text: `[1x3x224x224]`. */
export function shapeText(dims: readonly (number | string | undefined)[]): string {
  return `[${dims.map((dim) => dim ?? '?').join('x')}]`;
}

/** The first of several shapes as text. */
export function shapesText(shapes: readonly (readonly number[])[]): string {
  return `${shapes.slice(0, 8).map(shapeText).join(' and ')}${shapes.length > 8 ? ' and others' : ''}`;
}

/** A name in quotes, cut when it is long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);
}
