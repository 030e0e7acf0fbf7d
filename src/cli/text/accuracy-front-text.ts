import type { DesignOptions } from '../../options/design.ts';
import { accuracyText } from '../../search/accuracy-text.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import { trialCell } from '../../search/trials.ts';
import { energyText, siText } from '../../util/quantity-text.ts';
import { spreadOver } from '../../util/spread.ts';
import { formatNumber } from './format.ts';
import { SCORED_BY } from './front-text.ts';
import { beside, formatTable, right } from './layout/table.ts';

const MOST_ROWS = 10;

/**
 * The front of accuracy against EDP as a table, the most accurate first, some ten networks evenly spread over it.
 * @param chosen the result that the final figures are of; its network is always shown, with a star, where it is on the front
 * @param betweenLayers what stays on chip between layers
 */
export function describeAccuracyFront(
  front: readonly AccuracyPoint[],
  chosen: Pick<ScoredDesign, 'trial' | 'network'>,
  betweenLayers: DesignOptions['betweenLayers'],
): string {
  const ordered = [...front].sort(
    (a, b) => b.network.accuracy.top1Percent - a.network.accuracy.top1Percent || a.trial - b.trial,
  );
  const isChosen = ({ trial, network }: AccuracyPoint) => trial === chosen.trial && network.key === chosen.network?.key;
  const spread = new Set(spreadOver(ordered, MOST_ROWS));
  const rows = ordered.filter((point) => spread.has(point) || isChosen(point));
  const shown = rows.length < front.length ? `${rows.length} shown` : 'all shown';
  return [
    `front of accuracy against EDP: ${front.length} ${front.length === 1 ? 'network' : 'networks'}; ${shown}, as the search scored them (${SCORED_BY[betweenLayers]}):`,
    formatTable(
      [
        right('trial'),
        beside(''),
        right('top-1'),
        right('EDP (pJ*cycles)'),
        right('cycles'),
        right('energy'),
        right('area'),
        right('MACs'),
        right('parameters'),
      ],
      rows.map((point) => [
        trialCell(point.trial),
        isChosen(point) ? '*' : '',
        accuracyText(point.network.accuracy),
        point.edpPjCycles.toExponential(4).replace('e+', 'e'),
        Math.round(point.cycles).toLocaleString('en-US'),
        energyText(point.energyPj),
        point.areaMm2 === 0 ? 'not stated' : `${formatNumber(point.areaMm2)} mm^2`,
        siText(point.network.macs, ''),
        siText(point.network.parameters, ''),
      ]),
    ),
    ...(rows.some(isChosen) ? ['* the network above'] : []),
  ].join('\n');
}
