import type { RtlValidation } from './rtl.ts';

/** Plain JSON of the comparison with measured RTL: what scripts ask first at its top. */
export function rtlJson(validation: RtlValidation): object {
  const { rows, model, plain, figures, illegal, boundBy, ...others } = validation;
  const flat = ({ all, withinLayer }: RtlValidation['model']) => ({
    spearman: all.spearman,
    mape: all.meanAbsoluteError,
    modelOverMeasured: all.meanRatio,
    withinLayerSpearman: withinLayer.spearman,
    layers: withinLayer.groups,
    pickedOverBest: withinLayer.pickedOverBest?.geometricMean ?? null,
    pickedOverBestMean: withinLayer.pickedOverBest?.mean ?? null,
    pickedOverBestP90: withinLayer.pickedOverBest?.p90 ?? null,
  });
  return {
    rows,
    ...flat(model),
    withoutOverheads: flat(plain),
    compared: figures.length,
    illegal,
    boundBy: boundBy.map((one) => ({ ...one, share: one.rows / figures.length })),
    ...others,
    figures,
  };
}
