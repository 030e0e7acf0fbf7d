import fc from 'fast-check';
import { expect } from 'vitest';
import type { TemporalReuse } from '../../../src/cost/evaluation.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { Incumbent } from '../../../src/search/mapping/bounds/incumbent.ts';
import { searchExact } from '../../../src/search/mapping/exact/exact.ts';
import { type Mapspace, makeMapspace } from '../../../src/search/mapping/mapspace.ts';
import { ED2P, EDP, ENERGY, LATENCY, type Objective, weightedSum } from '../../../src/search/mapping/objective.ts';
import type { Factors } from '../../../src/search/mapping/space/spatial-choices.ts';
import { visitAllMappings } from './brute-force.ts';
import { type SmallCaseOptions, smallCase } from './random-mapspace.ts';

const MIXED: Objective = { name: 'mixed', value: (energyPj, cycles) => energyPj ** 1.5 + 40 * cycles, monotone: true };
/** One of each kind. */
export const OBJECTIVES: readonly Objective[] = [EDP, ENERGY, LATENCY, ED2P, weightedSum(3), MIXED];
/** Energy of mappings within a limit on the cycles; infinite beyond. */
export function energyWithin(maxCycles: number): Objective {
  const value = (energyPj: number, cycles: number) => (cycles <= maxCycles ? energyPj : Number.POSITIVE_INFINITY);
  return { name: `energy within ${maxCycles} cycles`, value, monotone: true };
}
const MOST_MAPPINGS = 6_000;
const UNLIMITED = { nodeLimit: Number.POSITIVE_INFINITY };

/** A family of random small mapspaces. */
export interface SmallCases {
  readonly options: SmallCaseOptions;
  readonly temporalReuse: TemporalReuse;
  readonly factors: Factors;
  /** Changes the case of a seed. */
  readonly change?: (one: SmallCase, seed: number) => SmallCase;
}

type SmallCase = ReturnType<typeof smallCase>;

/** A mapspace with its brute-force optima. */
export interface Enumerated {
  readonly mapspace: Mapspace;
  /** Least value of each objective over all mappings; infinite when none is legal. */
  readonly least: readonly number[];
  /** Least energy within the cycles of some legal mapping, the 'middle' one in the order of visits. */
  readonly limited: { readonly maxCycles: number; readonly energyPj: number } | null;
}

/** The mapspace of a seed with its brute-force optima; null when it is empty or too large. */
export function enumerated(seed: number, { options, temporalReuse, factors, change }: SmallCases): Enumerated | null {
  const one = smallCase(seed, options);
  const mapspace = makeMapspace({ ...(change?.(one, seed) ?? one), temporalReuse, factors });
  if (!mapspace.feasible) return null;
  const least = OBJECTIVES.map(() => Number.POSITIVE_INFINITY);
  const figures: [number, number][] = [];
  const scored = visitAllMappings(mapspace, MOST_MAPPINGS, (energyPj, cycles) => {
    figures.push([energyPj, cycles]);
    OBJECTIVES.forEach((objective, i) => {
      const value = objective.value(energyPj, cycles);
      if (value < least[i]!) least[i] = value;
    });
  });
  if (scored === null) return null;
  const middle = figures[figures.length >> 1];
  if (middle === undefined) return { mapspace, least, limited: null };
  const maxCycles = middle[1];
  const energies = figures.filter(([, cycles]) => cycles <= maxCycles).map(([energyPj]) => energyPj);
  return { mapspace, least, limited: { maxCycles, energyPj: Math.min(...energies) } };
}

/** Expects the exact search to find the optimum of every objective, to prove it, and to report it as the reference model does. */
export function expectOptimal({ mapspace, least, limited }: Enumerated): void {
  OBJECTIVES.forEach((objective, i) => {
    const result = searchExact(mapspace, objective, UNLIMITED);
    if (least[i] === Number.POSITIVE_INFINITY) {
      expect(result.kind).toBe('infeasible');
      return;
    }
    if (result.kind !== 'found') throw new Error(`${objective.name}: ${result.kind}`);
    const { mapping, evaluation, certificate } = result;
    expect(certificate.incumbent / least[i]!).toBeCloseTo(1, 9);
    expect(certificate.optimal).toBe(true);
    expect(certificate.lowerBound).toBe(certificate.incumbent);
    // With an incumbent just above the optimum, a bound that is too tight anywhere on the way would cut the optimum off.
    expect(findsBelow(mapspace, objective, least[i]!)).toBe(true);
    if (objective !== EDP) return;
    const { layer, accelerator, temporalReuse } = mapspace;
    expect(evaluateReference(layer, accelerator, mapping, { temporalReuse })).toEqual(evaluation);
    expect(searchExact(mapspace, objective, UNLIMITED)).toEqual(result);
  });
  if (limited === null) return;
  const { maxCycles, energyPj } = limited;
  const result = searchExact(mapspace, energyWithin(maxCycles), UNLIMITED);
  if (result.kind !== 'found') throw new Error(`within ${maxCycles} cycles: ${result.kind}`);
  expect(result.evaluation.cycles).toBeLessThanOrEqual(maxCycles);
  expect(result.certificate.incumbent / energyPj).toBeCloseTo(1, 9);
}

/** Whether a search that wants anything hardly above the optimum finds it. */
function findsBelow(mapspace: Mapspace, objective: Objective, least: number): boolean {
  return searchExact(mapspace, objective, { ...UNLIMITED, cutoff: least * (1 + 1e-6) }).kind === 'found';
}

/** Runs something with all lower bounds multiplied by a factor: above 1 they are wrong. */
function withScaledBounds<T>(factor: number, run: () => T): T {
  const { bound } = Incumbent.prototype;
  Incumbent.prototype.bound = function scaled(...figures) {
    return factor * bound.apply(this, figures);
  };
  try {
    return run();
  } finally {
    Incumbent.prototype.bound = bound;
  }
}

/** Compares random cases of a family with brute force. @param enough cases that must be small enough to be compared */
export function compareAll(runs: number, enough: number, cases: SmallCases): void {
  let compared = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
      const found = enumerated(seed, cases);
      if (found === null) return;
      compared++;
      expectOptimal(found);
    }),
    { numRuns: runs, seed: 20_261_121 },
  );
  expect(compared).toBeGreaterThanOrEqual(enough);
}

/** Expects bounds that are 0.1 % too tight to cut the optimum off in more than a fifth of the cases, for every objective. */
export function expectBoundsAreTight(seeds: number, cases: SmallCases): void {
  const asked = OBJECTIVES.map(() => 0);
  const missed = OBJECTIVES.map(() => 0);
  for (let seed = 0; seed < seeds; seed++) {
    const found = enumerated(seed, cases);
    if (found === null || found.limited === null) continue;
    OBJECTIVES.forEach((objective, i) => {
      asked[i]!++;
      const finds = () => findsBelow(found.mapspace, objective, found.least[i]!);
      expect(finds()).toBe(true);
      if (!withScaledBounds(1.001, finds)) missed[i]!++;
    });
  }
  OBJECTIVES.forEach((objective, i) => {
    expect(missed[i]! / asked[i]!, objective.name).toBeGreaterThan(0.2);
  });
}
