import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TemporalReuse } from '../../../src/cost/evaluation.ts';
import { evaluateReference } from '../../../src/cost/reference.ts';
import { searchExact } from '../../../src/search/mapping/exact.ts';
import { type Mapspace, makeMapspace } from '../../../src/search/mapping/mapspace.ts';
import { ED2P, EDP, ENERGY, LATENCY, type Objective, weightedSum } from '../../../src/search/mapping/objective.ts';
import type { Factors } from '../../../src/search/mapping/spatial-choices.ts';
import { DIMS, perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { visitAllMappings } from './brute-force.ts';
import { type SmallCaseOptions, smallCase } from './random-mapspace.ts';

const MIXED: Objective = { name: 'mixed', value: (energyPj, cycles) => energyPj ** 1.5 + 40 * cycles, monotone: true };
const OBJECTIVES = [EDP, ENERGY, LATENCY, ED2P, weightedSum(3), MIXED];
const PERFECT: SmallCaseOptions = {
  levels: [2, 3, 3, 4],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'Q', 'R', 'R', 'S'],
  bounds: [2, 3, 4, 6],
  mostMacs: 96,
  padding: true,
  mostChildren: 3,
};
const RAGGED: SmallCaseOptions = {
  levels: [2, 3, 3, 4],
  dims: ['N', 'G', 'K', 'C', 'P', 'Q'],
  bounds: [2, 3, 4, 5, 7],
  mostMacs: 40,
  padding: false,
  mostChildren: 3,
  blocks: false,
};
const SLIDING: SmallCaseOptions = {
  levels: [2],
  dims: ['P', 'Q', 'R', 'S', 'K'],
  bounds: [2, 3],
  mostMacs: 108,
  padding: false,
  mostChildren: 2,
};
const MOST_MAPPINGS = 6_000;

interface Compared {
  readonly mapspace: Mapspace;
  /** Least value of each objective over all mappings; infinite when none is legal. */
  readonly least: readonly number[];
}

/** A mapspace with its brute-force optima; null when it is empty or too large. */
function enumerated(
  seed: number,
  options: SmallCaseOptions,
  temporalReuse: TemporalReuse,
  factors: Factors,
): Compared | null {
  const mapspace = makeMapspace({ ...smallCase(seed, options), temporalReuse, factors });
  if (!mapspace.feasible) return null;
  const least = OBJECTIVES.map(() => Number.POSITIVE_INFINITY);
  const scored = visitAllMappings(mapspace, MOST_MAPPINGS, (energyPj, cycles) => {
    OBJECTIVES.forEach((objective, i) => {
      const value = objective.value(energyPj, cycles);
      if (value < least[i]!) least[i] = value;
    });
  });
  return scored === null ? null : { mapspace, least };
}

function expectOptimal({ mapspace, least }: Compared): void {
  OBJECTIVES.forEach((objective, i) => {
    const result = searchExact(mapspace, objective);
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
    expect(findsBelow(mapspace, objective, least[i]!, 1)).toBe(true);
    if (objective !== EDP) return;
    const { layer, accelerator, temporalReuse } = mapspace;
    expect(evaluateReference(layer, accelerator, mapping, { temporalReuse })).toEqual(evaluation);
    expect(searchExact(mapspace, objective)).toEqual(result);
  });
}

function findsBelow(mapspace: Mapspace, objective: Objective, least: number, boundScale: number): boolean {
  return searchExact(mapspace, objective, { cutoff: least * (1 + 1e-6), boundScale }).kind === 'found';
}

function compareAll(
  runs: number,
  enough: number,
  options: SmallCaseOptions,
  reuse: TemporalReuse,
  factors: Factors,
): void {
  let compared = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
      const found = enumerated(seed, options, reuse, factors);
      if (found === null) return;
      compared++;
      expectOptimal(found);
    }),
    { numRuns: runs, seed: 20_261_121 },
  );
  expect(compared).toBeGreaterThan(enough);
}

