import { product } from '../../../util/integers.ts';
import { type InferredModel, type InferredNode, type InferredTensor, isConstant } from '../inference/inferred-model.ts';
import { Uses } from './patterns/matcher.ts';

/** A second factor of a product before it was written out for every head: its sizes as [..., heads, 1, rows, columns]. */
interface Shared {
  readonly tensor: InferredTensor;
  /** Heads of the first factor that share one of the second. */
  readonly share: number;
  /** Operators on the way that go on with it. */
  readonly nodes: readonly InferredNode[];
}

/** Operators between an Expand and the product that are looked through. */
const MOST_STEPS = 4;

/**
 * The model with products of heads that share keys or values as products with these, read once: an `Expand` that exporters write so that every head has a
 * copy is none. The first factor is [..., heads, share, rows, columns] then, and its heads that share are further rows.
 */
export function shareHeads(model: InferredModel): InferredModel {
  const expands = model.nodes.some(({ opType }) => opType === 'Expand' || opType === 'Tile');
  if (!expands) return model;
  const uses = new Uses(model);
  const nodes = model.nodes.flatMap((node) => {
    const [left, right] = node.inputs;
    const isProduct = node.opType === 'MatMul' && node.domain === '' && node.rule !== undefined;
    if (!isProduct || left?.dims === undefined || right?.dims === undefined || isConstant(right) || isConstant(left))
      return [node];
    const shared = sharedBefore(right, uses, node.name, MOST_STEPS);
    const { dims } = left;
    if (shared === null || dims.length !== right.dims.length) return [node];
    const at = dims.length - 3;
    if (dims[at] !== right.dims[at]) return [node];
    const heads = [...dims.slice(0, at), dims[at]! / shared.share, shared.share, ...dims.slice(at + 1)];
    return [...shared.nodes, { ...node, inputs: [{ ...left, dims: heads }, shared.tensor] }];
  });
  return { ...model, nodes };
}

/** What a factor [..., heads x share, rows, columns] was before its Expand; null where it has none. */
function sharedBefore(tensor: InferredTensor, uses: Uses, reader: string, steps: number): Shared | null {
  const node = uses.makerOf(tensor);
  const [source] = node?.inputs ?? [];
  const dims = tensor.dims!;
  if (node === undefined || source?.dims === undefined || dims.length < 3 || node.domain !== '' || steps === 0)
    return null;
  if (node.opType === 'Transpose' || isScaling(node)) {
    const order = node.rule?.ints('perm') ?? [];
    const isSwapped = node.opType === 'Transpose';
    const rank = dims.length;
    if (isSwapped && !order.every((from, axis) => from === swapped(axis, rank))) return null;
    if (isSwapped && order.length !== rank) return null;
    const before = sharedBefore(source, uses, reader, steps - 1);
    if (before === null) return null;
    const own = before.tensor.dims!;
    const made = isSwapped ? [...own.slice(0, -2), own.at(-1)!, own.at(-2)!] : own;
    const output: InferredTensor = { ...tensor, name: `${tensor.name} of ${reader}`, dims: made };
    const inputs = [before.tensor, ...node.inputs.slice(1)];
    return { tensor: output, share: before.share, nodes: [...before.nodes, { ...node, inputs, outputs: [output] }] };
  }
  return node.opType === 'Reshape' ? expandedBefore(source, dims, uses) : null;
}

/** [..., heads, share, rows, columns], written out of [..., heads, 1, rows, columns], that a Reshape joins to these dims. */
function expandedBefore(joined: InferredTensor, dims: readonly number[], uses: Uses): Shared | null {
  const expand = uses.makerOf(joined);
  const [source] = expand?.inputs ?? [];
  if (expand === undefined || (expand.opType !== 'Expand' && expand.opType !== 'Tile')) return null;
  if (source?.dims === undefined || isConstant(source)) return null;
  const wide = joined.dims!;
  const at = wide.length - 3;
  const share = wide[at]!;
  const isJoined =
    wide.length === dims.length + 1 &&
    wide.every((size, axis) => axis === at - 1 || axis === at || size === dims[axis < at ? axis : axis - 1]) &&
    wide[at - 1]! * share === dims[at - 1];
  const narrow = wide.map((size, axis) => (axis === at ? 1 : size));
  const isOne = source.dims.length === wide.length && source.dims.every((size, axis) => size === narrow[axis]);
  if (!isJoined || !isOne || share < 2 || product(narrow) === 0) return null;
  return { tensor: source, share, nodes: [] };
}

function swapped(axis: number, rank: number): number {
  return axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis;
}

/** Multiplied or divided by one number. */
function isScaling({ opType, inputs: [, scale] }: InferredNode): boolean {
  const isOne = scale !== undefined && isConstant(scale) && product(scale.dims ?? [0]) === 1;
  return (opType === 'Mul' || opType === 'Div') && isOne;
}
