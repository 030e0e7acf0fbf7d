import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../../src/cost/reference/reference.ts';
import { checkMapping } from '../../../../src/mapping/legality.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { exactSettings } from '../../../../src/search/mapping/map-layer.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP, ENERGY, LATENCY, type Objective, weightedSum } from '../../../../src/search/mapping/objective.ts';
import { type MappedStep, mapStep, type StepOutcome } from '../../../../src/search/mapping/step-label.ts';
import type { Residency } from '../../../../src/workload/residency.ts';
import { costlyCase, type SmallCaseOptions, smallCase } from '../random-mapspace.ts';
import { withTerms } from '../random-overheads.ts';
import { type SmallStep, withResidency } from '../random-residency.ts';

const OPTIONS: SmallCaseOptions = {
  levels: [2, 3, 3],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'R', 'R'],
  bounds: [2, 3, 4],
  mostMacs: 48,
  padding: true,
  mostChildren: 3,
};
const PERFECT = exactSettings({ factors: 'perfect' });
const RUNS = { numRuns: 20, seed: 20_261_130 };

const steps = fc.integer({ min: 0, max: 1e9 }).map((seed): SmallStep => {
  const own = seed % 3 === 0 ? costlyCase(seed, 'perfect') : smallCase(seed, OPTIONS);
  return withResidency(seed % 2 === 0 ? withTerms(['spill', 'drain', 'requests'])(own, seed) : own, seed);
});

function changed({ layer }: SmallStep, change: Partial<Residency>): SmallStep['layer'] {
  return { ...layer, residency: { ...layer.residency, ...change } };
}

function label(step: SmallStep, change: Partial<Residency> = {}, objective: Objective = EDP): StepOutcome {
  return mapStep(changed(step, change), step.accelerator, objective, PERFECT);
}

/** Value of a step; infinite where it has no mapping. */
function stepValue(outcome: StepOutcome): number {
  if (outcome.kind === 'cut') throw new Error('nothing was to be cut');
  if (outcome.kind === 'mapped') expect(outcome.proof.optimal).toBe(true);
  return outcome.kind === 'mapped' ? outcome.proof.value : Number.POSITIVE_INFINITY;
}

function mapped(outcome: StepOutcome): MappedStep | null {
  return outcome.kind === 'mapped' ? outcome : null;
}

