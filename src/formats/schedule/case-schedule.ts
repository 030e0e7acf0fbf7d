import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import type { HeldOperand, Home, Schedule, Segment } from '../../schedule/schedule.ts';
import { ownValue } from '../../util/own-value.ts';
import { suggestWord } from '../../util/suggestion.ts';
import { type PerTensor, TENSORS } from '../../util/vocabulary.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { Document, KeyPath } from '../document/document.ts';
import type { RecordedSchedule, RecordedStep } from './case-schema.ts';
import { type Fail, failBelow } from './fail-below.ts';
import { segmentProblem } from './segment-problems.ts';
import { SequenceNames } from './sequence-names.ts';

/** Ranges of a box along n, c, p, q; of parameters: groups, C, K, and R * S. */
export type CaseBox = readonly (readonly [from: number, to: number])[];

/** What another program recorded of a step. */
export interface CaseStep {
  readonly operator: number;
  readonly iteration: number;
  readonly outputBox: CaseBox;
  /** Whether each operand is in the retention level; absent of vector operators. */
  readonly retained: PerTensor<boolean> | null;
  /** By names of tensors, and of operators for their parameters. */
  readonly holds: ReadonlyMap<string, CaseBox>;
  readonly fetched: ReadonlyMap<string, CaseBox>;
  readonly drained: ReadonlyMap<string, CaseBox>;
  /** Bits for tiles of the mapping; null: not recorded (vector operators), or unlimited. */
  readonly roomBits: number | null;
  readonly tileBits: number | null;
  readonly inPlaceWords: number;
  /** Null: a vector operator. */
  readonly mapping: Mapping | null;
  /** Reads, fills and updates in words by index of a level and role, e.g. `1.Outputs@home`. */
  readonly counts: ReadonlyMap<string, readonly [reads: number, fills: number, updates: number]>;
  readonly energyPj: number;
  readonly cycles: number;
}

/** A schedule with the steps of every segment, where these are recorded. */
export interface CaseSchedule {
  readonly schedule: Schedule;
  /** By segment, in the order in which they run; null: not recorded. */
  readonly steps: readonly (readonly CaseStep[])[] | null;
}

const HOMES: Readonly<Record<'D' | 'R' | 'F', Home>> = { D: 'outermost', R: 'retained', F: 'fused' };

/**
 * A recorded schedule of a sequence.
 * @throws TrifoldError with place and key: unknown names, homes that are missing or not free, operators out of order or in two segments or none, tiles out of range
 */
export function caseSchedule(
  document: Document,
  path: KeyPath,
  sequence: Sequence,
  accelerator: Accelerator,
  recorded: RecordedSchedule,
): CaseSchedule {
  return new ScheduleReader(failBelow(document, path), sequence, accelerator).read(recorded);
}

class ScheduleReader {
  readonly #fail: Fail;
  readonly #sequence: Sequence;
  readonly #accelerator: Accelerator;
  readonly #names: SequenceNames;

  constructor(fail: Fail, sequence: Sequence, accelerator: Accelerator) {
    this.#fail = fail;
    this.#sequence = sequence;
    this.#accelerator = accelerator;
    this.#names = new SequenceNames(sequence, fail);
  }

