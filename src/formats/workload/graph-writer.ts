import {
  type Block,
  type Graph,
  type GraphOperator,
  type GraphTensor,
  type TensorIndex,
  tensorSize,
  type VectorOperator,
  type ViewOperator,
} from '../../workload/graph/graph.ts';
import { type ActivationFunction, isElementWise } from '../../workload/graph/vector-operation.ts';
import { EntryNames, type PlacedName } from './entry-names.ts';

/** An entry of a workload file. */
export type EntryData = Readonly<Record<string, unknown>>;

/** Where a list of entries stands: in a block, or outermost. */
interface Place {
  readonly block: Block | null;
  /** In front of the names of its operators. */
  readonly prefix: string;
  /** Times that the blocks around run. */
  readonly repeat: number;
}

/** What is said of a layer besides its name, what it reads and how often it runs. @param read bits of what flows into it */
export type LayerEntry = (operator: Extract<GraphOperator, { kind: 'mac' }>, read: readonly number[]) => EntryData;

/** The entries of a graph in a workload file, and its first input where that is no entry. */
export interface GraphEntries {
  readonly input: TensorIndex | null;
  readonly layers: readonly EntryData[];
}

/**
 * The entries of a workload file that is read back as this graph. Names of operators in a block must begin with the block's and a dot.
 * @param bits of the words between operators where entries state none
 */
export function graphEntries(graph: Graph, layerEntry: LayerEntry, bits: number): GraphEntries {
  const writer = new GraphWriter(graph, layerEntry, bits);
  const layers = writer.entries(0, graph.operators.length, 0, { block: null, prefix: '', repeat: 1 });
  return { input: writer.input, layers };
}

/** Sizes of a tensor as a file states them: [channels, rows, columns], [features, tokens] or [length]. */
export function sizesOf({ sizes: [, channels, rows, columns], form }: GraphTensor): number[] {
  if (form === 'vector') return [channels];
  return form === 'sequence' ? [channels, rows] : [channels, rows, columns];
}

class GraphWriter {
  /** The input that the file states as such. */
  readonly input: TensorIndex | null;
  readonly #graph: Graph;
  readonly #layerEntry: LayerEntry;
  readonly #bits: number;
  /** Functions that are written with the operator before, by their index. */
  readonly #applied: ReadonlySet<number>;
  /** Names under which files refer to the outputs of these. */
  readonly #names = new Map<TensorIndex, string>();
  /** Inputs that a layer states itself. */
  readonly #own = new Set<TensorIndex>();
  /** Inputs that are entries, in their order; those before this one are written. */
  readonly #inputs: readonly TensorIndex[];
  #nextInput = 0;

