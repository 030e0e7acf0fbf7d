import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
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

function expectRecorded(recorded: RecordedCase): void {
  const { id, step } = recorded;
  const resident = residentStep(recorded);
  const kernel = expectEqual(resident, EXACT);
  const evaluation = feasible(kernel.toEvaluation(packMapping(kernel.layout, resident.mapping)!));
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
    for (const step of steps) expectRecorded(step);
  });
});
