import { agreementOf } from '../../../app/validate/agreement.ts';
import { type ChipValidation, familyNames } from '../../../app/validate/chips.ts';
import type { Compared } from '../../../app/validate/compared.ts';
import type { NetworkSpeed } from '../../../app/validate/network-times.ts';
import { notGiven } from '../../../app/validate/page.ts';
import { groupedText, percentText } from '../../../util/quantity-text.ts';
import { shownText } from '../../../util/shown-text.ts';
import { formatNumber } from '../format.ts';
import { beside, formatTable, right } from '../layout/table.ts';
import { describeBoards, rankText } from './boards-text.ts';
import { describeRtl } from './rtl-text.ts';

/** The comparison with chips as text: a table for each network and kind of figure, the sources, and what remains. */
export function describeChips(validation: ChipValidation): string {
  const blocks = validation.networks.map((network) => {
    const table = formatTable(
      [
        'layer',
        right('PEs chip'),
        beside(right('model')),
        beside(right('error')),
        right('Mcycles chip'),
        beside(right('model')),
        beside(right('error')),
        right('buffer MB chip'),
        beside(right('model')),
        beside(right('error')),
        right('DRAM MB chip'),
        beside(right('model')),
        beside(right('error')),
        right('zeros'),
      ],
      network.layers.map((layer) => [
        layer.name,
        ...cells(layer.activePes, 1),
        ...cells(layer.cycles, 1e6),
        ...cells(layer.bufferMegabytes, 1),
        ...cells(layer.dramMegabytes, 1),
        percentText(layer.inputZeros, 0),
      ]),
    );
    const mean = network.meanAbsoluteError;
    return [
      `${network.chip}: ${network.workload}, batch ${network.batch}, ${network.accelerator} with ${network.mapping}`,
      table,
      `mean absolute error: PEs ${percentText(mean.activePes)}, cycles ${percentText(mean.cycles)}, buffer ${percentText(mean.bufferMegabytes)}, DRAM ${percentText(mean.dramMegabytes)}`,
    ].join('\n');
  });
  return [
    blocks.join('\n\n'),
    '',
    speedTable('frame rate', validation.frameRates, ({ framesPerSecond }) => framesPerSecond),
    '',
    speedTable('ms per image', validation.imageTimes, ({ milliseconds }) => milliseconds),
    ...(validation.rtl === null ? [] : ['', describeRtl(validation.rtl)]),
    ...(validation.boards === null ? [] : ['', describeBoards(validation.boards)]),
    '',
    ...notGiven(validation),
    '\nOf single figures:',
    ...validation.explanation.map((line) => `  - ${line}`),
    '\nWhat remains, not in the figures of the model:',
    ...validation.notModelled.map(({ text, accelerators }) => shownText(`  - ${text} (${familyNames(accelerators)})`)),
    ...Object.values(validation.sources).map((source) => `\nSource: ${source}`),
  ].join('\n');
}

/** Published speeds of networks with their rank and mean error. */
function speedTable<Speed extends NetworkSpeed>(
  title: string,
  speeds: readonly Speed[],
  figure: (speed: Speed) => Compared,
): string {
  const { spearman, meanAbsoluteError } = agreementOf(speeds.map(figure));
  const isRetaining = speeds.some(({ onChip }) => onChip !== null);
  const table = formatTable(
    [
      ...[
        title,
        beside('network'),
        right('published'),
        beside(right('model')),
        beside(right('error')),
        right('utilization'),
        right('proven'),
      ],
      ...(isRetaining
        ? [right('stay'), beside(right('pinned')), right('outermost words'), beside(right('compulsory'))]
        : []),
    ],
    speeds.map((speed) => [
      speed.accelerator,
      speed.workload,
      ...cells(figure(speed), 1),
      percentText(speed.utilization),
      `${speed.proven} of ${speed.layers}${speed.onChip?.isProven === false ? ', schedule not' : ''}`,
      ...onChipCells(speed),
    ]),
  );
  const error = meanAbsoluteError === null ? '-' : percentText(meanAbsoluteError);
  return `${table}\nmean absolute error ${error}, rank correlation ${rankText(spearman)}`;
}

/** Activations that stay on chip, parameters that do, and what passes the outermost level all the same. */
function onChipCells({ onChip }: NetworkSpeed): string[] {
  if (onChip === null) return [];
  const mebibytes = (bits: number) => (bits / 8 / 2 ** 20).toFixed(2);
  return [
    `${onChip.retained} of ${onChip.activations}`,
    `${mebibytes(onChip.pinnedBits)} of ${mebibytes(onChip.parameterBits)} MiB`,
    groupedText(onChip.outermostWords),
    groupedText(onChip.compulsoryWords),
  ];
}

function cells({ measured, model, error }: Compared, unit: number): string[] {
  return [
    formatNumber(measured / unit, 4),
    formatNumber(model / unit, 4),
    `${error >= 0 ? '+' : ''}${percentText(error)}`,
  ];
}
