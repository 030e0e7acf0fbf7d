import { z } from 'zod';
import { ACTIVATION_FUNCTIONS, ELEMENT_WISE } from '../../workload/graph/vector-operation.ts';
import { count, figure, name, size, text } from './parts.ts';

const pair = (schema: typeof count | typeof size) => z.tuple([schema, schema]);
const kind = <Kind extends string>(value: Kind) => ({ kind: z.literal(value) });

const operation = z.discriminatedUnion('kind', [
  z.object({ ...kind('activation'), function: z.enum(ACTIVATION_FUNCTIONS) }),
  z.object({ kind: z.enum(ELEMENT_WISE) }),
  z.object({
    ...kind('pool'),
    how: z.enum(['max', 'average']),
    kernel: pair(size),
    stride: pair(size),
    paddingBefore: pair(count),
  }),
  z.object({ ...kind('reduce'), window: figure }),
  z.object({ kind: z.enum(['softmax', 'layer-norm', 'rms-norm']), rows: figure }),
  z.object(kind('batch-norm')),
  z.object({ ...kind('local-norm'), window: size }),
  z.object({ ...kind('rotary'), words: figure }),
  z.object({ kind: z.enum(['embedding', 'move']) }),
  z.object({ ...kind('resize'), how: z.enum(['nearest', 'linear', 'cubic']) }),
  z.object({ ...kind('unknown'), name: text }),
]);

const own = { name, repeat: size, inputs: z.array(count), output: count };

/** Blocks of layers, and in them layers that repeat alone. */
const MOST_NESTED = 2;

/** Whether blocks stand in the order of their first operators, each whole in the one around it. */
function areNested(blocks: readonly { readonly first: number; readonly end: number }[]): boolean {
  const open: number[] = [];
  let last = 0;
  for (const { first, end } of blocks) {
    while (open.length > 0 && open.at(-1)! <= first) open.pop();
    if (first < last || end > (open.at(-1) ?? end) || open.push(end) > MOST_NESTED) return false;
    last = first;
  }
  return true;
}

/** @param layer the schema of a layer */
export function graphSchema(layer: z.ZodType) {
  const operator = z.discriminatedUnion('kind', [
    z.object({ ...own, ...kind('mac'), layer }),
    z.object({
      ...own,
      ...kind('vector'),
      operation,
      work: z.object({ simple: figure, special: figure }),
      parameterWords: figure,
      parameters: figure,
    }),
    z.object({ ...own, ...kind('view'), view: z.enum(['concat', 'reshape', 'slice']) }),
  ]);
  const tensor = z.object({
    name,
    sizes: z.tuple([size, size, size, size]),
    form: z.enum(['map', 'sequence', 'vector']),
    wordBits: size,
  });
  const block = z.object({ name, repeat: size, first: count, end: count, input: count.nullable(), output: count });
  return z
    .object({
      tensors: z.array(tensor),
      operators: z.array(operator),
      blocks: z.array(block),
      inputs: z.array(count),
      outputs: z.array(count),
      uncounted: z.array(z.object({ name, count: size, words: figure.nullable(), reason: text })).optional(),
    })
    .superRefine(({ tensors, operators, blocks, inputs, outputs }, context) => {
      const named = [
        ...inputs,
        ...outputs,
        ...operators.flatMap((one) => [...one.inputs, one.output]),
        ...blocks.flatMap(({ input, output }) => (input === null ? [output] : [input, output])),
      ];
      if (named.some((index) => index >= tensors.length))
        context.addIssue({ code: 'custom', message: 'names a tensor that is none of its own' });
      if (blocks.some(({ first, end }) => first > end || end > operators.length))
        context.addIssue({ code: 'custom', message: 'has a block of operators that are none of its own' });
      if (!areNested(blocks))
        context.addIssue({ code: 'custom', message: 'has blocks that do not stand in each other, or too deep' });
    });
}
