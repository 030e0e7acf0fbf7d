import { z } from 'zod';
import { ALL_COMMON, type CommandSpec, type RequestOf } from './command.ts';
import { field } from './field.ts';
import { accelerator, cache, force, MAPPING_FIELDS, STAYING, seed, workload } from './mapping.ts';

/** `trifold map`. */
export const MAP = {
  name: 'map',
  summary: 'find the best mapping of each layer and of the network on an accelerator, with a certificate',
  request: z.object({
    ...MAPPING_FIELDS,
    save: field(
      z.string().optional(),
      '--save <file>',
      'write the schedule, or with nothing on chip between layers the mappings, as YAML that trifold eval reads',
    ),
    explain: field(
      z.boolean().default(false),
      '--explain',
      'say why the mappings are the best: what stands still, what binds, the lower bounds, and what a change of the hardware would bring (maps again for each; energies follow the technology)',
    ),
    seed,
    accelerator,
    workload,
  }),
  process: z.object({
    out: field(
      z.string().optional(),
      '--out <dir>',
      'keep the run in this folder for watch, resume, report and compare (default: no folder)',
    ),
    force: force('the file of --save and the run in the folder of --out'),
    cache,
  }),
  shows: ALL_COMMON,
  only: { pinWeights: { field: 'betweenLayers', is: STAYING } },
  example: 'trifold map resnet18 --accelerator nvdla-256',
  details: '',
} satisfies CommandSpec;

/** A request of `trifold map`. */
export type MapRequest = RequestOf<typeof MAP>;
