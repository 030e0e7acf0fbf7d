import type { Accelerator } from '../../accelerator/accelerator.ts';
import { besideCost, besideLoads } from '../../cost/link-cost.ts';
import { isCostly } from '../../util/network-totals.ts';
import type { Network } from '../../workload/network.ts';

/**
 * Whether all that a network costs on an accelerator is one layer: objectives and limits are then of one run of it. Otherwise they are of the sums, also
 * where a single layer has vector operators or a link beside it.
 */
export function isOneLayer(network: Pick<Network, 'layers' | 'graph'>, accelerator: Accelerator): boolean {
  return network.layers.length === 1 && !isCostly(besideCost(besideLoads(network), accelerator));
}
