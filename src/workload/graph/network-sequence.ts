import { groupedText } from '../../util/quantity-text.ts';
import type { Network } from '../network.ts';
import type { Graph } from './graph.ts';
import { layerNames } from './network-demands.ts';
import type { Sequence } from './sequence.ts';
import { SequenceBuilder } from './sequence-builder.ts';

/** Most operators of a sequence, all repeats counting. */
export const MOST_OPERATORS = 20_000;

/** Why a network has no sequence, to be read behind its name. */
export interface NoSequence {
  readonly reason: string;
}

/**
 * The operators of a whole network in the order in which they run: blocks and repeats written out, operators that their producer runs folded into it, and
 * views that change no size left out.
 */
export function networkSequence(network: Network): Sequence | NoSequence {
  const { graph, name } = network;
  if (graph === undefined) return { reason: 'only its layers are known, not what flows between them' };
  const why = whyNot(network, graph);
  return why === null ? new SequenceBuilder(graph, network.layers).build(name) : { reason: why };
}

function whyNot({ layers }: Network, graph: Graph): string | null {
  const names = layerNames(graph);
  const own = new Set(layers.map(({ name }) => name));
  if ([...names].some((name) => !own.has(name))) return 'only some of its layers are asked for';
  if (layers.some(({ name }) => !names.has(name))) return 'it has layers that its graph leaves out';
  if (graph.operators.some(({ kind, inputs }) => kind === 'mac' && inputs.length === 0))
    return 'it has layers of which nobody knows what they read';
  const count = graph.operators.reduce((sum, { repeat }) => sum + repeat, 0);
  if (count > MOST_OPERATORS)
    return `it runs ${groupedText(count)} operators, and at most ${groupedText(MOST_OPERATORS)} are scheduled`;
  return null;
}
