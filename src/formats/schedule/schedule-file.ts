import { z } from 'zod';
import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { retentionOf } from '../../schedule/retention.ts';
import type { HeldOperand, Home, Schedule, Segment, SharedLoop } from '../../schedule/schedule.ts';
import { LOOP_AXES, type LoopAxis } from '../../schedule/shared-axes.ts';
import type { SegmentPlan } from '../../schedule/step-kind.ts';
import { suggestWord } from '../../util/suggestion.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { type Document, type KeyPath, readWith } from '../document/document.ts';
import { refuseOtherUse } from '../made-for.ts';
import { mappingLevelsSchema, mappingOfLevels } from '../mapping-levels.ts';
import { type Fail, failBelow } from './fail-below.ts';
import { segmentProblem } from './segment-problems.ts';
import { SequenceNames } from './sequence-names.ts';
import { mappingsOfKinds, type StepMapping } from './step-mappings.ts';

const words = z.array(z.string()).default([]);
const sharedLoop = z
  .string()
  .regex(
    new RegExp(`^(${LOOP_AXES.join('|')}) [1-9][0-9]{0,14}$`),
    'a shared loop is an axis (n, c, p, q or reduced) and the positions of a tile, for example "p 4"',
  );

const segmentSchema = z.strictObject({
  from: z.string(),
  to: z.string().optional(),
  loops: z.array(sharedLoop).default([]),
  halo: z.enum(['cached', 'recomputed']).default('cached'),
  held: z.strictObject({ tensors: words, parameters: words }).default({ tensors: [], parameters: [] }),
  mappings: z
    .array(
      z.strictObject({
        operator: z.string(),
        iteration: z.number().int().nonnegative().default(0),
        levels: mappingLevelsSchema,
      }),
    )
    .default([]),
});

/** The schedule of a network with the mappings of its steps, as files hold it. */
export const scheduleFileSchema = z.strictObject({
  name: z.string(),
  source: z.string().default(''),
  accelerator: z.string().optional(),
  workload: z.string().optional(),
  batch: z.number().int().positive().optional(),
  retentionLevel: z.string(),
  homes: z.strictObject({ retained: words, fused: words }).default({ retained: [], fused: [] }),
  pinned: words,
  segments: z.array(segmentSchema).min(1),
});

type ScheduleFile = z.infer<typeof scheduleFileSchema>;

/** A schedule that was read, with names resolved. */
export interface ReadSchedule {
  readonly schedule: Schedule;
  /** By segment. */
  readonly mappings: readonly (readonly StepMapping[])[];
  /**
   * The mapping of each kind of steps of a segment; null for operators other than layers.
   * @throws TrifoldError with the place of the segment that lacks one, or of a mapping that is for no step
   */
  readonly ofKinds: (segment: number, plan: SegmentPlan) => readonly (Mapping | null)[];
}

/** The schedule of a file, before the network and the accelerator are known. */
export interface SavedSchedule {
  readonly name: string;
  readonly source: string;
  /** Batch that it was made for. */
  readonly batch?: number;
  /**
   * Resolves the names of a file.
   * @param workload name of the network
   * @param batch of the network; undefined: that of the file
   * @throws TrifoldError with place, key and hint: another accelerator, network or batch than the file names, unknown names, operators in two segments or in none, tiles
   * out of range, a level that cannot retain
   */
  readonly use: (accelerator: Accelerator, workload: string, sequence: Sequence, batch?: number) => ReadSchedule;
}

/** Whether a file that is read as mappings holds a schedule. */
export function isScheduleFile({ data }: Document): boolean {
  return typeof data === 'object' && data !== null && ('segments' in data || 'retentionLevel' in data);
}

/** Reads a saved schedule. @throws TrifoldError with place and key */
export function readSchedule(document: Document): SavedSchedule {
  const file = readWith(scheduleFileSchema, document);
  return {
    name: file.name,
    source: file.source,
    ...(file.batch === undefined ? {} : { batch: file.batch }),
    use: (accelerator, workload, sequence, batch = file.batch) => {
      refuseOtherUse(document, 'schedules', [
        { key: 'accelerator', made: file.accelerator, used: accelerator.name },
        { key: 'workload', made: file.workload, used: workload },
        { key: 'batch', made: file.batch, used: batch },
      ]);
      const fail = failBelow(document, []);
      checkLevel(file, accelerator, fail);
      const resolved = new Resolver(sequence, fail).resolve(file);
      const { operators } = sequence;
      const mappings = file.segments.map((segment, index) =>
        segment.mappings.map(({ iteration, levels }, i) => {
          const operator = resolved.mapped[index]![i]!;
          const path: KeyPath = ['segments', index, 'mappings', i, 'levels'];
          const mapping = mappingOfLevels(document, path, operators[operator]!.name, levels, accelerator);
          return { operator, iteration, mapping };
        }),
      );
      return {
        schedule: resolved.schedule,
        mappings,
        ofKinds: (segment, plan) => {
          const given = mappingsOfKinds(plan, mappings[segment]!);
          const at: KeyPath = ['segments', segment];
          if ('missing' in given) {
            const { operator, iteration } = given.missing;
            const { name } = operators[operator]!;
            return fail(
              at,
              'value',
              `the steps of ${name} that are like that of iteration ${iteration} have no mapping`,
              `add one with operator: ${name} and iteration: ${iteration} to the mappings of this segment`,
            );
          }
          if ('mappings' in given) return given.mappings;
          const { operator, iteration } = mappings[segment]![given.unused]!;
          return fail(
            [...at, 'mappings', given.unused],
            'value',
            `no steps of ${operators[operator]!.name} are the first of their kind at iteration ${iteration}`,
            'a mapping is for all steps that are alike, and names the first iteration with one',
          );
        },
      };
    },
  };
}

