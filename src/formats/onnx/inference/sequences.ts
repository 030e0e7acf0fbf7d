import type { GraphNode } from '../graph/graph-node.ts';
import type { AttributeValue } from '../messages/graph-message.ts';

/** What sequences ask of tensors. */
export interface KnownTensors {
  dims(name: string): readonly number[] | undefined;
  values(name: string): readonly number[] | undefined;
}

/** What a node of sequences is on tensors alone. */
export interface OnTensors {
  readonly nodes: readonly GraphNode[];
  /** Elements of the sequence that it makes. */
  readonly sequence?: readonly string[];
  /** The number that it makes. */
  readonly length?: number;
}

/** Elements of all sequences of a model, counted as often as nodes go through them. */
const MOST_ELEMENTS = 1 << 16;

/** Sequences whose elements are known: their nodes become nodes on the elements. */
export class Sequences {
  readonly #elements = new Map<string, readonly string[]>();
  #left = MOST_ELEMENTS;

  /** Elements of a sequence; undefined for what is none or is not known. */
  elements(name: string): readonly string[] | undefined {
    return this.#elements.get(name);
  }

  /** A node of sequences on tensors; undefined for other nodes, and where elements or places are known only to a run. */
  take(node: GraphNode, known: KnownTensors): OnTensors | undefined {
    if (node.domain !== '') return undefined;
    const found = this.#onTensors(node, known);
    if (found === undefined) return undefined;
    this.#left -= 1 + found.nodes.length + (found.sequence?.length ?? 0);
    if (this.#left < 0) return undefined;
    if (found.sequence !== undefined) this.#elements.set(node.outputs[0]!, found.sequence);
    return found;
  }

  #onTensors(node: GraphNode, known: KnownTensors): OnTensors | undefined {
    const { opType, inputs, outputs } = node;
    const [first = '', second = '', third = ''] = inputs;
    if ((outputs[0] ?? '') === '') return undefined;
    const sequence = this.#elements.get(first);
    const place = (name: string, length: number, otherwise?: number) => {
      const index = name === '' ? otherwise : known.values(name)?.[0];
      const from = index === undefined ? undefined : index < 0 ? index + length : index;
      return from !== undefined && Number.isInteger(from) && from >= 0 && from <= length ? from : undefined;
    };
    switch (opType) {
      case 'SequenceEmpty':
        return { nodes: [], sequence: [] };
      case 'SequenceConstruct':
        return { nodes: [], sequence: inputs };
      case 'SplitToSequence':
        return splitParts(node, known, this.#left);
      default:
    }
    if (sequence === undefined) return undefined;
    const { length } = sequence;
    switch (opType) {
      case 'Identity':
        return { nodes: [], sequence };
      case 'SequenceInsert': {
        const at = place(third, length, length);
        return at === undefined ? undefined : { nodes: [], sequence: sequence.toSpliced(at, 0, second) };
      }
      case 'SequenceErase': {
        const at = place(second, length, length - 1);
        return at === undefined || at === length ? undefined : { nodes: [], sequence: sequence.toSpliced(at, 1) };
      }
      case 'SequenceAt': {
        const element = sequence[place(second, length) ?? -1];
        return element === undefined ? undefined : { nodes: [made(node, 'Identity', [element], outputs, [])] };
      }
      case 'SequenceLength':
        return { nodes: [], length };
      case 'ConcatFromSequence':
        return joined(node, sequence);
      default:
        return undefined;
    }
  }
}

/** Parts of one row each, of a size, or of sizes that are given; without their axis where one row each is to lose it. */
function splitParts(node: GraphNode, known: KnownTensors, most: number): OnTensors | undefined {
  const [tensor = '', given = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const dims = known.dims(tensor);
  const stated = intOf(node, 'axis', 0);
  if (dims === undefined) return undefined;
  const axis = stated < 0 ? stated + dims.length : stated;
  const size = dims[axis];
  const split = given === '' ? [1] : known.values(given);
  if (size === undefined || split === undefined) return undefined;
  const isOfOneSize = given === '' || known.dims(given)?.length === 0;
  const [step = 0] = split;
  if (isOfOneSize && (step < 1 || size / step > most)) return undefined;
  const sizes = isOfOneSize
    ? Array.from({ length: Math.ceil(size / step) }, (_, index) => Math.min(step, size - index * step))
    : split;
  const names = sizes.map((_, index) => `${output}::${index}`);
  const isSqueezed = given === '' && intOf(node, 'keepdims', 1) === 0;
  const parts = isSqueezed ? names.map((name) => `${name}::part`) : names;
  const attributes: [string, AttributeValue][] = [
    ['axis', { type: 'int', value: axis }],
    ['split', { type: 'ints', values: sizes }],
  ];
  const squeezed = isSqueezed
    ? names.map((name, index) => made(node, 'Squeeze', [parts[index]!], [name], [['axes', ints(axis)]]))
    : [];
  return { nodes: [made(node, 'Split', [tensor], parts, attributes), ...squeezed], sequence: names };
}

function joined(node: GraphNode, sequence: readonly string[]): OnTensors | undefined {
  if (sequence.length === 0) return undefined;
  const [output = ''] = node.outputs;
  const axis = intOf(node, 'axis', 0);
  const isNew = intOf(node, 'new_axis', 0) === 1;
  const parts = isNew ? sequence.map((_, index) => `${output}::${index}`) : sequence;
  const spread = isNew
    ? sequence.map((name, index) => made(node, 'Unsqueeze', [name], [parts[index]!], [['axes', ints(axis)]]))
    : [];
  return { nodes: [...spread, made(node, 'Concat', parts, [output], [['axis', { type: 'int', value: axis }]])] };
}

/** A node of an operator set in which axes and splits are attributes. */
function made(
  node: GraphNode,
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly (readonly [string, AttributeValue])[],
): GraphNode {
  return { ...node, opType, operatorSet: 11, attributes: new Map(attributes), inputs, outputs };
}

function ints(value: number): AttributeValue {
  return { type: 'ints', values: [value] };
}

function intOf({ attributes }: GraphNode, name: string, otherwise: number): number {
  const value = attributes.get(name);
  return value?.type === 'int' ? value.value : otherwise;
}
