import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from '../../../src/formats/document/document.ts';
import type { DimSettings } from '../../../src/formats/onnx/inference/symbols.ts';
import { lowerModel } from '../../../src/formats/onnx/lowering/lower-model.ts';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { bytesSource } from '../../../src/formats/onnx/wire/byte-source.ts';
import { readWorkload } from '../../../src/formats/workload/workload.ts';
import { formatWorkload } from '../../../src/formats/workload/workload-writer.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import { listedLayers } from '../../../src/workload/graph/listed-layers.ts';
import type { Network } from '../../../src/workload/network.ts';

/**
 * Reads a model, lowers it, writes it as a workload file and reads that.
 * @returns whether it has layers
 * @throws TrifoldError where the model is refused; Error where what was written is, or is another network
 */
export function importBytes(bytes: Uint8Array, settings: DimSettings): boolean {
  const graph = lowerModel(readOnnx(bytesSource(bytes, 'damaged.onnx'), settings));
  const listed = listedLayers(graph);
  if (!listed.ok) throw new Error(`${listed.operator} is listed as ${listed.line}`);
  if (listed.layers.length === 0) return false;
  const batch = Math.max(1, ...graph.inputs.map((tensor) => graph.tensors[tensor]!.sizes[0]));
  const text = formatWorkload({ name: 'net', source: 'test', layers: listed.layers, graph }, { batch });
  let again: Network;
  try {
    again = readWorkload(parseDocument(text, 'net.yaml'), { batch }).network;
  } catch (error) {
    if (!(error instanceof TrifoldError)) throw error;
    throw new Error(`the file that was written is refused: ${error.message}\n${text}`);
  }
  if (!isDeepStrictEqual(again.graph, graph)) throw new Error(`the file that was written is another network\n${text}`);
  return true;
}
