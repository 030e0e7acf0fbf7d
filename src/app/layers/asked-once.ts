import { layerKey } from '../../workload/distinct-layers.ts';
import type { LayerWork, LayerWorkResult } from './layer-work.ts';
import type { LayerSteps } from './steps.ts';

/**
 * Steps that ask for a layer of its own once per weight of the cycles: a search of schedules asks for many that the best mappings with nothing on chip between layers
 * are made from. All that else decides a mapping must be the same for all of the work. Only proven mappings are kept.
 */
export function* askedOnce<Answer>(steps: LayerSteps<Answer>): LayerSteps<Answer> {
  const known = new Map<string, LayerWorkResult>();
  let step = steps.next();
  while (step.done !== true) {
    const keys = step.value.map(keyOf);
    const results = keys.map((key) => (key === null ? undefined : known.get(key)));
    const rest = step.value.filter((_, i) => results[i] === undefined);
    const found = rest.length === 0 ? [] : [...(yield rest)];
    const all = results.map((result, i) => {
      if (result !== undefined) return result;
      const own = found.shift()!;
      const key = keys[i]!;
      if (key !== null && own.kind === 'mapped' && own.layers.every(({ proof }) => proof.optimal)) known.set(key, own);
      return own;
    });
    step = steps.next(all);
  }
  return step.value;
}

/** Equal for the same layer and weight; null: not a single layer of its own on a supporting line. */
function keyOf({ layers, goal, cutoff }: LayerWork): string | null {
  const [layer, ...others] = layers;
  if (
    layer === undefined ||
    others.length > 0 ||
    cutoff !== undefined ||
    goal.kind !== 'supporting-line' ||
    layer.residency !== undefined
  )
    return null;
  return `${goal.lambda};${layerKey(layer)}`;
}
