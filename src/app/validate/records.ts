import type { Evaluation } from '../../cost/evaluation.ts';
import { evaluateReference } from '../../cost/reference/reference.ts';
import { reuseRule, type TemporalReuse } from '../../cost/temporal-reuse.ts';
import { type Document, readWith } from '../../formats/document/document.ts';
import { parseJson } from '../../formats/document/json-document.ts';
import { DOCUMENT_LIMITS } from '../../formats/document/limits.ts';
import { acceleratorFromRecord, layerFromRecord, mappingFromRecord } from '../../formats/record-conversion.ts';
import { recordFileSchema, type TimeloopRecord } from '../../formats/record-schema.ts';
import { ownValue } from '../../util/own-value.ts';
import { TENSORS, type TensorName } from '../../util/vocabulary.ts';
import { readText } from '../presets/load.ts';

/** One figure that differs from the record. */
export interface RecordMismatch {
  readonly id: string;
  /** e.g. `GLB.Inputs.reads`. */
  readonly where: string;
  readonly expected: number | string | null;
  readonly actual: number | string | null;
}

/** Result of {@link validateRecords}. */
export interface RecordValidation {
  readonly cases: number;
  readonly matched: number;
  readonly mismatches: readonly RecordMismatch[];
}

/** Energies are sums of doubles in another order than the record's. */
const ENERGY_TOLERANCE = 1e-9;

/**
 * The document of a file of records, or of rows of DOSA's data set.
 * @throws TrifoldError `io`, and `syntax` with the place for a file that is not JSON
 */
export function readRecords(file: string): Document {
  return parseJson(readText(file, DOCUMENT_LIMITS.jsonBytes), file);
}

/**
 * Evaluates every record of a tool-neutral document and compares counts, cycles and energy with the recorded results.
 * Counts are compared to the integer. Cycles too under `timeloop`; under `exact` they may differ by the one cycle that
 * Timeloop's rounding adds. Where the rules differ in the counts of Inputs, figures that follow from these are not listed again.
 * @throws TrifoldError `schema` with the place for what is no list of records
 */
export function validateRecords(document: Document, temporalReuse: TemporalReuse): RecordValidation {
  const records = readWith(recordFileSchema, document);
  const mismatches: RecordMismatch[] = [];
  let matched = 0;
  for (const record of records) {
    const found = compareRecord(record, temporalReuse);
    if (found.length === 0) matched++;
    mismatches.push(...found);
  }
  return { cases: records.length, matched, mismatches };
}

/** The figures of one record that differ. */
export function compareRecord(record: TimeloopRecord, temporalReuse: TemporalReuse): RecordMismatch[] {
  const accelerator = acceleratorFromRecord(record.id, record.arch);
  const mapping = mappingFromRecord(record.mapping);
  const layer = layerFromRecord(record.problem, record.arch.mac.word_bits);
  const evaluation = evaluateReference(layer, accelerator, mapping, { temporalReuse });
  if (!evaluation.feasible) {
    const reasons = evaluation.violations.map((violation) => violation.message).join('; ');
    return [{ id: record.id, where: 'mapping', expected: 'legal', actual: reasons }];
  }
  const found: RecordMismatch[] = [];
  const compare = (where: string, actual: number | null, expected: number | null, tolerance = 0): void => {
    if (actual !== null && expected !== null && Math.abs(actual - expected) <= tolerance) return;
    if (actual === expected) return;
    found.push({ id: record.id, where, expected, actual });
  };
  compareCounts(record, evaluation, compare);
  if (reuseRule(temporalReuse).isTimeloop || found.length === 0)
    compareDerived(record, evaluation, temporalReuse, compare);
  return found;
}

type Compare = (where: string, actual: number | null, expected: number | null, tolerance?: number) => void;

