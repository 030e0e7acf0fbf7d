import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TreeNode } from '../../../../src/search/schedule/choice-tree.ts';
import { TreeCosts } from '../../../../src/search/schedule/tree-costs.ts';

const SETS = [
  { at: [], bits: 0 },
  { at: [0], bits: 3 },
];
const CAPACITY_BITS = 12;

/** Costs of a node by set: they rise by what is learned, by each bit of room that is missing, and with the weight. */
interface Costed {
  readonly node: TreeNode;
  readonly base: readonly number[];
  readonly perBit: number;
  learned: number;
}

const costed = fc.record({
  base: fc.tuple(fc.nat(9), fc.nat(9)),
  perBit: fc.nat(2),
  may: fc.constantFrom([true, true], [true, false], [false, true]),
});

const act = fc.oneof(
  fc.record({
    kind: fc.constant('move' as const),
    lambda: fc.constantFrom(1, 2, null),
    baseBits: fc.nat(CAPACITY_BITS),
  }),
  fc.record({ kind: fc.constant('learn' as const), which: fc.nat(20), more: fc.nat(4) }),
  fc.record({ kind: fc.constant('decide' as const), which: fc.nat(20), made: fc.array(costed, { maxLength: 3 }) }),
);

describe('TreeCosts', () => {
  // Killed by: costs of less room taken for more, a weight that is forgotten, what is learned or decided passed over, sets that a choice cannot pin.
  it('knows the least costs of all choices as if each were looked at', () => {
    let saved = 0;
    fc.assert(
      fc.property(fc.array(costed, { minLength: 1, maxLength: 4 }), fc.array(act, { maxLength: 14 }), (roots, acts) => {
        const all: Costed[] = [];
        const add = ({ base, perBit, may }: (typeof roots)[number], before: Costed | null): Costed => {
          const one: Costed = {
            node: {
              choice: null as never,
              before: before?.node ?? null,
              maySet: may.map((is, set) => is && (before?.node.maySet[set] ?? true)),
            },
            // What is decided further costs no less.
            base: base.map((cost, set) => cost + (before?.base[set] ?? 0)),
            perBit: perBit + (before?.perBit ?? 0),
            learned: before?.learned ?? 0,
          };
          all.push(one);
          return one;
        };
        for (const root of roots) add(root, null);
        const tree = {
          sets: SETS,
          get nodes() {
            return all.map(({ node }) => node);
          },
        };
        const costOf = (
          { node, base, perBit, learned }: Costed,
          set: number,
          lambda: number | null,
          roomBits: number,
        ) =>
          node.maySet[set]!
            ? (lambda ?? 3) * (base[set]! + learned + perBit * (CAPACITY_BITS - roomBits))
            : Number.POSITIVE_INFINITY;
        let asked = 0;
        const costs = new TreeCosts(
          tree,
          2,
          (node, lambda, roomBits, into) => {
            asked++;
            const one = all.find((other) => other.node === node)!;
            for (let set = 0; set < into.length; set++) into[set] = costOf(one, set, lambda, roomBits);
          },
          CAPACITY_BITS,
        );
        let [lambda, baseBits]: [number | null, number] = [1, CAPACITY_BITS];
        for (const one of [{ kind: 'move' as const, lambda, baseBits }, ...acts]) {
          if (one.kind === 'move') ({ lambda, baseBits } = one);
          const known = one.kind === 'move' || all.length === 0 ? undefined : all[one.which % all.length]!;
          if (one.kind === 'learn' && known !== undefined) {
            known.learned += one.more;
            costs.learn(known.node);
          }
          if (one.kind === 'decide' && known !== undefined) {
            all.splice(all.indexOf(known), 1);
            costs.decide(
              known.node,
              one.made.map((made) => add(made, known).node),
            );
          }
          const before = asked;
          costs.refresh(lambda, baseBits);
          if (asked - before < all.length) saved++;
          for (const set of SETS.keys()) {
            const expected = Math.min(
              Number.POSITIVE_INFINITY,
              ...all.map((other) => costOf(other, set, lambda, baseBits - 2)),
            );
            expect(costs.least[set]).toBe(expected);
            const best = all.find(({ node }) => node === costs.bestOf(set));
            if (expected < Number.POSITIVE_INFINITY) expect(costOf(best!, set, lambda, baseBits - 2)).toBe(expected);
            else expect(best).toBeUndefined();
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(saved).toBeGreaterThan(0);
  });
});
