import { product } from '../../../util/integers.ts';
import { ownValue } from '../../../util/own-value.ts';
import type { Graph, UncountedOperator } from '../../../workload/graph/graph.ts';
import type { ActivationFunction } from '../../../workload/graph/vector-operation.ts';
import { graphError, nodeText } from '../graph/graph-error.ts';
import {
  type AssumedBranch,
  type InferredModel,
  type InferredNode,
  type InferredTensor,
  isConstant,
} from '../inference/inferred-model.ts';
import { quoted } from '../messages/tensor-message.ts';
import { operatorName } from '../operators/operator-table.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import { absorbPadding } from './absorb-padding.ts';
import { emitElementWise, emitUnary, type Operand } from './emit-vector.ts';
import { emitView } from './emit-view.ts';
import { Emitter } from './emitter.ts';
import { liveNodes } from './live-nodes.ts';
import { ATTENTIONS, emitAttention } from './lower-attention.ts';
import { emitFused, isFusedNormalization } from './lower-fused.ts';
import { lowerMac } from './lower-mac.ts';
import { emitRecurrent, isRecurrent } from './lower-recurrent.ts';
import { lowerVector } from './lower-vector.ts';
import type { LoweredLayer } from './lowered-layer.ts';
import { lineOf, nameOfLine } from './node-name.ts';
import { findPatterns, type Pattern, type Patterns } from './patterns/find-patterns.ts';
import { Uses } from './patterns/matcher.ts';
import { activationIn, plainActivation, usualPlaces } from './placement.ts';
import { shareHeads } from './share-heads.ts';
import { StoredParameters } from './stored-parameters.ts';
import { isConversion, Widths } from './widths.ts';

/**
 * The graph of a model: its operators on activations. What follows from constants and shapes alone is no operator, changes of order or type move no
 * word, and what no output needs costs nothing.
 * @throws TrifoldError `value` with the node for a layer whose shapes are not known, `unsupported` for operators that are not counted where `isStrict`
 */
export function lowerModel(model: InferredModel, isStrict = false): Graph {
  const absorbed = shareHeads(absorbPadding(model));
  const live = { ...absorbed, nodes: liveNodes(absorbed) };
  const batch = batchOf(live);
  const graph = new Lowering(live, isStrict, batch).run();
  // Where inputs that run together are mixed, all of them are one input of the network.
  return batch === 1 || isPerInput(graph, batch) ? graph : new Lowering(live, isStrict, 1).run();
}

/** Whether every tensor and every layer is that of one input, so many times. */
function isPerInput({ tensors, operators }: Graph, batch: number): boolean {
  return (
    tensors.every(({ sizes }) => sizes[0] === batch) &&
    operators.every((operator) => {
      if (operator.kind !== 'mac') return true;
      const { N, G } = operator.layer.problem.bounds;
      return N % batch === 0 || (operator.layer.kind === 'matmul' && G % batch === 0);
    })
  );
}

class Lowering {
  readonly #model: InferredModel;
  readonly #isStrict: boolean;
  readonly #uses: Uses;
  readonly #patterns: Patterns;
  readonly #emitter: Emitter;
  readonly #uncounted = new Map<string, UncountedOperator>();

  constructor(model: InferredModel, isStrict: boolean, batch: number) {
    this.#model = model;
    this.#isStrict = isStrict;
    this.#uses = new Uses(model);
    this.#patterns = findPatterns(model, this.#uses);
    this.#emitter = new Emitter(model.file, batch, new Widths(model.nodes), new StoredParameters(model.nodes));
  }

  run(): Graph {
    for (const branch of this.#model.assumedBranches) this.#addAssumed(branch);
    for (const tensor of this.#model.inputs) this.#emitter.input(tensor, this.#isMap(tensor));
    for (const node of this.#model.nodes) {
      try {
        this.#lower(node);
      } catch (error) {
        // Sizes of 0, and those that no layer can have.
        if (!(error instanceof RangeError)) throw error;
        throw graphError(this.#model.file, `${nodeText(node)}: ${error.message}`);
      }
    }
    return this.#emitter.build([...this.#uncounted.values()]);
  }

  #addAssumed({ node, branch }: AssumedBranch): void {
    if (this.#isStrict)
      throw graphError(
        this.#model.file,
        `node ${quoted(node)} (If): its condition is known only to a run`,
        'unsupported',
        'set the input that decides with --dim NAME=VALUE, or leave out --strict to count its larger branch',
      );
    const known = this.#uncounted.get('If');
    const reason = `its condition is known only to a run: its ${branch} counts, the other branch does not`;
    this.#uncounted.set('If', {
      name: 'If',
      count: (known?.count ?? 0) + 1,
      words: null,
      reason: known?.reason ?? reason,
    });
  }

  /** Whether three dims of an input are [N, C, L]: what 1-D convolutions and poolings read. */
  #isMap(tensor: InferredTensor): boolean {
    return this.#uses
      .readersOf(tensor)
      .some(({ opType }) => opType.includes('Conv') || opType.endsWith('Pool') || opType === 'BatchNormalization');
  }

