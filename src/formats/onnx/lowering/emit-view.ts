import { product } from '../../../util/integers.ts';
import type { Flow } from '../../../workload/graph/graph-builder.ts';
import { activationWords } from '../../../workload/layers.ts';
import { type InferredNode, type InferredTensor, isConstant } from '../inference/inferred-model.ts';
import { unpackedTable } from '../operators/indexing.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import type { Operand } from './emit-vector.ts';
import type { Emitter } from './emitter.ts';
import { activationIn, type Place, type Placed, plainActivation, reshapedPlaces, usualPlaces } from './placement.ts';
import { isConversion } from './widths.ts';

/** Views of ONNX whose words change their place one by one. */
const MOVES: ReadonlySet<string> = new Set([
  'DepthToSpace',
  'SpaceToDepth',
  'GatherElements',
  'GatherND',
  'ScatterElements',
  'ScatterND',
  'Scatter',
  'Pad',
  'ReverseSequence',
]);

/** Operators that take rows of a table, where their first input is one. */
const LOOK_UPS: ReadonlySet<string> = new Set(['Gather', 'GatherBlockQuantized', 'TorchEmbedding']);

/** Adds what changes the place or the form of words: nothing where they stay as they are, parts and joins as views, else a move. */
export function emitView(emitter: Emitter, node: InferredNode, rule: RuleNode): void {
  const { opType } = node;
  const [first] = node.inputs;
  if (LOOK_UPS.has(opType) && first !== undefined && isConstant(first)) {
    emitLookUp(emitter, node, opType === 'GatherBlockQuantized' ? { ...first, dims: unpackedTable(rule) } : first);
    return;
  }
  if (opType === 'Concat' || opType === 'QLinearConcat') {
    emitJoin(emitter, node, rule);
    return;
  }
  const source = node.inputs.find((input) => emitter.placed(input) !== undefined);
  if (source === undefined) return;
  const placed = emitter.placed(source)!;
  const own = product(source.dims!);
  for (const [index, output] of node.outputs.entries()) {
    if (output?.dims === undefined) continue;
    const { dims } = output;
    if (!isConstant(output)) emitter.widths.pass(node, output);
    const name = index === 0 ? node.name : `${node.name}.${index + 1}`;
    const words = product(dims);
    const places = placesAfter(node, rule, source.dims!, placed.places, dims);
    const isMove = MOVES.has(opType) || words > own || (opType === 'Gather' && !isOnePiece(node));
    if (words === own && !isMove) {
      emitter.put(output, { flow: placed.flow, places });
      continue;
    }
    const batch = emitter.inputsOf(placed.flow);
    const settled = places ?? usualPlaces(dims, batch);
    const { form } = placed.flow.activation;
    const activation = settled === undefined ? plainActivation(dims, batch) : activationIn(dims, settled, form);
    const flow = isMove
      ? emitter.vector(name, { kind: 'move' }, [placed.flow], activation, words, emitter.widths.of(output))
      : emitter.view(name, 'slice', [placed.flow], activation, words);
    emitter.put(output, { flow, places: settled });
  }
}

/** Whether the rows that a Gather takes lie in one piece. */
function isOnePiece({ inputs }: InferredNode): boolean {
  const values = inputs[1]?.values;
  return values?.every((value, index) => index === 0 || value === values[index - 1]! + 1) === true;
}

function placesAfter(
  node: InferredNode,
  rule: RuleNode,
  before: readonly number[],
  places: readonly Place[] | undefined,
  after: readonly number[],
): readonly Place[] | undefined {
  if (places === undefined) return undefined;
  switch (node.opType) {
    case 'Transpose': {
      const order = rule.ints('perm') ?? before.map((_, axis) => before.length - 1 - axis);
      return order.map((axis) => places[axis]!);
    }
    case 'Gather': {
      const axis = rule.axis(rule.int('axis', 0), before.length);
      const indices = (node.inputs[1]?.dims ?? []).map(() => places[axis]!);
      return [...places.slice(0, axis), ...indices, ...places.slice(axis + 1)];
    }
    case 'Slice':
    case 'Split':
    case 'Pad':
    case 'Tile':
    case 'DepthToSpace':
    case 'SpaceToDepth':
    case 'GatherElements':
    case 'Expand':
      return after.length === before.length ? places : undefined;
    default:
      if (isConversion(node) || node.opType === 'Identity' || node.opType === 'Dropout') return places;
      return product(before) === product(after) ? reshapedPlaces(before, places, after) : undefined;
  }
}

