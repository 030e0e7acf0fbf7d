import { z } from 'zod';
import { type CommandSpec, NONE, WITHOUT_SEED } from './command.ts';
import { field } from './field.ts';
import { cache } from './mapping.ts';
import { LIMIT_FIELDS } from './search.ts';

const run = field(z.string(), '<run>', 'run folder');
const out = (help: string) => field(z.string().optional(), '--out <dir>', help);

/** `trifold resume`. */
export const RESUME = {
  name: 'resume',
  summary: 'continue an interrupted run; it ends as if it had never stopped',
  request: z.object({ run }),
  process: z.object({
    time: field(
      LIMIT_FIELDS.time,
      '--time <duration>',
      'end the search of a design or co-search after this time of this process; the final mappings follow',
    ),
    finalTime: LIMIT_FIELDS.finalTime,
    evaluations: field(
      LIMIT_FIELDS.evaluations,
      '--evaluations <n>',
      'end the search of a design or co-search with the generation that reaches this many candidates',
    ),
    cache,
    trust: field(
      z.boolean().default(false),
      '--trust',
      'do what the run asks for outside of its folder (an accuracy command, a file to write or read), also when someone else started it',
    ),
  }),
  shows: WITHOUT_SEED,
  refused: { seed: 'a run goes on with the seed that it was started with' },
  example: 'trifold resume runs/resnet50-eyeriss-1',
  details: '',
} satisfies CommandSpec;

/** `trifold runs`. */
export const RUNS = {
  name: 'runs',
  summary: 'the runs in a folder: finished, running or interrupted',
  request: z.object({
    folder: field(z.string().optional(), '[folder]', 'folder of run folders (default: runs)'),
  }),
  process: NONE,
  shows: ['json'],
  example: 'trifold runs',
  details: '',
} satisfies CommandSpec;

/** `trifold watch`. */
export const WATCH = {
  name: 'watch',
  summary: 'follow a running or finished run from another terminal',
  request: z.object({ run }),
  process: NONE,
  shows: ['json', 'quiet', 'plain'],
  example: 'trifold watch runs/resnet50-eyeriss-1',
  details: '',
} satisfies CommandSpec;

/** `trifold report`. */
export const REPORT = {
  name: 'report',
  summary: 'write the report of a run as one HTML file and CSV files',
  request: z.object({ run }),
  process: z.object({ out: out('folder for the files (default: report/ in the run folder)') }),
  shows: ['json'],
  example: 'trifold report runs/resnet50-eyeriss-1',
  details: '',
} satisfies CommandSpec;

/** `trifold compare`. */
export const COMPARE = {
  name: 'compare',
  summary: 'two runs side by side as one HTML file and CSV files',
  request: z.object({ run, other: field(z.string(), '<other>', 'run folder') }),
  process: z.object({
    out: field(z.string().default('comparison'), '--out <dir>', 'folder for the files'),
  }),
  shows: ['json'],
  example: 'trifold compare runs/resnet50-eyeriss-1 runs/resnet50-eyeriss-2',
  details: '',
} satisfies CommandSpec;
