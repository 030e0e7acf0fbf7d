import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIM_COUNT } from '../../../../src/cost/kernel/model.ts';
import { ChainDescent } from '../../../../src/search/mapping/exact/chain-descent.ts';
import { descentFrom, variedKeeps } from '../../../../src/search/mapping/exact/descent-starts.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { Scorer } from '../../../../src/search/mapping/exact/scorer.ts';
import { type Mapspace, makeMapspace, type Placement } from '../../../../src/search/mapping/mapspace.ts';
import type { FoundTiling } from '../../../../src/search/mapping/nests/partial-nest.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';
import { childrenAlong } from '../../../../src/search/mapping/space/spatial-choices.ts';
import { ceilDiv } from '../../../../src/util/integers.ts';
import { smallCase } from '../random-mapspace.ts';

const CASES = {
  levels: [2, 3, 3, 4],
  dims: ['N', 'G', 'K', 'C', 'P', 'Q', 'R', 'S'],
  bounds: [3, 10, 17],
  mostMacs: 6_000,
  padding: true,
  mostChildren: 5,
} as const;

function spaceOf(seed: number): Mapspace | null {
  const mapspace = makeMapspace({ ...smallCase(seed, CASES), factors: 'imperfect' });
  return mapspace.feasible ? mapspace : null;
}

/** Scores as the search does, and notes what was asked. */
function recorder(mapspace: Mapspace) {
  const scorer = new Scorer(mapspace);
  const values: number[] = [];
  const asked: (readonly [Placement, FoundTiling])[] = [];
  const score = (placement: Placement, tiling: FoundTiling): number => {
    asked.push([placement, tiling]);
    const figures = scorer.score(placement, tiling);
    const value = figures === null ? Number.POSITIVE_INFINITY : EDP.value(figures.energyPj, figures.cycles);
    values.push(value);
    return value;
  };
  return { score, values, asked };
}

/** Temporal bounds of a tiling, [level * 8 + dim]. */
function boundsOf({ loops }: FoundTiling): Float64Array {
  const bounds = new Float64Array(loops.length * DIM_COUNT).fill(1);
  for (const [level, own] of loops.entries()) for (const [d, bound] of own) bounds[level * DIM_COUNT + d]! *= bound;
  return bounds;
}

describe('descents over loop bounds without slack', () => {
  it('score nothing that is not in the mapspace, and end at the best of it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (seed) => {
        const mapspace = spaceOf(seed);
        const choice = mapspace?.spatial.list?.at(seed % 2);
        if (mapspace === null || choice === undefined) return;
        const { score, values, asked } = recorder(mapspace);
        const keep = variedKeeps(mapspace.keeps)();
        const value = new ChainDescent(mapspace, score).run({ choice, keep });
        expect(value).toBe(Math.min(...values));
        const allowed = new Set(mapspace.keeps.all().map(String));
        for (const [placement, tiling] of asked) {
          expect(placement.choice).toBe(choice);
          expect(allowed).toContain(String(placement.keep));
          const bounds = boundsOf(tiling);
          for (let d = 0; d < DIM_COUNT; d++) {
            let left = ceilDiv(mapspace.model.bounds[d]!, childrenAlong(choice.bounds, d));
            for (let level = tiling.loops.length - 1; level >= 0; level--) {
              const bound = bounds[level * DIM_COUNT + d]!;
              const rounds = ceilDiv(left, bound);
              // A smaller bound would take more rounds.
              if (bound > 1) expect(ceilDiv(left, bound - 1)).toBeGreaterThan(rounds);
              left = rounds;
            }
            expect(left).toBe(1);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are never worse than the mapping that they begin with', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (seed) => {
        const mapspace = spaceOf(seed);
        if (mapspace === null) return;
        const perfect = makeMapspace({ ...smallCase(seed, CASES), factors: 'perfect' });
        if (!perfect.feasible) return;
        const found = searchExact(perfect, EDP, { nodeLimit: 2_000 });
        if (found.kind !== 'found') return;
        const start = descentFrom(found.mapping);
        const { score, values } = recorder(mapspace);
        const value = new ChainDescent(mapspace, score).run(start, start);
        const { energyPj, cycles } = found.evaluation;
        expect(values[0]).toBeCloseTo(EDP.value(energyPj, cycles), 6);
        expect(value).toBeLessThanOrEqual(values[0]!);
      }),
      { numRuns: 25 },
    );
  });

  it('begin with every choice of kept tensors before one comes again', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (seed) => {
        const mapspace = spaceOf(seed);
        if (mapspace === null) return;
        const { keeps } = mapspace;
        const next = variedKeeps(keeps);
        const given = Array.from({ length: keeps.count }, () => String(next()));
        expect(new Set(given)).toEqual(new Set(keeps.all().map(String)));
      }),
      { numRuns: 25 },
    );
  });
});
