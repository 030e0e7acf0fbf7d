import { z } from 'zod';
import { LOOP_AXES } from '../../schedule/shared-axes.ts';
import type { ScheduleSummary } from '../../schedule/summary.ts';
import { count, figure, size, text } from './parts.ts';

const storage = z.object({
  name: text,
  words: size,
  bits: size,
  home: z.enum(['outermost', 'retained', 'fused']),
  producer: count.nullable(),
  users: z.array(count),
  savedDramWords: z.number(),
});

const operator = z.object({
  name: text,
  kind: z.enum(['mac', 'vector', 'view']),
  segment: count,
  inputs: z.array(count),
  output: count,
  weights: z.enum(['none', 'streamed', 'held', 'pinned']),
  steps: count,
  energyPj: figure,
  cycles: figure,
  dramWords: figure,
  roomBits: z.number().nullable(),
  tileBits: figure,
});

const segment = z.object({
  first: count,
  end: count,
  loops: z.array(z.object({ axis: z.enum(LOOP_AXES), tile: size, iterations: size })),
  halo: z.enum(['cached', 'recomputed']),
  held: z.array(text),
});

const occupancy = z.object({
  operator: count,
  cycles: figure,
  parts: z.array(
    z.object({ what: z.enum(['storage', 'tile', 'held', 'pinned', 'mapping']), name: text, bits: figure }),
  ),
});

/** A network's schedule, whose parts name one another by index. */
const schedule = z
  .object({
    mode: z.enum(['retain', 'fuse']),
    levelName: text,
    capacityBits: figure.nullable(),
    storages: z.array(storage),
    operators: z.array(operator).min(1),
    segments: z.array(segment),
    occupancy: z.array(occupancy),
    dramWords: z.object({ spent: figure, compulsory: figure, layerByLayer: figure.nullable() }),
    peak: z.object({ bits: figure, operator: count }),
    pinnedBits: figure,
    oneOffLoadWords: figure,
  })
  .superRefine((value, context) => {
    const problem = problemOf(value);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** The schedule of one network of a run. */
export const networkSchedule = z.object({ network: text, schedule });

function problemOf({ storages, operators, segments, occupancy, peak }: ScheduleSummary): string | null {
  const isOperator = (index: number) => index < operators.length;
  for (const { inputs, output } of operators)
    if ([...inputs, output].some((index) => index >= storages.length))
      return 'an operator names a tensor that is not there';
  for (const { producer, users } of storages)
    if (!(producer === null ? users : [producer, ...users]).every(isOperator))
      return 'a tensor names an operator that is not there';
  let next = 0;
  for (const [index, { first, end }] of segments.entries()) {
    if (first !== next || end <= first || end > operators.length)
      return 'the segments do not cover the operators in order';
    if (operators.slice(first, end).some((one) => one.segment !== index)) return 'an operator names another segment';
    next = end;
  }
  if (next < operators.length) return 'the segments do not cover the operators in order';
  if (![peak, ...occupancy].every((one) => isOperator(one.operator)))
    return 'a moment names an operator that is not there';
  return null;
}
