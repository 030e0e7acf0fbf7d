import { z } from 'zod';
import type { CommandSpec, RequestOf } from './command.ts';
import { duration, field } from './field.ts';
import { FACTORS, force, MAPPING_FIELDS } from './mapping.ts';

/** `trifold bounds`. */
export const BOUNDS = {
  name: 'bounds',
  summary:
    'the least words that must cross between a level and a buffer inside it, by the capacity of the buffer, over all mappings of a layer',
  request: z.object({
    workload: field(
      z.string(),
      '<workload>',
      'network preset, YAML file or ONNX model, or a matrix product as MxNxK, e.g. 512x768x3072',
    ),
    layer: MAPPING_FIELDS.layer,
    batch: MAPPING_FIELDS.batch,
    dims: MAPPING_FIELDS.dims,
    strict: MAPPING_FIELDS.strict,
    factors: field(
      FACTORS.default('imperfect'),
      '--factors <kind>',
      'how dims are split; a bound over imperfect factors holds for perfect ones too',
    ),
    count: field(
      z.enum(['words', 'bytes']).default('words'),
      '--count <what>',
      'what is least: words, or bytes as wide as they are stored outside the buffer',
    ),
    pair: field(
      z.string().optional(),
      '--pair <operator>',
      'this layer and the one after it, as trifold map names them: each alone, and beside it both together, tile by tile, with what flows between them in the buffer',
    ),
    between: field(
      z.string().optional(),
      '--between <capacities>',
      'capacities of the table and the chart, e.g. 16KiB..4MiB (default: from the least tile to compulsory traffic, doubling)',
    ),
    accelerator: field(
      z.string().optional(),
      '--accelerator <name|file>',
      'take word widths and double buffers from this accelerator and mark its buffer (default: words as wide as the network states, held once)',
    ),
    level: field(
      z.string().optional(),
      '--level <name>',
      'with --accelerator: bound what this level sends to the next one inside and takes back (default: the outermost level)',
    ),
    technology: MAPPING_FIELDS.technology,
  }),
  process: z.object({
    csv: field(z.string().optional(), '--csv <file>', 'write all stairs of all curves to a new file'),
    force: force('the file of --csv'),
    report: field(
      z.string().optional(),
      '--report <dir>',
      'write a page with the curve, the mappings at its stairs and their figures as CSV into this folder',
    ),
    time: field(
      duration().optional(),
      '--time <duration>',
      'give up after this time, e.g. 10s: an unfinished curve is no bound',
    ),
  }),
  shows: ['json', 'quiet'],
  example: 'trifold bounds resnet50 --layer conv4_x.3x3 --between 16KiB..4MiB',
  details: `
The curve is exact under the counting rule of the cost model: every tile in the buffer with every order of the loops outside it, all three tensors
passing through the buffer. Its capacity is what the tiles of all three take, twice where it is double buffered. No mapping of any accelerator with
such a buffer moves less. Of a network it is the sum over its layers, each of which begins and ends outside.
A pair may keep all that flows between, or run tile by tile over rows, columns, batch, channels or the channels that the second one sums, holding any of what
comes from outside. It takes seconds to minutes; --factors perfect is several times faster.
Capacities: a..b (doubling), 'a..b xN', 'a..b +N', or a list a,b,c.`,
} satisfies CommandSpec;

/** A request of `trifold bounds`. */
export type BoundsRequest = RequestOf<typeof BOUNDS>;
