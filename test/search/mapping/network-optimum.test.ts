import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type NetworkOptions,
  type NetworkPoint,
  networkOptimumSteps,
} from '../../../src/search/mapping/network-optimum.ts';

/** Energy in pJ and cycles of one mapping. */
type Point = readonly [energyPj: number, cycles: number];

/** A layer as its mappings, and how often the network runs it. */
interface PointLayer {
  readonly points: readonly Point[];
  readonly repeat: number;
}

const edp = (energyPj: number, cycles: number) => energyPj * cycles;
const VALUES = [
  edp,
  (energyPj: number, cycles: number) => energyPj * cycles * cycles,
  (energyPj: number) => energyPj,
  (_: number, cycles: number) => cycles,
];
/** Less than every sum of energies below. */
const MAC_PJ = 1;

/** Maps every layer for a supporting line; of equal mappings takes the worst one for the other figure, as a search might. */
function pointOn(layers: readonly PointLayer[], lambda: number | null): NetworkPoint<Point> {
  const chosen = layers.map(({ points }) => {
    const value = ([energyPj, cycles]: Point) => (lambda === null ? cycles : energyPj + lambda * cycles);
    const least = Math.min(...points.map(value));
    const equal = points.filter((point) => value(point) === least);
    return equal.reduce((worst, point) => (point[0] + point[1] > worst[0] + worst[1] ? point : worst));
  });
  const sum = (i: 0 | 1) => chosen.reduce((total, point, l) => total + layers[l]!.repeat * point[i], 0);
  return { energyPj: sum(0), cycles: sum(1), layers: chosen };
}

/** Runs the search; from the `answers`-th question on it is told that the time is over. */
function solve(layers: readonly PointLayer[], options: NetworkOptions<Point>, answers = Number.POSITIVE_INFINITY) {
  const steps = networkOptimumSteps<Point>(MAC_PJ, options);
  let step = steps.next();
  const met: NetworkPoint<Point>[] = [];
  let asked = 0;
  while (step.done !== true) {
    const answer = asked++ < answers ? pointOn(layers, step.value) : 'stopped';
    if (typeof answer !== 'string') met.push(answer);
    step = steps.next(answer);
  }
  return { result: step.value, asked, met };
}

/** Sums of energy and cycles of all combinations of mappings. */
function allSums(layers: readonly PointLayer[]): Point[] {
  return layers.reduce<Point[]>(
    (sums, { points, repeat }) =>
      sums.flatMap(([energyPj, cycles]) => points.map(([e, l]): Point => [energyPj + repeat * e, cycles + repeat * l])),
    [[0, 0]],
  );
}

const point = fc.tuple(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 40 }));
const layer = fc.record({
  points: fc.array(point, { minLength: 1, maxLength: 8 }),
  repeat: fc.integer({ min: 1, max: 3 }),
});
const network = fc.array(layer, { minLength: 1, maxLength: 3 });
const RUNS = { numRuns: 400, seed: 20_261_121 };

