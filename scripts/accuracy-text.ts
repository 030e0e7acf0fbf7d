import type { AdditiveAccuracyModel } from '../src/search/network/accuracy/additive-accuracy.ts';
import type { Calibration } from '../src/search/network/accuracy/calibration.ts';
import type { FitQuality } from './accuracy-model.ts';

/** All that the coefficient file says. */
export interface FittedAccuracy {
  readonly model: AdditiveAccuracyModel;
  readonly calibration: Calibration;
  readonly quality: FitQuality;
  /** Networks that the model was fitted to. */
  readonly training: number;
  /** Where the predictions come from. */
  readonly source: string;
  /** Published accuracies behind the calibration. */
  readonly published: number;
}

const list = (values: readonly number[]) => `[${values.join(', ')}]`;
const rows = (values: readonly (readonly number[])[]) => values.map((row) => `    ${list(row)},`).join('\n');
const digits = (value: number, count: number) => Number(value.toFixed(count));

/** The text of src/search/network/ofa-resnet50-coefficients.ts. */
export function coefficientsText({ model, calibration, quality, training, source, published }: FittedAccuracy): string {
  return `// Written by scripts/fit-accuracy.ts; run it again instead of editing this file.
import type { AdditiveAccuracyModel } from './additive-accuracy.ts';
import type { Calibration } from './calibration.ts';

/**
 * Accuracy model of OFA-ResNet50 in percent, fitted by this project to ${training} random networks and the predictions that the published accuracy
 * network makes for them (${source.split(' sha256')[0]}).
 */
export const OFA_RESNET50_MODEL: AdditiveAccuracyModel = {
  base: ${model.base},
  resolution: ${list(model.resolution)},
  stemBlock: ${list(model.stemBlock)},
  widths: [
${rows(model.widths)}
  ],
  expansions: [
${rows(model.expansions)}
  ],
  ceiling: ${model.ceiling},
  bend: ${model.bend},
};

/** From these predictions to published top-1: least squares over ${published} published networks, leave-one-out error. */
export const OFA_RESNET50_CALIBRATION: Calibration = {
  slope: ${digits(calibration.slope, 4)},
  offsetPercent: ${digits(calibration.offsetPercent, 3)},
  predictedRange: ${list(calibration.predictedRange.map((value) => digits(value, 2)))},
  errorPoints: ${digits(calibration.errorPoints, 2)},
};

/** How closely the model follows its source on ${quality.networks} other random networks. */
export const OFA_RESNET50_FIT = {
  trainingNetworks: ${training},
  heldOutNetworks: ${quality.networks},
  kendallTau: ${digits(quality.kendallTau, 4)},
  rmsePoints: ${digits(quality.rmsePoints, 3)},
  maxErrorPoints: ${digits(quality.maxErrorPoints, 2)},
  publishedNetworks: ${published},
} as const;
`;
}
