import { product } from '../../../util/integers.ts';
import { linear } from '../../../workload/layers.ts';
import type { InferredNode } from '../inference/inferred-model.ts';
import { GATES, recurrentWeights } from '../operators/recurrent.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import type { Emitter } from './emitter.ts';

/** Whether an operator is recurrent. */
export function isRecurrent({ opType, domain }: Pick<InferredNode, 'opType' | 'domain'>): boolean {
  return (domain === '' || opType.startsWith('Dynamic')) && GATES.has(opType);
}

/**
 * Adds the layers of a recurrent operator, per direction: products with the inputs and with the states, whose steps are tokens that share the
 * weights, and the gates. False where nothing flows in.
 */
export function emitRecurrent(emitter: Emitter, node: InferredNode, rule: RuleNode): boolean {
  const input = emitter.placed(node.inputs[0]);
  const all = node.outputs[0] ?? node.outputs[1];
  if (input === undefined || all?.dims === undefined) return false;
  const dims = rule.dims(0);
  const isBatchFirst = rule.int('layout', 0) === 1;
  const [steps, inputs] = isBatchFirst ? [dims[1]!, dims[0]!] : [dims[0]!, dims[1]!];
  const [directions, rows, size] = recurrentWeights(rule);
  const gates = GATES.get(node.opType)!;
  const hidden = rows / gates;
  const batch = inputs % emitter.batch === 0 ? emitter.batch : 1;
  const tokens = (steps * inputs) / batch;
  const bits = emitter.widths.of(all);
  const [own, recurrent, bias] = [1, 2, 3].map((index) => emitter.parametersOf(node.inputs[index]) / directions) as [
    number,
    number,
    number,
  ];
  const made = Array.from({ length: directions }, (_, direction) => {
    const name = directions === 1 ? node.name : `${node.name}.${direction + 1}`;
    const layer = (which: string, read: number, flow: typeof input.flow, weights: 1 | 2, parameters: number) =>
      emitter.layer(
        `${name}.${which}`,
        {
          kind: 'linear',
          problem: linear({ name, inputs: read, outputs: rows, tokens, batch }),
          parameters,
          wordBits: emitter.wordBits(node.inputs[0]!, node.inputs[weights]!),
        },
        [flow],
        bits,
      );
    const words = batch * tokens * hidden;
    const shape = { channels: hidden, size: [tokens, 1], form: tokens > 1 ? 'sequence' : 'vector' } as const;
    const fromInput = layer('input', size, input.flow, 1, own + bias);
    const state = emitter.view(`${name}.state`, 'slice', [fromInput], shape, words);
    const fromState = layer('recurrent', hidden, state, 2, recurrent);
    const sum = emitter.vector(
      `${name}.sum`,
      { kind: 'add' },
      [fromInput, fromState],
      fromInput.activation,
      words * gates,
      bits,
    );
    const function_ = gates === 1 ? 'tanh' : 'sigmoid';
    const opened = emitter.vector(
      `${name}.gates`,
      { kind: 'activation', function: function_ },
      [sum],
      sum.activation,
      words * gates,
      bits,
    );
    if (gates === 1) return opened;
    return emitter.vector(`${name}.output`, { kind: 'reduce', window: gates }, [opened], shape, words, bits);
  });
  const [first] = made;
  const channels = directions * hidden;
  const whole =
    made.length === 1
      ? first!
      : emitter.view(node.name, 'concat', made, { ...first!.activation, channels }, batch * tokens * channels);
  emitter.put(node.outputs[0], { flow: whole, places: undefined });
  for (const last of node.outputs.slice(1)) {
    if (last?.dims === undefined) continue;
    const words = product(last.dims);
    const flow = emitter.view(
      `${node.name}.last`,
      'slice',
      [whole],
      { channels: words / batch, size: [1, 1], form: 'vector' },
      words,
    );
    emitter.put(last, { flow, places: undefined });
  }
  return true;
}