function checkLevel({ retentionLevel }: ScheduleFile, accelerator: Accelerator, fail: Fail): void {
  const names = accelerator.levels.map(({ name }) => name);
  if (!names.includes(retentionLevel))
    fail(
      ['retentionLevel'],
      'not-found',
      `${accelerator.name} has no level ${retentionLevel}`,
      suggestWord(retentionLevel, names),
    );
  const retention = retentionOf(accelerator);
  if ('reason' in retention) fail(['retentionLevel'], 'unsupported', `${accelerator.name}: ${retention.reason}`);
  else if (retention.levelName !== retentionLevel)
    fail(
      ['retentionLevel'],
      'unsupported',
      `activations stay in ${retention.levelName} of ${accelerator.name}, not in ${retentionLevel}`,
      'it is the outermost level on chip that has one instance and can hold Inputs',
    );
}

/** A file's schedule in the indices of a sequence. */
class Resolver {
  readonly #sequence: Sequence;
  readonly #fail: Fail;
  readonly #names: SequenceNames;

  constructor(sequence: Sequence, fail: Fail) {
    this.#sequence = sequence;
    this.#fail = fail;
    this.#names = new SequenceNames(sequence, fail);
  }

  resolve(file: ScheduleFile): { schedule: Schedule; mapped: readonly (readonly number[])[] } {
    const homes = this.#homes(file.homes);
    const pinned = this.#names.different(file.pinned, ['pinned'], (name, at) => this.#names.parameters(name, at));
    const segments = file.segments.map((segment, i): Segment => {
      const at: KeyPath = ['segments', i];
      const { from, to = from, halo, held } = segment;
      const first = this.#names.operator(from, [...at, 'from']);
      const last = this.#names.operator(to, [...at, 'to']);
      if (last < first)
        this.#fail([...at, 'to'], 'value', `${to} runs before ${from}`, 'operators run in the order of the network');
      return { first, end: last + 1, loops: segment.loops.map(loopOf), halo, held: this.#held(held, [...at, 'held']) };
    });
    const problem = segmentProblem(this.#sequence, segments);
    if (problem !== null) {
      const { segment, loop, message, hint } = problem;
      const at = segment === segments.length ? ['segments'] : ['segments', segment];
      this.#fail(loop === undefined ? at : [...at, 'loops', loop], 'value', message, hint);
    }
    const mapped = file.segments.map(({ mappings }, i) => this.#mapped(mappings, segments[i]!, i));
    return { schedule: { homes, pinned: [...pinned].sort((a, b) => a - b), segments }, mapped };
  }

  #homes({ retained, fused }: ScheduleFile['homes']): readonly Home[] {
    const storages = this.#sequence.storages;
    const byName = new Map(storages.map(({ name }, index) => [name, index]));
    const homes = storages.map((): Home => 'outermost');
    for (const [home, names] of [
      ['retained', retained],
      ['fused', fused],
    ] as const)
      for (const [i, name] of names.entries()) {
        const at = ['homes', home, i];
        const index = byName.get(name) ?? this.#partOf(name, at, [...byName.keys()]);
        const { role } = storages[index]!;
        if (role !== 'inner')
          this.#fail(
            at,
            'value',
            `${name} is an ${role} of the network: its home is the outermost level`,
            'remove it from the list',
          );
        if (homes[index] === home) this.#fail(at, 'value', `${name} stands twice in the list`, 'remove one');
        if (homes[index] !== 'outermost') this.#fail(at, 'value', `${name} has two homes`, 'keep one');
        homes[index] = home;
      }
    return homes;
  }

  #partOf(name: string, at: KeyPath, known: readonly string[]): never {
    const tensor = this.#names.tensor(name, at, known);
    const whole = this.#sequence.storages[this.#sequence.tensors[tensor]!.storage]!.name;
    return this.#fail(at, 'value', `${name} lies in ${whole}`, `write ${whole}: its parts share its home`);
  }

  #held({ tensors, parameters }: ScheduleFile['segments'][number]['held'], at: KeyPath): HeldOperand[] {
    return [
      ...this.#names
        .different(tensors, [...at, 'tensors'], (name, place) => this.#names.tensor(name, place))
        .map((tensor): HeldOperand => ({ kind: 'tensor', tensor })),
      ...this.#names
        .different(parameters, [...at, 'parameters'], (name, place) => this.#names.parameters(name, place))
        .map((operator): HeldOperand => ({ kind: 'parameters', operator })),
    ];
  }

  #mapped(mappings: ScheduleFile['segments'][number]['mappings'], segment: Segment, index: number): number[] {
    const seen = new Set<string>();
    return mappings.map(({ operator: name, iteration }, i) => {
      const at: KeyPath = ['segments', index, 'mappings', i];
      const operator = this.#names.operator(name, [...at, 'operator']);
      if (operator < segment.first || operator >= segment.end)
        this.#fail([...at, 'operator'], 'value', `${name} is not in this segment`);
      if (this.#sequence.operators[operator]!.kind !== 'mac')
        this.#fail([...at, 'operator'], 'value', `${name} is no layer: it has no mapping`);
      const key = `${operator} ${iteration}`;
      if (seen.has(key)) this.#fail(at, 'value', `${name} has two mappings from iteration ${iteration} on`);
      seen.add(key);
      return operator;
    });
  }
}

function loopOf(text: string): SharedLoop {
  const [axis, tile] = text.split(' ');
  // The schema's pattern guarantees an axis here.
  return { axis: axis as LoopAxis, tile: Number(tile) };
}
