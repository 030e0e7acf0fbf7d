import { Matrix, solve } from 'ml-matrix';
import { type AdditiveAccuracyModel, predictedPercent } from '../src/search/network/accuracy/additive-accuracy.ts';
import {
  OFA_RESNET50_INPUTS,
  type OfaResnet50Choices,
  ofaResnet50Choices,
  ofaResnet50HotInputs,
} from '../src/search/network/accuracy/ofa-resnet50-features.ts';
import type { Genotype } from '../src/search/network/spaces/genes.ts';
import { ofaResnet50 } from '../src/search/network/spaces/ofa-resnet50.ts';
import type { Random } from '../src/util/random.ts';

/** A network with the accuracy that the source predicts, in percent. */
export interface Sample {
  readonly genotype: Genotype;
  readonly choices: OfaResnet50Choices;
  readonly percent: number;
}

/** Uniform networks of the space with the source's prediction. */
export function drawSamples(count: number, random: Random, source: (genotype: Genotype) => number): Sample[] {
  return Array.from({ length: count }, () => {
    const genotype = ofaResnet50.sample(random);
    return { genotype, choices: ofaResnet50Choices(genotype), percent: source(genotype) };
  });
}

/** Points over which predictions bend into the ceiling; 0.1 to 0.25 fit equally well. */
const BEND = 0.15;
const ITERATIONS = 30;
const RIDGE = 1e-3;
const DIGITS = 4;

/**
 * Least squares by Gauss-Newton steps with a small ridge: the points of all choices, under the ceiling (the highest sample).
 * Each choice that every network makes is counted from its first value, so that the model has no idle freedom.
 */
export function fitAdditiveModel(samples: readonly Sample[]): AdditiveAccuracyModel {
  const ceiling = samples.reduce((highest, { percent }) => Math.max(highest, percent), 0);
  const { columnOf, columns } = parameterColumns();
  const rows = samples.map(({ choices }) => [
    0,
    ...ofaResnet50HotInputs(choices).flatMap((input) => columnOf[input] ?? []),
  ]);
  let parameters = new Float64Array(columns);
  parameters[0] = samples.reduce((sum, { percent }) => sum + percent, 0) / samples.length;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const normal = Matrix.eye(columns, columns, RIDGE);
    const right = Matrix.zeros(columns, 1);
    for (const [s, row] of rows.entries()) {
      const score = row.reduce((sum, column) => sum + parameters[column]!, 0);
      const predicted = ceilingBend(score, ceiling);
      const residual = samples[s]!.percent - predicted.value;
      for (const a of row) {
        right.set(a, 0, right.get(a, 0) + predicted.slope * residual);
        for (const b of row) normal.set(a, b, normal.get(a, b) + predicted.slope ** 2);
      }
    }
    const step = solve(normal, right);
    parameters = parameters.map((value, i) => value + step.get(i, 0));
  }
  return modelOf(parameters, columnOf, ceiling);
}

function ceilingBend(score: number, ceiling: number): { value: number; slope: number } {
  const excess = (score - ceiling) / BEND;
  const value =
    excess < 0 ? score - BEND * Math.log1p(Math.exp(excess)) : ceiling - BEND * Math.log1p(Math.exp(-excess));
  return { value, slope: 1 / (1 + Math.exp(excess)) };
}

/** Column 0 is the base; the first value of every choice that is always made has none. */
function parameterColumns(): { columnOf: (number | undefined)[]; columns: number } {
  const alwaysFirst = new Set(ofaResnet50HotInputs(ofaResnet50Choices(firstGenotype())));
  let columns = 1;
  const columnOf = Array.from({ length: OFA_RESNET50_INPUTS }, (_, input) =>
    alwaysFirst.has(input) ? undefined : columns++,
  );
  return { columnOf, columns };
}

function firstGenotype(): Genotype {
  return ofaResnet50.genes.map(() => 0);
}

function modelOf(
  parameters: Float64Array,
  columnOf: readonly (number | undefined)[],
  ceiling: number,
): AdditiveAccuracyModel {
  const round = (value: number) => Number(value.toFixed(DIGITS));
  const points = columnOf.map((column) => (column === undefined ? 0 : round(parameters[column]!)));
  const triples = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => points.slice(from + 3 * i, from + 3 * i + 3));
  return {
    base: round(parameters[0]!),
    resolution: points.slice(0, 8),
    stemBlock: points.slice(8, 10),
    widths: triples(10, 6),
    expansions: triples(28, 18),
    ceiling: round(ceiling),
    bend: BEND,
  };
}

/** How well a model follows the source. */
export interface FitQuality {
  readonly networks: number;
  readonly kendallTau: number;
  readonly rmsePoints: number;
  readonly maxErrorPoints: number;
}

/** Compares a model with the source on samples that it was not fitted to. Kendall's tau-b: ties count for neither. */
export function fitQuality(model: AdditiveAccuracyModel, samples: readonly Sample[]): FitQuality {
  const predictions = samples.map(({ choices }) => predictedPercent(model, choices));
  const errors = samples.map(({ percent }, i) => Math.abs(predictions[i]! - percent));
  return {
    networks: samples.length,
    kendallTau: kendallTau(
      predictions,
      samples.map(({ percent }) => percent),
    ),
    rmsePoints: Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length),
    maxErrorPoints: Math.max(...errors),
  };
}

/** Kendall's rank correlation tau-b of two lists. */
export function kendallTau(a: readonly number[], b: readonly number[]): number {
  let concordance = 0;
  let pairsA = 0;
  let pairsB = 0;
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < i; j++) {
      const orderA = Math.sign(a[i]! - a[j]!);
      const orderB = Math.sign(b[i]! - b[j]!);
      concordance += orderA * orderB;
      pairsA += orderA ** 2;
      pairsB += orderB ** 2;
    }
  return concordance / Math.sqrt(pairsA * pairsB);
}

/** Agreement of model and source on single steps up of one gene. */
export interface StepAgreement {
  /** Steps that move the source by more than the threshold. */
  readonly steps: number;
  /** Share of these that the model moves the same way. */
  readonly sameDirection: number;
  /** Share of these that lower the source's prediction. */
  readonly lowering: number;
}

/** Raises each gene of each sample by one value and compares the direction; steps that move the source less than `threshold` points are skipped. */
export function stepAgreement(
  model: AdditiveAccuracyModel,
  samples: readonly Sample[],
  source: (genotype: Genotype) => number,
  threshold: number,
): StepAgreement {
  let steps = 0;
  let same = 0;
  let lowering = 0;
  for (const { genotype, choices, percent } of samples)
    for (const [i, { values }] of ofaResnet50.genes.entries()) {
      if (genotype[i]! + 1 >= values.length) continue;
      const raised = ofaResnet50.canonical(genotype.map((index, j) => (j === i ? index + 1 : index)));
      const change = source(raised) - percent;
      if (Math.abs(change) <= threshold) continue;
      steps++;
      const own = predictedPercent(model, ofaResnet50Choices(raised)) - predictedPercent(model, choices);
      if (change < 0) lowering++;
      if (own * change > 0) same++;
    }
  return { steps, sameDirection: same / steps, lowering: lowering / steps };
}
