import { areaMm2 } from '../../accelerator/accelerator.ts';
import { notModelled } from '../../cost/analysis/not-modelled.ts';
import { mappingToRecord } from '../../formats/record-conversion.ts';
import { toCsv } from '../../report/csv.ts';
import { tableKey } from '../../search/network/accuracy/table-evaluator.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import { networkJson } from '../explain/evaluate.ts';
import type { FinishedExhaustive } from './exhaustive.ts';
import type { ExhaustiveData, ExhaustiveInputs } from './inputs.ts';
import { accuracyPoint, exhaustiveOptima, latenciesMs } from './score.ts';

/** How networks are mapped, in words: results name it, as the optimum of a network as a whole is another one. */
export const LAYER_WISE =
  'every layer has the mapping that is best for itself; EDP is the total energy times the total cycles, vector operators included where the accelerator prices them';

/** Plain JSON of a finished exhaustive run, without times: equal runs give equal documents. */
export function exhaustiveJson(
  { request }: ExhaustiveInputs,
  { space, accuracy, recorded, advice }: ExhaustiveData,
  finished: FinishedExhaustive,
): object {
  const { scored, outcomes, floorPercent, best, mostAccurate, report, correlation } = finished;
  const { table, accelerator, answers } = scored;
  const byKey = new Map(table.layers.map((layer, i) => [layerKey(layer), outcomes[i]!]));
  return {
    command: 'cosearch',
    search: 'exhaustive',
    request,
    mapped: LAYER_WISE,
    space: { name: space.name, title: space.title, networks: table.genotypes.length },
    accelerator: { name: accelerator.name, technology: accelerator.technology, areaMm2: areaMm2(accelerator) },
    accuracy: {
      source: accuracy.source,
      unknown: answers.filter(({ kind }) => kind === 'unknown').length,
      warning: advice,
    },
    layers: {
      distinct: table.layers.length,
      total: table.layerCount,
      proven: outcomes.filter((outcome) => outcome.kind === 'mapped' && outcome.optimal).length,
      unmappable: outcomes.filter(({ kind }) => kind !== 'mapped').length,
    },
    best: {
      ...accuracyPoint(scored, best),
      ...networkJson(report),
      mappings: report.layers.map(({ layer, mapping }) => {
        const outcome = byKey.get(layerKey(layer));
        return {
          layer: layer.name,
          optimal: outcome?.kind === 'mapped' && outcome.optimal,
          mapping: mappingToRecord(accelerator, mapping),
        };
      }),
    },
    mostAccurate: accuracyPoint(scored, mostAccurate),
    fronts: exhaustiveOptima(scored, floorPercent).map(({ cost, cheapest, front, volume }) => ({
      cost,
      cheapestAboveFloor: cheapest,
      hypervolume: volume,
      points: front,
    })),
    recordedLatency:
      correlation === null
        ? null
        : {
            column: recorded?.column ?? null,
            networks: correlation.points.length,
            kendallTau: correlation.kendallTau,
            spearmanRho: correlation.spearmanRho,
            notes: correlation.notes,
          },
    notModelled: notModelled(accelerator, [report.network]),
  };
}

/** All networks as CSV, in the order of their genes. */
export function networksCsv({ recorded }: ExhaustiveData, { scored }: Pick<FinishedExhaustive, 'scored'>): string {
  const { space, table, searchPercent, reportPercent, costs } = scored;
  const latencies = latenciesMs(scored);
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return toCsv(
    [
      'genes',
      'accuracy_searched_percent',
      'accuracy_reported_percent',
      'macs',
      'parameters',
      'energy_pj',
      'cycles',
      'edp_pj_cycles',
      'latency_ms',
      ...(recorded === null ? [] : [recorded.column]),
    ],
    table.genotypes.map((genotype, n) => {
      const key = tableKey(space, genotype);
      return [
        key.replaceAll(',', ' '),
        known(searchPercent[n]!),
        known(reportPercent[n]!),
        table.macs[n]!,
        table.parameters[n]!,
        known(costs.energyPj[n]!),
        known(costs.cycles[n]!),
        known(costs.edpPjCycles[n]!),
        known(latencies[n]!),
        ...(recorded === null ? [] : [recorded.figures.get(key) ?? null]),
      ];
    }),
  );
}