  #lower(node: InferredNode): void {
    const pattern = this.#patterns.get(node);
    if (pattern === null) return;
    if (pattern !== undefined && this.#emitPattern(node, pattern)) return;
    const outputs = node.outputs.filter((output) => output !== undefined);
    if (outputs.every(isConstant)) {
      for (const output of outputs)
        if (node.family === 'view' || isConversion(node)) this.#emitter.widths.pass(node, output);
      return;
    }
    if (node.family === 'shape') return;
    if (node.family === 'unknown') this.#addUnknown(node, 'it is not known');
    else if (node.rule === undefined || outputs[0]?.dims === undefined) this.#addShapeless(node);
    else if (node.family === 'mac') this.#addMac(node, node.rule);
    else if (node.family === 'view' || isConversion(node)) emitView(this.#emitter, node, node.rule);
    else this.#addVector(node, node.rule);
  }

  #emitPattern(node: InferredNode, { operation, input, others }: Pattern): boolean {
    const placed = this.#emitter.placed(input);
    if (placed === undefined) return false;
    const flowing = others.flatMap((tensor): Operand[] => {
      const other = this.#emitter.placed(tensor);
      return other === undefined ? [] : [{ tensor, placed: other }];
    });
    const isLearned = operation.kind !== 'rotary';
    const { words, learned } = this.#emitter.constants(others, isLearned);
    const output = node.outputs[0]!;
    emitUnary(this.#emitter, node.name, operation, { tensor: input, placed }, output, {
      words: words + flowing.reduce((sum, { tensor }) => sum + product(tensor.dims!), 0),
      learned: isLearned ? learned : 0,
    });
    return true;
  }

  #addMac(node: InferredNode, rule: RuleNode): void {
    const emitter = this.#emitter;
    if (isRecurrent(node) && emitRecurrent(emitter, node, rule)) return;
    if (ATTENTIONS.has(node.opType) && emitAttention(emitter, node, rule)) return;
    const lowered = lowerMac(node, rule, emitter.batch);
    if ('reason' in lowered) {
      this.#addUnknown(node, `${lowered.reason}: its multiply-accumulates do not count`);
      return;
    }
    const input = emitter.placed(node.inputs[lowered.input]);
    if (input === undefined) return;
    const other = lowered.kind === 'matmul' ? emitter.placed(node.inputs[lowered.weights]) : undefined;
    const { kind, problem, packed, weights } = lowered;
    const bias = rule.float('beta', 1) === 0 ? undefined : node.inputs[lowered.bias];
    const output = node.outputs[0]!;
    const bits = emitter.widths.of(output);
    const wordBits = emitter.wordBits(node.inputs[lowered.input]!, node.inputs[weights]!);
    const shape = {
      kind,
      problem,
      parameters:
        (packed?.words ?? emitter.parametersOf(node.inputs[weights])) +
        (other === undefined ? emitter.parametersOf(bias) : 0),
      wordBits: packed === undefined ? wordBits : { ...wordBits, Weights: packed.bits },
    };
    const flows = other === undefined ? [input.flow] : [input.flow, other.flow];
    const flow =
      lowered.output === undefined
        ? emitter.layer(node.name, shape, flows, bits)
        : this.#addTransposed(node, shape, flows[0]!, lowered.output, bits);
    emitter.put(output, this.#placedIn(node, flow, lowered.places));
    if (other !== undefined && bias !== undefined && isConstant(bias)) {
      // A product of two activations has no parameters of its own.
      const own = { tensor: output, placed: emitter.placed(output)! };
      emitElementWise(emitter, `${node.name}.bias`, 'add', [own], output, emitter.constants([bias], true));
    }
    this.#addFused(node, rule, lowered);
  }

  /** What a layer makes, in the dims of its output: heads that share a factor are rows in the layer alone. */
  #placedIn({ name, outputs }: InferredNode, flow: Operand['placed']['flow'], places: LoweredLayer['places']) {
    const dims = outputs[0]!.dims!;
    if (places === undefined || places.length !== dims.length + 1) return { flow, places };
    const own = places.filter((_, axis) => axis !== places.length - 3);
    return { flow: this.#emitter.fit(flow, activationIn(dims, own, 'sequence'), name), places: own };
  }

  /** Outputs of a transposed convolution that overlap are added up. */
  #addTransposed(
    node: InferredNode,
    shape: Parameters<Emitter['layer']>[1],
    flow: Operand['placed']['flow'],
    output: NonNullable<LoweredLayer['output']>,
    bits: number,
  ): Operand['placed']['flow'] {
    const { N, G, K, P, Q } = shape.problem.bounds;
    const made = N * G * K * P * Q;
    const words = product(node.outputs[0]!.dims!);
    if (made === words) return this.#emitter.layer(node.name, shape, [flow], bits, output);
    const wide = this.#emitter.layer(node.name, shape, [flow], bits);
    return this.#emitter.vector(
      `${node.name}.overlap`,
      // Where filters leave gaps, words are only put in their places.
      made < words ? { kind: 'move' } : { kind: 'reduce', window: made / words },
      [wide],
      output,
      words,
      bits,
    );
  }

  /** What runtimes fuse behind a layer: an activation that is added, and a function. */
  #addFused(node: InferredNode, rule: RuleNode, { bias }: LoweredLayer): void {
    const emitter = this.#emitter;
    const output = node.outputs[0]!;
    const places = node.opType === 'FusedConv' || node.opType === 'NhwcFusedConv' ? [bias, 3] : [bias];
    for (const place of places) {
      const tensor = node.inputs[place];
      const added = emitter.placed(tensor);
      if (tensor === undefined || added === undefined) continue;
      const own = { tensor: output, placed: emitter.placed(output)! };
      emitElementWise(emitter, `${node.name}.sum`, 'add', [own, { tensor, placed: added }], output, {});
    }
    const text = node.domain === '' ? '' : rule.text('activation', node.opType === 'GemmFastGelu' ? 'FastGelu' : '');
    const function_ = ownValue(FUSED_FUNCTIONS, text);
    if (function_ !== undefined) this.#apply(node, function_);
  }

  #addVector(node: InferredNode, rule: RuleNode): void {
    if (isFusedNormalization(node)) {
      emitFused(this.#emitter, node, rule);
      return;
    }
    const lowered = lowerVector(node, rule);
    if (lowered === null) {
      this.#addUnknown(node, 'its operations are not known');
      return;
    }
    const operands = lowered.operands.flatMap((place): Operand[] => {
      const tensor = node.inputs[place];
      const placed = this.#emitter.placed(tensor);
      return tensor === undefined || placed === undefined ? [] : [{ tensor, placed }];
    });
    const [first] = operands;
    if (first === undefined) return;
    const { operation } = lowered;
    const output = node.outputs[0]!;
    const { kind } = operation;
    const parameters = this.#emitter.constants(
      lowered.constants.map((place) => node.inputs[place]),
      !isCombining(kind),
    );
    const bias = BIASED.has(node.opType) ? node.inputs[1] : undefined;
    if (bias !== undefined) {
      const biased: InferredTensor = { ...output, name: `${output.name}.biased` };
      const placed = this.#emitter.placed(bias);
      const both = placed === undefined ? [first] : [first, { tensor: bias, placed }];
      emitElementWise(this.#emitter, `${node.name}.bias`, 'add', both, biased, parameters);
      emitUnary(this.#emitter, node.name, operation, { tensor: biased, placed: this.#emitter.placed(biased)! }, output);
      return;
    }
    if (isCombining(kind) && (operands.length > 1 || product(first.tensor.dims!) < product(output.dims!)))
      emitElementWise(this.#emitter, node.name, kind, operands, output, parameters);
    else emitUnary(this.#emitter, node.name, operation, first, output, parameters);
    if (node.opType === 'GroupNorm' && rule.int('activation', 0) === 1) this.#apply(node, 'silu');
  }

  /** A function of what a node has made. */
  #apply({ name, outputs }: InferredNode, function_: ActivationFunction): void {
    const output = outputs[0]!;
    const own = { tensor: output, placed: this.#emitter.placed(output)! };
    emitUnary(this.#emitter, `${name}.${function_}`, { kind: 'activation', function: function_ }, own, output);
  }

  /** A node whose sizes only a run knows: of a layer they are needed. */
  #addShapeless(node: InferredNode): void {
    const open = [...node.inputs, ...node.outputs].find((tensor) => tensor !== undefined && tensor.dims === undefined);
    const why = open?.unknownBecause ?? 'its sizes are not known';
    if (node.family === 'mac')
      throw graphError(
        this.#model.file,
        `${nodeText(node)} wants the shapes of what it reads and makes, found none: ${why}`,
        'value',
        'export the model with its shapes inferred, or with fixed sizes',
      );
    this.#addUnknown(node, why);
  }

  #addUnknown(node: InferredNode, reason: string): void {
    const name = nameOfLine(operatorName(node.domain, node.opType));
    if (this.#isStrict)
      throw graphError(
        this.#model.file,
        `${nodeText(node)}: ${reason}`,
        'unsupported',
        'leave out --strict to count its words alone',
      );
    const sizes = [
      ...[...node.inputs, ...node.captured].filter((input) => input !== undefined && !isConstant(input)),
      ...node.outputs,
    ].flatMap((tensor) => (tensor === undefined ? [] : [tensor.dims === undefined ? null : product(tensor.dims)]));
    const words = sizes.reduce<number | null>((sum, size) => (sum === null || size === null ? null : sum + size), 0);
    const known = this.#uncounted.get(name);
    const all = known === undefined ? words : known.words === null || words === null ? null : known.words + words;
    this.#uncounted.set(name, {
      name,
      count: (known?.count ?? 0) + 1,
      words: all,
      reason: known?.reason ?? lineOf(reason),
    });
    this.#emitUnknown(node, name);
  }

  #emitUnknown(node: InferredNode, operation: string): void {
    const emitter = this.#emitter;
    const source = [...node.inputs, ...node.captured].find(
      (input) => input?.dims !== undefined && emitter.placed(input) !== undefined,
    );
    const [output] = node.outputs.filter((one) => one?.dims !== undefined);
    if (source === undefined || output?.dims === undefined || product(output.dims) === 0) return;
    const placed = emitter.placed(source)!;
    const shapeOf = ({ dims }: InferredTensor) => {
      const places = usualPlaces(dims!, emitter.batch);
      return {
        places,
        activation: places === undefined ? plainActivation(dims!, emitter.batch) : activationIn(dims!, places),
      };
    };
    const { places, activation } = shapeOf(output);
    const unknown = { kind: 'unknown', name: operation } as const;
    const words = product(output.dims);
    const flow = emitter.vector(node.name, unknown, [placed.flow], activation, words, emitter.widths.of(output));
    emitter.put(output, { flow, places });
    for (const other of node.outputs) {
      if (other?.dims === undefined || other === output || product(other.dims) === 0) continue;
      const shape = shapeOf(other);
      const view = emitter.view(`${node.name}.other`, 'slice', [flow], shape.activation, product(other.dims));
      emitter.put(other, { flow: view, places: shape.places });
    }
  }
}

const FUSED_FUNCTIONS: Readonly<Record<string, ActivationFunction>> = {
  Relu: 'relu',
  LeakyRelu: 'leaky-relu',
  Clip: 'clip',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  HardSigmoid: 'hard-sigmoid',
  HardSwish: 'hard-swish',
  FastGelu: 'gelu',
};

/** Operators that add a bias first. */
const BIASED: ReadonlySet<string> = new Set(['BiasGelu', 'FastGelu', 'BiasSoftmax']);

const COMBINING = ['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'] as const;

function isCombining(kind: string): kind is (typeof COMBINING)[number] {
  return COMBINING.some((one) => one === kind);
}

/** Inputs that run together: the first dim of what the model reads; 1 where its first dims differ or are steps of time. */
function batchOf({ inputs, nodes }: InferredModel): number {
  const sizes = inputs.flatMap(({ dims }) => (dims === undefined || dims.length < 2 ? [] : [dims[0]!]));
  const [first = 1] = sizes;
  const isStepped = nodes.some((node) => isRecurrent(node) && (node.rule?.int('layout', 0) ?? 0) === 0);
  return first >= 1 && !isStepped && sizes.every((size) => size === first) ? first : 1;
}
