import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelModel } from '../../../../src/cost/kernel/model.ts';
import { leastLiveShare } from '../../../../src/search/mapping/bounds/live-share.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { raggedExtents } from '../../../../src/search/mapping/space/ragged-extents.ts';
import { perTensor } from '../../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { smallCase } from '../random-mapspace.ts';

const LEVELS = 3;
const P = 4;

/** The model of a problem with so many rows on an accelerator with three levels. */
function modelOf(rows: number): KernelModel {
  const { accelerator } = smallCase(1, {
    levels: [LEVELS],
    dims: ['P'],
    bounds: [2],
    mostMacs: 4,
    padding: false,
    mostChildren: 2,
  });
  const layer = { problem: makeProblem({ name: 'rows', bounds: { P: rows } }), wordBits: perTensor(() => 16) };
  const mapspace = makeMapspace({ layer, accelerator });
  if (!mapspace.feasible) throw new Error(mapspace.reason);
  return mapspace.model;
}

/** Share of the children that have work, round by round, where each tile holds `tile` rows. */
function liveShare(rows: number, children: number, tile: number): number {
  let live = 0;
  let all = 0;
  for (let round = 0; round * children * tile < rows; round++)
    for (let child = 0; child < children; child++) {
      all++;
      if ((round * children + child) * tile < rows) live++;
    }
  return live / all;
}

describe('least live share', () => {
  it('is the least share of children with work over all tiles that a level can hold; the MACs hold one step', () => {
    let partial = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.tuple(...Array.from({ length: LEVELS }, () => fc.integer({ min: 1, max: 4 }))),
        fc.integer({ min: 1, max: LEVELS }),
        (rows, bounds, to) => {
          const spatial = new Float64Array(LEVELS * 8).fill(1);
          bounds.forEach((bound, level) => {
            spatial[level * 8 + P] = bound;
          });
          const product = (levels: readonly number[]) => levels.reduce((children, bound) => children * bound, 1);
          const children = product(bounds.slice(0, to));
          const inside = product(bounds.slice(to));
          const steps = Math.ceil(rows / (children * inside));
          const extents = to === LEVELS ? [1] : raggedExtents(steps, LEVELS).extents;
          const least = Math.min(...extents.map((extent) => liveShare(rows, children, extent * inside)));
          const model = modelOf(rows);
          expect(leastLiveShare(model, spatial, P, to)).toBeCloseTo(least, 12);
          // What is remembered is what was computed, and holds for this dim alone.
          expect(leastLiveShare(model, spatial, P, to)).toBeCloseTo(least, 12);
          expect(leastLiveShare(model, spatial, P + 1, to)).toBe(1);
          if (least < liveShare(rows, children, inside)) partial++;
        },
      ),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(partial).toBeGreaterThan(20);
  });
});
