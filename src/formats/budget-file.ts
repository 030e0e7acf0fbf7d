import { z } from 'zod';
import type { Budget } from '../accelerator/budget.ts';
import type { BudgetBounds, ParameterBounds } from '../accelerator/budget-bounds.ts';
import { MAX_ARRAY_DIMENSIONS, MAX_PROCESSING_ELEMENTS } from '../accelerator/specification.ts';
import { atPlace, parseDocument, readWith } from './document/document.ts';
import { nameSchema } from './name-schema.ts';
import { bits, bitsPerCycle, bytesPerSecond, milliwatts, squareMillimetres } from './quantity/quantity-schema.ts';

const axisSize = () => z.int().min(1).max(MAX_PROCESSING_ELEMENTS);

/** Bounds of a parameter, of which one side may be open. */
const range = (value: () => z.ZodType<number>) =>
  z
    .strictObject({ min: value().optional(), max: value().optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, {
      error: 'bounds need min, max or both',
      params: { code: 'value' },
    })
    .refine(({ min = 0, max = Number.POSITIVE_INFINITY }) => min <= max, {
      error: 'min must not be above max',
      params: { code: 'value' },
    });

/** Schema of a budget file. */
export const budgetSchema = z.strictObject({
  name: nameSchema,
  source: z.string().min(1).describe('Where the limits come from.'),
  baseline: z
    .strictObject({ accelerator: z.string().min(1), dataflow: z.string().min(1).optional() })
    .optional()
    .describe(
      'The accelerator that the limits come from and its published dataflow, if it has one: presets, or paths from this file.',
    ),
  processingElements: z.int().min(1).max(MAX_PROCESSING_ELEMENTS).describe('Most MAC units.'),
  onChipMemory: bits().describe('All on-chip levels, all instances.'),
  dramBandwidth: bytesPerSecond().optional().describe('Reads and writes of DRAM together.'),
  bufferBandwidth: bitsPerCycle().optional().describe('Reads and writes of the outermost on-chip level together.'),
  area: squareMillimetres().optional().describe('MACs, on-chip memories and wires.'),
  power: milliwatts().optional().describe('Peak power of MACs and innermost memories, and leakage.'),
  levels: z
    .record(nameSchema, z.strictObject({ capacity: range(bits).describe('Of one instance.') }))
    .optional()
    .describe(
      'Bounds of levels by name; buffer and registers stand for the outermost and the innermost on-chip level.',
    ),
  array: z
    .record(nameSchema, z.union([axisSize(), range(axisSize)]))
    .refine((axes) => Object.keys(axes).length >= 1 && Object.keys(axes).length <= MAX_ARRAY_DIMENSIONS, {
      error: `an array has 1 to ${MAX_ARRAY_DIMENSIONS} axes`,
      params: { code: 'value' },
    })
    .optional()
    .describe('Axes of the array by name, which has no others: the size of each, or its bounds.'),
});

/**
 * Reads a budget file; absent limits do not bind.
 * @param find the name or path under which what the file names is found; its TrifoldErrors get the place of that name
 * @throws TrifoldError with the place, for a wrong schema or unit.
 */
export function parseBudget(
  text: string,
  file: string,
  find: (kind: 'accelerators' | 'mappings', name: string) => string = (_, name) => name,
): Budget {
  const document = parseDocument(text, file);
  const data = readWith(budgetSchema, document);
  const found = (key: 'accelerator' | 'dataflow', kind: 'accelerators' | 'mappings', name: string) =>
    atPlace(document, ['baseline', key], () => find(kind, name));
  const { baseline } = data;
  return {
    name: data.name,
    source: data.source,
    ...(baseline === undefined
      ? {}
      : {
          baseline: {
            accelerator: found('accelerator', 'accelerators', baseline.accelerator),
            ...(baseline.dataflow === undefined ? {} : { dataflow: found('dataflow', 'mappings', baseline.dataflow) }),
          },
        }),
    processingElements: data.processingElements,
    onChipBits: data.onChipMemory,
    ...(data.dramBandwidth === undefined ? {} : { dramBytesPerSecond: data.dramBandwidth }),
    ...(data.bufferBandwidth === undefined ? {} : { bufferBytesPerCycle: data.bufferBandwidth / 8 }),
    ...(data.area === undefined ? {} : { areaMm2: data.area }),
    ...(data.power === undefined ? {} : { powerMw: data.power }),
    ...(data.levels === undefined && data.array === undefined ? {} : { bounds: toBounds(data) }),
  };
}

function toBounds({ levels, array }: Pick<z.output<typeof budgetSchema>, 'levels' | 'array'>): BudgetBounds {
  const bounds = ({ min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }) =>
    ({
      ...(min === undefined ? {} : { least: min }),
      ...(max === undefined ? {} : { most: max }),
    }) satisfies ParameterBounds;
  const each = <T>(record: Readonly<Record<string, T>>, of: (value: T) => ParameterBounds) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
  return {
    ...(levels === undefined ? {} : { capacityBits: each(levels, ({ capacity }) => bounds(capacity)) }),
    ...(array === undefined
      ? {}
      : { axisSizes: each(array, (size) => bounds(typeof size === 'number' ? { min: size, max: size } : size)) }),
  };
}
