import { TrifoldError } from '../../../util/errors.ts';
import { ofaResnet50 } from '../spaces/ofa-resnet50.ts';
import type { AccuracyEvaluator } from './accuracy-evaluator.ts';
import type { Calibration } from './calibration.ts';
import { applyCalibration } from './calibration.ts';
import { OFA_RESNET50_INPUTS, ofaResnet50Choices, ofaResnet50HotInputs } from './ofa-resnet50-features.ts';
import { type DenseLayer, perceptronOutput } from './perceptron.ts';

/** A published accuracy network as read from its files. */
export interface PredictorWeights {
  readonly source: string;
  readonly layers: readonly DenseLayer[];
  /** Networks with the fraction that the authors' own program predicts. */
  readonly goldens: readonly { readonly architecture: unknown; readonly predicted: number }[];
}

/** Largest difference, as a fraction, between a golden and this program. */
const GOLDEN_TOLERANCE = 1e-5;
/** Distance from the highest golden, in points, within which a prediction counts as saturated. */
const SATURATION_POINTS = 0.05;

/** The fraction that the accuracy network of OFA-ResNet50 predicts. @throws RangeError for a genotype of another space */
export function predictFraction(weights: PredictorWeights, genotype: readonly number[]): number {
  return perceptronOutput(weights.layers, ofaResnet50HotInputs(ofaResnet50Choices(genotype)));
}

/**
 * An accuracy network that the user brings, for `ofa-resnet50`.
 * @param calibration from its predictions, in percent, to published accuracies; null shows the predictions as they are
 * @throws TrifoldError `value` when its shape is not the one of this space, when it has no goldens, or does not reproduce them
 */
export function importedPredictor(weights: PredictorWeights, calibration: Calibration | null): AccuracyEvaluator {
  checkShape(weights);
  checkGoldens(weights);
  const highest = 100 * Math.max(...weights.goldens.map(({ predicted }) => predicted));
  const notes =
    calibration === null
      ? ['prediction for a part of the training images before fine-tuning; published accuracies lie lower']
      : [];
  return {
    name: 'imported-predictor',
    source: weights.source,
    space: ofaResnet50.name,
    limits: null,
    evaluate: async (genotype) => {
      const raw = 100 * predictFraction(weights, genotype);
      if (!(raw >= 0 && raw <= 100))
        return { kind: 'unknown', reason: `the prediction of ${raw} % is no accuracy`, source: weights.source };
      const saturated = raw > highest - SATURATION_POINTS;
      const calibrated = calibration === null ? null : applyCalibration(calibration, raw);
      const top1Percent = calibrated?.top1Percent ?? raw;
      return {
        kind: 'estimate',
        top1Percent,
        reportedTop1Percent: top1Percent,
        errorPoints: calibration?.errorPoints ?? null,
        source: weights.source,
        inDomain: calibrated?.inDomain ?? true,
        saturated,
        notes: [
          ...notes,
          ...(calibrated?.notes ?? []),
          ...(saturated ? ['as high as the highest of its examples'] : []),
        ],
      };
    },
  };
}

function checkShape({ layers }: PredictorWeights): void {
  const inputs = layers[0]?.inputs;
  const outputs = layers.at(-1)?.outputs;
  if (inputs !== OFA_RESNET50_INPUTS || outputs !== 1)
    throw new TrifoldError('value', `the predictor maps ${inputs} inputs to ${outputs} outputs, not 82 to 1`, {
      hint: `only the accuracy network of ${ofaResnet50.name} can be imported`,
    });
  for (const [i, layer] of layers.entries())
    if (i > 0 && layer.inputs !== layers[i - 1]!.outputs)
      throw new TrifoldError('value', `layer ${i} reads ${layer.inputs} values, but gets ${layers[i - 1]!.outputs}`);
}

function checkGoldens(weights: PredictorWeights): void {
  if (weights.goldens.length === 0)
    throw new TrifoldError('value', 'the predictor has no examples to check it with', {
      hint: 'add goldens: networks with the fraction that the original program predicts',
    });
  for (const [i, { architecture, predicted }] of weights.goldens.entries()) {
    if (!(predicted >= 0 && predicted <= 1))
      throw new TrifoldError(
        'value',
        `example ${i} of the predictor is ${predicted}, which is no accuracy as a fraction`,
        {
          keyPath: `goldens.${i}.predicted`,
        },
      );
    const own = predictFraction(weights, ofaResnet50.parse(architecture));
    if (!(Math.abs(own - predicted) <= GOLDEN_TOLERANCE))
      throw new TrifoldError('value', `example ${i} of the predictor is ${predicted}, but its weights give ${own}`, {
        keyPath: `goldens.${i}.predicted`,
        hint: 'the weights and the examples do not belong together',
      });
  }
}
