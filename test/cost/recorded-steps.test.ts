import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../src/cost/evaluation.ts';
import { compileKernel } from '../../src/cost/kernel/kernel.ts';
import { packMapping } from '../../src/cost/packed-mapping.ts';
import { checkMapping } from '../../src/mapping/legality.ts';
import { EXACT, expectEqual, feasible } from './agreement.ts';
import {
  type RecordedCase,
  type RecordedSchedule,
  recordedCounts,
  recordedSteps,
  residentStep,
} from './recorded-steps.ts';

const GOLDEN = resolve(import.meta.dirname, '../golden/schedule-steps.json');
const SHARED = resolve(import.meta.dirname, '../../../shared/oracle/inter-layer/dev.json');

function evaluate(recorded: RecordedCase): Evaluation {
  const { layer, accelerator, mapping } = residentStep(recorded);
  const kernel = compileKernel(layer, accelerator, EXACT);
  return feasible(kernel.toEvaluation(packMapping(kernel.layout, mapping)!));
}

function expectRecorded(recorded: RecordedCase): void {
  const { id, step } = recorded;
  const evaluation = evaluate(recorded);
  const { energyPj, cycles, levels } = evaluation;
  expect([id, step.operator, recordedCounts(evaluation), energyPj, cycles, levels[1]!.usedBits]).toEqual([
    id,
    step.operator,
    step.counts,
    step.energy_pJ,
    step.cycles,
    step.tile_bits,
  ]);
}

describe('recorded steps of schedules are counted to the integer', () => {
  const golden: readonly RecordedCase[] = JSON.parse(readFileSync(GOLDEN, 'utf8'));
  it.each(golden.map((recorded) => [`${recorded.id} ${recorded.step.operator}`, recorded] as const))('%s', (_, one) => {
    expectRecorded(one);
    expectEqual(residentStep(one), EXACT);
  });

  it('and fit exactly the room that their tiles take', () => {
    for (const recorded of golden) {
      const { layer, accelerator, mapping } = residentStep(recorded);
      const rulesAt = (roomBits: number) =>
        checkMapping({ ...layer, residency: { ...layer.residency, roomBits } }, accelerator, mapping).map(
          ({ rule }) => rule,
        );
      const { tile_bits: bits } = recorded.step;
      expect(rulesAt(bits)).toEqual([]);
      if (bits > 0) expect(rulesAt(bits - 1)).toEqual(['capacity']);
    }
  });

  it.skipIf(!existsSync(SHARED))('all layers of dev.json', () => {
    const schedules: readonly RecordedSchedule[] = JSON.parse(readFileSync(SHARED, 'utf8'));
    const steps = schedules.flatMap(recordedSteps);
    expect(steps.length).toBe(505);
    steps.forEach((step, i) => {
      expectRecorded(step);
      // The reference takes most of the time.
      if (i % 5 === 0) expectEqual(residentStep(step), EXACT);
    });
  });
});
