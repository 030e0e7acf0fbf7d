import { z } from 'zod';
import { MAPPERS } from '../search/mapping/mapper-names.ts';
import { ALL_COMMON, type CommandSpec, type RequestOf } from './command.ts';
import { field, MOST_CANDIDATES, MOST_STEPS, wholeNumber } from './field.ts';
import { batch, betweenLayersOfDesigns, dims, FACTORS, pinWeights, seed, strict } from './mapping.ts';
import { arraySizes, BUFFER_SIZES, baseline, dimsPerAxis, SEARCH_PROCESS, STRATEGY, technology } from './search.ts';

/** `trifold design`. */
export const DESIGN = {
  name: 'design',
  summary: 'search the best accelerator within a budget for one or several networks, with all mappings',
  request: z.object({
    workloads: field(
      z.array(z.string()).readonly(),
      '<workload...>',
      'network presets, YAML files or ONNX models; several: geometric mean of EDP ratios',
    ),
    budget: field(z.string(), '--budget <name|file>', 'hard limits: PEs, on-chip memory, bandwidth, area, power'),
    baseline,
    technology,
    batch,
    dims,
    strict,
    strategy: field(
      STRATEGY,
      '--search <strategy>',
      'naas = CMA-ES on importances; sizing = connectivity of the baseline',
    ),
    generations: field(wholeNumber(1, MOST_STEPS).default(60), '--generations <n>', 'generations of the search'),
    // Small, as hundreds of candidates are what people wait for: after 240 of them 8 had found better designs than 16, in less time
    // (SqueezeNet within Eyeriss). The paper does not print its own.
    populationSize: field(wholeNumber(2, MOST_CANDIDATES).default(8), '--population <n>', 'candidates per generation'),
    mapper: field(z.enum(MAPPERS).default('exact'), '--mapper <name>', 'level 1: exact, or sampled as in the paper'),
    mapperEvaluations: field(
      wholeNumber(1, MOST_STEPS).default(300),
      '--mapper-evaluations <n>',
      'mappings per layer of a sampled mapper',
    ),
    factors: field(FACTORS.default('perfect'), '--factors <kind>', 'factors inside the search'),
    betweenLayers: betweenLayersOfDesigns,
    pinWeights,
    prune: field(z.boolean().default(true), '--no-prune', 'map every candidate to the end'),
    seed,
    dimsPerAxis,
    arraySizes: arraySizes(''),
    bufferSizes: BUFFER_SIZES,
    // With 4 as good as with 8, and short searches keep more for CMA-ES (`bench:naas -- g` compares them with single runs).
    explorations: field(
      wholeNumber(0, MOST_STEPS).default(4),
      '--explorations <n>',
      'generations of random designs before each run of CMA-ES; 0 = CMA-ES once, as NAAS published',
    ),
    /** Whether the baseline itself is a design to be found, where it keeps the budget. */
    baselineCandidate: z.boolean().default(true),
    finalFactors: field(
      FACTORS.optional(),
      '--final-factors <kind>',
      'factors of the final mappings of the design and the baseline; imperfect: where they are better (default: imperfect with the exact mapper and --between-layers off)',
    ),
  }),
  process: SEARCH_PROCESS,
  shows: ALL_COMMON,
  only: {
    mapperEvaluations: { field: 'mapper', is: MAPPERS.filter((mapper) => mapper !== 'exact') },
    pinWeights: { field: 'betweenLayers', is: ['retain', 'fuse'] },
  },
  example: 'trifold design resnet50 --budget eyeriss --time 2m',
  details: '',
} satisfies CommandSpec;

/** A request of `trifold design` as it is stated: defaults that depend on the baseline or on other fields are still open. */
export type DesignOptions = RequestOf<typeof DESIGN>;
