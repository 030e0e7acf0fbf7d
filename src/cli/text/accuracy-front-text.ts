import { accuracyText } from '../../search/accuracy-text.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import { trialCell } from '../../search/trials.ts';
import { energyText, siText } from '../../util/quantity-text.ts';
import { spreadOver } from '../../util/spread.ts';
import { formatNumber } from './format.ts';
import { formatTable, right } from './table.ts';

const MOST_ROWS = 10;

/**
 * The front of accuracy against EDP as a table, the most accurate first, at most ten networks evenly spread over it.
 * @param chosen trial of the network that the final figures are of, marked with a star
 */
export function describeAccuracyFront(front: readonly AccuracyPoint[], chosen: number): string {
  const ordered = [...front].sort(
    (a, b) => b.network.accuracy.top1Percent - a.network.accuracy.top1Percent || a.trial - b.trial,
  );
  const rows = spreadOver(ordered, MOST_ROWS);
  const shown = rows.length < front.length ? `${rows.length} shown` : 'all shown';
  return [
    `front of accuracy against EDP: ${front.length} ${front.length === 1 ? 'network' : 'networks'}; ${shown}, as the search scored them (every layer with its own best mapping):`,
    formatTable(
      [
        right('trial'),
        '',
        right('top-1'),
        right('EDP (pJ*cycles)'),
        right('cycles'),
        right('energy'),
        right('area'),
        right('MACs'),
        right('parameters'),
      ],
      rows.map(({ trial, network, edpPjCycles, cycles, energyPj, areaMm2 }) => [
        trialCell(trial),
        trial === chosen ? '*' : '',
        accuracyText(network.accuracy),
        edpPjCycles.toExponential(4).replace('e+', 'e'),
        Math.round(cycles).toLocaleString('en-US'),
        energyText(energyPj),
        areaMm2 === 0 ? 'not stated' : `${formatNumber(areaMm2)} mm^2`,
        siText(network.macs, ''),
        siText(network.parameters, ''),
      ]),
    ),
    ...(rows.some(({ trial }) => trial === chosen) ? ['* the network above'] : []),
  ].join('\n');
}
