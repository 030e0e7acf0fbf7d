import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChoiceTree, choiceLike, type TreeNode } from '../../../../src/search/schedule/choice-tree.ts';
import type { Choice } from '../../../../src/search/schedule/choices.ts';
import { NO_STEPS } from '../../../../src/search/schedule/step-prices.ts';
import { Random } from '../../../../src/util/random.ts';
import { joined } from '../doubled-sequence.ts';
import { partsOf } from '../planned-ways.ts';
import { smallQuestions } from '../small-questions.ts';

const CAPACITY_BITS = 12;

/** A range of layers of which nothing is decided, all of them with parameters. */
function undecided(operators: number): Choice {
  const open = Array.from({ length: operators }, (_, index) => ({ kind: 'parameters' as const, index: 3 + index }));
  return {
    ...{ first: 3, end: 3 + operators, border: { entering: [], leaving: [], inside: [] }, retained: new Set<number>() },
    ...{ segment: null, pinned: [], pinnedBits: 0, open, way: { steps: NO_STEPS, floors: [] } },
  };
}

/** Decides nodes of a tree at random until nothing is open; null where one on the way stands for nothing. */
function walked(tree: ChoiceTree, from: TreeNode, choices: Parameters<ChoiceTree['decide']>[1], random: Random) {
  let node = from;
  while (node.choice.segment === null || node.choice.open.length > 0) {
    const made = tree.decide(node, choices);
    if (made.length === 0) return null;
    node = made[random.nextInt(made.length)]!;
  }
  return node;
}

describe('trees of choices', () => {
  // Killed by: sets of two operators left out, a set that does not fit, what cannot be pinned taken for free.
  it('have every set of operators that may be pinned and that fits, by rising bits', () => {
    const bits = fc.array(fc.oneof(fc.constantFrom(null, Number.POSITIVE_INFINITY), fc.nat(8)), { maxLength: 5 });
    fc.assert(
      fc.property(bits, (own) => {
        const { sets } = new ChoiceTree([undecided(own.length)], (operator) => own[operator - 3]!, CAPACITY_BITS);
        const expected = Array.from({ length: 1 << own.length }, (_, mask) =>
          own.flatMap((_, at) => ((mask >> at) & 1 ? [at] : [])),
        )
          .map((at) => ({ at, bits: at.reduce((sum, one) => sum + (own[one] ?? Number.POSITIVE_INFINITY), 0) }))
          .filter((set) => set.bits <= CAPACITY_BITS);
        expect(sets.map(({ at }) => at.join()).sort()).toEqual(expected.map(({ at }) => at.join()).sort());
        for (const { at, bits } of sets) expect(bits).toBe(at.reduce((sum, one) => sum + own[one]!, 0));
        expect(sets.map(({ bits }) => bits)).toEqual(sets.map(({ bits }) => bits).sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  // Killed by: the choice of another range as it is, or any that decides as much.
  it('say of a range that is alike the same as of their own, and what each of it may pin', () => {
    let compared = 0;
    let pinned = 0;
    fc.assert(
      fc.property(smallQuestions(40), fc.nat(), (single, seed) => {
        const { sequence, retention } = single;
        const by = sequence.operators.length;
        const question = { ...single, sequence: joined(sequence, sequence) };
        const { choices, floors } = partsOf(question);
        const bitsOf = (operator: number) => floors.parametersOf(operator)?.bits ?? null;
        const capacity = retention.capacityBits ?? Number.POSITIVE_INFINITY;
        const random = Random.fromSeed(seed);
        for (let first = 0; first < by; first++)
          for (let end = first + 2; end <= by; end++) {
            const others = choices.ofRange(first + by, end + by);
            choices.ofRange(first, end).forEach((root, i) => {
              expect(others[i]!.way).toBe(root.way);
              const tree = new ChoiceTree([root], bitsOf, capacity);
              const node = walked(tree, [...tree.nodes][0]!, choices, random);
              if (node === null) return;
              const own = node.choice.pinned.map((operator) => operator - first);
              expect(tree.sets.filter((_, set) => node.maySet[set]).map(({ at }) => at)).toEqual(
                tree.sets.flatMap(({ at }) => (at.join() === own.join() ? [own] : [])),
              );
              const { way, segment, ...like } = choiceLike(others[i]!, node, choices);
              expect(way).toBe(node.choice.way);
              expect(like.pinned).toEqual(node.choice.pinned.map((operator) => operator + by));
              expect(like.pinnedBits).toBe(node.choice.pinnedBits);
              const { loops, halo, held } = node.choice.segment!;
              expect(segment).toMatchObject({ first: first + by, end: end + by, loops, halo });
              expect(segment!.held.length).toBe(held.length);
              compared++;
              pinned += own.length;
            });
          }
      }),
      { numRuns: 30 },
    );
    expect(compared).toBeGreaterThan(20);
    expect(pinned).toBeGreaterThan(0);
  });
});
