import { knownContent, knownText, LOOKED_AT_BYTES } from '../../document/binary-format.ts';
import type { ByteSource } from '../wire/byte-source.ts';
import { WireReader } from '../wire/wire-reader.ts';
import {
  type Attributes,
  type AttributeValue,
  type GraphMessage,
  type NodeMessage,
  readAttribute,
  readGraph,
  readNodeAt,
} from './graph-message.ts';
import { quoted } from './tensor-message.ts';

/** Versions of operator sets by domain; the standard domain is ''. */
export type OperatorSets = ReadonlyMap<string, number>;

/** A function that the model defines. */
export interface FunctionMessage {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of attributes that a call may leave out. */
  readonly defaults: Attributes;
  readonly nodes: readonly NodeMessage[];
  readonly operatorSets: OperatorSets;
}

/** A model as the file has it, without its weights. */
export interface ModelMessage {
  readonly file: string;
  readonly producer: string;
  readonly operatorSets: OperatorSets;
  readonly graph: GraphMessage;
  readonly functions: readonly FunctionMessage[];
}

const OLDEST_OPSET = 1;
const NO_MODEL_HINT = 'an .onnx file holds one ModelProto in the binary format of protobuf';

/**
 * Reads a model from a source, in one pass and without its weights.
 * @throws TrifoldError `syntax`, `schema` or `value` with the offset; `foreign` when the file is no ONNX model
 */
export function readModel(source: ByteSource): ModelMessage {
  const reader = new WireReader(source);
  checkStart(source, reader);
  const end = source.length;
  const functions: FunctionMessage[] = [];
  const operatorSets = new Map<string, number>();
  let graph: GraphMessage | undefined;
  let irVersion = 0;
  let producer = '';
  reader.fields(end, (field, wire) => {
    if (field === 1) irVersion = reader.integer(wire, end, 'ir_version');
    else if (field === 2) producer = reader.text(wire, end, 'producer_name');
    else if (field === 7) {
      if (graph !== undefined) throw reader.error('the model wants one graph, found two', 'schema');
      graph = reader.message(wire, end, 'graph', -1, (stop) => readGraph(reader, stop));
    } else if (field === 8) readOperatorSet(reader, wire, end, operatorSets);
    else if (field === 25)
      functions.push(reader.message(wire, end, 'functions', functions.length, (stop) => readFunction(reader, stop)));
    else return false;
    return true;
  });
  if (graph === undefined) throw reader.error('wanted a model with a graph, found none', 'foreign', NO_MODEL_HINT);
  if (irVersion < 1)
    throw reader.error(`wanted an ir_version of at least 1, found ${irVersion}`, 'foreign', NO_MODEL_HINT);
  if (operatorSets.size === 0) operatorSets.set('', OLDEST_OPSET);
  return { file: source.file, producer, operatorSets, graph, functions };
}

/** Says of files of other kinds what they are, before an offset in them would be named. */
function checkStart(source: ByteSource, reader: WireReader): void {
  if (source.length === 0) throw reader.error('wanted an ONNX model, found an empty file', 'foreign', NO_MODEL_HINT);
  const start = source.read(0, LOOKED_AT_BYTES);
  const isText = start.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09,
  );
  const text = { text: 'text', hint: NO_MODEL_HINT };
  const kind = isText ? (knownText(String.fromCharCode(...start)) ?? text) : knownContent(start);
  if (kind !== null) throw reader.error(`wanted an ONNX model, found ${kind.text}`, 'foreign', kind.hint);
}

/** The standard domain has two names. */
export function domainOf(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readOperatorSet(reader: WireReader, wire: number, end: number, into: Map<string, number>): void {
  let domain = '';
  let version = 0;
  reader.message(wire, end, 'opset_import', into.size, (stop) =>
    reader.fields(stop, (field, inner) => {
      if (field === 1) domain = domainOf(reader.text(inner, stop, 'the domain of an operator set'));
      else if (field === 2) version = reader.integer(inner, stop, 'the version of an operator set');
      else return false;
      return true;
    }),
  );
  const before = into.get(domain);
  if (before !== undefined && before !== version)
    throw reader.error(`operator set ${quoted(domain)} has two versions: ${before} and ${version}`, 'schema');
  into.set(domain, version);
}

function readFunction(reader: WireReader, end: number): FunctionMessage {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const defaults = new Map<string, AttributeValue>();
  const nodes: NodeMessage[] = [];
  const operatorSets = new Map<string, number>();
  let name = '';
  let domain = '';
  let overload = '';
  reader.fields(end, (field, wire) => {
    if (field === 1) name = reader.text(wire, end, 'the name of a function');
    else if (field === 4) inputs.push(reader.text(wire, end, 'the name of an input'));
    else if (field === 5) outputs.push(reader.text(wire, end, 'the name of an output'));
    else if (field === 7) nodes.push(readNodeAt(reader, wire, end, nodes.length));
    else if (field === 9) readOperatorSet(reader, wire, end, operatorSets);
    else if (field === 10) domain = domainOf(reader.text(wire, end, 'the domain of a function'));
    else if (field === 11) {
      const [key, value] = reader.message(wire, end, 'attribute_proto', -1, (stop) => readAttribute(reader, stop));
      defaults.set(key, value);
    } else if (field === 13) overload = reader.text(wire, end, 'the overload of a function');
    else return false;
    return true;
  });
  return { name, domain, overload, inputs, outputs, defaults, nodes, operatorSets };
}
