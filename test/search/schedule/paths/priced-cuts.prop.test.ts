import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Arc } from '../../../../src/search/schedule/arc.ts';
import { PricedCuts } from '../../../../src/search/schedule/priced-cuts.ts';

interface Priced extends Arc {
  readonly cost: number;
}

const graphs = fc.integer({ min: 2, max: 7 }).chain((states) =>
  fc.record({
    states: fc.constant(states),
    arcs: fc.array(
      fc
        .record({
          from: fc.nat(states - 2),
          step: fc.integer({ min: 1, max: states }),
          pinnedBits: fc.nat(6),
          cost: fc.oneof({ weight: 9, arbitrary: fc.nat(40) }, fc.constant(Number.POSITIVE_INFINITY)),
        })
        .map(({ from, step, ...arc }): Priced => ({ from, to: Math.min(states - 1, from + step), ...arc })),
      { minLength: 1, maxLength: 16 },
    ),
    budget: fc.nat(12),
  }),
);

function pricedCuts(states: number, unsorted: readonly Priced[]): PricedCuts<Priced> {
  const arcs = [...unsorted].sort((a, b) => a.from - b.from);
  return new PricedCuts({
    states,
    start: Int32Array.from({ length: states + 1 }, (_, state) => arcs.filter(({ from }) => from < state).length),
    to: Int32Array.from(arcs, ({ to }) => to),
    costs: Float64Array.from(arcs, ({ cost }) => cost),
    pinnedBits: Float64Array.from(arcs, ({ pinnedBits }) => pinnedBits),
    arcAt: (arc) => arcs[arc]!,
  });
}

function bruteForce(arcs: readonly Priced[], last: number, budget: number): number {
  const walk = (state: number, cost: number, bits: number): number => {
    if (bits > budget) return Number.POSITIVE_INFINITY;
    if (state === last) return cost;
    return Math.min(
      Number.POSITIVE_INFINITY,
      ...arcs.filter(({ from }) => from === state).map((arc) => walk(arc.to, cost + arc.cost, bits + arc.pinnedBits)),
    );
  };
  return walk(0, 0, 0);
}

