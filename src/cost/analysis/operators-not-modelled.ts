import { type Accelerator, childrenOf } from '../../accelerator/accelerator.ts';
import { repeatedSum } from '../../util/network-totals.ts';
import { groupedText } from '../../util/quantity-text.ts';
import { operatorCounts, type VectorDemand } from '../../workload/graph/fusion.ts';
import { networkDemands, type ShownNetwork } from '../../workload/graph/network-demands.ts';
import type { Network } from '../../workload/network.ts';
import { hopPj } from '../level-cost.ts';

/** What of a network figures may leave out. */
export type NamedNetwork = ShownNetwork & Pick<Network, 'name'>;

/** What the figures of networks leave out of their operators that are no layers, as sentences. */
export function operatorsNotModelled(
  { levels, vectorUnit }: Pick<Accelerator, 'levels' | 'vectorUnit'>,
  networks: readonly NamedNetwork[],
): readonly string[] {
  return [
    ...networks.flatMap((network) => vectorLimit(network, vectorUnit !== undefined)),
    ...(vectorUnit === undefined ? [] : hopLimit(levels.slice(0, vectorUnit.level), networks)),
    ...(vectorUnit === undefined ? [] : termLimit(levels.slice(0, vectorUnit.level + 1), networks)),
  ];
}

/** Words of vector operators take no hops in the model, which are charged where words of layers take them. */
function hopLimit(outside: Accelerator['levels'], networks: readonly ShownNetwork[]): string[] {
  const passed = outside.filter((level) => childrenOf(level) > 1 && hopPj(level, 1) > 0);
  return passed.length === 0 || !isMovingWords(networks)
    ? []
    : [`hops of words to and from the vector unit below ${passed.map(({ name }) => name).join(' and ')}`];
}

/** Words of vector operators are plain words for levels with requests, a code of zeros or drains that are charged. */
function termLimit(passed: Accelerator['levels'], networks: readonly ShownNetwork[]): string[] {
  const stating = passed.filter(({ requests, compression, drain }) => (requests ?? compression ?? drain) !== undefined);
  return stating.length === 0 || !isMovingWords(networks)
    ? []
    : [`requests, compression and drains of words of vector operators (${stating.map(({ name }) => name).join(', ')})`];
}

function isMovingWords(networks: readonly ShownNetwork[]): boolean {
  return networks.some((network) =>
    networkDemands(network).own.some(({ wordsIn, wordsOut }) => wordsIn + wordsOut > 0),
  );
}

function vectorLimit(network: NamedNetwork, isPriced: boolean): string[] {
  const { name, graph, layers } = network;
  if (graph === undefined)
    return layers.length === 1
      ? []
      : [`operators of ${name} that are no layers, if it has any: these figures are of layers alone`];
  const { own, others, layerCount } = networkDemands(network);
  const isPart = layers.length < layerCount;
  const unknown = (graph.uncounted ?? []).map(
    ({ name: operator, count, words, reason }) =>
      `${count} ${operator} of ${name}${words === null ? '' : ` (${groupedText(words)} words)`}: ${reason}`,
  );
  const which = isPart ? 'fused into the layers shown' : 'no layers';
  const priced = isPriced
    ? `overlap of the vector operators of ${name} with its layers: they run after them, one after the other`
    : `operators of ${name} that are ${which} (${demandText(own)}): not priced, as the accelerator states no vectorUnit`;
  const left = `other operators of ${name} that are no layers (${demandText(others)}): not counted, as they are not fused into the layers shown, which are ${layers.length} of ${layerCount}`;
  return [...unknown, ...(own.some(isAny) ? [priced] : []), ...(others.some(isAny) ? [left] : [])];
}

/** Whether an operator costs anything anywhere. */
function isAny({ wordsIn, wordsOut, work }: VectorDemand): boolean {
  return wordsIn + wordsOut + work.simple + work.special > 0;
}

function demandText(all: readonly VectorDemand[]): string {
  const demands = all.filter(isAny);
  const kinds = [...operatorCounts(demands)].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const words = repeatedSum(demands, ({ wordsIn, wordsOut }) => wordsIn + wordsOut);
  return `${kinds}; they move ${groupedText(words)} words`;
}
