import { z } from 'zod';
import { baseline, wholeBaselines } from './events.ts';
import { scoredDesign } from './objects.ts';
import { point, strategyState } from './optimizers.ts';
import {
  accuracyEstimate,
  accuracyPoint,
  count,
  figure,
  frontPoint,
  mapping,
  number,
  positive,
  searchCounters,
  text,
  trial,
} from './parts.ts';

const endReason = z.enum(['generations', 'time', 'evaluations', 'target', 'interrupted', 'exhausted']);

const scoredPoint = z.object({ point, score: figure });

const acceleratorSearch = z.object({
  kind: z.literal('accelerator-search'),
  version: z.literal(1),
  strategy: text,
  dimsPerAxis: number.optional(),
  arraySizes: text.optional(),
  bufferSizes: text.optional(),
  generation: count,
  trials: count,
  exhausted: z.boolean(),
  optimizer: strategyState,
  cycle: z.object({ index: count, began: count, best: scoredPoint.nullable(), improved: count }).optional(),
  bestPoint: scoredPoint.nullish(),
  parentScore: figure.nullable(),
  best: scoredDesign.nullable(),
  front: z.array(frontPoint),
  counters: searchCounters,
});

/** State of a design run. */
export const designState = z.object({
  kind: z.literal('design'),
  baselines: z.array(baseline),
  search: acceleratorSearch.nullable(),
  shownTrial: trial.optional(),
  wholeBaselines: wholeBaselines.nullish(),
  ended: endReason.optional(),
});

const genotype = z.array(count);

const climb = z.object({
  observed: count,
  missed: count,
  summits: z.array(z.object({ genotype, top1Percent: number })),
});

const parentNetworks = z.array(z.object({ genotype, score: figure }));

const nestedStart = z.object({
  elites: parentNetworks,
  best: scoredDesign.nullable(),
  front: z.array(accuracyPoint),
  climb: climb.optional(),
});

const scoredNetwork = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('scored'), energyPj: figure, cycles: figure, edpPjCycles: positive }),
  z.object({ kind: z.literal('stopped'), boundPjCycles: figure }),
  z.object({ kind: z.literal('unmappable'), reason: text }),
]);

const rememberedOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mapped'), energyPj: figure, cycles: figure, optimal: z.boolean() }),
  z.object({ kind: z.literal('cut'), lowerBound: number }),
  z.object({ kind: z.literal('unmappable'), reason: text }),
]);

const populationSearch = z.object({
  kind: z.literal('population-search'),
  version: z.literal(1),
  source: z.enum(['fixed', 'encoded']),
  generation: count,
  trials: count,
  exhausted: z.boolean(),
  parents: z.array(
    z.object({ genotype, accuracy: accuracyEstimate, outcome: scoredNetwork, point: point.nullable(), trial: count }),
  ),
  known: z.array(z.tuple([text, z.array(z.tuple([text, rememberedOutcome]))])),
  best: scoredDesign.nullable(),
  front: z.array(accuracyPoint),
  counters: searchCounters,
  climb: climb.optional(),
});

const nestedSearch = z.object({
  kind: z.literal('nested-search'),
  version: z.literal(1),
  search: acceleratorSearch,
  elites: parentNetworks,
  best: scoredDesign.nullable(),
  front: z.array(accuracyPoint),
  climb: climb.optional(),
});

const accuracyAnswer = z.discriminatedUnion('kind', [
  accuracyEstimate,
  z.object({ kind: z.literal('unknown'), reason: text, source: text }),
]);

/** State of a co-search. */
export const cosearchState = z.object({
  kind: z.literal('cosearch'),
  baselines: z.array(baseline),
  start: nestedStart.nullable(),
  search: z.discriminatedUnion('kind', [nestedSearch, populationSearch]).nullable(),
  answers: z.array(z.tuple([text, accuracyAnswer])),
  ended: endReason.optional(),
});

/** State of an exhaustive co-search. */
export const exhaustiveState = z.object({
  kind: z.literal('exhaustive'),
  outcomes: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('mapped'),
        energyPj: figure,
        cycles: figure,
        mapping,
        evaluations: count,
        optimal: z.boolean(),
        lowerBound: number,
      }),
      z.object({ kind: z.literal('cut'), lowerBound: number, evaluations: count }),
      z.object({ kind: z.literal('unmappable'), reason: text, isTimeOut: z.boolean().optional() }),
    ]),
  ),
});

/** State of a `map` run. */
export const mapState = z.object({
  kind: z.literal('map'),
  shapes: z.array(
    z.union([
      z.object({
        mapping,
        proof: z.object({
          mapper: text,
          optimal: z.boolean(),
          value: number,
          lowerBound: number.nullable(),
          gap: number.nullable(),
          evaluations: count,
          nodes: count,
          cut: count,
          mapspaceLog10: number.nullable(),
        }),
      }),
      z.object({
        code: z.enum(['infeasible', 'time-out']),
        message: text,
        details: z.object({ hint: text.optional() }),
      }),
    ]),
  ),
});