describe('label of a step', () => {
  it('is the best mapping of both ways in which Outputs can stay', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(EDP, ENERGY, LATENCY, weightedSum(2)), (step, objective) => {
        const { outputs } = step.layer.residency;
        const ways = outputs === 'outermost' ? [outputs] : (['in-place', 'staged'] as const);
        const found = ways.flatMap((way) => {
          const space = makeMapspace({ ...step, layer: changed(step, { outputs: way }) });
          const result = space.feasible ? searchExact(space, objective) : null;
          return result?.kind === 'found' ? [result] : [];
        });
        const least = Math.min(...found.map(({ certificate }) => certificate.incumbent));
        const ties = found.map(({ certificate, evaluation }) =>
          certificate.incumbent <= least * (1 + 1e-12)
            ? objective.tie(evaluation.energyPj, evaluation.cycles)
            : Number.POSITIVE_INFINITY,
        );
        const asked = ways.map((way) => label(step, { outputs: way }, objective));
        for (const outcome of asked) {
          expect(stepValue(outcome) / least || 1).toBeCloseTo(1, 12);
          if (outcome.kind !== 'mapped' || !objective.hasTies) continue;
          const { energyPj, cycles } = outcome.evaluation;
          expect(objective.tie(energyPj, cycles) / Math.min(...ties)).toBeCloseTo(1, 9);
        }
        const first = mapped(asked[0]!);
        if (first === null) return;
        const { shape, mapping, evaluation, proof } = first;
        expect(evaluateReference(shape, step.accelerator, mapping, { temporalReuse: 'exact' })).toEqual(evaluation);
        expect(proof).toMatchObject({ optimal: true, gap: 0, lowerBound: proof.value });
      }),
      RUNS,
    );
  });

  it('claims no more than it proves, wherever its searches end', () => {
    const limits = fc.constantFrom(1, 100, 1500);
    fc.assert(
      fc.property(steps, limits, fc.constantFrom(EDP, ENERGY), (step, nodeLimit, objective) => {
        const least = stepValue(label(step, {}, objective));
        const { layer, accelerator } = step;
        const stopped = mapStep(layer, accelerator, objective, { ...PERFECT, nodeLimit });
        if (stopped.kind === 'mapped') {
          const { optimal, value, lowerBound } = stopped.proof;
          expect(lowerBound! / least).toBeLessThan(1 + 1e-9);
          expect(value / least).toBeGreaterThan(1 - 1e-9);
          if (optimal) expect(value / least).toBeCloseTo(1, 9);
          else expect(lowerBound).toBeLessThan(value);
        }
        if (least === Number.POSITIVE_INFINITY) return;
        const within = (share: number) => mapStep(layer, accelerator, objective, PERFECT, { cutoff: share * least });
        expect(within(0.9)).toMatchObject({ kind: 'cut' });
        expect(within(1.1)).toMatchObject({ kind: 'mapped', proof: { optimal: true } });
        expect(stepValue(within(1.1)) / least).toBeCloseTo(1, 9);
      }),
      RUNS,
    );
  });

  it('says what room its tiles take: no less holds them, and the same mapping is best for it', () => {
    fc.assert(
      fc.property(steps, (step) => {
        const found = mapped(label(step));
        if (found === null) return;
        const { shape, mapping, tileBits, proof } = found;
        const withRoom = (roomBits: number) => ({ ...shape, residency: { ...shape.residency!, roomBits } });
        const rules = (roomBits: number) =>
          checkMapping(withRoom(roomBits), step.accelerator, mapping).map(({ rule }) => rule);
        expect(rules(tileBits)).toEqual([]);
        if (tileBits > 0) expect(rules(tileBits - 1)).toEqual(['capacity']);
        expect(stepValue(label(step, { roomBits: tileBits }))).toBeCloseTo(proof.value, 9);
      }),
      RUNS,
    );
  });

  it('needs the room that it says where it has none: that much serves, no less', () => {
    let missing = 0;
    fc.assert(
      fc.property(steps, (step) => {
        const failed = label(step, { roomBits: 0 });
        if (failed.kind !== 'unmappable') return;
        const { leastRoomBits, reason } = failed;
        if (leastRoomBits === null) {
          expect(label(step, { roomBits: null }).kind).toBe('unmappable');
          return;
        }
        missing++;
        expect(reason).toContain(`need at least ${leastRoomBits} bits of `);
        expect(label(step, { roomBits: leastRoomBits }).kind).toBe('mapped');
        expect(label(step, { roomBits: leastRoomBits - 1 })).toMatchObject({ kind: 'unmappable', leastRoomBits });
      }),
      RUNS,
    );
    expect(missing).toBeGreaterThan(3);
  });

  it('is never worse with more room', () => {
    fc.assert(
      fc.property(steps, fc.nat(600), fc.nat(600), (step, room, more) => {
        const values = [room, room + more, null].map((roomBits) => stepValue(label(step, { roomBits })));
        expect(values).toEqual(values.toSorted((a, b) => b - a));
      }),
      RUNS,
    );
  });

  it('moves no more words of the outermost level the more operands stay', () => {
    const homes = fc.record({ weights: fc.boolean(), inputs: fc.boolean(), outputs: fc.boolean() });
    fc.assert(
      fc.property(steps, homes, homes, (step, some, others) => {
        const levels = step.accelerator.levels.map((level, index) => {
          const energy = index === 0 ? level.energy : { readPj: 0, fillPj: 0, updatePj: 0 };
          const { overlap: _, requests: __, spill: ___, ...rest } = level;
          const fanOut = { dimensions: level.fanOut.dimensions, multicast: level.fanOut.multicast, hopEnergyPj: 0 };
          return { ...rest, energy, leakagePjPerCycle: 0, blockWords: 1, fanOut };
        });
        const open = levels.map((level, index) =>
          index === step.layer.residency.level ? { ...level, mayKeep: levels[0]!.mayKeep, mustKeep: [] } : level,
        );
        const accelerator = { ...step.accelerator, levels: open, mac: { ...step.accelerator.mac, energyPj: 0 } };
        const dramPj = ({ weights, inputs, outputs }: typeof some) =>
          stepValue(
            label({ ...step, accelerator }, { weights, inputs, outputs: outputs ? 'staged' : 'outermost' }, ENERGY),
          );
        const both = {
          weights: some.weights || others.weights,
          inputs: some.inputs || others.inputs,
          outputs: some.outputs || others.outputs,
        };
        expect(dramPj(both)).toBeLessThanOrEqual(dramPj(some) * (1 + 1e-12));
      }),
      RUNS,
    );
  });
});
