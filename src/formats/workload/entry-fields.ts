import { z } from 'zod';
import { ACTIVATION_FUNCTIONS } from '../../workload/graph/vector-operation.ts';
import { nameSchema } from '../name-schema.ts';
import { widthInBits } from '../quantity/quantity-schema.ts';

/** A whole number of at least 1. */
export const count = (description: string) => z.int().min(1).describe(description);
/** Rows and columns. */
export const size = (description: string) => z.tuple([z.int().min(1), z.int().min(1)]).describe(description);
/** One number for both axes, or one each. */
export const numberOrPair = (description: string) =>
  z.union([count(description), size(description)]).describe(description);
/** Rows or columns of zeros. */
export const zeros = z.int().min(0).describe('Rows or columns of zeros.');
/** Zeros around a map. */
export const padding = z
  .union([z.enum(['same', 'valid']), zeros, z.tuple([zeros, zeros]), z.tuple([zeros, zeros, zeros, zeros])])
  .describe(
    'Zeros around the map: same, valid, a number, [vertical, horizontal] or [top, bottom, left, right]. Default 0.',
  );
/** Name of an entry. */
export const name = nameSchema.describe('Name, unique in its network.');

/** What an entry reads. */
export const from = z
  .union([z.string(), z.array(z.string()).min(1).describe('Names of earlier entries.')])
  .describe(
    'What the entry reads: the name of an earlier entry, a list of names to concatenate along the channels, or `input` (of the network; in a block, of the block). Default: the entry before.',
  );

/** Width of one word. */
export const wordWidth = widthInBits().pipe(count('Bits of one word.')).optional();

/** Width of what an entry gives out. */
export const bits = wordWidth.describe(
  'Bits of one word of what flows out, between operators. Default: of layers and inputs, Inputs of the wordBits of the file; of other operators, that of what they read first.',
);

/** A function that follows word by word. */
export const activation = z
  .enum(['none', ...ACTIVATION_FUNCTIONS])
  .describe('Function of every output word; applied by the producer. Default: that of defaults for layers, else none.');

/** Sizes of an activation. */
export const sizes = z.union([
  z.tuple([z.int().min(1)]),
  z.tuple([z.int().min(1), z.int().min(1)]),
  z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]),
]);
