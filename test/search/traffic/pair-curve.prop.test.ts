import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegment } from '../../../src/schedule/plan.ts';
import { isUnfit } from '../../../src/schedule/retention.ts';
import type { HeldOperand, Home, Schedule, Segment, SharedLoop } from '../../../src/schedule/schedule.ts';
import { scoreSchedule } from '../../../src/schedule/score.ts';
import type { MacStep } from '../../../src/schedule/step-kind.ts';
import { scoreStep } from '../../../src/schedule/step-score.ts';
import { tileSizes } from '../../../src/search/schedule/declared-space.ts';
import { PLAIN_RETENTION, pairCurve } from '../../../src/search/traffic/pair-curve.ts';
import { stepMapping } from '../../../src/search/traffic/step-mapping.ts';
import { product, subsets } from '../../../src/util/integers.ts';
import type { Sequence, SequenceOperator } from '../../../src/workload/graph/sequence.ts';
import { inputSpan, makeProblem } from '../../../src/workload/problem.ts';
import { twoLevels, visitMappings } from './brute-force.ts';

const RUNS = Number(process.env.CURVE_RUNS ?? 4);
const BITS = { Weights: 8, Inputs: 8, Outputs: 8 };
const PLAIN = { outerBits: {}, bufferBits: {}, doubleBuffered: false, isBox: false };

/** Two convolutions along rows, one after the other. */
interface Chain {
  readonly channels: readonly [number, number, number];
  readonly rows: number;
  readonly filters: readonly [number, number];
  readonly stride: number;
}

function chain({ channels, rows, filters, stride }: Chain): Sequence {
  const middle = inputSpan(rows, filters[1], stride, 1);
  const input = inputSpan(middle, filters[0], 1, 1);
  const sizes = [input, middle, rows].map((size, i) => [1, channels[i]!, size, 1] as const);
  const operators = [0, 1].map((at): SequenceOperator => {
    const bounds = { K: channels[at + 1]!, C: channels[at]!, P: sizes[at + 1]![2], R: filters[at]! };
    const problem = makeProblem({ name: 'ab'[at]!, bounds, stride: [at === 1 ? stride : 1, 1] });
    const second = { kind: 'parameters' as const, words: bounds.K * bounds.C * bounds.R, wordBits: 8 };
    return {
      ...{ kind: 'mac', name: 'ab'[at]!, inputs: [at], output: at + 1, layer: at, shape: { problem, wordBits: BITS } },
      ...{ second, tiles: true, fused: [] },
    };
  });
  return {
    name: 'chain',
    tensors: sizes.map((size, storage) => ({ name: 'xty'[storage]!, sizes: size, wordBits: 8, storage })),
    storages: sizes.map((size, at) => ({
      ...{ name: 'xty'[at]!, words: product(size), wordBits: 8 },
      role: (['input', 'inner', 'output'] as const)[at]!,
    })),
    operators,
  };
}

const chains = (most: number): fc.Arbitrary<Chain> =>
  fc.record({
    channels: fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: most }),
      fc.integer({ min: 1, max: 2 }),
    ),
    rows: fc.integer({ min: 2, max: most + 1 }),
    filters: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    stride: fc.integer({ min: 1, max: 2 }),
  });

/** All ways of the declared space to run a chain, written out. */
function ways({ channels, rows }: Chain): Schedule[] {
  const alone = (first: number): Segment => ({ first, end: first + 1, loops: [], halo: 'cached', held: [] });
  const homes = (home: Home): Home[] => ['outermost', home, 'outermost'];
  const over = (axis: SharedLoop['axis'], size: number, tiles: 'fewest' | 'halves') =>
    tileSizes(size, 1, tiles).map((tile): SharedLoop => ({ axis, tile }));
  const slices = over('reduced', channels[1], 'halves');
  const loops = [
    ...[...over('c', channels[2], 'fewest'), ...over('p', rows, 'fewest'), ...slices].map((loop) => [loop]),
    // Beside slices rows are cut in halves too.
    ...over('p', rows, 'halves').flatMap((outer) => slices.map((inner) => [outer, inner])),
  ];
  const outside: HeldOperand[] = [
    { kind: 'tensor', tensor: 0 },
    { kind: 'parameters', operator: 0 },
    { kind: 'parameters', operator: 1 },
  ];
  return [
    { homes: homes('retained'), pinned: [], segments: [alone(0), alone(1)] },
    ...loops.flatMap((list) =>
      (['cached', 'recomputed'] as const).flatMap((halo) =>
        subsets(outside).map(
          (held): Schedule => ({
            ...{ homes: homes('fused'), pinned: [] },
            segments: [{ first: 0, end: 2, loops: list, halo, held }],
          }),
        ),
      ),
    ),
  ];
}

