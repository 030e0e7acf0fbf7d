import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Accelerator } from '../../src/accelerator/accelerator.ts';
import { parseJson } from '../../src/formats/document/json-document.ts';
import type { CaseSchedule, CaseStep } from '../../src/formats/schedule/case-schedule.ts';
import { readScheduleCases } from '../../src/formats/schedule/schedule-cases.ts';
import type { Sequence } from '../../src/workload/graph/sequence.ts';

const SHARED = resolve(import.meta.dirname, '../../../shared/oracle/inter-layer');
const GOLDEN = resolve(import.meta.dirname, '../golden');

/** Files of recorded schedules: samples that are always there, and the rest where it is. */
export const RECORDS: readonly { readonly name: string; readonly file: string; readonly isThere: boolean }[] = [
  { name: 'some given schedules', file: resolve(GOLDEN, 'schedules.json') },
  { name: 'some solved cases', file: resolve(GOLDEN, 'schedules-solved.json') },
  { name: 'all given schedules', file: resolve(SHARED, 'schedules.json') },
  { name: 'all solved cases', file: resolve(SHARED, 'dev.json') },
].map((one) => ({ ...one, isThere: existsSync(one.file) }));

/** A recorded schedule with its steps. */
export interface RecordedRun {
  readonly id: string;
  readonly sequence: Sequence;
  readonly accelerator: Accelerator;
  readonly schedule: CaseSchedule['schedule'];
  /** By segment. */
  readonly steps: readonly (readonly CaseStep[])[];
  readonly energyPj: number;
  readonly cycles: number;
}

/** The schedules of a file: those that are given, and the best found by EDP of those that were solved. */
export function recordedRuns(file: string): RecordedRun[] {
  return readScheduleCases(parseJson(readFileSync(file, 'utf8'), file)).flatMap((one): RecordedRun[] => {
    const run = one.given ?? one.solved?.found?.best.edp;
    if (run === undefined || run.schedule.steps === null) return [];
    const { id, sequence, accelerator } = one;
    const { schedule, steps } = run.schedule;
    return [{ id, sequence, accelerator, schedule, steps, energyPj: run.energyPj, cycles: run.cycles }];
  });
}