  read(recorded: RecordedSchedule): CaseSchedule {
    const homes = this.#homes(recorded.homes);
    const pinned = this.#names.different(recorded.pinned, ['pinned'], (name, at) => this.#names.parameters(name, at));
    const segments = recorded.segments.map((segment, i): Segment => {
      const at = ['segments', i];
      const members = segment.operators.map((name, k) => this.#names.operator(name, [...at, 'operators', k]));
      const gap = members.findIndex((member, k) => k > 0 && member !== members[k - 1]! + 1);
      if (gap >= 0)
        this.#fail(
          [...at, 'operators', gap],
          'value',
          `${segment.operators[gap]} does not follow ${segment.operators[gap - 1]} in the graph`,
          'operators of a segment are consecutive, in the order of the graph',
        );
      return {
        first: members[0]!,
        end: members.at(-1)! + 1,
        loops: segment.loops.map(([axis, tile]) => ({ axis, tile })),
        halo: segment.halo,
        held: segment.held.map((name, k) => this.#held(name, [...at, 'held', k])),
      };
    });
    const problem = segmentProblem(this.#sequence, segments);
    if (problem !== null) {
      const { segment, loop, message, hint } = problem;
      const at = segment === segments.length ? ['segments'] : ['segments', segment];
      this.#fail(loop === undefined ? at : [...at, 'loops', loop], 'value', message, hint);
    }
    const isWithSteps = recorded.segments.some(({ steps }) => steps !== undefined);
    return {
      schedule: { homes, pinned: pinned.sort((a, b) => a - b), segments },
      steps: isWithSteps
        ? recorded.segments.map(({ steps = [] }, i) =>
            steps.map((step, k) => this.#step(step, segments[i]!, ['segments', i, 'steps', k])),
          )
        : null,
    };
  }

  #homes(recorded: RecordedSchedule['homes']): readonly Home[] {
    const free = this.#sequence.storages.filter(({ role }) => role === 'inner').map(({ name }) => name);
    for (const name of Object.keys(recorded))
      if (!free.includes(name))
        this.#fail(['homes', name], 'not-found', `${name} is no tensor with a home to choose`, suggestWord(name, free));
    return this.#sequence.storages.map(({ name, role }) => {
      if (role !== 'inner') return 'outermost';
      const home = ownValue(recorded, name);
      return home === undefined ? this.#fail(['homes'], 'value', `the home of ${name} is missing`) : HOMES[home];
    });
  }

  #held(name: string, at: KeyPath): HeldOperand {
    const tensor = this.#names.findTensor(name);
    return tensor === undefined
      ? { kind: 'parameters', operator: this.#names.parameters(name, at) }
      : { kind: 'tensor', tensor };
  }

  #step(step: RecordedStep, segment: Segment, at: KeyPath): CaseStep {
    const operator = this.#names.operator(step.operator, [...at, 'operator']);
    if (operator < segment.first || operator >= segment.end)
      this.#fail([...at, 'operator'], 'value', `${step.operator} is not in this segment`);
    const isMac = this.#sequence.operators[operator]!.kind === 'mac';
    const { homes, mapping, output_box: box } = step;
    if (isMac && (homes === undefined || mapping === undefined))
      this.#fail(at, 'value', `the step of ${step.operator} has no ${homes === undefined ? 'homes' : 'mapping'}`);
    for (const key of ['holds', 'fetch', 'drain'] as const)
      for (const name of Object.keys(step[key]))
        if (this.#names.findTensor(name) === undefined) this.#names.operator(name, [...at, key, name]);
    return {
      operator,
      iteration: step.iteration,
      outputBox: [box.n, box.c, box.p, box.q],
      retained:
        homes === undefined
          ? null
          : { Weights: homes.Weights === 'R', Inputs: homes.Inputs === 'R', Outputs: homes.Outputs === 'R' },
      holds: new Map(Object.entries(step.holds)),
      fetched: new Map(Object.entries(step.fetch)),
      drained: new Map(Object.entries(step.drain)),
      roomBits: step.room_bits ?? null,
      tileBits: step.tile_bits ?? null,
      inPlaceWords: step.in_place_words ?? 0,
      mapping: isMac ? this.#mapping(mapping!, [...at, 'mapping']) : null,
      counts: new Map(Object.entries(step.counts)),
      energyPj: step.energy_pJ,
      cycles: step.cycles,
    };
  }

  #mapping(levels: NonNullable<RecordedStep['mapping']>, at: KeyPath): Mapping {
    const names = this.#accelerator.levels.map(({ name }) => name);
    if (levels.length !== names.length || levels.some(({ level }, i) => level !== names[i]))
      this.#fail(
        at,
        'illegal-mapping',
        'the levels of the mapping are not those of the architecture',
        names.join(', '),
      );
    return {
      levels: levels.map(({ temporal, spatial }) => ({
        temporal: temporal.map(([dim, bound]) => ({ dim, bound })),
        spatial: spatial.map(([dim, bound, array]) => ({ dim, bound, array })),
        keep: TENSORS,
        noMulticast: [],
      })),
    };
  }
}
