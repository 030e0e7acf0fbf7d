import { byLatency } from '../../app/design/front.ts';
import type { DesignOptions } from '../../options/design.ts';
import { describeDesign } from '../../search/accelerator/design-specification.ts';
import type { FrontPoint } from '../../search/ports.ts';
import { trialCell } from '../../search/trials.ts';
import { energyText } from '../../util/quantity-text.ts';
import { spreadOver } from '../../util/spread.ts';
import { formatNumber } from './format.ts';
import { formatTable, right } from './layout/table.ts';

const MOST_ROWS = 10;

const SCHEDULED = 'the best schedule of whole activations and parameters that stay on chip';
/** What a search scores designs by. */
export const SCORED_BY: Readonly<Record<DesignOptions['betweenLayers'], string>> = {
  off: 'every layer with its own best mapping',
  retain: SCHEDULED,
  fuse: SCHEDULED,
};

/**
 * The front of energy, latency and area as a table, at most ten designs evenly spread over it by latency.
 * @param networks number of networks that figures are geometric means over
 * @param betweenLayers what stays on chip between layers
 */
export function describeFront(
  front: readonly FrontPoint[],
  networks: number,
  betweenLayers: DesignOptions['betweenLayers'],
): string {
  const rows = spreadOver(byLatency(front), MOST_ROWS);
  const shown = rows.length < front.length ? `${rows.length} shown` : 'all shown';
  return [
    `front of energy, latency and area: ${front.length} ${front.length === 1 ? 'design' : 'designs'}; ${shown}, as the search scored them (${SCORED_BY[betweenLayers]}${networks > 1 ? '; geometric means over the networks' : ''}):`,
    formatTable(
      [right('trial'), right('cycles'), right('energy'), right('EDP (pJ*cycles)'), right('area'), 'design'],
      rows.map(({ trial, cycles, energyPj, areaMm2, design }) => [
        trialCell(trial),
        Math.round(cycles).toLocaleString('en-US'),
        energyText(energyPj),
        (energyPj * cycles).toExponential(4).replace('e+', 'e'),
        `${formatNumber(areaMm2)} mm^2`,
        describeDesign(design),
      ]),
    ),
  ].join('\n');
}
