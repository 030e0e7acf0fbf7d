import { z } from 'zod';
import { TrifoldError } from '../util/errors.ts';
import { errorAt, readWith } from './document/document.ts';
import { parseJson } from './document/json-document.ts';
import { longList } from './document/long-list.ts';

const tensorSchema = z.object({
  kind: z.enum(['w', 'b']),
  shape: z.array(z.int().min(1)).min(1).max(2),
  offset: z.int().min(0),
});

const predictorSchema = z.object({
  source: z.string(),
  tensors: longList(tensorSchema, 2),
  goldens: longList(z.object({ arch: z.unknown(), predicted: z.number() })).default([]),
});

/** One fully connected layer of an imported network: outputs = weights * inputs + biases, weights row by row. */
export interface ImportedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** An accuracy network as read: layers, and examples with the fraction that the original program predicts. */
export interface ImportedPredictor {
  readonly source: string;
  readonly layers: readonly ImportedLayer[];
  readonly goldens: readonly { readonly architecture: unknown; readonly predicted: number }[];
}

/**
 * Reads an accuracy network: a JSON index whose `tensors` are, in order, the weights (`w`, [outputs, inputs]) and biases (`b`, [outputs]) of
 * each layer, and the tensors themselves as little-endian float32 at their byte offsets.
 * @param bytes content of the tensor file
 * @throws TrifoldError `syntax`, `schema` or `value` with the place for an index that is malformed or does not fit the tensor file
 */
export function parseOfaPredictor(text: string, file: string, bytes: Uint8Array): ImportedPredictor {
  const document = parseJson(text, file);
  const { source, tensors, goldens } = readWith(predictorSchema, document);
  if (tensors.length % 2 !== 0) throw errorAt(document, ['tensors'], 'value', 'weights and biases must come in pairs');
  const layers: ImportedLayer[] = [];
  for (let at = 0; at < tensors.length; at += 2) {
    const weights = tensors[at]!;
    const biases = tensors[at + 1]!;
    const [outputs, inputs] = weights.shape;
    if (weights.kind !== 'w' || biases.kind !== 'b' || inputs === undefined || outputs === undefined)
      throw errorAt(
        document,
        ['tensors', at],
        'value',
        'each layer is weights [outputs, inputs], then biases [outputs]',
      );
    if (biases.shape.length !== 1 || biases.shape[0] !== outputs)
      throw errorAt(document, ['tensors', at + 1, 'shape'], 'value', `${outputs} outputs need as many biases`);
    layers.push({
      inputs,
      outputs,
      weights: floatsAt(bytes, weights.offset, outputs * inputs, file),
      biases: floatsAt(bytes, biases.offset, outputs, file),
    });
  }
  return { source, layers, goldens: goldens.map(({ arch, predicted }) => ({ architecture: arch, predicted })) };
}

function floatsAt(bytes: Uint8Array, offset: number, count: number, file: string): Float32Array {
  if (offset + 4 * count > bytes.length)
    throw new TrifoldError(
      'value',
      `the tensors of ${file} need ${offset + 4 * count} bytes, but there are ${bytes.length}`,
      {
        place: { file },
        hint: 'the tensor file is cut short or belongs to another index',
      },
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float32Array.from({ length: count }, (_, i) => view.getFloat32(offset + 4 * i, true));
  if (!values.every(Number.isFinite))
    throw new TrifoldError('value', `the tensors of ${file} hold values that are no numbers`, { place: { file } });
  return values;
}
