import type { LayerCache } from '../../src/app/layers/layer-pool.ts';
import type { LayerWork, LayerWorkResult } from '../../src/app/layers/layer-work.ts';
import { layerKey } from '../../src/workload/distinct-layers.ts';

/** Mappings of single steps on accelerators of different names, for as long as the process lives: without reaching the time of a whole row. */
export class KnownSteps implements LayerCache {
  readonly #results = new Map<string, LayerWorkResult>();

  get(work: LayerWork): LayerWorkResult | undefined {
    return this.#results.get(keyOf(work));
  }

  put(work: LayerWork, result: LayerWorkResult): void {
    if (result.kind === 'mapped' && result.isStopped === true) return;
    this.#results.set(keyOf(work), result);
  }
}

function keyOf({ layers, accelerator, goal, secondsPerLayer }: LayerWork): string {
  const { name, levels } = accelerator;
  // Word widths of a network change the capacities that are stated in its values.
  const capacities = levels.map(({ capacity }) => capacity);
  return JSON.stringify([name, capacities, goal, secondsPerLayer, layers.map((layer) => layerKey(layer))]);
}
