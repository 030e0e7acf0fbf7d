import { z } from 'zod';
import { TEMPORAL_REUSES } from '../cost/temporal-reuse.ts';
import { ALL_COMMON, type CommandSpec, NONE, type RequestOf } from './command.ts';
import { duration, field, wholeNumber } from './field.ts';
import { accelerator, cache, MAPPING_FIELDS, temporalReuse } from './mapping.ts';

/** `trifold eval`. */
export const EVAL = {
  name: 'eval',
  summary:
    'score a mapping, or the schedule of a network: cycles, utilization, energy, EDP, area, and every access count behind them',
  request: z.object({
    accelerator,
    workload: field(z.string(), '--workload <name|file>', 'network preset, YAML file or ONNX model'),
    mapping: field(
      z.string(),
      '--mapping <name|file>',
      'mapping preset, YAML file with complete mappings, or saved schedule',
    ),
    layer: MAPPING_FIELDS.layer,
    batch: field(wholeNumber(1).optional(), '--batch <n>', 'inputs that run together (default: the batch of the file)'),
    dims: MAPPING_FIELDS.dims,
    strict: MAPPING_FIELDS.strict,
    technology: MAPPING_FIELDS.technology,
    temporalReuse,
  }),
  process: NONE,
  shows: ['json'],
  example: 'trifold eval --accelerator eyeriss --workload alexnet --mapping eyeriss-alexnet --layer conv1',
  details: '',
} satisfies CommandSpec;

/** A request of `trifold eval`. */
export type EvalRequest = RequestOf<typeof EVAL>;

/** `trifold validate records`. */
export const VALIDATE_RECORDS = {
  name: 'validate records',
  summary:
    "evaluate every record of a tool-neutral file, or every row of DOSA's data set of Timeloop results, and compare with the recorded figures; exit 1 if any differs",
  request: z.object({
    file: field(z.string(), '<file>', 'JSON file of records, or of rows'),
    temporalReuse: field(
      z.enum(TEMPORAL_REUSES).optional(),
      '--temporal-reuse <rule>',
      'how reuse between tiles is counted (default: exact for records; for rows every rule, a line each)',
    ),
  }),
  process: NONE,
  shows: ['json'],
  example: 'trifold validate records test/golden/timeloop-hand.json --temporal-reuse timeloop',
  details: `
A row differs where its cycles are more than one apart or its energy more than 0.1 %; rows that no rule explains are named.`,
} satisfies CommandSpec;

/** `trifold validate mapper`. */
export const VALIDATE_MAPPER = {
  name: 'validate mapper',
  summary: 'find the best mapping in the mapspace of every record of a mapper file and compare with the recorded one',
  request: z.object({
    file: field(z.string(), '<file>', 'JSON file of mapper records'),
    time: field(
      duration().optional(),
      '--time <duration>',
      'end the search of a record after this time with the gap that remains',
    ),
    temporalReuse: field(
      temporalReuse,
      '--temporal-reuse <rule>',
      'how overlapping tiles are counted, in both mappings; recorded figures hold under timeloop',
    ),
  }),
  process: NONE,
  shows: ALL_COMMON,
  example: 'trifold validate mapper records.json --json',
  details: '',
} satisfies CommandSpec;

const report = field(
  z.string().optional(),
  '--report <dir>',
  'write a page with a scatter plot of each source, and its figures as CSV, into this folder',
);

/** `trifold validate rtl`. */
export const VALIDATE_RTL = {
  name: 'validate rtl',
  summary:
    'compare modelled with measured cycles of layers that ran on Gemmini RTL, each with the mapping that it ran with: rank, error, and the choice among mappings of one layer',
  request: z.object({ file: field(z.string(), '<file>', 'JSON file of measured rows') }),
  process: z.object({ report }),
  shows: ['json'],
  example: 'trifold validate rtl gemmini-firesim.json --report validation',
  details: `
Rows that say the same count once. A mapping that was measured several times, with other cycles and an id for each, counts each time.
Rows that contradict each other, and files of which no row can be compared, are refused (exit 2).`,
} satisfies CommandSpec;

/** `trifold validate chips`. */
export const VALIDATE_CHIPS = {
  name: 'validate chips',
  summary:
    'the model against measured silicon: Eyeriss on AlexNet and VGG16, NVDLA on ResNet-50, an Edge TPU on image networks; with their files, Gemmini RTL and four boards',
  request: z.object({
    rtl: field(z.string().optional(), '--rtl <file>', 'JSON file of measured rows of Gemmini RTL, as of validate rtl'),
    boards: field(
      z.string().optional(),
      '--boards <file>',
      'JSON table of networks with measured figures, as of validate boards',
    ),
    cache,
  }),
  process: z.object({ report }),
  shows: ['json', 'workers', 'quiet'],
  example: 'trifold validate chips --report validation',
  details: '',
} satisfies CommandSpec;

/** `trifold validate boards`. */
export const VALIDATE_BOARDS = {
  name: 'validate boards',
  summary:
    'rank the networks of an Accel-NASBench table by modelled and by measured time on ZCU102, VCK190, TPUv2 and TPUv3, without and with vector operators',
  request: z.object({ file: field(z.string(), '<file>', 'JSON table of networks with measured figures'), cache }),
  process: NONE,
  shows: ['json', 'workers', 'quiet'],
  example: 'trifold validate boards anb.json',
  details: '',
} satisfies CommandSpec;

/** `trifold validate schedules`. */
export const VALIDATE_SCHEDULES = {
  name: 'validate schedules',
  summary:
    'replay the schedules of a tool-neutral file of whole networks step by step, solve the cases that another program solved, and compare every figure; exit 1 if any differs',
  request: z.object({
    file: field(z.string(), '<file>', 'JSON file of cases'),
    search: field(
      z.boolean().default(true),
      '--no-search',
      'replay the recorded schedules alone, without solving cases anew',
    ),
  }),
  process: NONE,
  shows: ['json', 'quiet'],
  example: 'trifold validate schedules test/golden/schedules.json',
  details: '',
} satisfies CommandSpec;
