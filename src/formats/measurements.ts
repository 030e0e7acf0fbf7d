import { z } from 'zod';
import { parseDocument, readWith } from './document/document.ts';

const positive = z.number().positive();

const chipSchema = z.strictObject({
  chip: z.string(),
  source: z.string(),
  networks: z
    .array(
      z.strictObject({
        workload: z.string(),
        batch: z.int().min(1),
        accelerator: z.string(),
        mapping: z.string(),
        layers: z.array(
          z.strictObject({
            name: z.string(),
            layer: z.string(),
            activePes: positive,
            processingMs: positive,
            bufferMegabytes: positive,
            dramMegabytes: positive,
            inputZeros: z.number().min(0).max(1),
            outputZeros: z.number().min(0).max(1),
          }),
        ),
      }),
    )
    .default([]),
  frameRates: z
    .array(z.strictObject({ accelerator: z.string(), workload: z.string(), framesPerSecond: positive }))
    .default([]),
  imageTimes: z
    .array(z.strictObject({ accelerator: z.string(), workload: z.string(), milliseconds: positive }))
    .default([]),
  /** Bits of the weights and activations of the networks; those that their files state where absent. */
  wordBits: z.int().min(1).optional(),
  /** What may stay on chip between the layers of whole networks; retain: activations and pinned parameters. */
  betweenLayers: z.enum(['off', 'retain']).default('off'),
});

/** Measured figures of one chip: per-layer tables under its own mapping, and frame rates and times of whole networks. */
export type ChipMeasurements = z.infer<typeof chipSchema>;

/** Reads a file of measurements. @throws TrifoldError with place and key */
export function parseMeasurements(text: string, file: string): ChipMeasurements {
  return readWith(chipSchema, parseDocument(text, file));
}
