import type { BoardComparison, BoardValidation } from '../../../app/validate/boards.ts';
import { shownText } from '../../../util/shown-text.ts';
import { formatNumber } from '../format.ts';
import { beside, formatTable, right } from '../layout/table.ts';

/** A rank correlation as text. */
export function rankText(rank: number | null): string {
  return rank === null ? '-' : rank.toFixed(3);
}

/** A board that is compared, in one line. */
export function boardText({ board, everyNetwork, proven, layers }: BoardComparison): string {
  return `${board}: ${rankText(everyNetwork.layers)}, with vector operators ${rankText(everyNetwork.all)} (${proven} of ${layers} mappings proven)`;
}

/** The comparison with boards as text. */
export function describeBoards({ networks, source, boards, notes }: BoardValidation): string {
  const table = formatTable(
    [
      'board',
      beside('preset'),
      right('batch'),
      right('networks'),
      right('layers'),
      beside(right('+ vector')),
      right('without SE'),
      beside(right('layers')),
      beside(right('+ vector')),
      right('model / measured'),
    ],
    boards.map(({ board, accelerator, batch, everyNetwork, withoutSqueezeExcite, medianRatio }) => [
      board,
      accelerator,
      String(batch),
      String(everyNetwork.networks),
      rankText(everyNetwork.layers),
      rankText(everyNetwork.all),
      String(withoutSqueezeExcite.networks),
      rankText(withoutSqueezeExcite.layers),
      rankText(withoutSqueezeExcite.all),
      medianRatio === null ? '-' : formatNumber(medianRatio, 3),
    ]),
  );
  const open = boards.filter(({ layers, proven }) => proven < layers);
  return [
    `Spearman's rank correlation of modelled and measured time, ${networks} networks (SE: squeeze-and-excitation)`,
    table,
    ...open.map(
      ({ board, layers, proven }) => `${board}: ${layers - proven} of ${layers} mappings are not proven best`,
    ),
    '',
    ...notes.map((note) => `  - ${note}`),
    '',
    shownText(`Source: ${source}`),
  ].join('\n');
}
