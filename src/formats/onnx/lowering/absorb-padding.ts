import type { InferredModel, InferredNode, InferredTensor } from '../inference/inferred-model.ts';
import { convolution } from '../operators/convolution.ts';
import { poolingWindow } from '../operators/pooling.ts';
import type { Window } from '../operators/window.ts';

/** Zeros around the spatial axes of a tensor, in front and behind. */
interface Padding {
  readonly source: InferredTensor;
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

const CONVOLUTIONS: ReadonlySet<string> = new Set(['Conv', 'FusedConv', 'ConvInteger', 'QLinearConv']);
const POOLINGS: ReadonlySet<string> = new Set(['MaxPool', 'AveragePool', 'LpPool']);

/** The model with zeros that only convolutions and poolings read as padding of theirs: hardware stores none of them. */
export function absorbPadding(model: InferredModel): InferredModel {
  const paddings = new Map<string, Padding>();
  for (const node of model.nodes) {
    const padding = paddingOf(node);
    if (padding !== null) paddings.set(node.outputs[0]!.name, padding);
  }
  if (paddings.size === 0) return model;
  for (const { name } of model.outputs) paddings.delete(name);
  for (const node of model.nodes) {
    const [first, ...others] = node.inputs;
    for (const other of [...others, ...node.captured]) if (other !== undefined) paddings.delete(other.name);
    const padding = paddings.get(first?.name ?? '');
    if (padding !== undefined && paddedWindow(node, padding) === null) paddings.delete(first!.name);
  }
  const nodes = model.nodes.map((node) => {
    const padding = paddings.get(node.inputs[0]?.name ?? '');
    const window = padding === undefined ? null : paddedWindow(node, padding);
    return padding === undefined || window === null ? node : padded(node, padding, window);
  });
  return { ...model, nodes };
}

function paddingOf({ opType, domain, inputs, outputs, rule }: InferredNode): Padding | null {
  const [source, , value] = inputs;
  if (opType !== 'Pad' || domain !== '' || rule === undefined || source?.dims === undefined || outputs[0] === undefined)
    return null;
  const isZero = value === undefined ? rule.float('value', 0) === 0 : value.values?.every((one) => one === 0) === true;
  if (rule.text('mode', 'constant') !== 'constant' || !isZero) return null;
  const rank = source.dims.length;
  const pads = rule.ints('pads') ?? rule.ints('paddings') ?? rule.integers(1);
  const axes = rule.axes(rule.optionalIntegers(3) ?? [...source.dims.keys()], rank);
  const side = (first: number) => source.dims!.map((_, axis) => pads[first + axes.indexOf(axis)] ?? 0);
  const [begin, end] = [side(0), side(axes.length)].map((all) =>
    all.map((pad, axis) => (axes.includes(axis) ? pad : 0)),
  );
  const isSpatial = [begin!, end!].every((all) => all.every((pad, axis) => pad === 0 || (axis >= 2 && pad > 0)));
  return isSpatial ? { source, begin: begin!.slice(2), end: end!.slice(2) } : null;
}

/** The window of a node with the zeros before it as padding; null where it has none, or where it would see nothing else. */
function paddedWindow({ opType, domain, rule }: InferredNode, { begin, end }: Padding): Window | null {
  if (rule === undefined || (domain !== '' && opType !== 'FusedConv')) return null;
  const own = CONVOLUTIONS.has(opType) ? convolution(rule).window : POOLINGS.has(opType) ? poolingWindow(rule) : null;
  if (own === null || own.kernel.length !== begin.length) return null;
  const padsBegin = own.padsBegin.map((pad, axis) => pad + begin[axis]!);
  const padsEnd = own.padsEnd.map((pad, axis) => pad + end[axis]!);
  const isSeen = own.kernel.every((size, axis) => {
    const extent = (size - 1) * own.dilations[axis]! + 1;
    return padsBegin[axis]! < extent && padsEnd[axis]! < extent;
  });
  return isSeen ? { ...own, padsBegin, padsEnd } : null;
}

function padded(node: InferredNode, { source }: Padding, { padsBegin, padsEnd }: Window): InferredNode {
  const attributes = new Map(node.attributes);
  attributes.delete('auto_pad');
  attributes.set('pads', { type: 'ints', values: [...padsBegin, ...padsEnd] });
  const inputs = [source, ...node.inputs.slice(1)];
  const { name, dims, elementType, values } = source;
  const rule = node.rule!.changed(attributes, { name, dims: dims!, elementType, values });
  return { ...node, attributes, inputs, rule };
}
