import type { WireReader } from '../wire/wire-reader.ts';
import { quoted, readSparseTensor, readTensor, type TensorMessage } from './tensor-message.ts';
import { readValueInfo, type ValueInfo } from './value-info.ts';

/** Value of an attribute of a node. */
export type AttributeValue =
  | { readonly type: 'int' | 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string | undefined }
  | { readonly type: 'ints' | 'floats'; readonly values: readonly number[] }
  | { readonly type: 'strings'; readonly values: readonly string[] }
  | { readonly type: 'tensor'; readonly tensor: TensorMessage }
  | { readonly type: 'graph'; readonly graph: GraphMessage }
  /** The value that the caller of a function gives. */
  | { readonly type: 'reference'; readonly name: string }
  /** Of a type that no shape depends on: lists of tensors and graphs, types. */
  | { readonly type: 'other' };

/** Attributes by name. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** A node as the file has it. */
export interface NodeMessage {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A graph as the file has it. */
export interface GraphMessage {
  readonly name: string;
  readonly nodes: readonly NodeMessage[];
  readonly initializers: readonly TensorMessage[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly valueInfos: readonly ValueInfo[];
  /** Names of tensors that are stored as numbers of another type -> names of their zero points, whose type that is. */
  readonly zeroPoints: ReadonlyMap<string, string>;
}

const MOST_NODES = 1_000_000;
/** Numbers that an attribute keeps; lists of more are weights of a Constant. */
const MOST_NUMBERS = 1024;
const MOST_STRING = 4096;
const NO_ATTRIBUTES: Attributes = new Map();

/** Reads a GraphProto. */
export function readGraph(reader: WireReader, end: number): GraphMessage {
  const nodes: NodeMessage[] = [];
  const initializers: TensorMessage[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const valueInfos: ValueInfo[] = [];
  const zeroPoints = new Map<string, string>();
  let name = '';
  const info = (stop: number) => readValueInfo(reader, stop);
  reader.fields(end, (field, wire) => {
    if (field === 1) nodes.push(readNodeAt(reader, wire, end, nodes.length));
    else if (field === 2) name = reader.text(wire, end, 'the name of the graph');
    else if (field === 5)
      initializers.push(
        reader.message(wire, end, 'initializer', initializers.length, (stop) => readTensor(reader, stop)),
      );
    else if (field === 15)
      initializers.push(
        reader.message(wire, end, 'sparse_initializer', initializers.length, (stop) => readSparseTensor(reader, stop)),
      );
    else if (field === 11) inputs.push(reader.message(wire, end, 'input', inputs.length, info));
    else if (field === 12) outputs.push(reader.message(wire, end, 'output', outputs.length, info));
    else if (field === 14)
      reader.message(wire, end, 'quantization_annotation', -1, (stop) => readAnnotation(reader, stop, zeroPoints));
    else if (field === 13) valueInfos.push(reader.message(wire, end, 'value_info', valueInfos.length, info));
    else return false;
    return true;
  });
  return { name, nodes, initializers, inputs, outputs, valueInfos, zeroPoints };
}

/** Reads a TensorAnnotation: which tensors hold the parameters of another. */
function readAnnotation(reader: WireReader, end: number, into: Map<string, string>): void {
  let tensor = '';
  let zeroPoint: string | undefined;
  reader.fields(end, (field, wire) => {
    if (field === 1) tensor = reader.text(wire, end, 'the name of a tensor');
    else if (field === 2) {
      let key = '';
      let value = '';
      reader.message(wire, end, 'quant_parameter_tensor_names', -1, (stop) =>
        reader.fields(stop, (inner, innerWire) => {
          if (inner === 1) key = reader.text(innerWire, stop, 'the name of a parameter');
          else if (inner === 2) value = reader.text(innerWire, stop, 'the name of a tensor');
          else return false;
          return true;
        }),
      );
      if (key === 'ZERO_POINT_TENSOR') zeroPoint = value;
    } else return false;
    return true;
  });
  if (zeroPoint !== undefined) into.set(tensor, zeroPoint);
}

/** Reads the node with this number. */
export function readNodeAt(reader: WireReader, wire: number, end: number, index: number): NodeMessage {
  if (index >= MOST_NODES) throw reader.error(`the graph has more than ${MOST_NODES} nodes`, 'unsupported');
  return reader.message(wire, end, 'node', index, (stop) => readNode(reader, stop));
}

function readNode(reader: WireReader, end: number): NodeMessage {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let attributes: Map<string, AttributeValue> | undefined;
  let name = '';
  let opType = '';
  let domain = '';
  let overload = '';
  reader.fields(end, (field, wire) => {
    if (field === 1) inputs.push(reader.text(wire, end, 'the name of an input'));
    else if (field === 2) outputs.push(reader.text(wire, end, 'the name of an output'));
    else if (field === 3) name = reader.text(wire, end, 'the name of a node');
    else if (field === 4) opType = reader.text(wire, end, 'op_type');
    else if (field === 5) {
      attributes ??= new Map();
      const [key, value] = reader.message(wire, end, 'attribute', attributes.size, (stop) =>
        readAttribute(reader, stop),
      );
      if (attributes.has(key))
        throw reader.error(`node ${quoted(name)} has the attribute ${quoted(key)} twice`, 'schema');
      attributes.set(key, value);
    } else if (field === 7) domain = reader.text(wire, end, 'the domain of a node');
    else if (field === 8) overload = reader.text(wire, end, 'the overload of a node');
    else return false;
    return true;
  });
  if (opType === '') throw reader.error(`node ${quoted(name)} wants an op_type, found none`, 'schema');
  return { name, opType, domain, overload, inputs, outputs, attributes: attributes ?? NO_ATTRIBUTES };
}

/** Names of the types of AttributeProto by number. */
const TYPE_NAMES = ['', 'float', 'int', 'string', 'tensor', 'graph', 'floats', 'ints', 'strings'] as const;

/** Reads an AttributeProto: its name and value. */
export function readAttribute(reader: WireReader, end: number): readonly [string, AttributeValue] {
  const numbers: number[] = [];
  const strings: string[] = [];
  let name = '';
  let code = 0;
  let count = 0;
  let found: AttributeValue | undefined;
  const set = (value: AttributeValue) => {
    if (found !== undefined && found.type !== 'reference' && found.type !== value.type)
      throw reader.error(
        `attribute ${quoted(name)} has values of two types: ${found.type} and ${value.type}`,
        'schema',
      );
    found = value;
  };
  reader.fields(end, (field, wire) => {
    if (field === 1) name = reader.text(wire, end, 'the name of an attribute');
    else if (field === 2) set({ type: 'float', value: reader.float(wire, end, 'f') });
    else if (field === 3) set({ type: 'int', value: reader.integer(wire, end, 'i') });
    else if (field === 4) set({ type: 'string', value: shortText(reader, wire, end) });
    else if (field === 5)
      set({ type: 'tensor', tensor: reader.message(wire, end, 't', -1, (stop) => readTensor(reader, stop)) });
    else if (field === 6)
      set({ type: 'graph', graph: reader.message(wire, end, 'g', -1, (stop) => readGraph(reader, stop)) });
    else if (field === 7) {
      count += reader.numbers(wire, end, 'floats', 4, numbers, MOST_NUMBERS);
      set({ type: 'floats', values: numbers });
    } else if (field === 8) {
      count += reader.numbers(wire, end, 'ints', 'varint', numbers, MOST_NUMBERS);
      set({ type: 'ints', values: numbers });
    } else if (field === 9) {
      strings.push(shortText(reader, wire, end) ?? '');
      set({ type: 'strings', values: strings });
    } else if (field === 20) code = reader.integer(wire, end, 'type');
    else if (field === 21) set({ type: 'reference', name: reader.text(wire, end, 'ref_attr_name') });
    else return false;
    return true;
  });
  if (name === '') throw reader.error('an attribute wants a name, found none', 'schema');
  if (count !== numbers.length) return [name, { type: 'other' }];
  return [name, typed(reader, name, code, found)];
}

/** The value by the stated type: absent fields have the value of protobuf. */
function typed(reader: WireReader, name: string, code: number, found: AttributeValue | undefined): AttributeValue {
  const wanted = TYPE_NAMES[code];
  if (found?.type === 'reference' || wanted === '') return found ?? { type: 'other' };
  if (wanted === undefined) {
    if (code >= 9 && code <= 14) return { type: 'other' };
    throw reader.error(`attribute ${quoted(name)} wants a type of 1 to 14, found ${code}`, 'schema');
  }
  if (found !== undefined) {
    if (found.type !== wanted)
      throw reader.error(`attribute ${quoted(name)} wants a value of type ${wanted}, found ${found.type}`, 'schema');
    return found;
  }
  if (wanted === 'int' || wanted === 'float') return { type: wanted, value: 0 };
  if (wanted === 'ints' || wanted === 'floats') return { type: wanted, values: [] };
  if (wanted === 'string') return { type: wanted, value: '' };
  if (wanted === 'strings') return { type: wanted, values: [] };
  throw reader.error(`attribute ${quoted(name)} wants a ${wanted}, found nothing`, 'schema');
}

/** Bytes as text; undefined when they are long or no text, which no option of an operator is. */
function shortText(reader: WireReader, wire: number, end: number): string | undefined {
  const stop = reader.span(wire, end, 'a text');
  if (stop - reader.position > MOST_STRING) {
    reader.skipTo(stop);
    return undefined;
  }
  reader.keep(32);
  return new TextDecoder().decode(reader.bytes(stop));
}
