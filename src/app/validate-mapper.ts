import type { TemporalReuse } from '../cost/evaluation.ts';
import { evaluateReference } from '../cost/reference.ts';
import { readWith } from '../formats/document.ts';
import { parseJson } from '../formats/json-document.ts';
import { type MapperRecord, mapperRecordFileSchema, type RecordMappingLevel } from '../formats/record-schema.ts';
import { acceleratorFromRecord, layerFromRecord, mappingFromRecord, mappingToRecord } from '../formats/records.ts';
import { EDP } from '../search/mapping/objective.ts';
import { readText } from './library.ts';
import { mapLayer } from './map-layer.ts';

/** The best mapping of one mapper record beside the recorded one. */
export interface MapperComparison {
  readonly id: string;
  /** pJ * cycles. */
  readonly edp: number;
  readonly energy_pJ: number;
  readonly cycles: number;
  /** In the record format. */
  readonly mapping: readonly RecordMappingLevel[];
  /** Whether it is proven that no mapping of the mapspace is better. */
  readonly optimal: boolean;
  readonly seconds: number;
  /** Complete mappings scored. */
  readonly evaluations: number;
  /** EDP of the recorded mapping, scored here by the same temporal-reuse rule; null where none is recorded. */
  readonly recorded_edp: number | null;
  /** The EDP that the record states; null where none is recorded. */
  readonly stated_edp: number | null;
  /** edp / recorded_edp; below 1 = better than the record. */
  readonly ratio: number | null;
}

/** How {@link validateMapper} runs. */
export interface MapperValidationOptions {
  /** Holds for both mappings. The figures that the records state hold under `timeloop`. */
  readonly temporalReuse: TemporalReuse;
  /** Seconds per record; absent = until proven. */
  readonly time?: number;
  /** Called after every record. */
  readonly onRecord?: (comparison: MapperComparison) => void;
}

/**
 * Finds the best mapping in the mapspace of every record of a mapper file.
 * @throws TrifoldError `syntax` or `schema` for a bad file, `infeasible` when a mapspace is empty
 */
export function validateMapper(file: string, options: MapperValidationOptions): MapperComparison[] {
  const records = readWith(mapperRecordFileSchema, parseJson(readText(file), file));
  return records.map((record) => {
    const comparison = compare(record, options);
    options.onRecord?.(comparison);
    return comparison;
  });
}

function compare(record: MapperRecord, { temporalReuse, time }: MapperValidationOptions): MapperComparison {
  const accelerator = acceleratorFromRecord(record.id, record.arch, record.mapspace);
  const layer = layerFromRecord(record.problem, record.arch.mac.word_bits);
  const begun = performance.now();
  const { mapping, evaluation, proof } = mapLayer(layer, accelerator, EDP, {
    mapper: 'exact',
    factors: record.mapspace.factors,
    temporalReuse,
    evaluations: 0,
    seed: 1,
    ...(time === undefined ? {} : { shouldStop: () => performance.now() - begun > time * 1000 }),
  });
  const seconds = (performance.now() - begun) / 1000;
  const recorded = recordedEdp(record, temporalReuse);
  return {
    id: record.id,
    edp: evaluation.edpPjCycles,
    energy_pJ: evaluation.energyPj,
    cycles: evaluation.cycles,
    mapping: mappingToRecord(accelerator, mapping),
    optimal: proof.optimal,
    seconds,
    evaluations: proof.evaluations,
    recorded_edp: recorded,
    stated_edp: record.timeloop_mapper?.edp_pJ_cycles ?? null,
    ratio: recorded === null ? null : evaluation.edpPjCycles / recorded,
  };
}

/** The recorded mapping scored by a rule; under `timeloop` this is the figure that the record states. */
function recordedEdp(record: MapperRecord, temporalReuse: TemporalReuse): number | null {
  const found = record.timeloop_mapper;
  if (found === undefined) return null;
  const evaluation = evaluateReference(
    layerFromRecord(record.problem, record.arch.mac.word_bits),
    acceleratorFromRecord(record.id, record.arch),
    mappingFromRecord(found.mapping),
    { temporalReuse },
  );
  return evaluation.feasible ? evaluation.edpPjCycles : null;
}
