import type { OfaResnet50Choices } from './ofa-resnet50-features.ts';

/**
 * An accuracy model of OFA-ResNet50: the choices of a network add up to a score, which bends into a ceiling.
 * All in percent or points.
 */
export interface AdditiveAccuracyModel {
  /** Score of the network whose choices all are the first and that has no extra block. */
  readonly base: number;
  /** Points per resolution. */
  readonly resolution: readonly number[];
  /** Points without and with the residual stem block. */
  readonly stemBlock: readonly number[];
  /** Points per width of stem middle, stem output and the four stages. */
  readonly widths: readonly (readonly number[])[];
  /** Points per expansion of the 18 block slots; a block that does not run has none. */
  readonly expansions: readonly (readonly number[])[];
  /** Highest prediction. */
  readonly ceiling: number;
  /** Points over which the score bends into the ceiling. */
  readonly bend: number;
}

/** Sum of the points of all choices: unbounded. */
export function accuracyScore(model: AdditiveAccuracyModel, choices: OfaResnet50Choices): number {
  let score = model.base + model.resolution[choices.resolution]! + model.stemBlock[choices.stemBlock]!;
  choices.widths.forEach((width, i) => {
    score += model.widths[i]![width]!;
  });
  choices.expansions.forEach((expansion, slot) => {
    if (expansion !== null) score += model.expansions[slot]![expansion]!;
  });
  return score;
}

/** Predicted accuracy for a score: the score far below the ceiling, the ceiling far above it. */
export function bendIntoCeiling(score: number, ceiling: number, bend: number): number {
  const excess = (score - ceiling) / bend;
  const softPlus = excess < 0 ? -excess + Math.log1p(Math.exp(excess)) : Math.log1p(Math.exp(-excess));
  return ceiling - bend * softPlus;
}

/** Predicted accuracy of a network. */
export function predictedPercent(model: AdditiveAccuracyModel, choices: OfaResnet50Choices): number {
  return bendIntoCeiling(accuracyScore(model, choices), model.ceiling, model.bend);
}
