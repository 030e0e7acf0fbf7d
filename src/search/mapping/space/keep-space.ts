import type { KernelModel } from '../../../cost/kernel/model.ts';
import type { MappingConstraints } from '../../../mapping/constraints.ts';
import { TENSORS } from '../../../util/vocabulary.ts';

/** Choices of kept tensors up to which all are listed, and bounded when a spatial choice is opened. */
const MOST_LISTED_KEEPS = 512;

/** What levels can keep: any pattern of each tensor with any of the others. */
export class KeepSpace {
  /** [tensor]: the levels that keep the tensor, as bits; every choice once, those that keep more at outer levels first. */
  readonly patterns: readonly (readonly number[])[];
  /** Choices of all three together. */
  readonly count: number;
  /** Those choices, [level]: bit t set: tensor t is kept; null where there are more than {@link MOST_LISTED_KEEPS}. */
  readonly list: readonly Uint8Array[] | null;
  readonly #levelCount: number;

  /** @param mostListed default: {@link MOST_LISTED_KEEPS} */
  constructor(
    { mayKeep, mustKeep, levelCount }: KernelModel,
    constraints: MappingConstraints,
    mostListed = MOST_LISTED_KEEPS,
  ) {
    this.#levelCount = levelCount;
    this.patterns = TENSORS.map((tensor, t) => {
      let patterns = [0];
      for (let level = 0; level < levelCount; level++) {
        const fixed = constraints.levels[level]?.keep;
        const may = ((mayKeep[level]! >> t) & 1) !== 0 && fixed?.includes(tensor) !== false;
        const must = ((mustKeep[level]! >> t) & 1) !== 0 || fixed?.includes(tensor) === true;
        const choices = [...(may ? [1] : []), ...(must ? [] : [0])];
        patterns = patterns.flatMap((outer) => choices.map((bit) => outer | (bit << level)));
      }
      return patterns;
    });
    this.count = this.patterns.reduce((count, { length }) => count * length, 1);
    this.list = this.count > mostListed ? null : this.all();
  }

  /** [level]: kept tensors as bits, of a pattern of each tensor. */
  keepOf(patterns: readonly number[]): Uint8Array {
    return Uint8Array.from({ length: this.#levelCount }, (_, level) =>
      patterns.reduce((bits, pattern, t) => bits | (((pattern >> level) & 1) << t), 0),
    );
  }

  /** All choices, those that keep more tensors at outer levels first. */
  all(): Uint8Array[] {
    const [weights, inputs, outputs] = this.patterns as [readonly number[], readonly number[], readonly number[]];
    const all = weights.flatMap((w) => inputs.flatMap((i) => outputs.map((o) => this.keepOf([w, i, o]))));
    return all.sort((a, b) => {
      const level = a.findIndex((bits, l) => bits !== b[l]);
      return level < 0 ? 0 : b[level]! - a[level]!;
    });
  }
}
