import { ofaResnet50 } from '../spaces/ofa-resnet50.ts';
import type { AccuracyEvaluator } from './accuracy-evaluator.ts';
import { predictedPercent } from './additive-accuracy.ts';
import { applyCalibration } from './calibration.ts';
import { OFA_RESNET50_CALIBRATION, OFA_RESNET50_FIT, OFA_RESNET50_MODEL } from './ofa-resnet50-coefficients.ts';
import { ofaResnet50Choices } from './ofa-resnet50-features.ts';

/** Distance from the ceiling of the model, in points, within which it no longer distinguishes networks. */
const SATURATION_POINTS = 0.1;

const { kendallTau, rmsePoints, heldOutNetworks, publishedNetworks } = OFA_RESNET50_FIT;
const [lowestPredicted] = OFA_RESNET50_CALIBRATION.predictedRange;
const CEILING = applyCalibration(OFA_RESNET50_CALIBRATION, OFA_RESNET50_MODEL.ceiling).top1Percent;

/**
 * The default: accuracy of `ofa-resnet50` networks on ImageNet from coefficients that this project fitted, calibrated to published networks.
 * Its error is the leave-one-out error of the calibration; the distance to the source of the predictions is small against it.
 */
export const shippedPredictor: AccuracyEvaluator = {
  name: 'predictor',
  source:
    `additive model of the published Once-for-All ResNet-50 accuracy network (Kendall tau ${kendallTau.toFixed(3)}, ` +
    `RMSE ${rmsePoints.toFixed(3)} points on ${heldOutNetworks} held-out networks), calibrated to ${publishedNetworks} published networks ` +
    `(leave-one-out error ${OFA_RESNET50_CALIBRATION.errorPoints.toFixed(2)} points)`,
  space: ofaResnet50.name,
  limits: {
    ceilingPercent: CEILING,
    ceilingErrorPoints: OFA_RESNET50_CALIBRATION.errorPoints,
    lowestPercent: applyCalibration(OFA_RESNET50_CALIBRATION, lowestPredicted).top1Percent,
  },
  evaluate: async (genotype) => {
    const predicted = predictedPercent(OFA_RESNET50_MODEL, ofaResnet50Choices(genotype));
    const { top1Percent, inDomain, notes } = applyCalibration(OFA_RESNET50_CALIBRATION, predicted);
    const saturated = predicted > OFA_RESNET50_MODEL.ceiling - SATURATION_POINTS;
    return {
      kind: 'estimate',
      top1Percent,
      reportedTop1Percent: top1Percent,
      errorPoints: OFA_RESNET50_CALIBRATION.errorPoints,
      source: shippedPredictor.source,
      inDomain,
      saturated,
      notes: saturated
        ? [...notes, `the predictor ends at ${CEILING.toFixed(1)} %: published networks there reach 79.3 to 79.8 %`]
        : notes,
    };
  },
};
