import { z } from 'zod';
import { count, figure, number, positive, size, text } from './parts.ts';

/** A number that JSON may have no notation for. */
const jsonNumber = z.union([number, z.enum(['NaN', 'Infinity', '-Infinity'])]);
const numbers = z.array(number);

/** A point of a search space. */
export const point = z.array(z.union([number, numbers]));

const random = z.object({ words: z.array(z.int()).length(4), spareNormal: number.nullable() });

const best = z.object({ point, value: jsonNumber, violation: jsonNumber });
const ledger = z.object({ asked: count, evaluations: count, best: best.nullable() });

const space = z.array(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('continuous'), name: text, low: number, high: number }),
    z.object({ kind: z.literal('integer'), name: text, low: number, high: number, step: positive }),
    z.object({ kind: z.literal('categorical'), name: text, choices: size }),
    z.object({ kind: z.literal('permutation'), name: text, length: size, encoding: z.enum(['importance', 'index']) }),
  ]),
);

const told = z.object({
  x: numbers,
  choices: z.array(count),
  latent: numbers,
  generation: z.int(),
  value: jsonNumber,
  violation: jsonNumber,
});

const cmaEs = z.object({
  kind: z.literal('cmaes'),
  version: z.literal(1),
  problem: z.object({
    variables: z.array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('continuous'), low: number.optional(), high: number.optional() }),
        z.object({ kind: z.literal('integer'), low: number, high: number, step: positive.optional() }),
      ]),
    ),
    categories: z.array(size),
    scales: z.array(positive),
  }),
  populationSize: size,
  active: z.boolean(),
  covarianceKind: z.enum(['full', 'diagonal']),
  stop: z.object({
    target: number.nullable(),
    maxEvaluations: number.nullable(),
    maxGenerations: number.nullable(),
    tolFun: number.nullable(),
    tolX: number.nullable(),
    tolUpSigma: number.nullable(),
    conditionCov: number.nullable(),
    flatGenerations: number.nullable(),
    equalFunValues: z.boolean(),
    stagnation: z.boolean(),
    noEffect: z.boolean(),
  }),
  sigma0: positive,
  initialReach: figure,
  evaluations: count,
  badValues: count,
  distribution: z.object({
    generation: count,
    mean: numbers,
    sigma: positive,
    sigmaPath: numbers,
    covariancePath: numbers,
    covariance: z.object({
      kind: z.enum(['full', 'diagonal']),
      matrix: numbers,
      axisLengths: numbers,
      axes: numbers,
    }),
    refreshedAt: count,
    degenerate: z.boolean(),
  }),
  gridScales: z.array(positive),
  categorical: z.object({
    probabilities: z.array(z.array(figure).min(1)),
    path: numbers,
    inverseRadius: positive,
    gamma: number,
  }),
  random,
  pending: z.array(told),
  injected: z.array(z.object({ x: numbers, choices: z.array(count) })),
  best: told.nullable(),
  history: z.object({ best: z.array(jsonNumber), median: z.array(jsonNumber), lastSpread: jsonNumber }),
  flatRun: count,
  badRun: count,
  stopReasons: z.array(text),
});

const share = z.number().min(0).max(1);

/** State of the optimizer of an accelerator search. */
export const strategyState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cma-search'), version: z.literal(1), space, strategy: cmaEs, ledger }),
  z.object({
    kind: z.literal('random'),
    version: z.literal(1),
    space,
    random,
    ledger,
    near: z.object({ point, share, deviation: figure }).optional(),
  }),
  z.object({
    kind: z.literal('evolution'),
    version: z.literal(1),
    space,
    settings: z.object({ populationSize: size, tournamentSize: size, crossoverRate: share, mutationRate: share }),
    random,
    ledger,
    population: z.array(best),
  }),
]);