/** Rows of a table, looked up by number; what flows in are the numbers. */
function emitLookUp(emitter: Emitter, node: InferredNode, table: InferredTensor): void {
  const output = node.outputs[0];
  if (output?.dims === undefined || emitter.placed(node.inputs[1]) === undefined) return;
  emitTable(emitter, node.name, output, table);
}

/** A table that gives an output. @param stored what it is in the file */
export function emitTable(emitter: Emitter, name: string, output: InferredTensor, stored: InferredTensor): Placed {
  const dims = output.dims!;
  const words = product(dims);
  const batch = dims[0] === emitter.batch ? emitter.batch : 1;
  const channels = dims.at(-1) ?? 1;
  const activation = { channels, size: [words / channels / batch, 1], form: 'sequence' } as const;
  const places = dims.map((_, axis): Place => (axis === dims.length - 1 ? 1 : axis === 0 && batch === dims[0] ? 0 : 2));
  const flow = emitter.vector(name, { kind: 'embedding' }, [], activation, words, emitter.widths.of(output), {
    learned: emitter.constants([stored], false).learned,
  });
  const placed = { flow, places };
  emitter.put(output, placed);
  return placed;
}

/** Parts side by side; constants among them are read as rows of a table are. */
function emitJoin(emitter: Emitter, node: InferredNode, rule: RuleNode): void {
  const output = node.outputs[0];
  if (output?.dims === undefined) return;
  const { dims } = output;
  const parts =
    node.opType === 'Concat' ? node.inputs : node.inputs.filter((_, index) => index >= 2 && index % 3 === 2);
  const operands = parts.flatMap((tensor, index): Operand[] => {
    if (tensor?.dims === undefined || product(tensor.dims) === 0) return [];
    const placed =
      emitter.placed(tensor) ??
      (isConstant(tensor) ? emitTable(emitter, `${node.name}.constant${index + 1}`, tensor, tensor) : undefined);
    return placed === undefined ? [] : [{ tensor, placed }];
  });
  const [first] = operands;
  if (first === undefined) return;
  emitter.widths.pass({ ...node, inputs: [first.tensor] }, output);
  const words = product(dims);
  if (operands.length === 1) {
    emitter.put(output, first.placed);
    return;
  }
  const axis = rule.axis(rule.requiredInt('axis'), dims.length);
  const main = operands.find(
    ({ placed }) => placed.places !== undefined && emitter.inputsOf(placed.flow) === emitter.batch,
  );
  const places = main?.placed.places;
  const place = places?.[axis];
  const isPlain = places !== undefined && place !== undefined && place !== 0 && places.length === dims.length;
  const join = isPlain ? joinedAlong(emitter, node.name, operands, places, main!.placed.flow) : null;
  if (join !== null && isPlain) {
    const activation = activationIn(dims, places, main!.placed.flow.activation.form);
    emitter.put(output, { flow: emitter.view(node.name, 'concat', join, activation, words), places });
    return;
  }
  // Any join is one of channels where all dims from its axis on are channels.
  const batch = axis > 0 && dims[0] === emitter.batch ? emitter.batch : 1;
  const rows = product(dims.slice(0, axis)) / batch;
  const flows = operands.map(({ tensor, placed }) =>
    emitter.fit(
      placed.flow,
      { channels: product(tensor.dims!.slice(axis)), size: [rows, 1], form: 'sequence' },
      node.name,
    ),
  );
  const activation = { channels: product(dims.slice(axis)), size: [rows, 1], form: 'sequence' } as const;
  const own = dims.map((_, i): Place => (i === 0 && batch > 1 ? 0 : i < axis ? 2 : 1));
  emitter.put(output, { flow: emitter.view(node.name, 'concat', flows, activation, words), places: own });
}

/** The operands in these places; null where one does not fit. */
function joinedAlong(
  emitter: Emitter,
  name: string,
  operands: readonly Operand[],
  places: readonly Place[],
  main: Flow,
): Flow[] | null {
  const flows: Flow[] = [];
  for (const { tensor, placed } of operands) {
    const activation = activationIn(tensor.dims!, places, main.activation.form);
    const words = emitter.wordsOf(placed.flow);
    if (words % activationWords(activation) !== 0) return null;
    flows.push(emitter.fit(placed.flow, activation, name));
  }
  return flows;
}
