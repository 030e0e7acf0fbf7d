import { INPUTS, OUTPUTS, WEIGHTS } from '../../../cost/kernel/model.ts';
import type { LevelTiles } from './level-tiles.ts';

/** Figures of a tile: refetches of Weights and of Outputs, words of Inputs while Weights and while Outputs stand still, and their distinct share. */
const [WEIGHT_STEPS, OUTPUT_STEPS, WORDS_UNDER_WEIGHTS, WORDS_UNDER_OUTPUTS, SHARE, FIGURES] = [
  0, 1, 2, 3, 4, 5,
] as const;

/**
 * Of the tiles of some points those that no other one equals or falls below in every figure that matters for the tensors kept, figures side by side.
 * @param kept bit t set: tensor t is kept
 */
export function bestTiles(tiles: LevelTiles, points: Int32Array, kept: number): Float64Array {
  const { refetches, inputWords, shareRatios } = tiles;
  const has = (tensor: number) => ((kept >> tensor) & 1) !== 0;
  const [hasWeights, hasInputs, hasOutputs] = [has(WEIGHTS), has(INPUTS), has(OUTPUTS)];
  let best = new Float64Array(16 * FIGURES);
  let count = 0;
  // Large tiles come last, and are the ones that few others beat.
  for (let k = points.length - 1; k >= 0; k--) {
    const i = points[k]!;
    const weights = hasWeights ? refetches[0][i]! : 0;
    const outputs = hasOutputs ? refetches[2][i]! : 0;
    const underWeights = hasInputs ? inputWords[0][i]! : 0;
    const underOutputs = hasInputs ? inputWords[2][i]! : 0;
    const share = hasInputs && shareRatios !== null ? shareRatios[i]! : 1;
    let isDominated = false;
    for (let at = 0; at < count * FIGURES && !isDominated; at += FIGURES)
      isDominated =
        best[at]! <= weights &&
        best[at + OUTPUT_STEPS]! <= outputs &&
        best[at + WORDS_UNDER_WEIGHTS]! <= underWeights &&
        best[at + WORDS_UNDER_OUTPUTS]! <= underOutputs &&
        best[at + SHARE]! <= share;
    if (isDominated) continue;
    let left = 0;
    for (let at = 0; at < count * FIGURES; at += FIGURES) {
      const falls =
        weights <= best[at]! &&
        outputs <= best[at + OUTPUT_STEPS]! &&
        underWeights <= best[at + WORDS_UNDER_WEIGHTS]! &&
        underOutputs <= best[at + WORDS_UNDER_OUTPUTS]! &&
        share <= best[at + SHARE]!;
      if (falls) continue;
      if (left !== at) best.copyWithin(left, at, at + FIGURES);
      left += FIGURES;
    }
    count = left / FIGURES;
    if (left + FIGURES > best.length) {
      const grown = new Float64Array(2 * best.length);
      grown.set(best);
      best = grown;
    }
    best[left + WEIGHT_STEPS] = weights;
    best[left + OUTPUT_STEPS] = outputs;
    best[left + WORDS_UNDER_WEIGHTS] = underWeights;
    best[left + WORDS_UNDER_OUTPUTS] = underOutputs;
    best[left + SHARE] = share;
    count++;
  }
  return best.slice(0, count * FIGURES);
}

/** Least price of any of some tiles of {@link bestTiles}, with the traffic of each tensor, and the share of distinct words, that it stands for. */
export function leastTile(
  tiles: Float64Array,
  [weights, inputs, outputs]: readonly number[],
  distinct: number,
  touchedInputs: number,
): { readonly price: number; readonly traffic: readonly [number, number, number]; readonly share: number } {
  let least = Number.POSITIVE_INFINITY;
  let tile = 0;
  let still = 0;
  for (let at = 0; at < tiles.length; at += FIGURES) {
    const ofWeights = weights! * tiles[at + WEIGHT_STEPS]!;
    const ofOutputs = outputs! * tiles[at + OUTPUT_STEPS]!;
    const word = inputs! + distinct * (tiles[at + SHARE]! - 1);
    const byWeights = weights! + ofOutputs + word * tiles[at + WORDS_UNDER_WEIGHTS]!;
    const byInputs = inputs! * touchedInputs + ofWeights + ofOutputs;
    const byOutputs = ofWeights + outputs! + word * tiles[at + WORDS_UNDER_OUTPUTS]!;
    const price = Math.min(byWeights, byInputs, byOutputs);
    if (price >= least) continue;
    least = price;
    tile = at;
    still = price === byWeights ? WEIGHTS : price === byInputs ? INPUTS : OUTPUTS;
  }
  if (tiles.length === 0) return { price: least, traffic: [0, 0, 0], share: 1 };
  const words =
    still === INPUTS ? touchedInputs : tiles[tile + (still === WEIGHTS ? WORDS_UNDER_WEIGHTS : WORDS_UNDER_OUTPUTS)]!;
  const traffic = [
    still === WEIGHTS ? 1 : tiles[tile + WEIGHT_STEPS]!,
    words,
    still === OUTPUTS ? 1 : tiles[tile + OUTPUT_STEPS]!,
  ] as const;
  return { price: least, traffic, share: still === INPUTS ? 1 : tiles[tile + SHARE]! };
}
