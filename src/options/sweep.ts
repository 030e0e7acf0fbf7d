import { z } from 'zod';
import { ALL_COMMON, type CommandSpec, type RequestOf } from './command.ts';
import { field } from './field.ts';
import { accelerator, cache, force, MAPPING_FIELDS, STAYING, seed, workload } from './mapping.ts';

/** `trifold sweep`. */
export const SWEEP = {
  name: 'sweep',
  summary: 'best EDP, energy and latency of a network over one or two parameters of the accelerator',
  request: z.object({
    workload,
    accelerator,
    vary: field(z.array(z.string()).readonly(), '--vary <name=values>', 'parameter and values; may be given twice'),
    ...MAPPING_FIELDS,
    seed,
  }),
  process: z.object({
    csv: field(z.string().optional(), '--csv <file>', 'write the points to a new file'),
    force: force('the file of --csv'),
    cache,
  }),
  shows: ALL_COMMON,
  only: { pinWeights: { field: 'betweenLayers', is: STAYING } },
  example: "trifold sweep dqn --accelerator eyeriss --vary 'L2=32KiB..256KiB'",
  details: `
Parameters of --vary NAME=VALUES:
  L1, L2, GlobalBuffer ...     capacity of a level by name or alias (L1 = innermost on-chip level, L2 = the next)
  LEVEL.bandwidth              reads and writes together (read and write keep their proportion); .read, .write, .shared: one port
  X, Y, LEVEL.X                size of an array dimension
  vectorUnit.simplePerCycle    operations of the vector unit per cycle; .specialPerCycle
  batch                        inputs that run together
Values: a..b (doubling), 'a..b xN', 'a..b +N', or a list a,b,c; the end of a range is always a point. Units: KiB, MiB, words/cycle, GB/s.

Every point is the same search as trifold map on the edited accelerator. Energies per access follow the technology: where a larger memory
costs more per access, more is not always better.`,
} satisfies CommandSpec;

/** A request of `trifold sweep`. */
export type SweepRequest = RequestOf<typeof SWEEP>;
