import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, FanOut, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { bottleneckOf, physicalFigures } from '../../../src/cost/analysis/breakdown.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { EXACT, feasible } from '../agreement.ts';
import { costCase } from '../arbitraries.ts';
import { overheadCase } from '../overhead-arbitraries.ts';

describe('physicalFigures', () => {
  it('are those of a run of one second at one watt by hand', () => {
    expect(physicalFigures(3e12, 1e12, 2e9, 2e9)).toEqual({
      seconds: 1,
      energyJoule: 1,
      watts: 1,
      topsPerWatt: 6,
      gmacsPerSecond: 3000,
    });
  });

  it('count two operations per MAC and fit together', () => {
    const positive = fc.double({ min: 1, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, positive, (macs, energyPj, cycles, clockHz) => {
        const figures = physicalFigures(macs, energyPj, cycles, clockHz);
        const { seconds, energyJoule, watts, topsPerWatt, gmacsPerSecond } = figures;
        expect((seconds * clockHz) / cycles).toBeCloseTo(1, 9);
        expect((energyJoule * 1e12) / energyPj).toBeCloseTo(1, 9);
        expect((watts * seconds) / energyJoule).toBeCloseTo(1, 9);
        const operationsPerSecond = topsPerWatt * 1e12 * watts;
        expect(operationsPerSecond / (2 * gmacsPerSecond * 1e9)).toBeCloseTo(1, 9);
        expect((gmacsPerSecond * 1e9 * seconds) / macs).toBeCloseTo(1, 9);
      }),
    );
  });
});

function withoutArrayTerms({ fill: _fill, rampCycles: _rampCycles, ...rest }: FanOut): FanOut {
  return rest;
}

describe('bottleneckOf', () => {
  const CASES = costCase({ imperfect: true, padding: true, maxMacs: 300 });
  it('names what binds the cycles, and the gain without it', () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(CASES, ({ layer, accelerator, mapping }) => {
        const evaluation = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
        fc.pre(evaluation.feasible);
        const { name, gainIfRemoved } = bottleneckOf(layer, accelerator, evaluation);
        const isCompute = evaluation.cycles === evaluation.computeCycles;
        seen.add(isCompute);
        expect(name === 'compute').toBe(isCompute);
        const others = evaluation.levels.filter((level) => level.name !== name).map(({ cycles }) => cycles);
        if (isCompute) expect(gainIfRemoved).toBeCloseTo(1 / evaluation.utilization, 9);
        else {
          expect(evaluation.levels.find((level) => level.name === name)!.cycles).toBe(evaluation.cycles);
          const rest = Math.max(evaluation.computeCycles, ...others);
          expect(gainIfRemoved).toBe(evaluation.cycles / rest);
        }
      }),
    );
    expect(seen.size).toBe(2);
  });

  it('names terms of real hardware, and the gain is that of an accelerator without the one that binds', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(overheadCase({ imperfect: true, padding: true, maxMacs: 300 }), ({ layer, accelerator, mapping }) => {
        const evaluationOn = (changed: Accelerator) => feasible(evaluateReference(layer, changed, mapping, EXACT));
        const evaluation = evaluationOn(accelerator);
        const { name, gainIfRemoved } = bottleneckOf(layer, accelerator, evaluation);
        const [, term = 'ports', level = name] =
          /^(launch of|.* of the array below|no overlap at) (.*)$/.exec(name) ?? [];
        if (name !== 'compute') seen.add(term);
        if (name === 'compute') {
          expect(evaluation.cycles).toBe(evaluation.computeCycles);
          return;
        }
        const without = ({ launch, requests, overlap, fanOut, ...rest }: StorageLevel): StorageLevel => ({
          ...rest,
          bandwidth: term === 'ports' ? {} : rest.bandwidth,
          ...(launch === undefined || term === 'launch of' ? {} : { launch }),
          ...(requests === undefined || term === 'ports' ? {} : { requests }),
          ...(overlap === undefined || term === 'no overlap at' ? {} : { overlap }),
          fanOut: term.endsWith('array below') ? withoutArrayTerms(fanOut) : fanOut,
        });
        const named = level.split(' and ');
        const levels = accelerator.levels.map((one) => (named.includes(one.name) ? without(one) : one));
        expect(gainIfRemoved).toBe(evaluation.cycles / evaluationOn({ ...accelerator, levels }).cycles);
        expect(gainIfRemoved).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
    expect([...seen].sort()).toEqual([
      'fill and ramp of the array below',
      'fill of the array below',
      'launch of',
      'no overlap at',
      'ports',
      'ramp of the array below',
    ]);
  });

  it('relates MACs to the bytes that cross each level, and cycles to the compute cycles', () => {
    fc.assert(
      fc.property(CASES, ({ layer, accelerator, mapping }) => {
        const evaluation = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
        fc.pre(evaluation.feasible);
        bottleneckOf(layer, accelerator, evaluation).levels.forEach(({ macsPerByte, cycles, slowdown }, i) => {
          const { bandwidth, storedBits } = accelerator.levels[i]!;
          const cost = evaluation.levels[i]!;
          let bytes = 0;
          for (const tensor of TENSORS) {
            const { reads, fills, updates } = cost.tensors[tensor];
            bytes += ((reads + fills + updates) * (storedBits[tensor] ?? layer.wordBits[tensor])) / 8;
          }
          if (bytes === 0) expect(macsPerByte).toBeNull();
          else expect((macsPerByte! * bytes) / evaluation.macs).toBeCloseTo(1, 9);
          expect(cycles).toBe(Object.keys(bandwidth).length === 0 ? null : cost.cycles);
          expect(slowdown * evaluation.computeCycles).toBeCloseTo(cost.cycles, 6);
        });
      }),
    );
  });
});
