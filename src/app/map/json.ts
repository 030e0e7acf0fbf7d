import { mappingToRecord } from '../../formats/record-conversion.ts';
import { type NetworkReport, networkJson } from '../explain/evaluate.ts';
import { LAYER_BY_LAYER } from '../layers/between-layers.ts';
import { layerProofs } from '../layers/network-answer.ts';
import type { ScheduleAnswer } from '../layers/schedule-answer.ts';
import { requestJson } from './inputs.ts';
import { mapLimits } from './limits.ts';
import type { MapResult } from './map.ts';

/** A schedule with its certificate; its steps with their mappings are the layers of the document. */
export function scheduleJson({ optimum, limits, summary }: ScheduleAnswer, islands: NetworkReport | null) {
  const { value, lowerBound, optimal, certificate } = optimum;
  return {
    ...{ value, lowerBound, optimal, limits, certificate },
    ...summary,
    layerByLayerTotals: islands?.totals ?? null,
  };
}

/**
 * Plain JSON of a mapping run: figures, proofs and mappings of the answer, and the layers on their own beside it. Without times: equal runs
 * give equal documents.
 */
export function mapJson(result: MapResult): object {
  const { inputs, mapped, leftOut, report, notes, networkWise, explanations, schedule, islands, capacityGains } =
    result;
  const proofs = schedule === null ? layerProofs(report, mapped) : report.layers.map(() => null);
  const { physical, ...layerWise } = mapped.report.totals;
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
    layerWise: {
      totals: { ...layerWise, ...physical },
      layers: mapped.report.layers.map(({ layer, evaluation }, i) => ({
        layer: layer.name,
        energyPj: evaluation.energyPj,
        cycles: evaluation.cycles,
        proof: mapped.proofs[i],
      })),
    },
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
    between: inputs.between ?? LAYER_BY_LAYER,
    schedule: schedule === null ? null : scheduleJson(schedule, islands),
    ...(explanations === null ? {} : { explanations }),
    ...(capacityGains === null ? {} : { capacityGains }),
    notModelled: mapLimits(result),
  };
}
