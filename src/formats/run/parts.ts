import { z } from 'zod';
import { DIMS, TENSORS } from '../../util/vocabulary.ts';

/** Numbers, names and objects that files of runs are made of. Unknown keys are let through: newer versions may write them. */

/** A finite number. */
export const number = z.number();
/** A finite number of at least 0: an energy, an area, a share. */
export const figure = z.number().min(0);
/** A finite number above 0. */
export const positive = z.number().positive();
/** A whole number of at least 0. */
export const count = z.int().min(0);
/** A whole number of at least 1. */
export const size = z.int().min(1);
/** A number of a trial; baselines have negative ones. */
export const trial = z.int();
/** Any text. */
export const text = z.string();
/** A name: it stands within lines. */
export const name = z.string().regex(/^.*$/, { error: 'a name is one line of text' });

const tensor = z.enum(TENSORS);
const dim = z.enum(DIMS);

/** Tensors, in any order. */
export const tensors = z.array(tensor);
/** Dims, in any order. */
export const dims = z.array(dim);

/** One value per tensor. */
export function perTensor<Schema extends z.ZodType>(schema: Schema) {
  return z.object({ Weights: schema, Inputs: schema, Outputs: schema });
}

/** Loops, kept tensors and multicast of every level. */
export const mapping = z.object({
  levels: z.array(
    z.object({
      temporal: z.array(z.object({ dim, bound: size })),
      spatial: z.array(z.object({ dim, bound: size, array: text })),
      keep: tensors,
      noMulticast: tensors,
    }),
  ),
});

/** One axis of an array. */
export const arrayDimension = z.object({ name, size, parallelDims: z.union([z.literal('any'), dims]) });

/** Energy and latency of one network. */
export const networkFigures = z.object({ network: text, energyPj: figure, cycles: figure, edpPjCycles: figure });

/** Those of several networks, at least one. */
export const figuresOfNetworks = z.array(networkFigures).min(1);

const parallelism = z.object({ axes: z.array(arrayDimension) });

/** The parts of a design that a search decides. */
export const design = parallelism.extend({
  processingElements: count,
  l1BytesPerPe: figure,
  l2Bytes: figure,
  bufferWordsPerCycle: figure.nullable(),
});

/** An estimated accuracy. */
export const accuracyEstimate = z.object({
  kind: z.literal('estimate'),
  top1Percent: number,
  reportedTop1Percent: number,
  errorPoints: number.nullable(),
  source: text,
  inDomain: z.boolean(),
  saturated: z.boolean(),
  notes: z.array(text),
});

const gene = z.union([text, number]);

/** A network of a space. */
export const foundNetwork = z.object({
  space: text,
  key: text,
  genes: z.record(text, z.union([gene, z.array(gene)])),
  accuracy: accuracyEstimate,
  macs: figure,
  parameters: figure,
});

/** A point of the front of accuracy against EDP. */
export const accuracyPoint = z.object({
  trial,
  network: foundNetwork,
  energyPj: figure,
  cycles: figure,
  edpPjCycles: figure,
  areaMm2: figure,
});

/** A point of the front of energy, latency and area. */
export const frontPoint = z.object({ trial, energyPj: figure, cycles: figure, areaMm2: figure, design });

/** Totals of a search so far. */
export const searchCounters = z.object({
  scored: count,
  stopped: count,
  unmappable: count,
  rejections: z.record(text, count),
  layersMapped: count,
  layersRemembered: count,
  layersSkipped: count,
  mappingsEvaluated: count,
});
