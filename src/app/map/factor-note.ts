import type { Accelerator } from '../../accelerator/accelerator.ts';
import { layerBound } from '../../search/mapping/bounds/layer-bound.ts';
import { layerDemand } from '../../search/mapping/bounds/layer-demand.ts';
import type { MapperSettings } from '../../search/mapping/map-layer.ts';
import type { LayerReport } from '../explain/evaluate.ts';

/** From how many times fewer cycles on imperfect factors are worth a word. */
const WORTH_A_NOTE = 2;

/** Layers that a note names. */
const MOST_NAMED = 3;

/**
 * A note where perfect factors leave most PEs idle, although the mapping is proven optimal among them: no bound of a loop divides a prime dim. Beside the
 * cycles of each mapping stands the least that wiring and array sizes allow over imperfect factors; null where there is nothing to say.
 */
export function factorNote(
  layers: readonly LayerReport[],
  accelerator: Accelerator,
  { factors, temporalReuse }: Pick<MapperSettings, 'factors' | 'temporalReuse'>,
): string | null {
  if (factors !== 'perfect' || temporalReuse !== 'exact') return null;
  const gaps = layers
    .map(({ layer, evaluation }) => {
      const demand = layerDemand(layer);
      const [perfect, imperfect] = (['perfect', 'imperfect'] as const).map(
        (rule) => layerBound(demand, accelerator, rule).cycles,
      ) as [number, number];
      return { name: layer.name, cycles: evaluation.cycles, bound: Math.ceil(imperfect), ratio: perfect / imperfect };
    })
    .filter(({ ratio }) => ratio >= WORTH_A_NOTE)
    .sort((a, b) => b.ratio - a.ratio);
  if (gaps.length === 0) return null;
  const named = gaps.slice(0, MOST_NAMED).map(({ name, cycles, bound }) => {
    const [own, least] = [cycles, bound].map((value) => BigInt(value).toLocaleString('en-US'));
    return `${name} takes ${own} cycles, with imperfect ones at least ${least} (up to ${Number((cycles / bound).toPrecision(3))}x fewer)`;
  });
  const more = gaps.length > MOST_NAMED ? ` and ${gaps.length - MOST_NAMED} more layers` : '';
  return `proofs are over perfect factors, which leave PEs idle here: ${named.join('; ')}${more}; --factors imperfect searches these`;
}
