import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drawSamples, fitAdditiveModel, fitQuality, kendallTau, stepAgreement } from '../../scripts/accuracy-model.ts';
import { coefficientsText } from '../../scripts/accuracy-text.ts';
import { parseOfaPredictor } from '../../src/formats/ofa-predictor.ts';
import { type AdditiveAccuracyModel, predictedPercent } from '../../src/search/network/accuracy/additive-accuracy.ts';
import { fitCalibration } from '../../src/search/network/accuracy/calibration.ts';
import { type PredictorWeights, predictFraction } from '../../src/search/network/accuracy/imported-predictor.ts';
import {
  OFA_RESNET50_CALIBRATION,
  OFA_RESNET50_FIT,
  OFA_RESNET50_MODEL,
} from '../../src/search/network/accuracy/ofa-resnet50-coefficients.ts';
import { ofaResnet50Choices } from '../../src/search/network/accuracy/ofa-resnet50-features.ts';
import type { Genotype } from '../../src/search/network/spaces/genes.ts';
import { ofaResnet50 } from '../../src/search/network/spaces/ofa-resnet50.ts';
import { Random } from '../../src/util/random.ts';
import { HAS_SHARED_NAS, sharedBytes, sharedText } from '../search/network/shared-data.ts';

const choicesOf = (genotype: Genotype) => ofaResnet50Choices(genotype);

describe('fit of the accuracy model', () => {
  const truth: AdditiveAccuracyModel = { ...OFA_RESNET50_MODEL, base: 75, bend: 0.15 };
  const source = (genotype: Genotype) => predictedPercent(truth, choicesOf(genotype));

  it('finds the model that the samples come from', () => {
    const model = fitAdditiveModel(drawSamples(1500, Random.fromSeed(3), source));
    const quality = fitQuality(model, drawSamples(300, Random.fromSeed(4), source));
    expect(quality.rmsePoints).toBeLessThan(0.01);
    expect(quality.kendallTau).toBeGreaterThan(0.995);
    expect(model.base).toBeCloseTo(75, 1);
    expect(model.widths[5]![2]).toBeCloseTo(truth.widths[5]![2]!, 1);
    expect(model.widths.map(([first]) => first)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('measures a wrong model as wrong', () => {
    const samples = drawSamples(200, Random.fromSeed(5), source);
    const shifted = fitQuality({ ...truth, base: 74, ceiling: 82 }, samples);
    expect(shifted.rmsePoints).toBeCloseTo(1, 1);
    const reversed = { ...truth, resolution: truth.resolution.map((points) => -points) };
    expect(fitQuality(reversed, samples).kendallTau).toBeLessThan(0.5);
    expect(stepAgreement(truth, samples.slice(0, 20), source, 0.05).sameDirection).toBe(1);
    expect(stepAgreement(reversed, samples.slice(0, 20), source, 0.05).sameDirection).toBeLessThan(0.95);
  });

  it('counts order with ties as tau-b does', () => {
    expect(kendallTau([1, 2, 3], [10, 20, 30])).toBe(1);
    expect(kendallTau([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(kendallTau([1, 1, 2], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(2 * 3), 12);
  });
});

describe.skipIf(!HAS_SHARED_NAS)('the coefficients that ship', () => {
  let weights: PredictorWeights;
  const source = (genotype: Genotype) => 100 * predictFraction(weights, genotype);
  beforeAll(() => {
    const text = sharedText('ofa_resnet50_predictor.json');
    weights = parseOfaPredictor(text, 'p.json', sharedBytes('ofa_resnet50_predictor.f32'));
  });

  it('follow the published accuracy network on networks that nobody fitted: tau above 0.99, RMSE below 0.03 points', () => {
    const samples = drawSamples(2000, Random.fromSeed(77), source);
    const quality = fitQuality(OFA_RESNET50_MODEL, samples);
    expect(quality.kendallTau).toBeGreaterThan(0.99);
    expect(quality.rmsePoints).toBeLessThan(0.03);
    expect(quality.maxErrorPoints).toBeLessThan(0.2);
    const steps = stepAgreement(OFA_RESNET50_MODEL, samples.slice(0, 60), source, 0.05);
    expect(steps.steps).toBeGreaterThan(300);
    expect(steps.sameDirection).toBeGreaterThan(0.995);
  });

  it('are calibrated to the eight published accuracies', () => {
    const schema = z.array(z.object({ published_top1: z.number(), arch: z.unknown() }));
    const points = schema
      .parse(JSON.parse(sharedText('ofa_rn50_calibration.json')))
      .map(({ published_top1, arch }) => ({
        predicted: predictedPercent(OFA_RESNET50_MODEL, choicesOf(ofaResnet50.parse(arch))),
        published: published_top1,
      }));
    const calibration = fitCalibration(points);
    expect(points.length).toBe(OFA_RESNET50_FIT.publishedNetworks);
    expect(calibration.slope).toBeCloseTo(OFA_RESNET50_CALIBRATION.slope, 3);
    expect(calibration.errorPoints).toBeCloseTo(OFA_RESNET50_CALIBRATION.errorPoints, 2);
    const text = coefficientsText({
      model: OFA_RESNET50_MODEL,
      calibration,
      quality: { networks: 2000, kendallTau: 0.9948, rmsePoints: 0.0155, maxErrorPoints: 0.089 },
      training: OFA_RESNET50_FIT.trainingNetworks,
      source: weights.source,
      published: points.length,
    });
    const file = resolve(import.meta.dirname, '../../src/search/network/accuracy/ofa-resnet50-coefficients.ts');
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});