function compareCounts(record: TimeloopRecord, evaluation: Evaluation, compare: Compare): void {
  const { results } = record;
  compare('macs', evaluation.macs, results.macs);
  compare('compute_cycles', evaluation.computeCycles, results.compute_cycles);
  compare('mac_instances_used', evaluation.macUnitsUsed, results.mac_instances_used);
  for (const name of Object.keys(results.levels))
    if (!evaluation.levels.some((level) => level.name === name)) compare(name, null, 1);
  for (const level of evaluation.levels) {
    const recorded = ownValue(results.levels, level.name);
    if (recorded === undefined) {
      compare(level.name, 1, null);
      continue;
    }
    for (const tensor of TENSORS) {
      const own = level.tensors[tensor];
      const theirs = recorded.tensors[tensor];
      const where = `${level.name}.${tensor}`;
      if (!own.kept || theirs === undefined) {
        if (own.kept || theirs !== undefined) compare(`${where}.kept`, own.kept ? 1 : 0, theirs === undefined ? 0 : 1);
        continue;
      }
      compare(`${where}.tile_words`, own.tileWords, theirs.tile_words);
      compare(`${where}.instances`, level.instancesUsed, theirs.instances);
      for (const kind of ['reads', 'fills', 'updates'] as const)
        compare(`${where}.${kind}`, own[kind] / level.instancesUsed, theirs[kind]);
      if (tensor === 'Outputs' && theirs.temporal_reductions !== undefined)
        compare(`${where}.temporal_reductions`, own.reads / level.instancesUsed, theirs.temporal_reductions);
    }
  }
  compareNetworks(record, evaluation, compare);
}

/** Ingresses per outer instance; below a DRAM, Timeloop's ingresses of Outputs hold the read-backs as well (SEMANTICS, section 6). */
function compareNetworks(record: TimeloopRecord, evaluation: Evaluation, compare: Compare): void {
  evaluation.levels.forEach((level, index) => {
    const inner = evaluation.levels[index + 1]?.name ?? 'MAC';
    const recorded = record.results.networks?.[`${level.name} <==> ${inner}`];
    if (recorded === undefined) return;
    for (const tensor of TENSORS) {
      const theirs = recorded[tensor];
      if (theirs === undefined) continue;
      const own = level.networks[tensor];
      const where = `${level.name} <==> ${inner}.${tensor}`;
      const words = ingresses(record, tensor, index, level.instancesUsed, own.ingressWords);
      compare(`${where}.ingresses`, words, theirs.ingresses);
      compare(
        `${where}.spatial_reductions`,
        (own.spatialReductions / own.ingressWords) * words,
        theirs.spatial_reductions,
      );
    }
  });
}

function ingresses(
  record: TimeloopRecord,
  tensor: TensorName,
  index: number,
  instances: number,
  words: number,
): number {
  const perInstance = words / instances;
  if (tensor !== 'Outputs' || !record.arch.levels[index]!.dram) return perInstance;
  const { N = 1, G = 1, K = 1, P = 1, Q = 1 } = record.problem.dims;
  const name = record.arch.levels[index]!.name;
  const inner = record.arch.levels[index + 1]?.name ?? 'MAC';
  const classes = record.results.networks?.[`${name} <==> ${inner}`]?.Outputs?.by_multicast?.length ?? 1;
  return 2 * perInstance - classes * N * G * K * P * Q;
}

function compareDerived(
  record: TimeloopRecord,
  evaluation: Evaluation,
  temporalReuse: TemporalReuse,
  compare: Compare,
): void {
  const { results } = record;
  const cycleTolerance = reuseRule(temporalReuse).isTimeloop ? 0 : 1;
  const energy = (where: string, actual: number, expected: number) =>
    compare(where, actual, expected, Math.abs(expected) * ENERGY_TOLERANCE);
  compare('cycles', evaluation.cycles, results.cycles, cycleTolerance);
  compare(
    'utilization',
    evaluation.utilization,
    results.utilization,
    1e-9 + (cycleTolerance * evaluation.utilization) / evaluation.cycles,
  );
  energy('energy_pJ', evaluation.energyPj, results.energy_pJ);
  energy('mac_energy_pJ', evaluation.macEnergyPj, results.mac_energy_pJ);
  for (const level of evaluation.levels) {
    const recorded = ownValue(results.levels, level.name);
    if (recorded === undefined) continue;
    compare(`${level.name}.cycles`, level.cycles, recorded.cycles, cycleTolerance);
    for (const tensor of TENSORS) {
      const theirs = recorded.tensors[tensor];
      if (theirs !== undefined)
        energy(`${level.name}.${tensor}.energy_pJ`, level.tensors[tensor].energyPj, theirs.energy_pJ);
    }
  }
}
