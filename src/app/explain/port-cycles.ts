import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Evaluation } from '../../cost/evaluation.ts';
import { levelCycles } from '../../cost/level-cost.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';

/**
 * Cycles that the busiest instance of each level needs for its own words, without waiting for compute or other levels; null where its
 * bandwidth is unlimited. Below the cycles of the mapping = slack of this port.
 */
export function portCycles(layer: LayerShape, accelerator: Accelerator, evaluation: Evaluation): (number | null)[] {
  return evaluation.levels.map((cost, index) => {
    const level = accelerator.levels[index]!;
    if (Object.values(level.bandwidth).every((rate) => rate === undefined)) return null;
    const uses = TENSORS.map((tensor) => {
      const { reads, fills, updates } = cost.tensors[tensor].busiest;
      return { reads, writes: fills + updates, bits: storedWordBits(level, layer, tensor) };
    });
    return levelCycles(level, 0, uses, 'exact');
  });
}
