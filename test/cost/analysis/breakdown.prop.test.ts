import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { bottleneckOf, physicalFigures } from '../../../src/cost/analysis/breakdown.ts';
import { evaluateMapping } from '../../../src/cost/evaluate.ts';
import { storedWordBits } from '../../../src/mapping/legality.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { costCase } from '../arbitraries.ts';
import { overheadCase } from '../overhead-arbitraries.ts';

function withoutKey(level: StorageLevel, key: 'launch' | 'overlap'): StorageLevel {
  const { [key]: _, ...others } = level;
  return others;
}

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

describe('bottleneckOf', () => {
  const CASES = fc.oneof(
    costCase({ imperfect: true, padding: true, maxMacs: 60 }),
    overheadCase({ imperfect: true, padding: true, maxMacs: 60 }),
    // Every word of weights is a request of its own on a port without a limit.
    costCase({ imperfect: true, padding: true, maxMacs: 60 }).map(({ accelerator, ...others }) => {
      const requests = { bytes: 1, cycles: 9, layout: { Weights: [] } };
      const levels = accelerator.levels.with(0, { ...accelerator.levels[0]!, bandwidth: {}, requests });
      return { ...others, accelerator: { ...accelerator, levels } };
    }),
  );

  it('names what binds the cycles: the first of the slowest terms', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(CASES, ({ layer, accelerator, mapping }) => {
        const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
        fc.pre(evaluation.feasible);
        const { name, kind, terms } = bottleneckOf(layer, accelerator, evaluation);
        seen.add(kind);
        expect(Math.max(...terms.map(({ cycles }) => cycles))).toBe(evaluation.cycles);
        expect(terms.find(({ cycles }) => cycles === evaluation.cycles)).toMatchObject({ name, kind });
        expect(name === 'compute').toBe(evaluation.cycles === evaluation.computeCycles);
        expect(new Set(terms.map((term) => term.name)).size).toBe(terms.length);
        const stated = accelerator.levels.flatMap(({ name: level, launch, fanOut: { fill, rampCycles } }) => [
          ...(launch === undefined ? [] : [`launch of ${level}`]),
          ...(fill !== undefined && rampCycles === undefined ? [`array fill below ${level}`] : []),
          ...(fill === undefined && rampCycles !== undefined ? [`array ramp below ${level}`] : []),
          ...(fill !== undefined && rampCycles !== undefined ? [`array below ${level}`] : []),
        ]);
        const shown = terms.filter((term) => term.kind === 'launch' || term.kind === 'array').map((term) => term.name);
        expect([...shown].sort()).toEqual([...stated].sort());
      }),
      { numRuns: 300 },
    );
    expect([...seen].sort()).toEqual(['array', 'compute', 'launch', 'requests', 'serial', 'transfers']);
  });

  it('gains what the model says of an accelerator without the bottleneck', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(CASES, ({ layer, accelerator, mapping }) => {
        const options = { temporalReuse: 'exact' } as const;
        const evaluation = evaluateMapping(layer, accelerator, mapping, options);
        fc.pre(evaluation.feasible);
        const { kind, terms, gainIfRemoved } = bottleneckOf(layer, accelerator, evaluation);
        const binding = terms.find(({ cycles }) => cycles === evaluation.cycles)!;
        const others = evaluation.levels.map(({ transferCycles, launchCycles }) =>
          Math.max(transferCycles, launchCycles),
        );
        const ideal = evaluation.macs / accelerator.mac.instances;
        if (kind === 'compute') {
          expect(gainIfRemoved).toBeCloseTo(evaluation.cycles / Math.max(ideal, ...others), 9);
          return;
        }
        const levels = accelerator.levels.map((level) => {
          if (kind === 'serial') return withoutKey(level, 'overlap');
          if (level.name !== binding.level) return level;
          if (kind === 'launch') return withoutKey(level, 'launch');
          if (kind === 'transfers' || kind === 'requests') {
            const { requests: _, ...others } = level;
            return { ...others, bandwidth: {} };
          }
          const { fill: _, rampCycles: __, ...fanOut } = level.fanOut;
          return { ...level, fanOut };
        });
        const without = evaluateMapping(layer, { ...accelerator, levels }, mapping, options);
        if (!without.feasible) throw new Error('terms of time leave a mapping legal');
        seen.add(kind);
        expect(gainIfRemoved).toBe(evaluation.cycles / without.cycles);
      }),
      { numRuns: 400 },
    );
    expect(seen.size).toBe(5);
  });

  it('relates MACs to the bytes that cross each level, and cycles to the compute cycles', () => {
    fc.assert(
      fc.property(CASES, ({ layer, accelerator, mapping }) => {
        const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
        fc.pre(evaluation.feasible);
        bottleneckOf(layer, accelerator, evaluation).levels.forEach(({ macsPerByte, cycles, slowdown }, i) => {
          const { bandwidth, launch, requests, fanOut } = accelerator.levels[i]!;
          const cost = evaluation.levels[i]!;
          let bytes = 0;
          for (const tensor of TENSORS) {
            const { reads, fills, updates } = cost.tensors[tensor];
            bytes += ((reads + fills + updates) * storedWordBits(accelerator.levels[i]!, layer, tensor)) / 8;
          }
          if (bytes === 0) expect(macsPerByte).toBeNull();
          else expect((macsPerByte! * bytes) / evaluation.macs).toBeCloseTo(1, 9);
          const isFree =
            Object.keys(bandwidth).length === 0 &&
            requests === undefined &&
            (launch ?? fanOut.fill ?? fanOut.rampCycles) === undefined;
          expect(cycles).toBe(isFree ? null : cost.cycles);
          expect(slowdown * evaluation.computeCycles).toBeCloseTo(cost.cycles, 6);
        });
      }),
    );
  });
});
