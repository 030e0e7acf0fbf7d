import { z } from 'zod';
import { ALL_COMMON, type CommandSpec, type RequestOf } from './command.ts';
import { duration, field, MOST_CANDIDATES, MOST_STEPS, positiveNumber, share, wholeNumber } from './field.ts';
import { betweenLayersOfDesigns, FACTORS, pinWeights, seed } from './mapping.ts';
import { arraySizes, BUFFER_SIZES, baseline, dimsPerAxis, SEARCH_PROCESS, STRATEGY, technology } from './search.ts';

/** `trifold cosearch`, exhaustive ones included. */
export const COSEARCH = {
  name: 'cosearch',
  summary: 'search network, accelerator and mapping together, under an accuracy floor',
  request: z.object({
    space: field(z.string().default('ofa-resnet50'), '--space <name>', 'networks to sample from (docs/networks.md)'),
    budget: field(z.string().optional(), '--budget <name|file>', 'hard limits of the accelerator'),
    accelerator: field(
      z.string().optional(),
      '--accelerator <name|file>',
      'search networks for this accelerator instead',
    ),
    baseline,
    technology,
    floorPercent: field(
      positiveNumber().optional(),
      '--min-accuracy <percent>',
      'accuracy floor: least top-1 accuracy of a network',
    ),
    accuracy: field(
      z.string().default('predictor'),
      '--accuracy <evaluator>',
      'predictor, table=FILE, command=LINE, imported=FILE or imported-calibrated=FILE',
    ),
    accuracySeconds: field(
      duration().optional(),
      '--accuracy-time <duration>',
      'time limit of an accuracy command per network',
    ),
    search: field(
      z.enum(['nested', 'joint', 'exhaustive']).default('nested'),
      '--search <kind>',
      'nested = networks inside every accelerator, joint = both as one, exhaustive = all networks of a table on one accelerator',
    ),
    pareto: field(z.boolean().default(false), '--pareto', 'the front of accuracy against EDP instead of one network'),
    strategy: field(STRATEGY, '--strategy <name>', 'how accelerators are proposed in a nested search'),
    generations: field(
      wholeNumber(1, MOST_STEPS).optional(),
      '--generations <n>',
      'generations of the search (default: 20 nested, 60 otherwise)',
    ),
    populationSize: field(
      wholeNumber(2, MOST_CANDIDATES).optional(),
      '--population <n>',
      'accelerators per generation (nested, default: 8), pairs or networks (otherwise, default: 32)',
    ),
    // As published (Once-for-All, Cai et al., ICLR 2020), but for population and iterations, which are meant for a search that starts
    // from the networks of earlier accelerators.
    evolution: z
      .object({
        population: field(
          wholeNumber(2, MOST_CANDIDATES).default(16),
          '--networks <n>',
          'nested: networks per iteration of every accelerator; the paper has 100',
        ),
        iterations: field(
          wholeNumber(1, MOST_STEPS).default(4),
          '--iterations <n>',
          'nested: iterations of every accelerator; the paper has 500',
        ),
        parentRatio: field(
          share().default(0.25),
          '--parent-ratio <share>',
          'share of the networks that become parents',
        ),
        mutationRatio: field(share().default(0.5), '--mutation-ratio <share>', 'share of mutations among the children'),
        rates: z
          .object({
            architecture: field(
              share().default(0.1),
              '--mutation-rate <chance>',
              'chance that a mutation samples a gene anew',
            ),
            resolution: field(share().default(0.5), '--resolution-rate <chance>', 'the same of the resolution'),
          })
          .prefault({}),
      })
      .prefault({}),
    factors: field(FACTORS.default('perfect'), '--factors <kind>', 'loop factors'),
    betweenLayers: betweenLayersOfDesigns,
    pinWeights,
    // Three of four layers are then proven, at some 40 ms each.
    nodeLimit: field(
      wholeNumber(1).default(300_000),
      '--node-limit <n>',
      'partial mappings to bound per layer and candidate; the result is mapped without a limit, and so is everything with --between-layers retain or fuse',
    ),
    recorded: field(
      z.string().optional(),
      '--recorded <column>',
      'exhaustive: latencies of the table to compare with (default: <accelerator>_ms)',
    ),
    seed,
    dimsPerAxis,
    arraySizes: arraySizes(' of the baseline network'),
    bufferSizes: BUFFER_SIZES,
  }),
  process: SEARCH_PROCESS,
  shows: ALL_COMMON,
  only: {
    networks: { field: 'search', is: ['nested'] },
    iterations: { field: 'search', is: ['nested'] },
    recorded: { field: 'search', is: ['exhaustive'] },
    nodeLimit: { field: 'betweenLayers', is: ['off'] },
    pinWeights: { field: 'betweenLayers', is: ['retain', 'fuse'] },
  },
  example: 'trifold cosearch --space ofa-resnet50 --budget eyeriss --min-accuracy 78',
  details: '',
} satisfies CommandSpec;

/** A request of `trifold cosearch` as it is stated: defaults that depend on other fields are still open. */
export type CosearchOptions = RequestOf<typeof COSEARCH>;

const accuracy = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('predictor') }),
  z.object({ kind: z.literal('table'), file: z.string() }),
  z.object({ kind: z.literal('command'), command: z.string(), timeLimitSeconds: positiveNumber() }),
  z.object({ kind: z.literal('imported'), file: z.string(), calibrated: z.boolean() }),
]);

/** Request of a co-search as its run folder keeps it. */
export const STORED_COSEARCH = COSEARCH.request.omit({ accuracySeconds: true, recorded: true }).extend({
  floorPercent: positiveNumber().nullable(),
  accuracy,
  search: z.enum(['nested', 'joint']),
  generations: wholeNumber(1),
  populationSize: wholeNumber(2),
});

/** Request of an exhaustive co-search as its run folder keeps it. */
export const STORED_EXHAUSTIVE = z.object({
  space: z.string(),
  accelerator: z.string(),
  technology: z.string().optional(),
  accuracy,
  batch: wholeNumber(1),
  objective: z.enum(['edp', 'energy', 'latency']),
  floorPercent: positiveNumber().nullable(),
  recordedColumn: z.string().optional(),
  factors: FACTORS,
  nodeLimit: wholeNumber(1).optional(),
  seed: wholeNumber(0),
});
