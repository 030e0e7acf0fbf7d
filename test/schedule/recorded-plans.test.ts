import { describe, expect, it } from 'vitest';
import type { CaseBox, CaseStep } from '../../src/formats/schedule/case-schedule.ts';
import { pinnedBits, planSegment } from '../../src/schedule/plan.ts';
import { isUnfit, retentionOf } from '../../src/schedule/retention.ts';
import { passingBits } from '../../src/schedule/room.ts';
import type { StepKind } from '../../src/schedule/step-kind.ts';
import { residentBits } from '../../src/schedule/storage-lives.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { RECORDS, type RecordedRun, recordedRuns } from './recorded-schedules.ts';

/** What a step of a record and a planned one both state. */
interface Facts {
  readonly operator: number;
  readonly iteration: number;
  readonly extents: readonly number[];
  /** Whether Weights, Inputs, Outputs are in the retention level. */
  readonly retained: readonly boolean[] | null;
  readonly fetched: readonly number[];
  readonly drained: readonly number[];
  /** Bits that are left for tiles; of vector steps bits of tiles and held operands, less what is overwritten. */
  readonly room: number | null;
}

function wordsOf(boxes: ReadonlyMap<string, CaseBox>): number[] {
  const words = [...boxes.values()].map((box) => box.reduce((product, [from, to]) => product * (to - from), 1));
  return words.filter((count) => count > 0).sort((a, b) => a - b);
}

function recordedFacts(step: CaseStep, activationBits: number): Facts {
  const { operator, iteration, retained, mapping, roomBits, holds, inPlaceWords } = step;
  const held = wordsOf(holds).reduce((sum, words) => sum + words, 0) - inPlaceWords;
  return {
    ...{ operator, iteration },
    extents: step.outputBox.map(([from, to]) => to - from),
    retained: retained === null ? null : TENSORS.map((tensor) => retained[tensor]),
    fetched: wordsOf(step.fetched),
    drained: wordsOf(step.drained),
    room: mapping === null ? held * activationBits : roomBits,
  };
}

function stepFacts(step: StepKind): Pick<Facts, 'extents' | 'retained' | 'fetched' | 'drained'> {
  const sizes = (moved: readonly { readonly words: number }[]) => moved.map(({ words }) => words).sort((a, b) => a - b);
  const moves = { fetched: sizes(step.moves.fetched), drained: sizes(step.moves.drained) };
  if (step.kind === 'vector') return { extents: step.extents, retained: null, ...moves };
  const { N, G, K, P, Q } = step.shape.problem.bounds;
  return { extents: [N, G * K, P, Q], retained: [step.weights, step.inputs, step.outputs], ...moves };
}

/** The steps of a recorded schedule as they are planned. */
function plannedFacts({ id, sequence, accelerator, schedule }: RecordedRun): Facts[] {
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) throw new Error(retention.reason);
  const { homes, pinned, segments } = schedule;
  const pins = pinned.reduce((sum, operator) => sum + pinnedBits(sequence, retention, operator), 0);
  return segments.flatMap((segment) => {
    const placement = { homes, isPinned: (operator: number) => pinned.includes(operator) };
    const plan = planSegment(sequence, retention, placement, segment);
    if (isUnfit(plan)) throw new Error(`${id}: ${plan.reason}`);
    const { capacityBits } = retention;
    const others = pins + passingBits(sequence, retention, homes, segment);
    const steps = [...plan.order()];
    plan.kinds.forEach(({ count, fixed, fixedBits }, index) => {
      expect(count).toBe(steps.filter(({ kind }) => kind === index).length);
      expect(fixedBits).toBe(fixed.reduce((sum, { bits }) => sum + bits, 0));
    });
    return steps.map(({ kind, iteration }): Facts => {
      const step = plan.kinds[kind]!;
      const whole = (index: number) => residentBits(sequence, retention, index, segment);
      const parts = step.fixed.reduce(
        (sum, { what, index, bits }) => sum + bits - (what === 'storage' ? whole(index) : 0),
        0,
      );
      const room = capacityBits === null ? null : capacityBits - others - step.fixedBits;
      return { operator: step.operator, iteration, ...stepFacts(step), room: step.kind === 'mac' ? room : parts };
    });
  });
}

// Killed by: a halo of one row less, a first tile that does not start at 0, tiles kept for all users or for none, a fetch at another step, overwriting in shared loops.
describe('plans of recorded schedules', () => {
  for (const { name, file, isThere } of RECORDS)
    it.skipIf(!isThere)(`have the steps, boxes, moves and room of ${name}`, () => {
      const runs = recordedRuns(file);
      expect(runs.length).toBeGreaterThan(1);
      for (const run of runs) {
        const bits = run.sequence.tensors[0]!.wordBits;
        const recorded = run.steps.flat().filter(({ operator }) => run.sequence.operators[operator]!.kind !== 'view');
        expect(plannedFacts(run), run.id).toEqual(recorded.map((step) => recordedFacts(step, bits)));
      }
    });
});