describe('network optimum', () => {
  it('has the least of what decides ties among the points met', () => {
    let ties = 0;
    fc.assert(
      fc.property(network, fc.constantFrom(...VALUES), (layers, value) => {
        const tie = value === VALUES[2] ? VALUES[3]! : VALUES[2]!;
        const { result, met } = solve(layers, { value, tie });
        if (result.kind !== 'found') throw new Error(result.reason);
        const others = met.filter((one) => value(one.energyPj, one.cycles) === result.value);
        const least = others.map(({ energyPj, cycles }) => tie(energyPj, cycles));
        expect(tie(result.best.energyPj, result.best.cycles)).toBe(Math.min(...least));
        if (new Set(least).size > 1) ties++;
      }),
      RUNS,
    );
    expect(ties).toBeGreaterThan(5);
  });

  it('equals the least value over all combinations of mappings of all layers, and proves it', () => {
    let unequal = 0;
    fc.assert(
      fc.property(network, fc.constantFrom(...VALUES), (layers, value) => {
        const { result } = solve(layers, { value });
        if (result.kind !== 'found') throw new Error(result.reason);
        const least = Math.min(...allSums(layers).map(([energyPj, cycles]) => value(energyPj, cycles)));
        expect(result.value / least).toBeCloseTo(1, 9);
        expect(result.lowerBound / least).toBeCloseTo(1, 9);
        expect(result.optimal).toBe(true);
        const { energyPj, cycles, layers: chosen } = result.best;
        expect(value(energyPj, cycles)).toBe(result.value);
        expect(allSums(chosen.map((own, l) => ({ points: [own], repeat: layers[l]!.repeat })))).toEqual([
          [energyPj, cycles],
        ]);
        const layerwise = layers.map(({ points, repeat }) => ({
          points: [points.reduce((best, own) => (edp(own[0], own[1]) < edp(best[0], best[1]) ? own : best))],
          repeat,
        }));
        if (value === edp && result.value < edp(...allSums(layerwise)[0]!) * (1 - 1e-9)) unequal++;
      }),
      RUNS,
    );
    expect(unequal).toBeGreaterThan(10);
  });

  it('within a limit keeps it, and brackets the least value that keeps it', () => {
    let binding = 0;
    let gaps = 0;
    let empty = 0;
    const property = fc.property(
      network,
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      fc.boolean(),
      (layers, share, ofEnergy) => {
        const free = solve(layers, { value: edp }).result;
        if (free.kind !== 'found') throw new Error(free.reason);
        const most = share * (ofEnergy ? free.best.energyPj : free.best.cycles);
        const holds = (energyPj: number, cycles: number) => (ofEnergy ? energyPj : cycles) <= most;
        const { result } = solve(layers, { value: edp, holds });
        const kept = allSums(layers).filter((sums) => holds(...sums));
        if (kept.length === 0) {
          empty++;
          expect(result.kind).toBe('none');
          return;
        }
        if (result.kind !== 'found') throw new Error(result.reason);
        const least = Math.min(...kept.map((sums) => edp(...sums)));
        expect(holds(result.best.energyPj, result.best.cycles)).toBe(true);
        expect(result.lowerBound).toBeLessThanOrEqual(least * (1 + 1e-9));
        expect(result.value).toBeGreaterThanOrEqual(least * (1 - 1e-9));
        expect(result.optimal).toBe(result.lowerBound >= result.value * (1 - 1e-12));
        if (result.value > free.value * (1 + 1e-9)) binding++;
        if (!result.optimal) gaps++;
      },
    );
    fc.assert(property, RUNS);
    expect(binding).toBeGreaterThan(30);
    expect(gaps).toBeGreaterThan(10);
    expect(empty).toBeGreaterThan(30);
  });

  it('never claims a lower bound above the optimum, wherever it is stopped', () => {
    let stopped = 0;
    const property = fc.property(network, fc.integer({ min: 1, max: 6 }), (layers, answers) => {
      const { result, asked } = solve(layers, { value: edp }, answers);
      if (result.kind !== 'found') throw new Error(result.reason);
      const least = Math.min(...allSums(layers).map((sums) => edp(...sums)));
      expect(result.lowerBound).toBeLessThanOrEqual(least * (1 + 1e-9));
      expect(result.value).toBeGreaterThanOrEqual(least * (1 - 1e-9));
      expect(result.optimal).toBe(result.lowerBound >= result.value * (1 - 1e-12));
      expect(result.lowerBound).toBeGreaterThan(0);
      // Once told that it is stopped, it asks no more.
      expect(asked).toBeLessThanOrEqual(answers + 1);
      if (!result.optimal) stopped++;
    });
    fc.assert(property, RUNS);
    expect(stopped).toBeGreaterThan(30);
  });

  it('says why a network cannot be mapped', () => {
    const layers = [{ points: [[2, 1]] as const, repeat: 1 }];
    expect(solve(layers, { value: edp }, 0).result).toEqual({ kind: 'none', reason: 'stopped' });
    const { result } = solve(layers, { value: edp, holds: () => false });
    expect(result.kind === 'none' && result.reason).toContain('no mapping of the network keeps the limit');
  });
});
