import { shapeText } from '../messages/tensor-message.ts';
import type { OperatorTable, Rule } from './rule.ts';
import type { RuleNode } from './rule-node.ts';

/** Gates of a recurrent operator, by its name. */
export const GATES: ReadonlyMap<string, number> = new Map([
  ['LSTM', 4],
  ['DynamicQuantizeLSTM', 4],
  ['GRU', 3],
  ['RNN', 1],
]);

/** Directions, gates x hidden, size of what they multiply: inputs (1) or states (2). */
export function recurrentWeights(node: RuleNode, index: 1 | 2 = 1): readonly [number, number, number] {
  const [directions, rows, size] = node.ranked(index, 3) as [number, number, number];
  return node.opType === 'DynamicQuantizeLSTM' ? [directions, size, rows] : [directions, rows, size];
}

/** Input [length, batch, size] with weights [directions, gates x hidden, size]: all states, the last state, and of an LSTM the last cell. */
const recurrent: Rule = (node) => {
  const dims = node.ranked(0, 3) as readonly [number, number, number];
  const weights = recurrentWeights(node);
  const gates = GATES.get(node.opType)!;
  const hidden = node.int('hidden_size', weights[1] / gates);
  const directions = node.text('direction', 'forward') === 'bidirectional' ? 2 : 1;
  node.check(
    weights[0] === directions && weights[1] === gates * hidden && weights[2] === dims[2],
    () => `wants weights of ${shapeText([directions, gates * hidden, dims[2]])}, found ${shapeText(weights)}`,
  );
  const states = recurrentWeights(node, 2);
  node.check(
    states[0] === directions && states[1] === gates * hidden && states[2] === hidden,
    () => `wants recurrent weights of ${shapeText([directions, gates * hidden, hidden])}, found ${shapeText(states)}`,
  );
  const isBatchFirst = node.int('layout', 0) === 1;
  const [length, batch] = isBatchFirst ? [dims[1], dims[0]] : [dims[0], dims[1]];
  const elementType = node.type(0);
  const all = isBatchFirst ? [batch, length, directions, hidden] : [length, directions, batch, hidden];
  const last = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [
    { dims: all, elementType },
    { dims: last, elementType },
    { dims: last, elementType },
  ];
};

/** Recurrent layers. */
export const RECURRENT: OperatorTable = [['LSTM GRU RNN com.microsoft:DynamicQuantizeLSTM', 'mac', recurrent]];
