import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyFloorAdvice } from '../../../src/search/network/accuracy/accuracy-evaluator.ts';
import { bendIntoCeiling, predictedPercent } from '../../../src/search/network/accuracy/additive-accuracy.ts';
import { applyCalibration, fitCalibration } from '../../../src/search/network/accuracy/calibration.ts';
import { importedPredictor, type PredictorWeights } from '../../../src/search/network/accuracy/imported-predictor.ts';
import {
  OFA_RESNET50_CALIBRATION,
  OFA_RESNET50_FIT,
  OFA_RESNET50_MODEL,
} from '../../../src/search/network/accuracy/ofa-resnet50-coefficients.ts';
import {
  ofaResnet50Choices,
  ofaResnet50HotInputs,
} from '../../../src/search/network/accuracy/ofa-resnet50-features.ts';
import { perceptronOutput } from '../../../src/search/network/accuracy/perceptron.ts';
import { shippedPredictor } from '../../../src/search/network/accuracy/shipped-predictor.ts';
import { ofaResnet50 } from '../../../src/search/network/spaces/ofa-resnet50.ts';
import { describeAccuracyEvaluator } from '../../contracts/accuracy.ts';
import { genotypes } from '../../contracts/network-space.ts';

/** A small accuracy network: 82 inputs, 2 hidden units, 1 output, with examples that it reproduces. */
function smallWeights(): PredictorWeights {
  const weights = Float32Array.from({ length: 2 * 82 }, (_, i) => Math.sin(i) / 64);
  const layers = [
    { inputs: 82, outputs: 2, weights, biases: Float32Array.of(0.25, 0.125) },
    { inputs: 2, outputs: 1, weights: Float32Array.of(0.25, -0.125), biases: Float32Array.of(0.75) },
  ];
  const genotype = ofaResnet50.genes.map(({ values }) => values.length - 1);
  const predicted = perceptronOutput(layers, ofaResnet50HotInputs(ofaResnet50Choices(genotype)));
  return { source: 'a test', layers, goldens: [{ architecture: ofaResnet50.format(genotype), predicted }] };
}

const ARCHITECTURE = {
  image_size: 192,
  d: [2, 2, 2, 2, 2],
  w: [0, 2, 0, 0, 1, 2],
  e: [0.25, 0.25, 0.25, 0.25, 0.25, 0.35, 0.25, 0.2, 0.25, 0.25, 0.25, 0.25, 0.2, 0.2, 0.35, 0.35, 0.25, 0.25],
};

describeAccuracyEvaluator({ name: 'shipped predictor', space: ofaResnet50, create: () => shippedPredictor });
describeAccuracyEvaluator({
  name: 'imported predictor',
  space: ofaResnet50,
  create: () => importedPredictor(smallWeights(), null),
});
describeAccuracyEvaluator({
  name: 'imported predictor, calibrated',
  space: ofaResnet50,
  create: () => importedPredictor(smallWeights(), OFA_RESNET50_CALIBRATION),
});

describe('shipped predictor', () => {
  it('states fit and calibration within what was asked of them', () => {
    expect(OFA_RESNET50_FIT.kendallTau).toBeGreaterThan(0.9);
    expect(OFA_RESNET50_FIT.rmsePoints).toBeLessThan(0.5);
    expect(OFA_RESNET50_CALIBRATION.errorPoints).toBeLessThan(0.6);
    expect(shippedPredictor.source).toContain(OFA_RESNET50_CALIBRATION.errorPoints.toFixed(2));
  });

  it('gives the published 79.0 % network of 2.4 GMACs within its error', async () => {
    const answer = await shippedPredictor.evaluate(ofaResnet50.parse(ARCHITECTURE));
    expect(answer).toMatchObject({ kind: 'estimate', inDomain: true, saturated: false, errorPoints: 0.53 });
    if (answer.kind === 'estimate') expect(Math.abs(answer.top1Percent - 79)).toBeLessThan(0.53);
  });

  it('flags the largest network as saturated, the smallest as out of domain', async () => {
    const largest = await shippedPredictor.evaluate(ofaResnet50.genes.map(({ values }) => values.length - 1));
    expect(largest).toMatchObject({ saturated: true, inDomain: true });
    const smallest = await shippedPredictor.evaluate(ofaResnet50.genes.map(() => 0));
    expect(smallest).toMatchObject({ saturated: false, inDomain: false });
    expect(JSON.stringify(smallest)).toContain('extrapolated');
  });

  it('rises with every width, depth and resolution up to 224 pixels, but for the stem middle', () => {
    const places = ofaResnet50.genes.map(({ key }, i) => `${key}.${i}`);
    const steady = places.flatMap((name, i) => (/^(d|w)/.test(name) && i !== 6 ? [i] : []));
    fc.assert(
      fc.property(genotypes(ofaResnet50), fc.constantFrom(0, ...steady), (genotype, gene) => {
        const top = gene === 0 ? 5 : ofaResnet50.genes[gene]!.values.length - 1;
        fc.pre(genotype[gene]! < top);
        const raised = genotype.map((index, i) => (i === gene ? index + 1 : index));
        const predict = (one: readonly number[]) => predictedPercent(OFA_RESNET50_MODEL, ofaResnet50Choices(one));
        expect(predict(raised)).toBeGreaterThanOrEqual(predict(genotype));
      }),
    );
  });
});

