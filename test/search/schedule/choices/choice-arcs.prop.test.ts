import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChoiceArc, ChoiceArcs } from '../../../../src/search/schedule/choice-arcs.ts';
import type { TreeNode } from '../../../../src/search/schedule/choice-tree.ts';
import { isUndecided } from '../../../../src/search/schedule/choices.ts';
import type { ScheduleQuestion } from '../../../../src/search/schedule/search-schedule.ts';
import { type StepLabels, weighed } from '../../../../src/search/schedule/step-labels.ts';
import { knownPoints, openAsks } from '../../../../src/search/schedule/step-prices.ts';
import { Random } from '../../../../src/util/random.ts';
import { Grower } from '../../../schedule/random-sequences.ts';
import { partsOf } from '../planned-ways.ts';
import { expectClose, Mapper, questionOf, small, smallQuestions } from '../small-questions.ts';

/** What choices of a range are decided to, wherever the range is. */
type Decided = ReadonlyMap<TreeNode, readonly TreeNode[]>;

/** The arcs of a question before anything is asked or decided. */
function arcsOf(question: ScheduleQuestion) {
  const { sequence, retention } = question;
  const { labels, cuts, choices, floors } = partsOf(question);
  const capacityBits = retention.capacityBits ?? Number.POSITIVE_INFINITY;
  const source = { cuts, choices, labels, floors, operators: sequence.operators.length, capacityBits };
  return { arcs: new ChoiceArcs(source, true), labels, capacityBits };
}

/** All arcs of segments of several operators, and everything that they stand for. */
function explored(question: ScheduleQuestion) {
  const { arcs, labels, capacityBits } = arcsOf(question);
  const priced = arcs.priced(0, capacityBits, Number.POSITIVE_INFINITY);
  const known = new Map<TreeNode, Decided>();
  const all = [...priced.nearest(0, capacityBits, Number.POSITIVE_INFINITY)]
    .filter(({ node }) => isUndecided(node.choice))
    .map((arc) => {
      const made = known.get(arc.node) ?? decidedFrom(arcs, arc);
      known.set(arc.node, made);
      return { arc, made };
    });
  return { arcs, labels, all, capacityBits };
}

function decidedFrom(arcs: ChoiceArcs, { node: root, range }: ChoiceArc): Decided {
  const all = new Map<TreeNode, TreeNode[]>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const before = node;
    arcs.decide(before);
    const made = [...range.tree.nodes].filter((one) => one.before === before);
    all.set(before, made);
    open.push(...made.filter(({ choice }) => isUndecided(choice)));
  }
  return all;
}

/** Asks for all that would tell more of choices. */
function settle(nodes: Iterable<TreeNode>, labels: StepLabels, mapper: Mapper, lambda: number | null, bits: number) {
  for (const { choice } of nodes)
    for (;;) {
      const asks = openAsks(choice.way.steps, labels, lambda, bits);
      if (asks.length === 0) break;
      const outcomes = mapper.answer({ lambda, asks });
      asks.forEach((ask, i) => {
        labels.answer(ask, lambda, outcomes[i]!);
      });
    }
}

/** Two layers that read the same words, and a sum of what they make; held words cost nothing but that they are read. A function of the seed. */
function twoReaders(seed: number): ScheduleQuestion {
  const random = Random.fromSeed(seed);
  const grower = new Grower();
  const [C, P] = [1 + random.nextInt(2), 2 + random.nextInt(2)];
  const given = grower.input([1, C, P, 1]);
  const [one, other] = [0, 1].map(() => grower.mac(given, { name: 'layer', bounds: { C, P } }));
  grower.vector([one!, other!], grower.sizes[one!]!, { kind: 'words' }, 0);
  const energy = { readPj: 1 + random.nextInt(2), fillPj: 0, updatePj: 1 };
  return questionOf(grower.sequence(), small(9 + random.nextInt(20), { energy }), {
    ...{ fuses: true, fusesViews: false, pins: random.nextInt(2) === 0, loops: [['p']], tiles: 'all' },
    ...{ longestSegment: null, channelCuts: 'anywhere' },
  });
}

/** Layers in a row that may run together, of which the last one's output is added to what the first one makes: that passes by the others. */
function passedBy(words: number, pins: boolean): ScheduleQuestion {
  const grower = new Grower();
  const layer = (input: number) => grower.mac(input, { name: 'layer', bounds: { P: 2 } });
  const first = layer(grower.input([1, 1, 2, 1]));
  const last = layer(layer(layer(first)));
  grower.vector([last, first], grower.sizes[last]!, { kind: 'words' }, 0);
  return questionOf(grower.sequence(), small(words), {
    ...{ fuses: true, fusesViews: false, pins, loops: [['p']], tiles: 'all' },
    ...{ longestSegment: 2, channelCuts: 'anywhere' },
  });
}

const questions = fc.oneof(smallQuestions(8), fc.nat({ max: 2 ** 30 }).map(twoReaders));
const NEAR = 1e-9;

