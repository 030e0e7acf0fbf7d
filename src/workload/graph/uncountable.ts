import { repeatedSum } from '../../util/network-totals.ts';
import { type Network, networkMacs, networkParameters, operatorParameters } from '../network.ts';
import { vectorDemands } from './fusion.ts';

/** A sum over a network that is too large to be counted exactly, with its number, as text; null where all can be counted. */
export function uncountableSum(network: Network): string | null {
  const demands = network.graph === undefined ? [] : vectorDemands(network.graph);
  const sums = [
    [networkMacs(network), 'multiply-accumulates'],
    [networkParameters(network) + operatorParameters(network), 'parameters'],
    [repeatedSum(demands, ({ wordsIn, wordsOut }) => wordsIn + wordsOut), 'words that vector operators move'],
    [repeatedSum(demands, ({ work }) => work.simple + work.special), 'operations of vector operators'],
  ] as const;
  const found = sums.find(([count]) => count > Number.MAX_SAFE_INTEGER);
  return found === undefined ? null : `${found[0].toPrecision(4)} ${found[1]}`;
}
