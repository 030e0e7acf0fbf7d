import { evaluateReference } from '../../cost/reference/reference.ts';
import type { TemporalReuse } from '../../cost/temporal-reuse.ts';
import { readWith } from '../../formats/document/document.ts';
import { parseJson } from '../../formats/document/json-document.ts';
import { DOCUMENT_LIMITS } from '../../formats/document/limits.ts';
import {
  acceleratorFromRecord,
  layerFromRecord,
  mappingFromRecord,
  mappingToRecord,
} from '../../formats/record-conversion.ts';
import { type MapperRecord, mapperRecordFileSchema, type RecordMappingLevel } from '../../formats/record-schema.ts';
import type { MappedLayer } from '../../search/mapping/map-layer.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { type LayerWork, workError } from '../layers/layer-work.ts';
import { readText } from '../presets/load.ts';

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
  readonly time: number | undefined;
  /** Called after every record. */
  readonly onRecord?: (comparison: MapperComparison) => void;
}

/**
 * Finds the best mapping in the mapspace of every record of a mapper file.
 * @param pool of one worker, so that the seconds are those of one undisturbed thread
 * @throws TrifoldError `syntax` or `schema` for a bad file, `infeasible` when a mapspace is empty
 */
export async function validateMapper(
  file: string,
  pool: LayerPool,
  options: MapperValidationOptions,
): Promise<MapperComparison[]> {
  const { temporalReuse, onRecord } = options;
  const records = readWith(mapperRecordFileSchema, parseJson(readText(file, DOCUMENT_LIMITS.jsonBytes), file));
  const comparisons: MapperComparison[] = [];
  await pool.map(
    records.map((record) => workOf(record, options)),
    (result, index) => {
      if (result.kind === 'failed') throw workError(result);
      const comparison = compare(records[index]!, result.layers[0]!, result.seconds, temporalReuse);
      comparisons.push(comparison);
      onRecord?.(comparison);
    },
  );
  return comparisons;
}

function workOf(record: MapperRecord, { temporalReuse, time }: MapperValidationOptions): LayerWork {
  return {
    name: record.id,
    layers: [layerFromRecord(record.problem, record.arch.mac.word_bits)],
    accelerator: acceleratorFromRecord(record.id, record.arch, record.mapspace),
    goal: { kind: 'text', objective: 'edp', subjectTo: [] },
    settings: { mapper: 'exact', factors: record.mapspace.factors, temporalReuse, evaluations: 0, seed: 1 },
    ...(time === undefined ? {} : { secondsPerLayer: time }),
  };
}

function compare(
  record: MapperRecord,
  { mapping, evaluation, proof }: MappedLayer,
  seconds: number,
  temporalReuse: TemporalReuse,
): MapperComparison {
  const accelerator = acceleratorFromRecord(record.id, record.arch, record.mapspace);
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