/** What was decided. */
function fateOf(before: TreeNode, made: TreeNode): 'range' | 'tensor' | 'streamed' | 'held' | 'pinned' {
  if (before.choice.segment === null) return 'range';
  if (before.choice.open[0]!.kind === 'tensor') return 'tensor';
  if (made.choice.pinned.length > before.choice.pinned.length) return 'pinned';
  return made.choice.segment!.held.length > before.choice.segment.held.length ? 'held' : 'streamed';
}

describe('costs of choices of which not everything is decided', () => {
  // Killed by: floors, reads of held parameters or sums that are a thousandth larger or smaller, words with several readers that each must fetch.
  it('are no more than what all that they stand for costs at least, and often as much', () => {
    const reached = { range: 0, tensor: 0, streamed: 0, held: 0, pinned: 0 };
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(questions, fc.constantFrom(null, 0, 20), share, (question, lambda, pinned) => {
        const { arcs, labels, all, capacityBits } = explored(question);
        const mapper = new Mapper(question);
        const baseBits =
          capacityBits === Number.POSITIVE_INFINITY ? capacityBits : Math.floor(capacityBits * (1 - pinned ** 2));
        for (const { arc, made } of all)
          settle([...made.keys(), ...[...made.values()].flat()], labels, mapper, lambda, baseBits - arc.passingBits);
        for (const { arc, made } of all)
          for (const set of arc.range.tree.sets.keys()) {
            const costOf = (node: TreeNode) => arcs.costIn([{ ...arc, node, set }], lambda, baseBits);
            const leastOf = (node: TreeNode): number => {
              const further = made.get(node);
              if (further === undefined) {
                const known = knownPoints(node.choice.way.steps, labels, lambda, baseBits - arc.passingBits);
                if (node.maySet[set]! && known !== null)
                  expectClose(costOf(node), weighed(lambda, known.energyPj, known.cycles));
                return costOf(node);
              }
              const costs = further.map(leastOf);
              const least = Math.min(Number.POSITIVE_INFINITY, ...costs);
              expect(costOf(node)).toBeLessThanOrEqual(least * (1 + NEAR));
              const best = further.filter((_, i) => costs[i]! <= least * (1 + NEAR)).map((one) => fateOf(node, one));
              const isReached = least < Number.POSITIVE_INFINITY && costOf(node) >= least * (1 - NEAR);
              // Where energy counts for nothing, or nothing can be pinned, it is no matter how words come.
              const isMatter = lambda !== null && question.space.pins;
              if (isReached && (isMatter || best[0] === 'range') && new Set(best).size === 1) reached[best[0]!]++;
              return least;
            };
            leastOf(arc.node);
          }
      }),
      // Which choices are reached is no matter of luck.
      { numRuns: 40, seed: 3 },
    );
    expect(Math.min(reached.range, reached.held, reached.pinned)).toBeGreaterThan(0);
  });
});

describe('arcs of choices', () => {
  // Killed by: what is decided, or learned of a step, told to the costs of one of the rooms that ranges have which share their choices.
  it('cost what the choices do that nothing was decided further of, whatever passes by their range', () => {
    let shared = 0;
    const settings = fc.tuple(fc.integer({ min: 6, max: 12 }), fc.boolean(), fc.constantFrom(null, 0, 20));
    fc.assert(
      fc.property(settings, fc.nat({ max: 2 ** 30 }), ([words, pins, lambda], seed) => {
        const question = passedBy(words, pins);
        const { arcs, labels, capacityBits } = arcsOf(question);
        const mapper = new Mapper(question);
        const random = Random.fromSeed(seed);
        for (let round = 0; round < 24; round++) {
          const priced = arcs.priced(lambda, capacityBits, Number.POSITIVE_INFINITY);
          const all = [...priced.nearest(0, capacityBits, Number.POSITIVE_INFINITY)];
          const costOf = (arc: ChoiceArc) => arcs.costIn([arc], lambda, capacityBits);
          for (const arc of all) {
            const nodes = [...arc.range.tree.nodes];
            expect(nodes).toContain(arc.node);
            expect(arc.range.costs.least[arc.set]).toBe(costOf(arc));
            // What was known before of a choice may say more of those that it is decided to than they do.
            expect(costOf(arc)).toBeGreaterThanOrEqual(Math.min(...nodes.map((node) => costOf({ ...arc, node }))));
          }
          const twice = all.filter(({ node, passingBits }) =>
            all.some((other) => isUndecided(node.choice) && other.node === node && other.passingBits !== passingBits),
          );
          shared += twice.length;
          const from = twice.length > 0 && random.nextInt(3) > 0 ? twice : all;
          const one = from[random.nextInt(from.length)]!;
          const asks = openAsks(one.node.choice.way.steps, labels, lambda, capacityBits - one.passingBits);
          if (asks.length > 0) {
            const outcomes = mapper.answer({ lambda, asks });
            for (const [i, ask] of asks.entries()) arcs.learn(labels.answer(ask, lambda, outcomes[i]!));
          } else if (isUndecided(one.node.choice)) arcs.decide(one.node);
        }
      }),
      { numRuns: 6 },
    );
    expect(shared).toBeGreaterThan(10);
  });
});
