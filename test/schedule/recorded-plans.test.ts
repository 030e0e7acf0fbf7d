import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinnedBits, planSegment } from '../../src/schedule/plan.ts';
import { isUnfit, retentionOf } from '../../src/schedule/retention.ts';
import type { StepKind } from '../../src/schedule/step-kind.ts';
import { residentBits } from '../../src/schedule/storage-lives.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import {
  acceleratorOf,
  type RecordedBox,
  type RecordedCase,
  type RecordedStep,
  readCases,
  scheduleOf,
  sequenceOf,
} from './recorded.ts';

const SHARED = resolve(import.meta.dirname, '../../../shared/oracle/inter-layer');

function words(box: RecordedBox): number {
  return box.reduce((product, [from, to]) => product * (to - from), 1);
}

/** What a step of a record and a planned one both state. */
interface Facts {
  readonly step: string;
  readonly extents: readonly number[];
  /** Whether Weights, Inputs, Outputs are in the retention level. */
  readonly retained: readonly boolean[] | null;
  readonly fetched: readonly number[];
  readonly drained: readonly number[];
  /** Bits that are left for tiles; of vector steps bits of tiles and held operands, less what is overwritten. */
  readonly room: number;
}

function recordedFacts(step: RecordedStep, activationBits: number): Facts {
  const sizes = (moved: RecordedStep['fetch']) =>
    Object.values(moved)
      .map(words)
      .filter((count) => count > 0)
      .sort((a, b) => a - b);
  const held = Object.values(step.holds).reduce((sum, box) => sum + words(box), 0) - (step.in_place_words ?? 0);
  return {
    step: `${step.operator} ${step.iteration}`,
    extents: (['n', 'c', 'p', 'q'] as const).map((axis) => step.output_box[axis][1] - step.output_box[axis][0]),
    retained: step.homes === undefined ? null : TENSORS.map((tensor) => step.homes![tensor] === 'R'),
    fetched: sizes(step.fetch),
    drained: sizes(step.drain),
    room: step.mapping === undefined ? held * activationBits : step.room_bits,
  };
}

/** The steps of a recorded schedule as they are planned and as they are recorded; or why a segment cannot run. */
function bothFacts(one: RecordedCase, recorded: NonNullable<RecordedCase['schedule']>) {
  const sequence = sequenceOf(one);
  const retention = retentionOf(acceleratorOf(one));
  if (isUnfit(retention)) throw new Error(retention.reason);
  const { homes, pinned, segments } = scheduleOf(sequence, recorded);
  const pins = pinned.reduce((sum, operator) => sum + pinnedBits(sequence, retention, operator), 0);
  const planned = segments.flatMap((segment) => {
    const placement = { homes, isPinned: (operator: number) => pinned.includes(operator) };
    const plan = planSegment(sequence, retention, placement, segment);
    if (isUnfit(plan)) throw new Error(`${one.id}: ${plan.reason}`);
    const own = sequence.operators
      .slice(segment.first, segment.end)
      .flatMap(({ inputs, output }) => [...inputs, output].map((tensor) => sequence.tensors[tensor]!.storage));
    const resident = (storage: number) => residentBits(sequence, retention, storage, segment);
    const passing = homes.reduce(
      (sum, home, storage) => sum + (home === 'retained' && !own.includes(storage) ? resident(storage) : 0),
      0,
    );
    return [...plan.order()].map(({ kind, iteration }): Facts => {
      const step = plan.kinds[kind]!;
      const parts = step.fixed.reduce(
        (sum, { what, index, bits }) => sum + bits - (what === 'storage' ? resident(index) : 0),
        0,
      );
      expect(step.fixedBits).toBe(step.fixed.reduce((sum, { bits }) => sum + bits, 0));
      return {
        ...stepFacts(step),
        step: `${sequence.operators[step.operator]!.name} ${iteration}`,
        room: step.kind === 'mac' ? retention.capacityBits! - pins - passing - step.fixedBits : parts,
      };
    });
  });
  const steps = recorded.segments.flatMap(({ steps = [] }) => steps);
  return { planned, recorded: steps.map((step) => recordedFacts(step, one.arch.bits.activation)) };
}

function stepFacts(step: StepKind): Pick<Facts, 'extents' | 'retained' | 'fetched' | 'drained'> {
  const sizes = (moved: readonly { readonly words: number }[]) => moved.map((one) => one.words).sort((a, b) => a - b);
  const moves = { fetched: sizes(step.moves.fetched), drained: sizes(step.moves.drained) };
  if (step.kind === 'vector') return { extents: step.extents, retained: null, ...moves };
  const { N, G, K, P, Q } = step.shape.problem.bounds;
  return { extents: [N, G * K, P, Q], retained: [step.weights, step.inputs, step.outputs], ...moves };
}

describe.skipIf(!existsSync(SHARED))('plans of recorded schedules', () => {
  it.each(['schedules', 'dev'])('have the steps, boxes, moves and room of %s.json', (name) => {
    let steps = 0;
    for (const one of readCases(resolve(SHARED, `${name}.json`))) {
      const schedule = one.schedule ?? one.results?.edp?.schedule;
      if (schedule === undefined) continue;
      const { planned, recorded } = bothFacts(one, schedule);
      expect(planned, one.id).toEqual(recorded);
      steps += planned.length;
    }
    expect(steps).toBeGreaterThan(500);
  });
});
