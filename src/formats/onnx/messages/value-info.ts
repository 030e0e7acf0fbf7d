import type { WireReader } from '../wire/wire-reader.ts';
import { ELEMENT_TYPES, type ElementType } from './element-types.ts';
import { quoted } from './tensor-message.ts';

/** A dim as stated: a size, a symbol, or nothing. */
export type StatedDim = number | string | undefined;

/** What a file states of a tensor between nodes, or of an input or output of the graph. */
export interface ValueInfo {
  readonly name: string;
  /** Undefined when the file states no type, or one that is no dense tensor. */
  readonly elementType: ElementType | undefined;
  /** Undefined when the file states no shape. */
  readonly dims: readonly StatedDim[] | undefined;
  /** What it is: a tensor, or something that holds tensors. */
  readonly container: 'tensor' | 'sparse tensor' | 'sequence' | 'map' | 'optional' | 'opaque' | 'nothing';
}

type StatedType = Omit<ValueInfo, 'name'>;

const CONTAINERS: ReadonlyMap<number, ValueInfo['container']> = new Map([
  [4, 'sequence'],
  [5, 'map'],
  [7, 'opaque'],
  [8, 'sparse tensor'],
  [9, 'optional'],
]);

/** Reads a ValueInfoProto. */
export function readValueInfo(reader: WireReader, end: number): ValueInfo {
  let name = '';
  let type: StatedType = { elementType: undefined, dims: undefined, container: 'nothing' };
  reader.fields(end, (field, wire) => {
    if (field === 1) name = reader.text(wire, end, 'the name of a tensor');
    else if (field === 2) type = reader.message(wire, end, 'type', -1, (stop) => readType(reader, stop, name));
    else return false;
    return true;
  });
  return { name, ...type };
}

function readType(reader: WireReader, end: number, name: string): StatedType {
  let type: StatedType = { elementType: undefined, dims: undefined, container: 'nothing' };
  reader.fields(end, (field, wire) => {
    const container = CONTAINERS.get(field);
    if (field === 1) type = reader.message(wire, end, 'tensor_type', -1, (stop) => readTensorType(reader, stop, name));
    else if (container !== undefined) {
      reader.skip(wire, end);
      type = { elementType: undefined, dims: undefined, container };
    } else return false;
    return true;
  });
  return type;
}

function readTensorType(reader: WireReader, end: number, name: string): StatedType {
  let code = 0;
  let dims: readonly StatedDim[] | undefined;
  reader.fields(end, (field, wire) => {
    if (field === 1) code = reader.integer(wire, end, 'elem_type');
    else if (field === 2) dims = reader.message(wire, end, 'shape', -1, (stop) => readShape(reader, stop, name));
    else return false;
    return true;
  });
  const elementType = ELEMENT_TYPES.get(code);
  if (elementType === undefined && code !== 0)
    throw reader.error(
      `tensor ${quoted(name)} wants an element type, found ${code}`,
      code > 0 ? 'unsupported' : 'schema',
    );
  return { elementType, dims, container: 'tensor' };
}

function readShape(reader: WireReader, end: number, name: string): readonly StatedDim[] {
  const dims: StatedDim[] = [];
  reader.fields(end, (field, wire) => {
    if (field !== 1) return false;
    if (dims.length >= 63) throw reader.error(`tensor ${quoted(name)} has more than 63 dims`, 'value');
    dims.push(reader.message(wire, end, 'dim', dims.length, (stop) => readDim(reader, stop)));
    return true;
  });
  return dims;
}

/** A negative size stands for a dim that is not known. */
function readDim(reader: WireReader, end: number): StatedDim {
  let dim: StatedDim;
  reader.fields(end, (field, wire) => {
    if (field === 1) {
      const size = reader.integer(wire, end, 'dim_value');
      if (size > Number.MAX_SAFE_INTEGER) throw reader.error(`the dim ${size} is beyond 2^53`, 'value');
      dim = size < 0 ? undefined : size;
    } else if (field === 2) dim = reader.text(wire, end, 'dim_param') || undefined;
    else return false;
    return true;
  });
  return dim;
}
