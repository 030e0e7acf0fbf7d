import { modelGraph } from './graph/model-graph.ts';
import { inferModel } from './inference/infer-model.ts';
import type { InferredModel } from './inference/inferred-model.ts';
import type { DimSettings } from './inference/symbols.ts';
import { readModel } from './messages/model-message.ts';
import type { ByteSource } from './wire/byte-source.ts';

/**
 * Reads an ONNX model without its weights and infers the shape of every tensor.
 * @throws TrifoldError `foreign` when the file is no ONNX model, `syntax` or `schema` with the offset when it is damaged, `value` with the
 * node when its graph or shapes do not fit, `unsupported` where it goes beyond a limit
 */
export function readOnnx(source: ByteSource, settings: DimSettings = {}): InferredModel {
  return inferModel(modelGraph(readModel(source)), settings);
}