describe('PricedCuts', () => {
  it('refuses costs that are no numbers: they would hide paths', () => {
    expect(() => pricedCuts(2, [{ from: 0, to: 1, pinnedBits: 0, cost: Number.NaN }])).toThrow(RangeError);
  });

  it('finds the cheapest path within a budget of pinned bits', () => {
    let paths = 0;
    fc.assert(
      fc.property(graphs, fc.option(fc.nat(60)), ({ states, arcs, budget }, cost) => {
        const expected = bruteForce(arcs, states - 1, budget);
        const priced = pricedCuts(states, arcs);
        const bracket = priced.bracket(budget);
        if (bracket !== null) {
          expect(bracket.lowerBound).toBeLessThanOrEqual(expected * (1 + 1e-12));
          if (bracket.within !== null) {
            expect(bracket.within.pinnedBits).toBeLessThanOrEqual(budget);
            expect(bracket.within.cost).toBeGreaterThanOrEqual(expected);
          }
        }
        // Paths that cost as much as a cutoff need not be found.
        const cutoff = cost === null ? Number.POSITIVE_INFINITY : cost;
        const cheapest = bracket === null ? null : priced.cheapest(budget, bracket, { cutoff });
        const found = cheapest?.path ?? null;
        if (cheapest !== null) expect(cheapest.lowerBound).toBeLessThanOrEqual(expected * (1 + 1e-12));
        if (expected >= cutoff || expected === Number.POSITIVE_INFINITY) {
          if (cheapest === null) return;
          if (found === null) expect(cheapest.lowerBound).toBe(cutoff);
          else expect(found.cost).toBe(expected);
          return;
        }
        expect(found).not.toBeNull();
        paths++;
        expect(found!.cost).toBe(expected);
        expect(cheapest!.lowerBound).toBe(expected);
        expect(found!.pinnedBits).toBeLessThanOrEqual(budget);
        expect(found!.arcs.reduce((sum, { cost }) => sum + cost, 0)).toBe(expected);
        expect(found!.arcs.reduce((sum, { pinnedBits }) => sum + pinnedBits, 0)).toBe(found!.pinnedBits);
        expect(found!.arcs[0]!.from).toBe(0);
        expect(found!.arcs.at(-1)!.to).toBe(states - 1);
        found!.arcs.slice(1).forEach((arc, i) => {
          expect(arc.from).toBe(found!.arcs[i]!.to);
        });
      }),
      { numRuns: 400 },
    );
    expect(paths).toBeGreaterThan(0);
  });

  // Killed by: a proof where partial paths were left out, and paths that are worse than a bound says.
  it('bounds the cheapest path where it may keep few partial ones', () => {
    let open = 0;
    fc.assert(
      fc.property(graphs, fc.nat(1), ({ states, arcs, budget }, mostPartial) => {
        const expected = bruteForce(arcs, states - 1, budget);
        const priced = pricedCuts(states, arcs);
        const bracket = priced.bracket(budget);
        if (bracket === null) return;
        const { path, lowerBound } = priced.cheapest(budget, bracket, { mostPartial });
        expect(lowerBound).toBeLessThanOrEqual(expected * (1 + 1e-12));
        if (path === null) return;
        expect(path.cost).toBeGreaterThanOrEqual(expected);
        expect(path.pinnedBits).toBeLessThanOrEqual(budget);
        if (path.cost > expected) open++;
      }),
      { numRuns: 3000 },
    );
    expect(open).toBeGreaterThan(0);
  });

  // Killed by: a bound that forgets the tolerance, or a path that is off by more.
  it('finds a path within a tolerance of the cheapest one, with a bound that says so', () => {
    let open = 0;
    fc.assert(
      fc.property(graphs, fc.constantFrom(0.01, 0.1, 0.4), ({ states, arcs, budget }, tolerance) => {
        const expected = bruteForce(arcs, states - 1, budget);
        const priced = pricedCuts(states, arcs);
        const bracket = priced.bracket(budget);
        if (bracket === null || expected === Number.POSITIVE_INFINITY) return;
        const { path, lowerBound } = priced.cheapest(budget, bracket, { tolerance });
        expect(lowerBound).toBeLessThanOrEqual(expected * (1 + 1e-12));
        expect(path!.cost * (1 - tolerance)).toBeLessThanOrEqual(lowerBound * (1 + 1e-12));
        expect(path!.pinnedBits).toBeLessThanOrEqual(budget);
        if (path!.cost > lowerBound * (1 + 1e-9)) open++;
      }),
      { numRuns: 1500 },
    );
    expect(open).toBeGreaterThan(0);
  });

  // Killed by: a cutoff that is a thousandth lower, bits that are paid for and not taken off again.
  it('leaves no arc aside by which a path within the budget stays below a cutoff', () => {
    fc.assert(
      fc.property(graphs, ({ states, arcs, budget }) => {
        const expected = bruteForce(arcs, states - 1, budget);
        if (expected === Number.POSITIVE_INFINITY) return;
        const priced = pricedCuts(states, arcs);
        const { price } = priced.bracket(budget)!;
        const left = [...priced.nearest(price, budget, expected * (1 + 1e-6) + 1e-9)];
        expect(bruteForce(left, states - 1, budget)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  // Killed by: arcs in the order of their places.
  it('gives arcs by the cheapest paths through them', () => {
    fc.assert(
      fc.property(graphs, ({ states, arcs }) => {
        const nearest = [...pricedCuts(states, arcs).nearest(0, 0, Number.POSITIVE_INFINITY)];
        const through = nearest.map((arc) => {
          const others = arcs.filter((one) => one === arc || one.to <= arc.from || one.from >= arc.to);
          return (
            bruteForce(
              others.map((one) => (one === arc ? { ...one, cost: one.cost - 1000 } : one)),
              states - 1,
              Number.POSITIVE_INFINITY,
            ) + 1000
          );
        });
        expect(through).toEqual([...through].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});
