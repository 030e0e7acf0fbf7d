import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { AxisName, Sequence } from '../../workload/graph/sequence.ts';
import { type Document, errorAt, type KeyPath, readWith } from '../document/document.ts';
import { caseAccelerator } from './case-accelerator.ts';
import { type CaseSchedule, caseSchedule } from './case-schedule.ts';
import { type RecordedCase, scheduleCaseFileSchema } from './case-schema.ts';
import { caseSequence } from './case-sequence.ts';

/** Energy in pJ and cycles of a whole network. */
export interface CaseSums {
  readonly energyPj: number;
  readonly cycles: number;
}

/** One optimal schedule of a solved case. */
export interface CaseOptimum extends CaseSums {
  /** Of the objective. */
  readonly value: number;
  readonly schedule: CaseSchedule;
}

/** What a case searches, and what another program found by trying everything. */
export interface SolvedCase {
  /** Whether segments of several operators are allowed. */
  readonly fusion: boolean;
  readonly pinning: boolean;
  /** Lists of axes of shared loops, outer to inner, that are allowed. */
  readonly loops: readonly (readonly AxisName[])[];
  /** Null: no schedule is legal. */
  readonly found: null | {
    /** Pareto-optimal sums, and those without fusion. */
    readonly front: readonly CaseSums[];
    readonly frontRetained: readonly CaseSums[];
    readonly best: Readonly<Record<'edp' | 'energy' | 'latency', CaseOptimum>>;
  };
}

/** A whole network on an accelerator with a schedule whose steps were executed, or with all that a search finds. */
export interface ScheduleCase {
  readonly id: string;
  /** Family of the network. */
  readonly kind: string;
  readonly accelerator: Accelerator;
  readonly sequence: Sequence;
  /** Null: a solved case. */
  readonly given: (CaseSums & { readonly schedule: CaseSchedule }) | null;
  /** Null: a given schedule. */
  readonly solved: SolvedCase | null;
}

/** Reads tool-neutral cases of whole networks. @throws TrifoldError with place, key and hint */
export function readScheduleCases(document: Document): readonly ScheduleCase[] {
  const cases = readWith(scheduleCaseFileSchema, document);
  const ids = new Set<string>();
  return cases.map((recorded, index) => {
    if (ids.has(recorded.id)) throw errorAt(document, [index, 'id'], 'value', `two cases are called ${recorded.id}`);
    ids.add(recorded.id);
    return readCase(document, [index], recorded);
  });
}

function readCase(document: Document, path: KeyPath, recorded: RecordedCase): ScheduleCase {
  const { id, kind, arch, graph } = recorded;
  const { accelerator, wordBits } = caseAccelerator(document, [...path, 'arch'], id, arch);
  const sequence = caseSequence(document, [...path, 'graph'], id, graph, wordBits);
  const scheduleAt = (at: KeyPath, schedule: Parameters<typeof caseSchedule>[4]) =>
    caseSchedule(document, [...path, ...at], sequence, accelerator, schedule);
  const common = { id, kind, accelerator, sequence };
  if ('schedule' in recorded) {
    const schedule = scheduleAt(['schedule'], recorded.schedule);
    if (schedule.steps === null)
      throw errorAt(document, [...path, 'schedule', 'segments'], 'value', 'the steps of the schedule are missing');
    return {
      ...common,
      given: { energyPj: recorded.energy_pJ, cycles: recorded.cycles, schedule },
      solved: null,
    };
  }
  const { results, space } = recorded;
  if (!results.feasible) return { ...common, given: null, solved: { ...space, found: null } };
  const optimum = (name: 'edp' | 'energy' | 'latency'): CaseOptimum => {
    const { energy_pJ: energyPj, cycles, value, schedule } = results[name];
    return { energyPj, cycles, value, schedule: scheduleAt(['results', name, 'schedule'], schedule) };
  };
  const sums = ([energyPj, cycles]: readonly [number, number]): CaseSums => ({ energyPj, cycles });
  return {
    ...common,
    given: null,
    solved: {
      ...space,
      found: {
        front: results.front.map(sums),
        frontRetained: results.front_stage_a.map(sums),
        best: { edp: optimum('edp'), energy: optimum('energy'), latency: optimum('latency') },
      },
    },
  };
}
