import { type Accelerator, canKeep, capacityBits, type StorageLevel } from '../accelerator/accelerator.ts';
import { movedBits } from '../cost/vector-step.ts';
import { storedWordBits } from '../mapping/legality.ts';
import type { LayerShape } from '../workload/layer.ts';

/** The level in which activations may stay between operators, and parameters between runs of a network. */
export interface Retention {
  /** Index of the level; >= 1. */
  readonly level: number;
  readonly levelName: string;
  /** Bits of its one instance; null: unlimited. */
  readonly capacityBits: number | null;
  /** Times that a tile of a mapping, and what arrives for a step, takes room: 2 in a double-buffered level. What stays takes room once. */
  readonly copies: 1 | 2;
  /** Whether the level can hold Outputs, so that partial sums may be accumulated in it. */
  readonly keepsOutputs: boolean;
  /** Whether the level can hold Weights: where it cannot, parameters and second operands are neither pinned nor held nor retained. */
  readonly keepsWeights: boolean;
  /** Whether there is a vector unit: without one vector operators cost nothing, and nothing may move at their steps. */
  readonly pricesVectors: boolean;
  /** Bits in which it stores an activation's word of so many bits. */
  readonly activationBits: (wordBits: number) => number;
  /** Bits in which it stores a partial sum of a layer. */
  readonly partialBits: (layer: Omit<LayerShape, 'problem'>) => number;
  /** Bits in which it stores a word of parameters of so many bits. */
  readonly parameterBits: (wordBits: number) => number;
}

/** Something that cannot be: why, as a sentence for people. */
export interface Unfit {
  readonly reason: string;
}

/** Whether something is a reason why it cannot be. */
export function isUnfit<T extends object>(value: T | Unfit): value is Unfit {
  return 'reason' in value;
}

/** The outermost level on chip that has one instance and one pool for all tensors and that may keep Inputs. */
export function retentionOf({ levels, vectorUnit }: Pick<Accelerator, 'levels' | 'vectorUnit'>): Retention | Unfit {
  const reasons: string[] = [];
  for (const [index, level] of levels.entries()) {
    if (index === 0) continue;
    const reason = unfitness(level);
    if (reason !== null) {
      reasons.push(reason);
      continue;
    }
    return {
      level: index,
      levelName: level.name,
      capacityBits: capacityBits(level.capacity),
      copies: level.doubleBuffered ? 2 : 1,
      keepsOutputs: canKeep(level, 'Outputs'),
      keepsWeights: canKeep(level, 'Weights'),
      pricesVectors: vectorUnit !== undefined,
      activationBits: (wordBits) => movedBits(level, wordBits),
      partialBits: (layer) => storedWordBits(level, layer, 'Outputs'),
      parameterBits: (wordBits) => level.storedBits.Weights ?? wordBits,
    };
  }
  const why = reasons.length === 0 ? 'there is none on chip' : reasons.join('; ');
  return { reason: `no level can hold activations between operators: ${why}` };
}

function unfitness(level: StorageLevel): string | null {
  if (level.isDram) return `${level.name} is off chip`;
  if (level.instances > 1) return `${level.name} has ${level.instances} instances`;
  if (level.capacity.kind === 'partitioned') return `${level.name} has a part for each tensor`;
  if (!canKeep(level, 'Inputs')) return `${level.name} cannot hold Inputs`;
  return null;
}
