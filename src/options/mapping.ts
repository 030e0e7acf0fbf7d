import { z } from 'zod';
import { TEMPORAL_REUSES } from '../cost/temporal-reuse.ts';
import { MAPPERS } from '../search/mapping/mapper-names.ts';
import { duration, field, MOST_STEPS, wholeNumber } from './field.ts';

/** An accelerator by the name of a preset or file. */
export const accelerator = field(z.string(), '--accelerator <name|file>', 'accelerator preset or YAML file');
/** The network of a command that maps one. */
export const workload = field(z.string(), '<workload>', 'network preset, YAML file or ONNX model');
/** Inputs that run together. */
export const batch = field(wholeNumber(1).default(1), '--batch <n>', 'inputs that run together');
/** Sizes of dims that an ONNX model leaves open. */
export const dims = field(
  z.array(z.string()).readonly().optional(),
  '--dim <name=value>',
  'size of a dim that an ONNX model leaves open, or value of an input of one number; may be repeated',
);
/** Whether operators that are not known are errors. */
export const strict = field(
  z.boolean().optional(),
  '--strict',
  'refuse a network with operators that are not known (default: list them)',
);
/** How overlapping tiles are counted. */
export const temporalReuse = field(
  z.enum(TEMPORAL_REUSES).default('exact'),
  '--temporal-reuse <rule>',
  "how reuse between tiles is counted: exactly, by Timeloop's rule, or by its rule of 2023, which also reads finished outputs to drain them",
);
/** Whether mappings of earlier commands are taken over. */
export const cache = field(
  z.boolean().default(true),
  '--no-cache',
  'map anew, without the results of earlier commands (TRIFOLD_CACHE names their folder)',
);
/** Whether outputs of before are overwritten. @param what they are */
export function force(what: string) {
  return field(z.boolean().default(false), '--force', `overwrite ${what}`);
}

/** Seed of a request. */
export const seed = field(wholeNumber(0).default(1), '--seed <n>', 'seed of everything random');

/** Whether loop bounds divide their dims. */
export const FACTORS = z.enum(['perfect', 'imperfect']);

/** What may stay on chip between layers. */
const BETWEEN_LAYERS = ['off', 'auto', 'retain', 'fuse'] as const;

/** Values of {@link MAPPING_FIELDS.betweenLayers} with which something may stay on chip: what `--no-pin-weights` goes with. */
export const STAYING = BETWEEN_LAYERS.filter((how) => how !== 'off');

/** Whether parameters may stay on chip between runs of a network. */
export const pinWeights = field(
  z.boolean().default(true),
  '--no-pin-weights',
  'let no parameters stay on chip from one run of the network to the next',
);

/** What may stay on chip between layers in a search of accelerators. */
export const betweenLayersOfDesigns = field(
  z.enum(['off', 'retain', 'fuse']).default('off'),
  '--between-layers <how>',
  'what stays on chip between the layers of a network, on designs and baseline alike: off = nothing; retain = whole activations and parameters, so that designs are scored by the best schedule; fuse = the same, and in the final mappings also tiles of layers that run together',
);

/** Fields of a request that maps a network on one accelerator. */
export const MAPPING_FIELDS = {
  objective: field(
    z.string().default('edp'),
    '--objective <name|expression>',
    'edp, energy, latency, ed2p, or e.g. "energy * latency^2"',
  ),
  subjectTo: field(
    z.array(z.string()).readonly().default([]),
    '--subject-to <limit>',
    'a limit such as "latency < 2 ms"; may be repeated',
  ),
  pin: field(
    z.enum(['latency', 'energy']).optional(),
    '--pin <figure>',
    'with what is varied: hold latency or energy at that of the accelerator as given, mapped for --objective, and find the least of the other figure',
  ),
  mapper: field(z.enum(MAPPERS).default('exact'), '--mapper <name>', 'exact proves its answer; the others sample'),
  dataflow: field(
    z.string().optional(),
    '--dataflow <name|file>',
    'only mappings of this dataflow, e.g. weight-stationary (map: all = a table of every dataflow beside the free optimum)',
  ),
  constraints: field(
    z.string().optional(),
    '--constraints <file>',
    'a partial mapping: fixed factors, orders, kept tensors',
  ),
  layer: field(
    z.union([z.string(), z.array(z.string()).readonly()]).optional(),
    '--layer <name>',
    "only this layer, or those that match a pattern such as 'conv*'; may be repeated",
  ),
  batch,
  dims,
  strict,
  factors: field(FACTORS.default('perfect'), '--factors <kind>', 'how dims are split'),
  technology: field(
    z.string().optional(),
    '--technology <name|file>',
    'technology table instead of the accelerator’s own',
  ),
  temporalReuse,
  evaluations: field(
    wholeNumber(1, MOST_STEPS).default(10_000),
    '--evaluations <n>',
    'mappings that a sampled mapper scores per layer',
  ),
  betweenLayers: field(
    z.enum(BETWEEN_LAYERS).default('auto'),
    '--between-layers <how>',
    'what stays on chip between the layers of a network: off = nothing, each reads from and writes to the outermost level; retain = whole activations and parameters; fuse = also tiles of layers that run together; auto = retain where that can be and does not take long, else off with the reason',
  ),
  pinWeights,
  time: field(
    duration().optional(),
    '--time <duration>',
    'end the search of each layer, and that of the schedule, after this time with the gap that remains, e.g. 10s',
  ),
};
