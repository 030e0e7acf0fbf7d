import { type ErrorCode, TrifoldError } from '../../../util/errors.ts';
import { quoted } from '../messages/tensor-message.ts';

/** How a message names a node: `node "conv1" (Conv)`. */
export function nodeText(node: { readonly name: string; readonly opType: string }): string {
  return `node ${quoted(node.name)} (${node.opType})`;
}

/** An error in the graph of a model. */
export function graphError(file: string, message: string, code: ErrorCode = 'value', hint?: string): TrifoldError {
  return new TrifoldError(code, message, { place: { file }, ...(hint === undefined ? {} : { hint }) });
}
