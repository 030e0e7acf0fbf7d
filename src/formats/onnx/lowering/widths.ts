import type { InferredNode, InferredTensor } from '../inference/inferred-model.ts';

/** Bits of words whose type says none that hardware would keep: floats, as in workload files that state none. */
const DEFAULT_BITS = 16;

/** Bits of partial sums of whole numbers. */
const SUM_BITS = 32;

/** The widths in which words of tensors are stored; those of quantised values stay with them through conversions and changes of place. */
export class Widths {
  readonly #stored = new Map<string, number>();

  /** @param nodes whose results that are only quantised are stored as that */
  constructor(nodes: readonly InferredNode[]) {
    if (!nodes.some(({ opType }) => opType === 'QuantizeLinear')) return;
    const others = new Set<string>();
    for (const node of nodes)
      if (node.opType !== 'QuantizeLinear')
        for (const input of node.inputs) if (input !== undefined) others.add(input.name);
    for (const node of nodes) {
      const [input] = node.inputs;
      const [output] = node.outputs;
      if (node.opType !== 'QuantizeLinear' || input === undefined || output === undefined || others.has(input.name))
        continue;
      if (isWhole(output)) this.#stored.set(input.name, this.of(output));
    }
  }

  of(tensor: InferredTensor): number {
    const stored = this.#stored.get(tensor.name);
    if (stored !== undefined) return stored;
    const elementType = tensor.storedType ?? tensor.elementType;
    if (elementType === undefined || elementType.bits === 0) return DEFAULT_BITS;
    return isWhole(tensor) || elementType.bits < DEFAULT_BITS ? elementType.bits : DEFAULT_BITS;
  }

  /** Bits of sums of products with words of this tensor. */
  ofSums(tensor: InferredTensor): number {
    return this.#isQuantised(tensor) ? SUM_BITS : DEFAULT_BITS;
  }

  /** What a conversion or a change of place gives out is stored as what it reads; a quantised word as its own type says. */
  pass(node: InferredNode, output: InferredTensor): void {
    const [input] = node.inputs;
    if (input === undefined || isQuantization(node)) return;
    if (this.#isQuantised(input)) this.#stored.set(output.name, this.of(input));
  }

  #isQuantised(tensor: InferredTensor): boolean {
    return this.#stored.has(tensor.name) || isWhole(tensor);
  }
}

function isQuantization({ opType }: InferredNode): boolean {
  return opType === 'QuantizeLinear' || opType === 'DynamicQuantizeLinear';
}

/** Operators that only change how words are written. */
export function isConversion(node: InferredNode): boolean {
  const { opType } = node;
  return isQuantization(node) || opType === 'DequantizeLinear' || opType === 'Cast' || opType === 'CastLike';
}

function isWhole({ storedType, elementType }: InferredTensor): boolean {
  const type = storedType ?? elementType;
  return (type?.kind === 'signed' || type?.kind === 'unsigned') && type.bits <= 16;
}