describe('exact search against brute force over all tilings, orders, kept tensors and spatial choices', () => {
  it('finds the optimum with perfect factors', () => compareAll(450, 300, PERFECT, 'exact', 'perfect'), 60_000);

  it(
    "finds the optimum under Timeloop's reuse rule",
    () => compareAll(110, 70, PERFECT, 'timeloop', 'perfect'),
    60_000,
  );

  it(
    'finds the optimum with imperfect factors where tiles do not overlap',
    () => compareAll(90, 60, RAGGED, 'exact', 'imperfect'),
    60_000,
  );

  it('is never worse with imperfect factors than with perfect ones', () => {
    for (let seed = 400; seed < 440; seed++) {
      const one = smallCase(seed, PERFECT);
      const perfect = makeMapspace(one);
      const imperfect = makeMapspace({ ...one, factors: 'imperfect' });
      if (!perfect.feasible || !imperfect.feasible) continue;
      const least = searchExact(perfect, EDP);
      const ragged = searchExact(imperfect, EDP);
      if (least.kind !== 'found') continue;
      if (ragged.kind !== 'found') throw new Error(ragged.kind);
      expect(ragged.certificate.incumbent).toBeLessThanOrEqual(least.certificate.incumbent * (1 + 1e-12));
      const { layer, accelerator } = one;
      expect(evaluateReference(layer, accelerator, ragged.mapping, { temporalReuse: 'exact' })).toEqual(
        ragged.evaluation,
      );
    }
  });

  it('ends by default with imperfect factors: with a gap, and never worse than with perfect ones', () => {
    const bounds = { K: 96, C: 80, P: 23, Q: 23, R: 3, S: 3 };
    const { accelerator } = smallCase(3, { ...PERFECT, levels: [4] });
    const layer = { problem: makeProblem({ name: 'ragged', bounds }), wordBits: perTensor(() => 16) };
    const perfect = makeMapspace({ layer, accelerator });
    const imperfect = makeMapspace({ layer, accelerator, factors: 'imperfect' });
    if (!perfect.feasible || !imperfect.feasible) throw new Error('no mapping');
    const least = searchExact(perfect, EDP, { nodeLimit: 300_000 });
    const ragged = searchExact(imperfect, EDP, { nodeLimit: 300_000 });
    if (least.kind !== 'found' || ragged.kind !== 'found') throw new Error('nothing found');
    expect(ragged.certificate.incumbent).toBeLessThanOrEqual(least.certificate.incumbent);
    expect(ragged.certificate.lowerBound).toBeLessThanOrEqual(ragged.certificate.incumbent);
    expect(ragged.certificate.lowerBound).toBeGreaterThan(0);
  });

  it('notices bounds that are 0.1 % too tight', () => {
    let missed = 0;
    for (let seed = 0; seed < 20; seed++) {
      const found = enumerated(seed, PERFECT, 'exact', 'perfect');
      if (found === null || found.least[0] === Number.POSITIVE_INFINITY) continue;
      expect(findsBelow(found.mapspace, EDP, found.least[0]!, 1)).toBe(true);
      if (!findsBelow(found.mapspace, EDP, found.least[0]!, 1.001)) missed++;
    }
    expect(missed).toBeGreaterThan(4);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}

describe('exact search over orders', () => {
  it('finds the optimum where the order of overlapping input tiles decides', () => {
    const once = Object.fromEntries(DIMS.map((dim) => [dim, 1]));
    for (let seed = 0; seed < 60; seed++) {
      const { layer, accelerator } = smallCase(seed, SLIDING);
      const wordBits = { Weights: 1 + (seed % 3) * 20, Inputs: 30, Outputs: 1 + ((seed + 1) % 3) * 20 };
      const levels = accelerator.levels.map((level) => ({
        ...level,
        capacity: { kind: 'unlimited' as const },
        mayKeep: TENSORS,
        mustKeep: TENSORS,
        fanOut: { ...level.fanOut, dimensions: [] },
      }));
      // Everything loops at the outermost level over tiles of one position: only the order is free.
      const all = makeMapspace({
        layer: { problem: layer.problem, wordBits },
        accelerator: { ...accelerator, levels },
        constraints: { name: 'outer loops', levels: [{}, { temporal: once }] },
      });
      if (!all.feasible) throw new Error(all.reason);
      const result = searchExact(all, ENERGY);
      if (result.kind !== 'found') throw new Error(result.kind);
      const [outer, inner] = result.mapping.levels;
      const energies = permutations(outer!.temporal).map((temporal) => {
        const mapping = { levels: [{ ...outer!, temporal }, inner!] };
        const evaluation = evaluateReference(all.layer, all.accelerator, mapping, { temporalReuse: 'exact' });
        return evaluation.feasible ? evaluation.energyPj : Number.POSITIVE_INFINITY;
      });
      expect(result.certificate.incumbent / Math.min(...energies)).toBeCloseTo(1, 9);
    }
  }, 60_000);
});

describe('exact search with limits', () => {
  it('keeps to limits on cycles and energy, or says that nothing does', () => {
    for (let seed = 100; seed < 140; seed++) {
      const mapspace = makeMapspace(smallCase(seed, PERFECT));
      if (!mapspace.feasible) continue;
      const fastest = searchExact(mapspace, LATENCY);
      const thriftiest = searchExact(mapspace, ENERGY);
      if (fastest.kind !== 'found' || thriftiest.kind !== 'found') continue;
      const maxCycles = fastest.evaluation.cycles;
      const limited = searchExact(mapspace, ENERGY, { limits: { maxCycles } });
      if (limited.kind !== 'found') throw new Error(limited.kind);
      expect(limited.evaluation.cycles).toBe(maxCycles);
      expect(limited.evaluation.energyPj).toBeGreaterThanOrEqual(thriftiest.evaluation.energyPj * (1 - 1e-12));
      const none = searchExact(mapspace, ENERGY, { limits: { maxCycles: maxCycles - 1 } });
      expect(none).toEqual({ kind: 'infeasible', reason: 'no mapping keeps to the limits on energy and cycles' });
    }
  });

  it('returns an honest gap when it is stopped', () => {
    let stopped = 0;
    for (let seed = 200; seed < 260; seed++) {
      const mapspace = makeMapspace(smallCase(seed, { ...PERFECT, mostMacs: 5000, bounds: [4, 6, 8, 12] }));
      if (!mapspace.feasible) continue;
      const whole = searchExact(mapspace, EDP);
      const cut = searchExact(mapspace, EDP, { nodeLimit: 1 });
      if (whole.kind !== 'found' || cut.kind === 'infeasible') continue;
      expect(cut.certificate.lowerBound).toBeLessThanOrEqual(whole.certificate.incumbent * (1 + 1e-12));
      expect(cut.certificate.incumbent).toBeGreaterThanOrEqual(whole.certificate.incumbent * (1 - 1e-12));
      if (!cut.certificate.optimal) stopped++;
    }
    expect(stopped).toBeGreaterThan(5);
  });

  it('proves a cutoff instead of searching below it', () => {
    for (let seed = 300; seed < 330; seed++) {
      const mapspace = makeMapspace(smallCase(seed, PERFECT));
      if (!mapspace.feasible) continue;
      const whole = searchExact(mapspace, EDP);
      if (whole.kind !== 'found') continue;
      const cutoff = whole.certificate.incumbent * 0.99;
      const cut = searchExact(mapspace, EDP, { cutoff });
      expect(cut.kind).toBe('bounded');
      if (cut.kind === 'bounded') expect(cut.certificate.lowerBound).toBeGreaterThanOrEqual(cutoff);
      const above = searchExact(mapspace, EDP, { cutoff: whole.certificate.incumbent * 1.01 });
      if (above.kind !== 'found') throw new Error(above.kind);
      expect(above.certificate.incumbent).toBeCloseTo(whole.certificate.incumbent, 6);
    }
  });

  it('refuses an objective that is not monotone', () => {
    const mapspace = makeMapspace(smallCase(1, PERFECT));
    if (!mapspace.feasible) throw new Error('empty');
    expect(() => searchExact(mapspace, { ...EDP, monotone: false })).toThrow(RangeError);
  });
});
