import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../src/cost/evaluation.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import type { CaseStep } from '../../src/formats/schedule/case-schedule.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { scoreSchedule } from '../../src/schedule/score.ts';
import { type Evaluate, evaluateExactly, type ScoredStep, scoreStep } from '../../src/schedule/step-score.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { RECORDS, type RecordedRun, recordedRuns } from './recorded-schedules.ts';

const byReference: Evaluate = (layer, accelerator, mapping) =>
  evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });

/** Once for each mapping and way of writing outputs: a recorded mapping is of one step. */
function once(evaluate: Evaluate): Evaluate {
  const known = new WeakMap<Mapping, Map<string, ReturnType<Evaluate>>>();
  return (layer, accelerator, mapping) => {
    const own = known.get(mapping) ?? new Map<string, ReturnType<Evaluate>>();
    known.set(mapping, own);
    const mode = layer.residency!.outputs;
    const figures = own.get(mode) ?? evaluate(layer, accelerator, mapping);
    own.set(mode, figures);
    return figures;
  };
}

/** Counts by level and role as they are recorded: none that are all zero; moves are apart. */
function countsOf({ levels }: Evaluation): Map<string, readonly [number, number, number]> {
  const counts = new Map<string, readonly [number, number, number]>();
  const add = (key: string, reads: number, fills: number, updates: number) => {
    if (reads + fills + updates > 0) counts.set(key, [reads, fills, updates]);
  };
  levels.forEach(({ tensors, home }, level) => {
    for (const tensor of TENSORS)
      add(`${level}.${tensor}`, tensors[tensor].reads, tensors[tensor].fills, tensors[tensor].updates);
    if (home !== undefined) add(`${level}.Outputs@home`, home.reads, home.fills, home.updates);
  });
  return counts;
}

function figuresOf({ energyPj, cycles, evaluation, tileBits }: ScoredStep) {
  const ofMapping = evaluation === null ? null : { counts: countsOf(evaluation), tileBits };
  return { energyPj: Number(energyPj.toFixed(6)), cycles, ofMapping };
}

function recordedFigures({ energyPj, cycles, mapping, counts, tileBits }: CaseStep) {
  return { energyPj, cycles, ofMapping: mapping === null ? null : { counts, tileBits } };
}

/** Every step with its own recorded mapping: steps of one kind may have different ones. */
function checkRun({ id, sequence, accelerator, schedule, steps, energyPj, cycles }: RecordedRun, evaluate: Evaluate) {
  const score = scoreSchedule(
    sequence,
    accelerator,
    schedule,
    ({ segment, iteration, step }) =>
      steps[segment]!.find((one) => one.operator === step.operator && one.iteration === iteration)!.mapping,
    evaluate,
  );
  if (!score.feasible) throw new Error(`${id}: ${score.violations[0]!.message}`);
  const sums = { energyPj: 0, cycles: 0 };
  score.segments.forEach(({ plan, steps: kinds }, index) => {
    const recorded = steps[index]!.filter(({ operator }) => sequence.operators[operator]!.kind !== 'view');
    [...plan.order()].forEach(({ kind }, at) => {
      const { step, roomBits } = kinds[kind]!;
      const setting = { accelerator, retention: score.retention };
      const one = scoreStep(setting, step, roomBits, recorded[at]!.mapping, evaluate);
      if ('violations' in one) throw new Error(`${id}: ${one.violations[0]!.message}`);
      expect(figuresOf(one), `${id}, step ${at} of segment ${index}`).toEqual(recordedFigures(recorded[at]!));
      sums.energyPj += one.energyPj;
      sums.cycles += one.cycles;
    });
  });
  expect(sums.cycles, id).toBe(cycles);
  expect(sums.energyPj, id).toBeCloseTo(energyPj, 6);
}

// Killed by: staging where every word arrives complete, a move that costs nothing, a held operand that is read outside too, the room of another step.
describe('scores of recorded schedules', () => {
  for (const { name, file, isThere } of RECORDS)
    it.skipIf(!isThere)(`have the counts, energy and cycles of every step of ${name}`, () => {
      for (const run of recordedRuns(file)) checkRun(run, once(evaluateExactly));
    });

  it('are the same by the model that is meant to be read', () => {
    for (const run of recordedRuns(RECORDS[0]!.file)) checkRun(run, once(byReference));
  });
});
