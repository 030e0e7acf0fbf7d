import { perTensor } from '../../../util/vocabulary.ts';
import type { Graph, UncountedOperator } from '../../../workload/graph/graph.ts';
import { type Flow, GraphBuilder } from '../../../workload/graph/graph-builder.ts';
import type { Layer } from '../../../workload/network.ts';
import { graphError, nodeText } from '../graph/graph-error.ts';
import type { InferredModel, InferredNode, InferredTensor } from '../inference/inferred-model.ts';
import { operatorName } from '../operators/operator-table.ts';
import { type LoweredLayer, lowerMac } from './lower-mac.ts';
import { lowerVector } from './lower-vector.ts';
import { nameOfLine } from './node-name.ts';
import { isConstant, tensorShape, wordsOf } from './tensor-shape.ts';

/** Bits of words whose type says none that hardware would keep: floats, as in workload files that state none. */
const DEFAULT_BITS = 16;

/**
 * The graph of a model: its operators on activations. What follows from constants and shapes alone is no operator, and changes of order or type move no word.
 * @throws TrifoldError `value` with the node for a layer whose shapes are not known, `unsupported` for operators that are not counted where `isStrict`
 */
export function lowerModel(model: InferredModel, isStrict = false): Graph {
  return new Lowering(model, isStrict).run();
}

class Lowering {
  readonly #model: InferredModel;
  readonly #isStrict: boolean;
  readonly #builder = new GraphBuilder(1);
  readonly #flows = new Map<string, Flow>();
  /** Widths that quantisation states, by tensor. */
  readonly #bits = new Map<string, number>();
  readonly #uncounted = new Map<string, UncountedOperator>();

  constructor(model: InferredModel, isStrict: boolean) {
    this.#model = model;
    this.#isStrict = isStrict;
  }

  run(): Graph {
    for (const tensor of this.#model.inputs) {
      if (tensor.dims === undefined) continue;
      const { batch, activation } = tensorShape(tensor.dims);
      this.#flows.set(
        tensor.name,
        this.#builder.input(nameOfLine(tensor.name), { ...activation, batch }, this.#bitsOf(tensor)),
      );
    }
    for (const node of this.#model.nodes) this.#lower(node);
    const uncounted = [...this.#uncounted.values()];
    return { ...this.#builder.build(), ...(uncounted.length === 0 ? {} : { uncounted }) };
  }

  #lower(node: InferredNode): void {
    const outputs = node.outputs.filter((output) => output !== undefined);
    if (outputs.every(isConstant)) {
      for (const output of outputs) this.#passBits(node, output);
      return;
    }
    if (node.rule === undefined) this.#addUnknown(node, 'it is not known');
    else if (node.family === 'mac') this.#addLayer(node, node.rule);
    else if (node.family === 'shape') return;
    else if (node.family === 'view' || isConversion(node)) this.#addView(node);
    else this.#addVector(node, node.rule);
  }

  #addLayer(node: InferredNode, rule: NonNullable<InferredNode['rule']>): void {
    const name = nameOfLine(node.name);
    const lowered = lowerMac(node, rule, name);
    if ('reason' in lowered) {
      this.#addUnknown(node, `${lowered.reason}: its multiply-accumulates do not count`);
      return;
    }
    const { input, weights, isMap, problem, kind, parameters } = lowered;
    const inputs = [input, weights].flatMap((place) => this.#flowOf(node.inputs[place]) ?? []);
    if (inputs.length === 0) return;
    const layer: Layer = { name, kind, problem, parameters, repeat: 1, wordBits: this.#wordBits(node, lowered) };
    const output = node.outputs[0]!;
    const { batch, activation } = tensorShape(output.dims!, isMap);
    const made = problem.bounds.N * problem.bounds.G * problem.bounds.K * problem.bounds.P * problem.bounds.Q;
    const bits = this.#bitsOf(output);
    const words = wordsOf(output.dims!);
    const shape = { ...activation, batch };
    if (made === words) this.#flows.set(output.name, this.#builder.mac(name, layer, inputs, shape, bits));
    else this.#addOverlapping(node, layer, inputs, shape, bits);
  }

  /** Outputs of a transposed convolution that overlap are added up. */
  #addOverlapping(
    node: InferredNode,
    layer: Layer,
    inputs: readonly Flow[],
    shape: Flow['activation'] & { batch: number },
    bits: number,
  ): void {
    const { N, G, K, P, Q } = layer.problem.bounds;
    const wide = this.#builder.mac(
      layer.name,
      layer,
      inputs,
      { batch: N, channels: G * K, size: [P, Q], form: 'map' },
      bits,
    );
    const window = Math.max(1, Math.ceil((G * K * P * Q) / (shape.channels * shape.size[0] * shape.size[1])));
    const sum = this.#builder.vector(`${layer.name}.overlap`, { kind: 'reduce', window }, [wide], shape, bits);
    this.#flows.set(node.outputs[0]!.name, sum);
  }