describe('floor advice', () => {
  const { limits } = shippedPredictor;
  it.each([
    [76, 'ok'],
    [78.5, 'ok'],
    [79, 'warning'],
    [79.3, 'warning'],
    [79.5, 'unreachable'],
    [70, 'warning'],
  ])('at %d %% is %s', (floor, level) => {
    const advice = accuracyFloorAdvice(limits, floor);
    expect(advice.level).toBe(level);
    expect(advice.message === '').toBe(level === 'ok');
  });

  it('names ceiling and error, and says nothing without limits', () => {
    expect(accuracyFloorAdvice(limits, 79.2).message).toContain('79.4 % +- 0.5');
    expect(accuracyFloorAdvice(null, 99)).toEqual({ level: 'ok', message: '' });
    const exact = { ceilingPercent: 94, ceilingErrorPoints: 0, lowestPercent: 10 };
    expect(accuracyFloorAdvice(exact, 94).level).toBe('ok');
    expect(accuracyFloorAdvice(exact, 94.1).level).toBe('unreachable');
  });
});

describe('bend into the ceiling', () => {
  it('rises, stays below score and ceiling, and leaves low scores alone', () => {
    const score = fc.double({ min: 60, max: 120, noNaN: true });
    fc.assert(
      fc.property(score, score, (a, b) => {
        const bent = bendIntoCeiling(a, 83, 0.15);
        expect(bent).toBeLessThanOrEqual(Math.min(a, 83));
        if (a < 80) expect(bent).toBeCloseTo(a, 6);
        if (a < b) expect(bent).toBeLessThanOrEqual(bendIntoCeiling(b, 83, 0.15));
      }),
    );
    expect(bendIntoCeiling(83, 83, 0.15)).toBeCloseTo(83 - 0.15 * Math.LN2, 12);
  });
});

describe('calibration', () => {
  const line = (x: number) => ({ predicted: x, published: 0.5 * x + 30 });

  it('finds a straight line without error, and the leave-one-out error of one that is not', () => {
    const exact = fitCalibration([70, 80, 84, 90].map(line));
    expect(exact.slope).toBeCloseTo(0.5, 10);
    expect(exact.offsetPercent).toBeCloseTo(30, 8);
    expect(exact.errorPoints).toBeLessThan(1e-8);
    expect(exact.predictedRange).toEqual([70, 90]);
    // Without the middle point the line is 0: it misses by 3. Without an end it passes through the others: it misses by 6.
    const bent = fitCalibration([
      { predicted: 0, published: 0 },
      { predicted: 1, published: 3 },
      { predicted: 2, published: 0 },
    ]);
    expect(bent.errorPoints).toBeCloseTo(Math.sqrt((9 + 36 + 36) / 3), 10);
  });

  it('flags what lies outside its range and never leaves 0 to 100', () => {
    const calibration = { slope: 1, offsetPercent: 0, predictedRange: [60, 80] as const, errorPoints: 0.5 };
    expect(applyCalibration(calibration, 70)).toEqual({ top1Percent: 70, inDomain: true, notes: [] });
    expect(applyCalibration(calibration, 59)).toMatchObject({ inDomain: false });
    expect(applyCalibration(calibration, 81)).toMatchObject({ inDomain: false });
    expect(applyCalibration(calibration, 500).top1Percent).toBe(100);
    expect(() => fitCalibration([line(1), line(2)])).toThrow(RangeError);
    expect(() => fitCalibration([line(1), line(1), line(1)])).toThrow(RangeError);
  });
});

