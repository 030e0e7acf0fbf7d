import { z } from 'zod';
import type { CommandSpec, RequestOf } from './command.ts';
import { field } from './field.ts';
import { batch, dims, force, strict } from './mapping.ts';

/** `trifold import`. */
export const IMPORT = {
  name: 'import',
  summary: 'turn an ONNX model into a workload file, with all its operators',
  request: z.object({
    file: field(z.string(), '<file>', 'ONNX model'),
    batch,
    dims,
    strict,
  }),
  process: z.object({
    output: field(z.string().optional(), '-o, --output <file>', 'write the workload to a new file (default: print it)'),
    force: force('the file of --output'),
  }),
  shows: ['json'],
  example: 'trifold import model.onnx -o net.yaml',
  details: `
Weights are not read, only their sizes. Operators that are not known are listed with their count and their words.
Every command that takes a workload takes the model itself as well.`,
} satisfies CommandSpec;

/** A request of `trifold import`. */
export type ImportRequest = RequestOf<typeof IMPORT>;
