import type { Agreement, GroupAgreement } from '../../../app/validate/agreement.ts';
import { LEAST_GROUP, type RtlAgreement, type RtlValidation } from '../../../app/validate/rtl/rtl.ts';
import { rtlNotes } from '../../../app/validate/rtl/rtl-source.ts';
import { percentText } from '../../../util/quantity-text.ts';
import { shownText } from '../../../util/shown-text.ts';
import { counted, formatNumber } from '../format.ts';
import { beside, formatTable, right } from '../layout/table.ts';
import { rankText } from './boards-text.ts';

/** Illegal rows that are listed. */
const SHOWN = 10;

/** The comparison with measured RTL as text. */
export function describeRtl(validation: RtlValidation): string {
  const { figures, illegal, accelerators, notModelled } = validation;
  return [
    `Modelled against measured cycles on ${accelerators.join(', ')}`,
    ...rtlNotes(validation).map((note) => `  - ${note}`),
    ...illegal.slice(0, SHOWN).map(({ id, reason }) => shownText(`  ${id}: ${reason}`)),
    ...(illegal.length > SHOWN ? [`  ... and ${illegal.length - SHOWN} more`] : []),
    '',
    agreementTable([
      ['model', validation.model],
      ['without overheads', validation.plain],
    ]),
    '',
    `Within layers: ${counted(validation.model.withinLayer.groups, 'layer')} on an array with at least ${LEAST_GROUP} mappings each; picked / best: measured cycles of the mapping that the model ranks first over the least measured`,
    `Bound by: ${validation.boundBy.map(({ name, rows }) => `${name} ${percentText(rows / figures.length)}`).join(', ')}`,
    '',
    'Not in these figures:',
    ...notModelled.map((limit) => `  - ${limit}`),
    '',
    shownText(`Source: ${validation.source}`),
  ].join('\n');
}

/** Rank and error of models, a row each. */
function agreementTable(models: readonly (readonly [name: string, agreement: RtlAgreement])[]): string {
  const ratio = (value: number | undefined) => (value === undefined ? '-' : formatNumber(value, 4));
  const cells = (all: Agreement, { spearman, pickedOverBest: picked }: GroupAgreement) => [
    rankText(all.spearman),
    all.meanAbsoluteError === null ? '-' : percentText(all.meanAbsoluteError),
    all.meanRatio === null ? '-' : formatNumber(all.meanRatio, 3),
    rankText(spearman),
    ratio(picked?.geometricMean),
    ratio(picked?.mean),
    ratio(picked?.p90),
  ];
  return formatTable(
    [
      '',
      right('Spearman'),
      right('mean error'),
      right('model / RTL'),
      right('within layers'),
      right('picked / best'),
      beside(right('mean')),
      beside(right('p90')),
    ],
    models.map(([name, { all, withinLayer }]) => [name, ...cells(all, withinLayer)]),
  );
}
