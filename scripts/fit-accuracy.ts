/**
 * Fits the accuracy model of OFA-ResNet50 that ships with Trifold and writes src/search/network/ofa-resnet50-coefficients.ts.
 * Usage: tsx scripts/fit-accuracy.ts [--check] [folder]; the folder (default ../shared/nas) holds ofa_resnet50_predictor.json and .f32 (the
 * published accuracy network) and ofa_rn50_calibration.json (published accuracies). With --check nothing is written; exit code 1 if the
 * file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { parseOfaPredictor } from '../src/formats/ofa-predictor.ts';
import { predictedPercent } from '../src/search/network/accuracy/additive-accuracy.ts';
import { fitCalibration } from '../src/search/network/accuracy/calibration.ts';
import { importedPredictor, predictFraction } from '../src/search/network/accuracy/imported-predictor.ts';
import { ofaResnet50Choices } from '../src/search/network/accuracy/ofa-resnet50-features.ts';
import { ofaResnet50 } from '../src/search/network/spaces/ofa-resnet50.ts';
import { Random } from '../src/util/random.ts';
import { drawSamples, fitAdditiveModel, fitQuality, stepAgreement } from './accuracy-model.ts';
import { coefficientsText } from './accuracy-text.ts';

const TRAINING = 12_000;
const HELD_OUT = 2_000;
const SEED = 1;
/** Changes of the source smaller than this, in points, have no direction worth following. */
const STEP_THRESHOLD = 0.05;

const root = resolve(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? resolve(root, '../shared/nas');
const target = resolve(root, 'src/search/network/ofa-resnet50-coefficients.ts');

const weights = parseOfaPredictor(
  readFileSync(resolve(folder, 'ofa_resnet50_predictor.json'), 'utf8'),
  'ofa_resnet50_predictor.json',
  readFileSync(resolve(folder, 'ofa_resnet50_predictor.f32')),
);
importedPredictor(weights, null);
console.log(`${weights.goldens.length} examples of the published accuracy network reproduced`);

const source = (genotype: readonly number[]) => 100 * predictFraction(weights, genotype);
const model = fitAdditiveModel(drawSamples(TRAINING, Random.fromSeed(SEED), source));
const heldOut = drawSamples(HELD_OUT, Random.fromSeed(SEED + 1), source);
const quality = fitQuality(model, heldOut);
const steps = stepAgreement(model, heldOut.slice(0, 100), source, STEP_THRESHOLD);

const published = z
  .array(z.object({ published_top1: z.number(), arch: z.unknown() }))
  .parse(JSON.parse(readFileSync(resolve(folder, 'ofa_rn50_calibration.json'), 'utf8')));
const points = published.map(({ published_top1, arch }) => {
  const genotype = ofaResnet50.parse(arch);
  return { predicted: predictedPercent(model, ofaResnet50Choices(genotype)), published: published_top1, genotype };
});
const calibration = fitCalibration(points);

console.log(
  `held out: ${quality.networks} networks, tau ${quality.kendallTau.toFixed(4)}, RMSE ${quality.rmsePoints.toFixed(4)}, ` +
    `largest error ${quality.maxErrorPoints.toFixed(3)} points`,
);
console.log(
  `steps of one gene that move the source by more than ${STEP_THRESHOLD}: ${steps.steps}, ${(100 * steps.lowering).toFixed(1)} % down; ` +
    `same direction ${(100 * steps.sameDirection).toFixed(2)} %`,
);
for (const { predicted, published: top1, genotype } of points)
  console.log(
    `published ${top1.toFixed(1)}: source ${source(genotype).toFixed(2)}, model ${predicted.toFixed(2)}, ` +
      `calibrated ${(calibration.slope * predicted + calibration.offsetPercent).toFixed(2)}`,
  );
console.log(
  `calibration ${calibration.slope.toFixed(4)} * prediction + ${calibration.offsetPercent.toFixed(3)}, ` +
    `leave-one-out error ${calibration.errorPoints.toFixed(3)} points`,
);

const text = coefficientsText({
  model,
  calibration,
  quality,
  training: TRAINING,
  source: weights.source,
  published: points.length,
});
if (!check) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.log(`${target} differs from the fit`);
  process.exitCode = 1;
}
