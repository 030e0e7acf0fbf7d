import type { Retention } from '../../schedule/retention.ts';
import { residentBits } from '../../schedule/storage-lives.ts';
import type { Frame } from '../../schedule/tiles/frame.ts';
import { channelsTogether } from '../../schedule/tiles/operator-facts.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import type { NamedLoad, Sequence, SequenceOperator } from '../../workload/graph/sequence.ts';
import type { Border } from './cuts.ts';

/** A range of operators with the operands that it has, wherever they are. */
export interface FramedRange {
  readonly first: number;
  readonly end: number;
  readonly border: Border;
  readonly frame: Frame;
}

/**
 * Numbers ranges of operators so that those that are alike have the same: equal in all that their steps, their room and their prices depend on, but for names
 * and for places in the sequence. Networks repeat their blocks.
 */
export class AlikeRanges {
  readonly #sequence: Sequence;
  readonly #retention: Retention;
  readonly #numbers = new Map<string, number>();

  constructor(sequence: Sequence, retention: Retention) {
    this.#sequence = sequence;
    this.#retention = retention;
  }

  /** The number of a range. */
  numberOf(range: FramedRange): number {
    const key = JSON.stringify([this.#operands(range), this.#operators(range), this.#summedTogether(range)]);
    const before = this.#numbers.get(key);
    if (before !== undefined) return before;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }

  #operands({ first, end, border, frame }: FramedRange) {
    const { tensors } = this.#sequence;
    const local = new Map<number, number>();
    return frame.operands.map(({ what, index, sizes, wordBits, bits, maker, touching, readers, isAlias }) => {
      const own = [sizes, wordBits, bits, maker, touching, readers, isAlias];
      if (what === 'parameters') return [...own, index - first];
      const { storage } = tensors[index]!;
      if (!local.has(storage)) local.set(storage, local.size);
      // Also tells what the role would: inputs and outputs of the network neither enter nor leave, as they are never retained.
      const life = [border.entering, border.leaving, border.inside].findIndex((list) => list.includes(storage));
      const resident = residentBits(this.#sequence, this.#retention, storage, { first, end });
      return [...own, local.get(storage), life, resident];
    });
  }

  /** Channels of what the last operator sums that its slices do not cut; who makes them may stand outside the range. */
  #summedTogether({ end }: FramedRange): number {
    const [summed] = this.#sequence.operators[end - 1]!.inputs;
    return summed === undefined ? 1 : channelsTogether(this.#sequence, summed);
  }

  #operators({ frame }: FramedRange) {
    return frame.operators.map(({ operator, inputs, output }) => [...kindOf(operator), inputs, output]);
  }
}

function kindOf(operator: SequenceOperator): readonly unknown[] {
  if (operator.kind === 'view') return [operator.kind, operator.view];
  const fused = operator.fused.map(unnamed);
  if (operator.kind === 'mac') {
    const { shape, second, tiles } = operator;
    const operand = second.kind === 'parameters' ? second : { kind: second.kind, rowAxis: second.rowAxis };
    return [operator.kind, layerKey(shape), operand, tiles, fused];
  }
  const { load, span, inPlace } = operator;
  return [operator.kind, unnamed(load), span, inPlace, fused];
}

function unnamed({ of: _, ...load }: NamedLoad) {
  return load;
}
