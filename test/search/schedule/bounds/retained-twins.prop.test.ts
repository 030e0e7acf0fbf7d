import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../../src/accelerator/accelerator.ts';
import { supportingObjective } from '../../../../src/search/mapping/network-optimum.ts';
import { mapStep } from '../../../../src/search/mapping/step-label.ts';
import type { StepHomes } from '../../../../src/search/schedule/retained-twins.ts';
import { retainedTwins } from '../../../../src/search/schedule/retained-twins.ts';
import { Random } from '../../../../src/util/random.ts';
import { TENSORS } from '../../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../../src/workload/network.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { NO_MOVES } from '../../../../src/workload/residency.ts';
import { type SmallCaseOptions, smallCase } from '../../mapping/random-mapspace.ts';
import { TERMS, withTerms } from '../../mapping/random-overheads.ts';
import { withResidency } from '../../mapping/random-residency.ts';
import { EXACT, small } from '../small-questions.ts';

const OPTIONS: SmallCaseOptions = {
  levels: [2, 3],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'Q', 'R', 'R', 'S'],
  bounds: [2, 3, 4],
  mostMacs: 48,
  padding: true,
  mostChildren: 3,
};
const LAMBDAS = [null, 0, 1, 20, 300] as const;

/** Value of the best mapping of a step. */
function stepValue(layer: LayerShape, accelerator: Accelerator, index: number, roomBits: number | null) {
  return ({ outputs, resumes: _, ...homes }: StepHomes, lambda: number | null): number => {
    const residency = {
      ...homes,
      level: index,
      roomBits,
      outputs: outputs ? ('in-place' as const) : ('outermost' as const),
    };
    const outcome = mapStep({ ...layer, residency }, accelerator, supportingObjective(lambda), EXACT);
    return outcome.kind === 'mapped' ? outcome.proof.value : Number.POSITIVE_INFINITY;
  };
}

describe('what a step costs beyond one with more in the retention level', () => {
  // Killed by: ports of the retention level that do not feel what it serves, levels between that serve words, accesses that are not rounded up.
  it('is no more than the difference of their best mappings', () => {
    let bounded = 0;
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 30 }), (seed) => {
        const plain = smallCase(seed, OPTIONS);
        const isLoaded = Random.fromSeed(seed).nextInt(2) === 0;
        const { layer, accelerator } = withResidency(isLoaded ? withTerms(TERMS)(plain, seed) : plain, seed);
        const { level: index, roomBits, outputs, ...own } = layer.residency;
        const homes: StepHomes = { ...own, outputs: outputs !== 'outermost', resumes: false, moves: NO_MOVES };
        const best = stepValue(layer, accelerator, index, roomBits);
        for (const twin of retainedTwins(layer, homes, accelerator, index))
          for (const lambda of LAMBDAS) {
            const beyond = twin.beyond(lambda);
            if (beyond === null) continue;
            const value = best(homes, lambda);
            if (value === Number.POSITIVE_INFINITY) continue;
            expect(value).toBeGreaterThanOrEqual((best(twin.homes, lambda) + beyond) * (1 - 1e-9));
            bounded++;
          }
      }),
      { numRuns: 40, examples: [[295660755]] },
    );
    expect(bounded).toBeGreaterThan(20);
  });

  // Killed by: a thousandth more or less, a word at the width of the other level, fills that are forgotten.
  it.each(['free', 'kept'] as const)(
    'is the difference where each word comes once, tiles in the level being %s',
    (tiles) => {
      const changes = { bandwidth: { readWordsPerCycle: 0.5 }, mustKeep: tiles === 'free' ? [] : TENSORS };
      const accelerator = small(null, changes);
      const wordBits = { Weights: 8, Inputs: 8, Outputs: 8 };
      const layer = { problem: makeProblem({ name: 'product', bounds: { K: 4, C: 4 } }), wordBits };
      const best = stepValue(layer, accelerator, 1, null);
      const homes = { weights: false, inputs: true, outputs: true, activationBits: 8, resumes: false, moves: NO_MOVES };
      const [weights] = retainedTwins(layer, homes, accelerator, 1);
      // 16 words of 64 pJ each; a tile takes 2 pJ for a fill, none at all is read from home at 2 pJ and 2 cycles.
      expect(best(homes, 0) - best(weights!.homes, 0)).toBe(tiles === 'free' ? 16 * (64 - 2) : 16 * (64 + 2));
      expect(weights!.beyond(0)).toBe(tiles === 'free' ? 16 * (64 - 2) : 16 * (64 + 2));
      expect(weights!.beyond(3)).toBe(tiles === 'free' ? 16 * (64 - 2 - 3 * 2) - 3 : 16 * (64 + 2));
      expect(weights!.beyond(40)).toBe(tiles === 'free' ? null : 16 * (64 + 2));
    },
  );

  // Killed by: words that come back left out, a word at the width of the other level.
  it('is the difference where each word of Outputs leaves once', () => {
    const accelerator = small(null, { mustKeep: [], bandwidth: { sharedWordsPerCycle: 4 } });
    const wordBits = { Weights: 8, Inputs: 8, Outputs: 8 };
    const layer = { problem: makeProblem({ name: 'product', bounds: { K: 4, P: 4 } }), wordBits };
    const best = stepValue(layer, accelerator, 1, null);
    const homes = { weights: true, inputs: true, outputs: false, activationBits: 8, resumes: false, moves: NO_MOVES };
    const [outputs] = retainedTwins(layer, homes, accelerator, 1);
    expect(best(homes, 0) - best(outputs!.homes, 0)).toBe(16 * (64 - 2));
    expect(outputs!.beyond(0)).toBe(16 * (64 - 2));
    expect(outputs!.beyond(1)).toBe(16 * (64 - 2 - 1 / 4) - 2);
    // Words that come back may cost more here than there.
    expect(outputs!.beyond(200)).toBe(16 * (64 - 2 - 200 / 4) - 400);
    expect(outputs!.beyond(249)).toBeNull();
  });
});
