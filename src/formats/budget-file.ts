import { z } from 'zod';
import type { Budget } from '../accelerator/budget.ts';
import { MAX_PROCESSING_ELEMENTS } from '../accelerator/specification.ts';
import { atPlace, parseDocument, readWith } from './document/document.ts';
import { nameSchema } from './name-schema.ts';
import { bits, bitsPerCycle, bytesPerSecond, milliwatts, squareMillimetres } from './quantity/quantity-schema.ts';

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
  area: squareMillimetres().optional().describe('MACs and on-chip memories.'),
  power: milliwatts().optional().describe('Peak power of MACs and innermost memories, and leakage.'),
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
  };
}
