import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edpBelowSteps } from '../../../src/search/schedule/edp-below.ts';

interface Sums {
  readonly energyPj: number;
  readonly cycles: number;
}

const weigh = (lambda: number | null, { energyPj, cycles }: Sums) =>
  lambda === null ? cycles : energyPj + lambda * cycles;
const edp = ({ energyPj, cycles }: Sums) => energyPj * cycles;

/** How it is solved beside. @param rounds times that a line is asked for until its point is known; its bound rises meanwhile */
interface How {
  readonly rounds: number;
  readonly tolerance: number;
}

/** Answers from a list of points. @returns the answer and the weights that were asked for */
function solve(
  points: readonly Sums[],
  least: Sums,
  first: number,
  cutoff: () => number,
  { rounds, tolerance }: How = { rounds: 0, tolerance: 0 },
) {
  const steps = edpBelowSteps(least, { first, tolerance }, cutoff);
  const asked = new Map<number | null, number>();
  const lambdas: (number | null)[] = [];
  let step = steps.next();
  while (step.done !== true) {
    const lambda = step.value;
    lambdas.push(lambda);
    if (lambdas.length > (rounds + 1) * (4 * points.length + 40)) throw new Error('does not end');
    const round = asked.get(lambda) ?? 0;
    asked.set(lambda, round + 1);
    const point = points.reduce((a, b) => (weigh(lambda, b) < weigh(lambda, a) ? b : a));
    const share = round < rounds ? 0.9 + (0.1 * round) / rounds : 1;
    step = steps.next({ point: share < 1 ? null : point, lowerBound: share * weigh(lambda, point) });
  }
  return { answer: step.value, lambdas };
}

const sums = fc.record({ energyPj: fc.integer({ min: 100, max: 5000 }), cycles: fc.integer({ min: 10, max: 500 }) });
const setting = fc.record({
  points: fc.array(sums, { minLength: 1, maxLength: 12 }),
  slack: fc.tuple(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.double({ min: 0.05, max: 1, noNaN: true })),
  first: fc.double({ min: 1e-2, max: 1e3, noNaN: true }),
  share: fc.double({ min: 0.3, max: 3, noNaN: true }),
});

const leastOf = (points: readonly Sums[], [energy, cycles]: readonly [number, number]): Sums => ({
  energyPj: energy * Math.min(...points.map((point) => point.energyPj)),
  cycles: cycles * Math.min(...points.map((point) => point.cycles)),
});

describe('the least EDP below a cutoff', () => {
  it('is that of all points, whatever is known before and wherever the search begins', () => {
    fc.assert(
      fc.property(setting, ({ points, slack, first }) => {
        const { answer } = solve(points, leastOf(points, slack), first, () => Number.POSITIVE_INFINITY);
        expect(answer.kind).toBe('found');
        if (answer.kind === 'found') expect(edp(answer.best)).toBe(Math.min(...points.map(edp)));
      }),
      { numRuns: 300 },
    );
  });

  it('is found if and only if it is below the cutoff, which may fall on the way', () => {
    fc.assert(
      fc.property(setting, fc.boolean(), ({ points, slack, first, share }, falls) => {
        const optimum = Math.min(...points.map(edp));
        let calls = 0;
        const cutoff = () => optimum * (falls && calls++ < 3 ? share + 2 : share);
        const { answer, lambdas } = solve(points, leastOf(points, slack), first, cutoff);
        if (share > 1) expect(answer).toEqual({ kind: 'found', best: expect.objectContaining({}) });
        if (share > 1 && answer.kind === 'found') expect(edp(answer.best)).toBe(optimum);
        if (share <= 1 && !falls) expect(answer.kind).toBe('above');
        // The cutoff ends the same walk earlier: figures must not depend on when it fell.
        const all = solve(points, leastOf(points, slack), first, () => Number.POSITIVE_INFINITY).lambdas;
        expect(lambdas).toEqual(all.slice(0, lambdas.length));
      }),
      { numRuns: 300 },
    );
  });

  // Killed by: a line that counts as known before its point is, a bound of a part that ends what it does not prove, a tolerance on the cutoff.
  it('comes within a tolerance, from parts of lines too, and on the same side of every cutoff', () => {
    const how = fc.record({ rounds: fc.integer({ min: 0, max: 3 }), tolerance: fc.constantFrom(0, 0.01, 0.2) });
    // Near what is least, and near the cutoff, it matters which of them ends the walk.
    const near = fc.double({ min: 0.85, max: 1, noNaN: true });
    const close = fc.record({ slack: fc.tuple(near, near), share: fc.double({ min: 0.9, max: 1.2, noNaN: true }) });
    fc.assert(
      fc.property(setting, close, how, ({ points, first }, { slack, share }, own) => {
        const least = leastOf(points, slack);
        const optimum = Math.min(...points.map(edp));
        const { answer } = solve(points, least, first, () => Number.POSITIVE_INFINITY, own);
        if (answer.kind !== 'found') throw new Error(answer.kind);
        const score = edp(answer.best);
        expect(score * (1 - own.tolerance)).toBeLessThanOrEqual(optimum * (1 + 1e-9));
        const below = solve(points, least, first, () => score * share, own).answer;
        if (Math.abs(share - 1) > 1e-9) expect(below).toEqual(share > 1 ? answer : { kind: 'above' });
      }),
      { numRuns: 300 },
    );
  });

  it('asks for one line where that rules out all points, and for none where the bounds do', () => {
    const points = [
      { energyPj: 1000, cycles: 100 },
      { energyPj: 4000, cycles: 40 },
    ];
    const least = { energyPj: 700, cycles: 35 };
    expect(solve(points, least, 10, () => 24_000).lambdas).toEqual([]);
    expect(solve(points, least, 10, () => 40_000).lambdas).toEqual([10]);
    expect(solve(points, least, 10, () => 200_000).lambdas.length).toBeGreaterThan(1);
  });
});
