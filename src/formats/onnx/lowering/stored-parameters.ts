import { product } from '../../../util/integers.ts';
import { type InferredNode, type InferredTensor, isConstant } from '../inference/inferred-model.ts';
import { isConversion } from './widths.ts';

/** What a file stores of constants; each stored tensor counts where it is read first, however often and in whatever form it is read. */
export class StoredParameters {
  readonly #makers = new Map<string, InferredNode>();
  readonly #seen = new Set<string>();

  constructor(nodes: readonly InferredNode[]) {
    for (const node of nodes)
      for (const output of node.outputs) if (output !== undefined) this.#makers.set(output.name, node);
  }

  /**
   * Words that are stored for a constant and have not been counted; undefined for one that follows from nothing that is stored.
   * @param least words of a stored tensor that counts
   */
  take(tensor: InferredTensor, least: number): number | undefined {
    let words: number | undefined;
    const open = [tensor];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (!isConstant(one)) continue;
      const maker = this.#makers.get(one.name);
      const isStored = one.origin === 'initializer' || maker?.opType === 'Constant';
      if (!isNumber(one)) continue;
      const isSeen = this.#seen.has(one.name);
      if (isStored || isSeen) words ??= 0;
      if (isSeen) continue;
      this.#seen.add(one.name);
      const own = product(one.dims ?? [0]);
      if (isStored) words = (words ?? 0) + (own < least ? 0 : own);
      else if (maker !== undefined) open.push(...sourcesOf(maker));
    }
    return words;
  }
}

/** What a constant is made of, without the numbers that say how. */
function sourcesOf(node: InferredNode): InferredTensor[] {
  const isOfOne = isConversion(node) || (node.family === 'view' && !node.opType.endsWith('Concat'));
  return (isOfOne ? node.inputs.slice(0, 1) : node.inputs).filter((input) => input !== undefined);
}

/** Truth values, and whole numbers as wide as those of shapes, are no parameters. */
function isNumber({ elementType }: InferredTensor): boolean {
  if (elementType === undefined) return true;
  const { kind, bits } = elementType;
  return kind !== 'boolean' && kind !== 'string' && (kind === 'float' || bits < 64);
}
