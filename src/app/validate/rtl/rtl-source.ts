import type { MeasuredSource } from '../../../report/validation/measured-source.ts';
import { percentText } from '../../../util/quantity-text.ts';
import { LEAST_GROUP, type RtlAgreement, type RtlValidation } from './rtl.ts';

/** The comparison with measured RTL for a page. */
export function rtlSource(validation: RtlValidation): MeasuredSource {
  const { model, plain, figures, boundBy, source } = validation;
  const rank = (value: number | null) => (value === null ? '-' : value.toFixed(3));
  const error = (value: number | null) => (value === null ? '-' : percentText(value));
  const picked = ({ withinLayer: { pickedOverBest } }: RtlAgreement) =>
    pickedOverBest === null
      ? '-'
      : `${pickedOverBest.geometricMean.toFixed(2)} (geometric mean), ${pickedOverBest.p90.toFixed(2)} (p90)`;
  return {
    id: 'rtl',
    title: 'Gemmini RTL',
    unit: 'cycles',
    points: figures.map(({ id, layer, mesh, measuredCycles, modelCycles }) => ({
      name: `${id} ${layer}`,
      kind: `${mesh} x ${mesh}`,
      measured: measuredCycles,
      model: modelCycles,
    })),
    spearman: model.all.spearman,
    meanAbsoluteError: model.all.meanAbsoluteError,
    facts: [
      [
        `Rank within layers (${model.withinLayer.groups} of at least ${LEAST_GROUP} mappings)`,
        rank(model.withinLayer.spearman),
      ],
      ['Chosen mapping over the best one', picked(model)],
      ['Bound by', boundBy.map(({ name, rows }) => `${name} ${percentText(rows / figures.length)}`).join(', ')],
      [
        'Without overheads',
        `rank ${rank(plain.all.spearman)}, mean error ${error(plain.all.meanAbsoluteError)}, within layers ${rank(plain.withinLayer.spearman)}, chosen over best ${picked(plain)}`,
      ],
    ],
    notes: rtlNotes(validation),
    source,
  };
}

/** How many rows there are, which are not compared, and what was changed in the mappings of those that are. */
export function rtlNotes({
  rows,
  duplicates,
  anomalous,
  illegal,
  measuredAgain,
  clipped,
  reordered,
  ragged,
  figures,
}: RtlValidation): readonly string[] {
  return [
    `${rows} rows, ${figures.length} compared: ${anomalous} are marked anomalous and left out, ${illegal.length} have a mapping that the accelerator cannot run, ${duplicates} repeat another row and count once`,
    `${measuredAgain} rows measure the mapping of a row before them again, with other cycles; each counts`,
    `${clipped} rows have loops of more iterations than the layer has positions; they run as many as there are`,
    `${reordered} rows would fetch partial sums back in the recorded order of loops, which the hardware never does: their sums are finished first (without overheads they run as recorded)`,
    `${ragged} rows have tiles that do not divide the layer; the last ones are smaller`,
  ];
}
