import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { type ScoredSchedule, scoreSchedule } from '../../../src/schedule/score.ts';
import { isReduced } from '../../../src/schedule/shared-axes.ts';
import { EDP, ENERGY } from '../../../src/search/mapping/objective.ts';
import {
  type ScheduleOptimum,
  type ScheduleQuestion,
  ScheduleSearch,
} from '../../../src/search/schedule/search-schedule.ts';
import { Random } from '../../../src/util/random.ts';
import { randomPair } from '../../schedule/random-sequences.ts';
import { BruteForce } from './brute-force.ts';
import { expectClose, Mapper, questionOf, small, solve } from './small-questions.ts';

/** Two products in a row beside a buffer that holds neither their parameters nor what lies between them, but sums of whole outputs. */
function pairQuestion(seed: number): ScheduleQuestion {
  const random = Random.fromSeed(seed);
  const sequence = randomPair(random);
  const isWide = random.nextInt(2) === 0;
  const accelerator = small(5 + random.nextInt(9), {
    doubleBuffered: random.nextInt(4) === 0,
    storedBits: isWide ? { Outputs: 16 } : {},
  });
  const loops = [['p'], ['reduced'], ['p', 'reduced']] as const;
  return questionOf(sequence, accelerator, {
    ...{
      fuses: true,
      fusesViews: true,
      pins: random.nextInt(2) === 0,
      loops,
      channelCuts: 'anywhere',
      longestSegment: 3,
    },
    tiles: random.nextInt(2) === 0 ? 'all' : 'fewest',
  });
}

function scored({ sequence, accelerator }: ScheduleQuestion, found: ScheduleOptimum): ScoredSchedule {
  const score = scoreSchedule(
    sequence,
    accelerator,
    found.schedule,
    ({ segment, kind }) => found.segments[segment]!.steps[kind]!.mapping,
    (layer, on, mapping) => evaluateReference(layer, on, mapping, { temporalReuse: 'exact' }),
  );
  if (!score.feasible) throw new Error(score.violations[0]!.message);
  return score;
}

describe('searches with a shared loop over summed channels', () => {
  // Killed by: such loops left out, a floor of the sink that knows no sums that stay, labels that mix first and later iterations.
  // The examples are pairs for which it is.
  it('find what trying everything finds, which is such a loop at times', () => {
    let summed = 0;
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 30 }), fc.constantFrom(EDP, ENERGY), (seed, objective) => {
        const question = pairQuestion(seed);
        const front = new BruteForce(question).front();
        const { found } = solve(new ScheduleSearch(question), new Mapper(question), { objective });
        if (found.kind === 'none') {
          expect(front).toHaveLength(0);
          return;
        }
        expectClose(found.value, Math.min(...front.map((sums) => objective.value(...sums))));
        expect(found.optimal).toBe(true);
        const { energyPj, cycles } = scored(question, found);
        expectClose(energyPj, found.energyPj);
        expect(cycles).toBe(found.cycles);
        if (found.schedule.segments.some(isReduced)) summed++;
      }),
      {
        numRuns: 6,
        examples: [
          [39, EDP],
          [57, EDP],
        ],
      },
    );
    expect(summed).toBeGreaterThan(1);
  });
});
