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
import { ELEMENT_WISE } from '../../workload/graph/vector-operation.ts';

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

/**
 * The entries of a workload file that is read back as this graph. Names of operators in a block must begin with the block's and a dot.
 * @param layerEntry what is said of a layer besides its name, what it reads and how often it runs
 */
export function graphEntries(
  graph: Graph,
  layerEntry: (operator: Extract<GraphOperator, { kind: 'mac' }>) => EntryData,
): EntryData[] {
  const writer = new GraphWriter(graph, layerEntry);
  const inputs = graph.inputs
    .filter((tensor) => graph.tensors[tensor]!.name !== 'input' && !writer.isOwn(tensor))
    .map((tensor) => ({ name: graph.tensors[tensor]!.name, kind: 'input', to: sizesOf(graph.tensors[tensor]!) }));
  return [...inputs, ...writer.entries(0, graph.operators.length, 0, { block: null, prefix: '', repeat: 1 })];
}

/** Sizes of a tensor as a file states them: [channels, rows, columns], [features, tokens] or [length]. */
export function sizesOf({ sizes: [, channels, rows, columns], form }: GraphTensor): number[] {
  if (form === 'vector') return [channels];
  return form === 'sequence' ? [channels, rows] : [channels, rows, columns];
}

class GraphWriter {
  readonly #graph: Graph;
  readonly #layerEntry: Parameters<typeof graphEntries>[1];
  /** Functions that are written with the operator before, by their index. */
  readonly #applied = new Set<number>();
  /** Names under which files refer to the outputs of these. */
  readonly #names = new Map<number, string>();
  /** Inputs that a layer states itself. */
  readonly #own = new Set<number>();

  constructor(graph: Graph, layerEntry: Parameters<typeof graphEntries>[1]) {
    this.#graph = graph;
    this.#layerEntry = layerEntry;
    const given = new Set(graph.inputs);
    for (const [index, operator] of graph.operators.entries()) {
      const before = graph.operators[index - 1];
      if (before !== undefined && isApplied(operator, before)) {
        this.#applied.add(index);
        this.#names.set(operator.output, before.name);
      }
      if (operator.kind !== 'mac') continue;
      const { name, inputs } = operator;
      const isOwn = inputs.every(
        (tensor, i) =>
          given.has(tensor) && this.#tensor(tensor).name === `${name}.input${inputs.length > 1 ? i + 1 : ''}`,
      );
      if (isOwn) for (const tensor of inputs) this.#own.add(tensor);
    }
  }

  /** Whether an input of the graph is stated by the layer that reads it. */
  isOwn(tensor: TensorIndex): boolean {
    return this.#own.has(tensor);
  }

  /** Entries of the operators from `first` to before `end`. @param from the first block that may be in there */
  entries(first: number, end: number, from: number, place: Place): EntryData[] {
    const { operators, blocks } = this.#graph;
    const entries: EntryData[] = [];
    let next = from;
    for (let index = first; index < end; ) {
      while (next < blocks.length && blocks[next]!.first < index) next++;
      const block = blocks[next];
      const operator = operators[index]!;
      if (block === undefined || block.first !== index || block.end > end) {
        if (!this.#applied.has(index)) entries.push(this.#entry(operator, index, place, 1));
        index++;
        continue;
      }
      // A layer that repeats on its own output is a block of its name.
      if (block.name === operator.name)
        entries.push(this.#entry(operator, index, { ...place, repeat: place.repeat * block.repeat }, block.repeat));
      else
        entries.push({
          kind: 'block',
          name: block.name.slice(place.prefix.length),
          ...(block.input === null ? {} : { from: this.#nameIn(block.input, place) }),
          ...(block.repeat === 1 ? {} : { repeat: block.repeat }),
          layers: this.entries(index, block.end, next + 1, {
            block,
            prefix: `${block.name}.`,
            repeat: place.repeat * block.repeat,
          }),
        });
      index = block.end;
    }
    return entries;
  }

  #entry(operator: GraphOperator, index: number, place: Place, own: number): EntryData {
    const name = operator.name.slice(place.prefix.length);
    const from = operator.inputs
      .filter((tensor) => !this.#own.has(tensor))
      .map((tensor) => this.#nameIn(tensor, place));
    if (operator.kind === 'view')
      return { name, ...this.#viewEntry(operator), from: operator.view === 'concat' ? from : from[0] };
    const read = from.length === 0 ? {} : { from: from.length === 1 ? from[0] : from };
    const after = this.#applied.has(index + 1) ? this.#graph.operators[index + 1] : undefined;
    const activation =
      after?.kind === 'vector' && after.operation.kind === 'activation' ? { activation: after.operation.function } : {};
    if (operator.kind === 'vector') return { name, ...this.#vectorEntry(operator), ...read, ...activation };
    const listed = operator.layer.name === operator.name ? {} : { listedAs: operator.layer.name };
    const repeat = (own * operator.repeat) / place.repeat;
    return {
      name,
      ...this.#layerEntry(operator),
      ...listed,
      ...read,
      ...(repeat === 1 ? {} : { repeat }),
      ...activation,
    };
  }

  /** The name of a tensor for those who stand at a place: what flows into a block is its `input` there. */
  #nameIn(tensor: TensorIndex, { block, prefix }: Place): string {
    if (block !== null && block.input === tensor) return 'input';
    const name = this.#names.get(tensor) ?? this.#tensor(tensor).name;
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
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

/** Whether an operator is the function that an entry states of the operator before. */
function isApplied(operator: GraphOperator, before: GraphOperator): boolean {
  return (
    operator.kind === 'vector' &&
    operator.operation.kind === 'activation' &&
    operator.parameterWords === 0 &&
    operator.parameters === 0 &&
    operator.inputs.length === 1 &&
    operator.inputs[0] === before.output &&
    operator.name === `${before.name}.${operator.operation.function}` &&
    (before.kind === 'mac' || (before.kind === 'vector' && ELEMENT_WISE.some((kind) => kind === before.operation.kind)))
  );
}