  constructor(graph: Graph, layerEntry: LayerEntry, bits: number) {
    this.#graph = graph;
    this.#layerEntry = layerEntry;
    this.#bits = bits;
    const [first] = graph.inputs;
    this.input =
      first === 0 && graph.tensors[0]!.name === 'input' && graph.tensors[0]!.wordBits === bits ? first : null;
    this.#applied = appliedFunctions(graph);
    for (const index of this.#applied)
      this.#names.set(graph.operators[index]!.output, graph.operators[index - 1]!.name);
    const given = new Set(graph.inputs);
    for (const operator of graph.operators) {
      if (operator.kind !== 'mac') continue;
      const { name, inputs, output, layer } = operator;
      const isOwn = inputs.every(
        (tensor, i) =>
          given.has(tensor) &&
          tensor === output - inputs.length + i &&
          this.#tensor(tensor).name === `${name}.input${inputs.length > 1 ? i + 1 : ''}` &&
          this.#tensor(tensor).wordBits === (i === 0 ? layer.wordBits.Inputs : layer.wordBits.Weights),
      );
      if (isOwn) for (const tensor of inputs) this.#own.add(tensor);
    }
    this.#inputs = graph.inputs.filter((tensor) => tensor !== this.input && !this.#own.has(tensor));
  }

  /** Entries of the operators from `first` to before `end`. @param from the first block that may be in there */
  entries(first: number, end: number, from: number, place: Place): EntryData[] {
    const { operators, blocks } = this.#graph;
    const entries: EntryData[] = [];
    let next = from;
    for (let index = first; ; ) {
      while (next < blocks.length && blocks[next]!.first < index) next++;
      const found = blocks[next];
      const block = found !== undefined && found.first === index && found.end <= end ? found : undefined;
      const operator = operators[index];
      if (block === undefined) {
        if (operator === undefined || index >= end) break;
        entries.push(...this.#inputEntries(operator.output, null, place));
        if (!this.#applied.has(index)) entries.push(this.#entry(operator, index, place, 1));
        index++;
        continue;
      }
      const around = place.repeat * block.repeat;
      const isLayer = block.name === operator?.name;
      // What nobody reads from outside stands with the operators of its block.
      if (block.input !== null)
        entries.push(...this.#inputEntries(operator?.output ?? block.output, `${block.name}.`, place));
      // A layer that repeats on its own output is a block of its name.
      if (isLayer) entries.push(this.#entry(operator!, index, { ...place, repeat: around }, block.repeat));
      else
        entries.push({
          kind: 'block',
          name: block.name.slice(place.prefix.length),
          ...(block.input === null ? {} : { from: this.#nameIn(block.input, place) }),
          ...(block.repeat === 1 ? {} : { repeat: block.repeat }),
          layers: this.entries(index, block.end, next + 1, { block, prefix: `${block.name}.`, repeat: around }),
        });
      index = block.end;
      next++;
    }
    entries.push(...this.#inputEntries(place.block?.output ?? this.#graph.tensors.length, null, place));
    return entries;
  }

  /** The inputs that come before a tensor and are not written yet, but for those of a block that begins here. */
  #inputEntries(before: TensorIndex, block: string | null, { prefix }: Place): EntryData[] {
    const entries: EntryData[] = [];
    for (; this.#nextInput < this.#inputs.length; this.#nextInput++) {
      const index = this.#inputs[this.#nextInput]!;
      const tensor = this.#tensor(index);
      if (index > before || (block !== null && tensor.name.startsWith(block))) break;
      entries.push({
        name: tensor.name.slice(prefix.length),
        kind: 'input',
        to: sizesOf(tensor),
        ...this.#bitsKey(index, this.#bits),
      });
    }
    return entries;
  }

  /** The width of a tensor where a file must state it. */
  #bitsKey(tensor: TensorIndex, usual: number): EntryData {
    const { wordBits } = this.#tensor(tensor);
    return wordBits === usual ? {} : { bits: wordBits };
  }

  #entry(operator: GraphOperator, index: number, place: Place, own: number): EntryData {
    const name = operator.name.slice(place.prefix.length);
    const from = operator.inputs
      .filter((tensor) => !this.#own.has(tensor))
      .map((tensor) => this.#nameIn(tensor, place));
    if (operator.kind === 'view')
      return { name, ...this.#viewEntry(operator), from: operator.view === 'concat' ? from : from[0] };
    const read = from.length === 0 ? {} : { from: from.length === 1 ? from[0] : from };
    const applied = this.#applied.has(index + 1) ? functionOf(this.#graph.operators[index + 1]) : null;
    const activation = applied === null ? {} : { activation: applied };
    if (operator.kind === 'vector') {
      const [first] = operator.inputs;
      const bits = this.#bitsKey(operator.output, first === undefined ? this.#bits : this.#tensor(first).wordBits);
      return { name, ...this.#vectorEntry(operator), ...bits, ...read, ...activation };
    }
    const listed = operator.layer.name === operator.name ? {} : { listedAs: operator.layer.name };
    const repeat = (own * operator.repeat) / place.repeat;
    return {
      name,
      ...this.#layerEntry(
        operator,
        from.length === 0 ? [] : operator.inputs.map((tensor) => this.#tensor(tensor).wordBits),
      ),
      ...listed,
      ...this.#bitsKey(operator.output, this.#bits),
      ...read,
      ...(repeat === 1 ? {} : { repeat }),
      ...activation,
    };
  }

  /** The name of a tensor for those who stand at a place: what flows into a block is its `input` there. */
  #nameIn(tensor: TensorIndex, { block, prefix }: Place): string {
    if (block !== null && block.input === tensor) return 'input';
    const name = this.#names.get(tensor) ?? this.#tensor(tensor).name;
    const isInside = block !== null && tensor >= this.#firstTensor(block) && name.startsWith(prefix);
    return isInside ? name.slice(prefix.length) : name;
  }

  /** The first tensor that an operator of a block makes, or one of its own inputs. */
  #firstTensor({ first }: Block): TensorIndex {
    const before = this.#graph.operators[first - 1];
    return before === undefined ? 0 : before.output + 1;
  }

  #tensor(index: TensorIndex): GraphTensor {
    return this.#graph.tensors[index]!;
  }

  #viewEntry({ view, inputs, output }: ViewOperator): EntryData {
    const made = this.#tensor(output);
    if (view !== 'concat') return { kind: 'reshape', to: sizesOf(made) };
    const [first] = inputs.map((tensor) => this.#tensor(tensor).sizes);
    const axis = made.sizes.findIndex((size, i) => size !== first![i]);
    const along = { 2: 'rows', 3: 'columns' }[axis];
    return { kind: 'concat', ...(along === undefined ? {} : { along }) };
  }

  #vectorEntry(operator: VectorOperator): EntryData {
    const { operation, inputs, output, parameterWords, parameters } = operator;
    const made = this.#tensor(output);
    const read = inputs.map((tensor) => this.#tensor(tensor));
    const [n, channels, rows, columns] = made.sizes;
    const { kind } = operation;
    const constants = constantsOf(operator);
    const unusual = (usual: number) => ({
      ...(parameters === usual ? {} : { parameters }),
      ...(parameterWords === usual ? {} : { constants: 0, ...constants }),
    });
    switch (kind) {
      case 'activation':
        return { kind, function: operation.function, ...(parameters === 0 ? {} : { parameters }), ...constants };
      case 'pool':
        if (made.form === 'vector') return { kind: 'global-pool', how: operation.how };
        return {
          kind,
          how: operation.how,
          kernel: operation.kernel,
          stride: operation.stride,
          padding: zeros(operation, read[0]!, made),
        };
      case 'softmax':
        return { kind, heads: operation.rows / (n * rows * columns) };
      case 'layer-norm':
      case 'rms-norm': {
        const heads = operation.rows / (n * rows * columns);
        return {
          kind,
          ...(heads === 1 ? {} : { heads }),
          ...unusual(((kind === 'layer-norm' ? 2 : 1) * channels) / heads),
        };
      }
      case 'batch-norm':
        return { kind, ...unusual(2 * channels) };
      case 'local-norm':
        return { kind, window: operation.window };
      case 'rotary':
        return { kind, share: operation.words / tensorSize(made), ...constants };
      case 'embedding':
        return { kind, out: channels, tokens: rows, parameters };
      case 'resize':
        return { kind, how: operation.how, to: [rows, columns] };
      case 'move':
      case 'reduce':
        return { kind, to: sizesOf(made) };
      case 'unknown':
        return { kind, operation: operation.name, to: sizesOf(made) };
      default:
        return {
          kind,
          ...(parameters === 0 && (inputs.length > 1 || parameterWords > 0) ? {} : { parameters }),
          ...constants,
        };
    }
  }
}

/** What an operator reads beside its parameters, or does not read of them. */
function constantsOf({ parameterWords, parameters }: VectorOperator): EntryData {
  if (parameterWords === parameters) return {};
  return parameterWords > parameters
    ? { constants: parameterWords - parameters }
    : { unread: parameters - parameterWords };
}

/** Zeros around a pooled map, after it as many as its output needs. */
function zeros(
  {
    kernel,
    stride,
    paddingBefore,
  }: Pick<Extract<VectorOperator['operation'], { kind: 'pool' }>, 'kernel' | 'stride' | 'paddingBefore'>,
  read: GraphTensor,
  made: GraphTensor,
): number[] {
  const after = ([0, 1] as const).map((i) =>
    Math.max(0, (made.sizes[i + 2]! - 1) * stride[i] + kernel[i] - read.sizes[i + 2]! - paddingBefore[i]),
  );
  return [paddingBefore[0], after[0]!, paddingBefore[1], after[1]!];
}

/** The function that an operator applies to every word; null of all others. */
function functionOf(operator: GraphOperator | undefined): ActivationFunction | null {
  return operator?.kind === 'vector' && operator.operation.kind === 'activation' ? operator.operation.function : null;
}

/** Functions of operators before, by their index: what reads back as one entry. */
function appliedFunctions(graph: Graph): ReadonlySet<number> {
  const { operators, blocks, tensors } = graph;
  const blockOf = new Array<Block | undefined>(operators.length).fill(undefined);
  for (const block of blocks)
    for (let index = block.first; index < block.end; index++) if (blockOf[index] === undefined) blockOf[index] = block;
  const readers = new Map<TensorIndex, number>();
  for (const { inputs } of operators) for (const tensor of inputs) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  const outputs = new Set(blocks.map(({ output }) => output));
  const isCandidate = (index: number): boolean => {
    const [before, operator] = [operators[index - 1], operators[index]!];
    return (
      before !== undefined &&
      operator.kind === 'vector' &&
      functionOf(operator) !== null &&
      operator.inputs.length === 1 &&
      operator.inputs[0] === before.output &&
      operator.repeat === before.repeat &&
      operator.parameterWords === 0 &&
      operator.parameters === 0 &&
      blockOf[index] === blockOf[index - 1] &&
      readers.get(before.output) === 1 &&
      !outputs.has(before.output) &&
      tensors[before.output]!.wordBits === tensors[operator.output]!.wordBits &&
      (before.kind === 'mac' || (before.kind === 'vector' && isElementWise(before.operation.kind)))
    );
  };
  // A layer that is a block of its own name has the prefix of what is around it, of which it is the rest.
  const placed = (index: number): PlacedName => {
    const { name } = operators[index]!;
    const block = blockOf[index];
    const prefix = block === undefined || block.name === operators[block.first]!.name ? '' : `${block.name}.`;
    return { prefix, name: name.slice(prefix.length) };
  };
  const all = operators.map((_, index) => index);
  const candidates = new Set(all.filter(isCandidate));
  const names = new EntryNames([
    ...all.filter((index) => !candidates.has(index)).map(placed),
    ...blocks.map(({ name }) => ({ prefix: '', name })),
    ...graph.inputs.map((tensor) => ({ prefix: '', name: tensors[tensor]!.name })),
  ]);
  return new Set(
    [...candidates].filter((index) => {
      const { prefix, name } = placed(index - 1);
      return names.free({ prefix, name: `${name}.${functionOf(operators[index])}` }) === operators[index]!.name;
    }),
  );
}