  /** Widths of the operands as they are stored; partial sums of whole numbers take 32 bits. */
  #wordBits(node: InferredNode, { input, weights }: LoweredLayer): Layer['wordBits'] {
    const [own, others] = [this.#bitsOf(node.inputs[input]!), this.#bitsOf(node.inputs[weights]!)];
    const sums = this.#isQuantised(node.inputs[input]!) ? 32 : DEFAULT_BITS;
    return perTensor((tensor) => (tensor === 'Weights' ? others : tensor === 'Inputs' ? own : sums));
  }

  #addVector(node: InferredNode, rule: NonNullable<InferredNode['rule']>): void {
    const lowered = lowerVector(node, rule);
    if (lowered === null) {
      this.#addUnknown(node, 'its operations are not known');
      return;
    }
    const inputs = lowered.operands.flatMap((place) => this.#flowOf(node.inputs[place]) ?? []);
    if (inputs.length === 0) return;
    const output = node.outputs[0]!;
    this.#flows.set(
      output.name,
      this.#builder.vector(
        nameOfLine(node.name),
        lowered.operation,
        inputs,
        this.#shapeOf(output, inputs[0]),
        this.#bitsOf(output),
        lowered,
      ),
    );
  }

  #addView(node: InferredNode): void {
    const { opType } = node;
    const [first] = node.inputs;
    if (opType === 'Gather' && first !== undefined && isConstant(first)) {
      this.#addEmbedding(node, first);
      return;
    }
    const inputs = node.inputs.flatMap((input) => this.#flowOf(input) ?? []);
    const [flow] = inputs;
    if (flow === undefined) return;
    for (const [index, output] of node.outputs.entries()) {
      if (output?.dims === undefined) continue;
      this.#passBits(node, output);
      const name = index === 0 ? nameOfLine(node.name) : `${nameOfLine(node.name)}.${index + 1}`;
      const shape = this.#shapeOf(output, flow);
      const words = wordsOf(output.dims);
      const own = wordsOf(first?.dims ?? []);
      if (words === own && (opType === 'Identity' || opType === 'Dropout' || isConversion(node)))
        this.#flows.set(output.name, flow);
      else if (isJoin(node)) this.#flows.set(output.name, this.#joined(name, inputs, shape));
      else if (words > own || MOVES.has(opType))
        this.#flows.set(output.name, this.#builder.vector(name, { kind: 'move' }, [flow], shape, this.#bitsOf(output)));
      else this.#flows.set(output.name, this.#builder.view(name, words < own ? 'slice' : 'reshape', [flow], shape));
    }
  }

  /** Joined as parts of one tensor where that is what they are; constants between them are parameters that are read. */
  #joined(name: string, inputs: readonly Flow[], shape: Flow['activation'] & { batch: number }): Flow {
    return inputs.length === 1
      ? this.#builder.view(name, 'reshape', inputs, shape)
      : this.#builder.view(name, 'concat', inputs, shape);
  }

  #addEmbedding(node: InferredNode, table: InferredTensor): void {
    const output = node.outputs[0]!;
    const inputs = this.#flowOf(node.inputs[1]);
    if (inputs === undefined || output.dims === undefined) return;
    const learned = wordsOf(table.dims ?? []);
    const flow = this.#builder.vector(
      nameOfLine(node.name),
      { kind: 'embedding' },
      [],
      this.#shapeOf(output),
      this.#bitsOf(output),
      { learned },
    );
    this.#flows.set(output.name, flow);
  }

  #addUnknown(node: InferredNode, reason: string): void {
    const name = operatorName(node.domain, node.opType);
    if (this.#isStrict)
      throw graphError(
        this.#model.file,
        `${nodeText(node)}: ${reason}`,
        'unsupported',
        'leave out --strict to count its words alone',
      );
    const inputs = node.inputs.flatMap((input) => this.#flowOf(input) ?? []);
    const sizes = [
      ...node.inputs.filter((input) => input !== undefined && !isConstant(input)),
      ...node.outputs,
    ].flatMap((tensor) => (tensor === undefined ? [] : [tensor.dims === undefined ? null : wordsOf(tensor.dims)]));
    const words = sizes.reduce<number | null>((sum, size) => (sum === null || size === null ? null : sum + size), 0);
    const known = this.#uncounted.get(name);
    const all = known === undefined ? words : known.words === null || words === null ? null : known.words + words;
    this.#uncounted.set(name, { name, count: (known?.count ?? 0) + 1, words: all, reason });
    const [output] = node.outputs;
    if (output?.dims === undefined || inputs.length === 0) return;
    const operation = { kind: 'unknown', name } as const;
    this.#flows.set(
      output.name,
      this.#builder.vector(
        nameOfLine(node.name),
        operation,
        inputs,
        this.#shapeOf(output, inputs[0]),
        this.#bitsOf(output),
      ),
    );
  }

  /** The flow of a tensor; undefined for constants and where there is none. @throws TrifoldError where its shape is not known */
  #flowOf(tensor: InferredTensor | undefined): Flow | undefined {
    if (tensor === undefined || isConstant(tensor)) return undefined;
    const flow = this.#flows.get(tensor.name);
    if (flow !== undefined || tensor.dims !== undefined) return flow;
    throw graphError(
      this.#model.file,
      `the tensor ${tensor.name} has no known shape: ${tensor.unknownBecause ?? ''}`,
      'value',
      'export the model with its shapes inferred',
    );
  }

  /** Sizes of a tensor: three dims are a map where the one that it comes from is. */
  #shapeOf({ dims }: InferredTensor, from?: Flow): Flow['activation'] & { batch: number } {
    const isMap =
      from?.activation.form === 'map' &&
      from.activation.size[1] === 1 &&
      dims!.length === 3 &&
      dims![1] === from.activation.channels;
    const { batch, activation } = tensorShape(dims!, isMap);
    return { ...activation, batch };
  }

  #isQuantised(tensor: InferredTensor): boolean {
    return this.#bits.has(tensor.name) || isWhole(tensor);
  }

  #bitsOf(tensor: InferredTensor): number {
    const stated = this.#bits.get(tensor.name);
    if (stated !== undefined) return stated;
    const { elementType } = tensor;
    if (elementType === undefined || elementType.bits === 0) return DEFAULT_BITS;
    return isWhole(tensor) || elementType.bits < DEFAULT_BITS ? elementType.bits : DEFAULT_BITS;
  }

  /** Conversions and changes of place keep the width in which the words are stored. */
  #passBits(node: InferredNode, output: InferredTensor): void {
    const [input] = node.inputs;
    if (input === undefined || (node.family !== 'view' && !isConversion(node))) return;
    if (node.opType === 'QuantizeLinear') return;
    if (this.#isQuantised(input)) this.#bits.set(output.name, this.#bitsOf(input));
  }
}

/** Operators that only change how words are written. */
function isConversion({ opType }: InferredNode): boolean {
  return opType === 'DequantizeLinear' || opType === 'QuantizeLinear' || opType === 'Cast' || opType === 'CastLike';
}

function isJoin({ opType }: InferredNode): boolean {
  return opType === 'Concat' || opType === 'QLinearConcat';
}

/** Views of ONNX whose words change their place one by one. */
const MOVES: ReadonlySet<string> = new Set([
  'DepthToSpace',
  'SpaceToDepth',
  'Gather',
  'GatherElements',
  'GatherND',
  'ScatterElements',
  'ScatterND',
  'Scatter',
  'Pad',
  'ReverseSequence',
]);

function isWhole({ elementType }: InferredTensor): boolean {
  return (elementType?.kind === 'signed' || elementType?.kind === 'unsigned') && elementType.bits <= 16;
}
