import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Arc } from '../../../src/search/schedule/arc.ts';
import { CutGraph } from '../../../src/search/schedule/cut-graph.ts';

interface Priced extends Arc {
  readonly cost: number;
  /** What each of the optional bits adds when it is not pinned. */
  readonly added: readonly number[];
}

const PRICES = { of: ({ cost }: Priced) => cost, addedOf: ({ added }: Priced) => added };

const optional = fc.array(fc.tuple(fc.oneof(fc.nat(6), fc.constant(Number.POSITIVE_INFINITY)), fc.nat(20)), {
  maxLength: 2,
});

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
          options: fc.oneof({ weight: 3, arbitrary: fc.constant<[number, number][]>([]) }, optional),
        })
        .map(
          ({ from, step, options, ...arc }): Priced => ({
            ...{ from, to: Math.min(states - 1, from + step), ...arc },
            optionalBits: options.map(([bits]) => bits),
            added: options.map(([, added]) => added),
          }),
        ),
      { minLength: 1, maxLength: 16 },
    ),
    budget: fc.nat(12),
  }),
);

function bruteForce(arcs: readonly Priced[], last: number, budget: number): number {
  const walk = (state: number, cost: number, bits: number): number => {
    if (bits > budget) return Number.POSITIVE_INFINITY;
    if (state === last) return cost;
    return Math.min(
      Number.POSITIVE_INFINITY,
      ...arcs
        .filter(({ from }) => from === state)
        .flatMap((arc) =>
          pinsOf(arc).map(([pinned, added]) => walk(arc.to, cost + arc.cost + added, bits + arc.pinnedBits + pinned)),
        ),
    );
  };
  return walk(0, 0, 0);
}

/** Bits and added cost of all ways to pin what an arc may pin. */
function pinsOf({ optionalBits, added }: Priced): [bits: number, cost: number][] {
  return optionalBits.reduce<[number, number][]>(
    (all, bits, k) => all.flatMap(([sum, cost]) => [[sum + bits, cost] as [number, number], [sum, cost + added[k]!]]),
    [[0, 0]],
  );
}

describe('CutGraph', () => {
  it('refuses costs that are no numbers: they would hide paths', () => {
    const graph = new CutGraph<Priced>(2);
    graph.add({ from: 0, to: 1, pinnedBits: 0, cost: 1, optionalBits: [8], added: [Number.NaN] });
    expect(() => graph.priced(PRICES)).toThrow(RangeError);
    const other = new CutGraph<Priced>(2);
    other.add({ from: 0, to: 1, pinnedBits: 0, cost: Number.NaN, optionalBits: [], added: [] });
    expect(() => other.priced(PRICES)).toThrow(RangeError);
  });

  it('finds the cheapest path within a budget of pinned bits', () => {
    let paths = 0;
    fc.assert(
      fc.property(graphs, fc.option(fc.nat(60)), ({ states, arcs, budget }, cost) => {
        const graph = new CutGraph<Priced>(states);
        for (const arc of arcs) graph.add(arc);
        const expected = bruteForce(arcs, states - 1, budget);
        const priced = graph.priced(PRICES);
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
          if (cheapest === null || arcs.some(({ optionalBits }) => optionalBits.length > 0)) return;
          if (found === null) expect(cheapest.lowerBound).toBe(cutoff);
          else expect(found.cost).toBe(expected);
          return;
        }
        expect(found).not.toBeNull();
        if (arcs.some(({ optionalBits }) => optionalBits.length > 0)) {
          // What is not decided counts as free in the end.
          return;
        }
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
      fc.property(graphs, fc.nat(1), ({ states, arcs: all, budget }, mostPartial) => {
        const arcs = all.map((arc) => ({ ...arc, optionalBits: [], added: [] }));
        const graph = new CutGraph<Priced>(states);
        for (const arc of arcs) graph.add(arc);
        const expected = bruteForce(arcs, states - 1, budget);
        const priced = graph.priced(PRICES);
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
      fc.property(graphs, fc.constantFrom(0.01, 0.1, 0.4), ({ states, arcs: all, budget }, tolerance) => {
        const arcs = all.map((arc) => ({ ...arc, optionalBits: [], added: [] }));
        const graph = new CutGraph<Priced>(states);
        for (const arc of arcs) graph.add(arc);
        const expected = bruteForce(arcs, states - 1, budget);
        const priced = graph.priced(PRICES);
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

  // Killed by: arcs left out that pin as much as the budget.
  it('bounds no less without arcs that alone pin more than the budget, and loses no path', () => {
    let higher = 0;
    fc.assert(
      fc.property(graphs, ({ states, arcs: all, budget }) => {
        const arcs = all.map((arc) => ({ ...arc, optionalBits: [], added: [] }));
        const graph = new CutGraph<Priced>(states);
        for (const arc of arcs) graph.add(arc);
        const [whole, left] = [graph, graph.where((arc) => arc.pinnedBits <= budget)].map(
          (one) => one.priced(PRICES).bracket(budget)?.lowerBound ?? Number.POSITIVE_INFINITY,
        );
        const expected = bruteForce(arcs, states - 1, budget);
        expect(left).toBeGreaterThanOrEqual(whole! * (1 - 1e-9));
        expect(left).toBeLessThanOrEqual(expected * (1 + 1e-9));
        if (left! > whole! * (1 + 1e-9)) higher++;
      }),
      { numRuns: 600 },
    );
    expect(higher).toBeGreaterThan(10);
  });

  // Killed by: a cutoff that is a thousandth lower, bits that are paid for and not taken off again.
  it('leaves no arc aside by which a path within the budget stays below a cutoff', () => {
    fc.assert(
      fc.property(graphs, ({ states, arcs: all, budget }) => {
        const arcs = all.map((arc) => ({ ...arc, optionalBits: [], added: [] }));
        const graph = new CutGraph<Priced>(states);
        for (const arc of arcs) graph.add(arc);
        const expected = bruteForce(arcs, states - 1, budget);
        if (expected === Number.POSITIVE_INFINITY) return;
        const priced = graph.priced(PRICES);
        const { price } = priced.bracket(budget)!;
        const left = priced.narrowed(price, budget, expected * (1 + 1e-6) + 1e-9);
        expect(bruteForce(left, states - 1, budget)).toBe(expected);
        expect(graph.of(left).priced(PRICES).narrowed(price, budget, Number.POSITIVE_INFINITY)).toEqual(left);
      }),
      { numRuns: 300 },
    );
  });
});