/** Least words of a step by the room that tiles of its mapping take, over all mappings. */
function stepLeast(step: MacStep): Map<number, number> {
  const setting = { accelerator: twoLevels(PLAIN), retention: PLAIN_RETENTION };
  const least = new Map<number, number>();
  visitMappings(step.shape, 'perfect', (mapping) => {
    const scored = scoreStep(setting, step, null, mapping);
    if ('violations' in scored) return;
    const { tileBits, dramWords } = scored;
    least.set(tileBits, Math.min(dramWords, least.get(tileBits) ?? Number.POSITIVE_INFINITY));
  });
  return least;
}

/** Least words of all ways, by room: Infinity where nothing fits. */
function bruteForce(sequence: Sequence, schedules: readonly Schedule[], rooms: readonly number[]): number[] {
  const best = rooms.map(() => Number.POSITIVE_INFINITY);
  for (const { homes, segments } of schedules) {
    const plans = segments.map((segment) =>
      planSegment(sequence, PLAIN_RETENTION, { homes, isPinned: () => false }, segment),
    );
    if (plans.some(isUnfit)) continue;
    const kinds = plans.flatMap((plan) => (isUnfit(plan) ? [] : plan.kinds)) as MacStep[];
    const tables = kinds.map((step) => ({ step, least: [...stepLeast(step)] }));
    for (const [i, room] of rooms.entries()) {
      const words = tables.reduce((sum, { step, least }) => {
        const fitting = least.filter(([bits]) => step.fixedBits + bits <= room).map(([, moved]) => moved);
        return sum + step.count * Math.min(Number.POSITIVE_INFINITY, ...fitting);
      }, 0);
      best[i] = Math.min(best[i]!, words);
    }
  }
  return best;
}

describe('the curve of two layers that run together', () => {
  it('is the least of all ways and all mappings of their steps', () => {
    fc.assert(
      fc.property(chains(2), (sampled) => {
        const sequence = chain(sampled);
        const { steps } = pairCurve(sequence, 0, { factors: 'perfect', counted: 'words' })!;
        const rooms = steps.flatMap(({ heldBits }) => [heldBits - 8, heldBits]);
        const expected = rooms.map(
          (room) => steps.findLast(({ heldBits }) => heldBits <= room)?.value ?? Number.POSITIVE_INFINITY,
        );
        expect(bruteForce(sequence, ways(sampled), rooms)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('has at each stair a schedule with mappings that moves what it says in the room that it says', () => {
    fc.assert(
      fc.property(chains(5), fc.constantFrom('perfect' as const, 'imperfect' as const), (sampled, factors) => {
        const sequence = chain(sampled);
        const { steps } = pairCurve(sequence, 0, { factors, counted: 'words' })!;
        for (const { heldBits, value, choice, steps: mapped } of steps) {
          const schedule: Schedule = {
            homes: ['outermost', choice.home, 'outermost'],
            pinned: [],
            segments: choice.segments,
          };
          const scored = scoreSchedule(sequence, twoLevels(PLAIN, heldBits), schedule, ({ segment, kind }) =>
            stepMapping(mapped[segment]![kind]!.mapping),
          );
          if (!scored.feasible) throw new Error(scored.violations.map(({ message }) => message).join('; '));
          const all = scored.segments.flatMap((segment) => segment.steps);
          expect(all.reduce((sum, { step, dramWords }) => sum + step.count * dramWords, 0)).toBe(value);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('ends with what comes from outside and goes there, once', () => {
    const sequence = chain({ channels: [2, 4, 2], rows: 4, filters: [1, 1], stride: 1 });
    const { steps } = pairCurve(sequence, 0, { factors: 'perfect', counted: 'words' })!;
    const within = (bytes: number) => steps.findLast(({ heldBits }) => heldBits <= 8 * bytes)!.value;
    expect(steps.at(-1)!.value).toBe(32);
    // The worked example: whole in 21 bytes, tiles of two rows in 20 and in 12.
    expect(within(21)).toBe(32);
    expect(within(20)).toBeLessThanOrEqual(40);
    expect(within(12)).toBeLessThanOrEqual(48);
  });
});
