import { notModelled } from '../../cost/analysis/breakdown.ts';
import { mappingToRecord } from '../../formats/record-conversion.ts';
import { networkJson } from '../explain/evaluate.ts';
import { requestJson } from './inputs.ts';
import type { MapResult } from './map.ts';

/** Plain JSON of a mapping run: figures, proofs and mappings. Without times: equal runs give equal documents. */
export function mapJson({ inputs, mapped, leftOut, notes, networkWise, explanations }: MapResult): object {
  const { report, proofs } = mapped;
  return {
    command: 'map',
    ...requestJson(inputs.request),
    notes,
    ...networkJson(report, leftOut),
    mappings: report.layers.map(({ layer, mapping }, i) => ({
      layer: layer.name,
      proof: proofs[i],
      mapping: mappingToRecord(report.accelerator, mapping),
    })),
    networkWise:
      networkWise === null
        ? null
        : {
            value: networkWise.value,
            lowerBound: networkWise.lowerBound,
            optimal: networkWise.optimal,
            limits: networkWise.limits,
            ...networkJson(networkWise.report),
            mappings: networkWise.report.layers.map(({ layer, mapping }) => ({
              layer: layer.name,
              mapping: mappingToRecord(report.accelerator, mapping),
            })),
          },
    ...(explanations === null ? {} : { explanations }),
    notModelled: notModelled(report.accelerator),
  };
}
