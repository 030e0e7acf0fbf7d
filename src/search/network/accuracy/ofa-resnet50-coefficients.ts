// Written by scripts/fit-accuracy.ts; run it again instead of editing this file.
import type { AdditiveAccuracyModel } from './additive-accuracy.ts';
import type { Calibration } from './calibration.ts';

/**
 * Accuracy model of OFA-ResNet50 in percent, fitted by this project to 12000 random networks and the predictions that the published accuracy
 * network makes for them (han-cai/files@a7c9bcd ofa/ofa_resnet50_acc_predictor.pth).
 */
export const OFA_RESNET50_MODEL: AdditiveAccuracyModel = {
  base: 74.4506,
  resolution: [0, 1.8965, 2.7315, 3.34, 3.7019, 4.3575, 4.3822, 4.3213],
  stemBlock: [0, 0.0599],
  widths: [
    [0, -0.0019, -0.0061],
    [0, 0.1116, 0.189],
    [0, 0.139, 0.2164],
    [0, 0.1364, 0.2525],
    [0, 0.5208, 0.881],
    [0, 0.7693, 1.161],
  ],
  expansions: [
    [0, 0.0449, 0.0634],
    [0, 0.0535, 0.1015],
    [0.0868, 0.1122, 0.1327],
    [0.0597, 0.0814, 0.0993],
    [0, 0.0465, 0.081],
    [0, 0.0637, 0.0975],
    [0.2133, 0.2587, 0.2498],
    [0.07, 0.0757, 0.0839],
    [0, 0.0335, 0.0858],
    [0, 0.0575, 0.1133],
    [0, 0.0933, 0.159],
    [0, 0.1041, 0.1756],
    [0.2621, 0.2892, 0.3395],
    [0.106, 0.1204, 0.1256],
    [0, 0.184, 0.3112],
    [0, 0.21, 0.3867],
    [0.2713, 0.3345, 0.386],
    [0.1565, 0.212, 0.2002],
  ],
  ceiling: 82.987,
  bend: 0.15,
};

/** From these predictions to published top-1: least squares over 8 published networks, leave-one-out error. */
export const OFA_RESNET50_CALIBRATION: Calibration = {
  slope: 0.8599,
  offsetPercent: 8.027,
  predictedRange: [77.48, 82.98],
  errorPoints: 0.53,
};

/** How closely the model follows its source on 2000 other random networks. */
export const OFA_RESNET50_FIT = {
  trainingNetworks: 12000,
  heldOutNetworks: 2000,
  kendallTau: 0.9948,
  rmsePoints: 0.015,
  maxErrorPoints: 0.09,
  publishedNetworks: 8,
} as const;
