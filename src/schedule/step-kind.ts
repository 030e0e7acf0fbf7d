import type { HomedLoad } from '../cost/vector-step.ts';
import type { VectorLoad } from '../workload/graph/fusion.ts';
import type { LayerShape } from '../workload/layer.ts';
import type { Moves } from '../workload/residency.ts';

/** Something that takes room in the retention level during a step, beside tiles of its mapping. */
export interface FixedPart {
  readonly what: 'storage' | 'tile' | 'held' | 'held-parameters';
  /** Of the storage; of the tensor of a tile or held activation; of the operator whose parameters are held. */
  readonly index: number;
  /** The second copy of words that arrive in a double-buffered level counts. */
  readonly bits: number;
}

interface AnyStep {
  /** Steps that are alike in everything below; >= 1. */
  readonly count: number;
  /** Index in the sequence. */
  readonly operator: number;
  /**
   * Bits of the retention level that tiles, held operands and whole retained storages of the segment take. Neither pinned parameters, which take room in every
   * step of the network, nor storages that only pass by are in it.
   */
  readonly fixedBits: number;
  /** Parts of `fixedBits`; they add up to it. */
  readonly fixed: readonly FixedPart[];
  readonly moves: Moves;
}

/** A layer on one tile, or as a whole. */
export interface MacStep extends AnyStep {
  readonly kind: 'mac';
  /** The problem of the step, as it is at its border; without residency. */
  readonly shape: LayerShape;
  /** Whether the operand lies in the retention level: retained, as a tile, held or pinned. */
  readonly weights: boolean;
  readonly inputs: boolean;
  readonly outputs: boolean;
  /** Bits of a word of its output in the retention level; of partial sums that stay, those of a partial sum. */
  readonly activationBits: number;
  /** Whether it adds to partial sums that the iteration before left in the retention level. */
  readonly resumes: boolean;
  /** What runs with it, word by word. */
  readonly fused: readonly VectorLoad[];
}

/** A vector operator on one tile, or as a whole. */
export interface VectorStep extends AnyStep {
  readonly kind: 'vector';
  /** Of the box of its output, along n, c, p, q. */
  readonly extents: readonly number[];
  /** Its words by their homes, an entry per operand and then those of parameters; moves included. */
  readonly load: HomedLoad;
  /** What runs with it, word by word. */
  readonly fused: readonly VectorLoad[];
}

/** Steps of an operator that cost and take the same. */
export type StepKind = MacStep | VectorStep;

/** One step in order. */
export interface OrderedStep {
  /** Index in `kinds`. */
  readonly kind: number;
  /** Of the shared loops, counted from 0 in their order. */
  readonly iteration: number;
}

/** The steps of a segment. */
export interface SegmentPlan {
  readonly kinds: readonly StepKind[];
  /** All steps as they run. */
  readonly order: () => Iterable<OrderedStep>;
}

/** First iteration with a step of each kind. */
export function firstIterations({ kinds, order }: SegmentPlan): readonly number[] {
  const first = kinds.map(() => -1);
  let open = kinds.length;
  for (const { kind, iteration } of order()) {
    if (first[kind]! >= 0) continue;
    first[kind] = iteration;
    open--;
    if (open === 0) break;
  }
  return first;
}
