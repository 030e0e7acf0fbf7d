import { type ErrorCode, TrifoldError } from '../../../util/errors.ts';
import { quoted } from '../messages/tensor-message.ts';

/** How a message names a node: `node "conv1" (Conv)`. */
export function nodeText(node: { readonly name: string; readonly opType: string }): string {
  return `node ${quoted(node.name)} (${node.opType})`;
}

/** What helps where nodes and sizes of a model do not fit each other. */
export const SIZES_HINT = 'check the model with onnx.checker.check_model and the sizes of --dim, or export it again';

/** An error in the graph of a model. */
export function graphError(file: string, message: string, code: ErrorCode = 'value', hint = SIZES_HINT): TrifoldError {
  return new TrifoldError(code, message, { place: { file }, hint });
}
