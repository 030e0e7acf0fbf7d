import { z } from 'zod';
import { budget, dataflow, network, specification, technology } from './objects.ts';
import { positive, text } from './parts.ts';

/** What runs are about, resolved; their requests are read by the schemas of their commands. */

const request = z.record(text, z.unknown());

/** Configuration of a `map` run. */
export const mapConfiguration = z.object({
  kind: z.literal('map'),
  request,
  network,
  specification,
  technology,
  dataflow: dataflow.nullable(),
  between: z
    .discriminatedUnion('mode', [
      z.object({ mode: z.literal('off'), reason: text.nullable() }),
      z.object({ mode: z.enum(['retain', 'fuse']), pins: z.boolean() }),
    ])
    .optional(),
});

/** Configuration of a design run. */
export const designConfiguration = z.object({
  kind: z.literal('design'),
  request,
  networks: z.array(network).min(1),
  template: specification,
  technology,
  budget,
  dataflow: dataflow.nullable(),
});

/** Configuration of a co-search. */
export const cosearchConfiguration = z.object({
  kind: z.literal('cosearch'),
  request,
  reference: z.object({ network, top1Percent: positive.nullable(), source: text }),
  template: specification,
  technology,
  budget: budget.nullable(),
  dataflow: dataflow.nullable(),
  accuracySha256: text,
});

/** Configuration of an exhaustive co-search. */
export const exhaustiveConfiguration = z.object({
  kind: z.literal('exhaustive'),
  request,
  specification,
  technology,
  accuracySha256: text,
});