describe('imported predictor', () => {
  it('refuses examples that are no fractions', () => {
    const weights = smallWeights();
    const [golden] = weights.goldens;
    for (const predicted of [2, -0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => importedPredictor({ ...weights, goldens: [{ ...golden!, predicted }] }, null)).toThrow(
        /no accuracy as a fraction/,
      );
  });

  it.each([
    [1000, 1],
    [1000, -1],
    [3e38, 1],
    [3e38, 3e38],
  ])('has no figure where its prediction is no percentage: %d x %d', async (inner, outer) => {
    const hot = (genotype: readonly number[]) => ofaResnet50HotInputs(ofaResnet50Choices(genotype));
    const example = ofaResnet50.genes.map(({ values }) => values.length - 1);
    const other = ofaResnet50.genes.map(() => 0);
    const known = new Set(hot(example));
    const only = Float32Array.from({ length: 82 }, () => 0);
    for (const input of hot(other)) if (!known.has(input)) only[input] = inner;
    const layers = [
      { inputs: 82, outputs: 1, weights: only, biases: Float32Array.of(0) },
      { inputs: 1, outputs: 1, weights: Float32Array.of(outer), biases: Float32Array.of(0.75) },
    ];
    const goldens = [{ architecture: ofaResnet50.format(example), predicted: 0.75 }];
    for (const calibration of [null, OFA_RESNET50_CALIBRATION]) {
      const predictor = importedPredictor({ source: 'a test', layers, goldens }, calibration);
      expect(await predictor.evaluate(example)).toMatchObject({ kind: 'estimate' });
      expect(await predictor.evaluate(other)).toMatchObject({
        kind: 'unknown',
        reason: expect.stringContaining('no accuracy'),
      });
    }
  });

  it('is the network of its weights', () => {
    const layers = [
      { inputs: 3, outputs: 2, weights: Float32Array.of(1, 2, 3, -4, -5, -6), biases: Float32Array.of(1, 2) },
      { inputs: 2, outputs: 1, weights: Float32Array.of(2, 100), biases: Float32Array.of(-1) },
    ];
    expect(perceptronOutput(layers, [0, 2])).toBe(2 * (1 + 1 + 3) - 1);
    expect(perceptronOutput(layers, [])).toBe(2 * 1 + 100 * 2 - 1);
    expect(() => perceptronOutput([], [])).toThrow(RangeError);
  });

  it('shows its raw figure and says so, or the calibrated one with its error', async () => {
    const genotype = ofaResnet50.parse(ARCHITECTURE);
    const raw = await importedPredictor(smallWeights(), null).evaluate(genotype);
    const calibrated = await importedPredictor(smallWeights(), OFA_RESNET50_CALIBRATION).evaluate(genotype);
    if (raw.kind !== 'estimate' || calibrated.kind !== 'estimate') return expect.unreachable();
    expect(raw.errorPoints).toBeNull();
    expect(raw.notes.join()).toContain('before fine-tuning');
    expect(calibrated.errorPoints).toBe(0.53);
    expect(calibrated.top1Percent).toBeCloseTo(0.8599 * raw.top1Percent + 8.027, 10);
  });

  it('is refused when shape or examples are wrong', () => {
    const weights = smallWeights();
    const [first, second] = weights.layers;
    const golden = weights.goldens[0]!;
    expect(() => importedPredictor({ ...weights, goldens: [] }, null)).toThrow(/no examples/);
    const wrong = { ...golden, predicted: golden.predicted + 1e-4 };
    expect(() => importedPredictor({ ...weights, goldens: [golden, wrong] }, null)).toThrow(/example 1/);
    expect(() => importedPredictor({ ...weights, goldens: [{ ...golden, predicted: Number.NaN }] }, null)).toThrow();
    expect(() => importedPredictor({ ...weights, layers: [second!] }, null)).toThrow(/82/);
    expect(() => importedPredictor({ ...weights, layers: [first!, first!, second!] }, null)).toThrow(/layer 1/);
  });
});
