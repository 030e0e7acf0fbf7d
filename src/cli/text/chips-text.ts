import type { ChipValidation, Compared } from '../../app/validate/chips.ts';
import { percentText } from '../../util/quantity-text.ts';
import { formatNumber } from './format.ts';
import { formatTable, right } from './table.ts';

/** The comparison with chips as text: one table per network, the sources, and why the rest differs. */
export function describeChips(validation: ChipValidation): string {
  const blocks = validation.networks.map((network) => {
    const table = formatTable(
      [
        'layer',
        right('PEs chip'),
        right('model'),
        right('error'),
        right('Mcycles chip'),
        right('model'),
        right('error'),
        right('buffer MB chip'),
        right('model'),
        right('error'),
        right('DRAM MB chip'),
        right('model'),
        right('error'),
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
  const rates = formatTable(
    ['frame rate', 'network', right('published'), right('model'), right('error'), right('utilization')],
    validation.frameRates.map(({ accelerator, workload, framesPerSecond, utilization }) => [
      accelerator,
      workload,
      ...cells(framesPerSecond, 1),
      percentText(utilization),
    ]),
  );
  return [
    blocks.join('\n\n'),
    `\n${rates}`,
    '\nWhat remains:',
    ...validation.explanation.map((line) => `  - ${line}`),
    ...Object.values(validation.sources).map((source) => `\nSource: ${source}`),
  ].join('\n');
}

function cells({ measured, model, error }: Compared, unit: number): string[] {
  return [
    formatNumber(measured / unit, 4),
    formatNumber(model / unit, 4),
    `${error >= 0 ? '+' : ''}${percentText(error)}`,
  ];
}
