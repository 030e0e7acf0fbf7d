import { describe, expect, it } from 'vitest';
import type { ScheduleSpace } from '../../../../src/search/schedule/declared-space.ts';
import { Random } from '../../../../src/util/random.ts';
import type { Sequence, SequenceOperator } from '../../../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { Grower } from '../../../schedule/random-sequences.ts';
import { decided, expectPlanned, partsOf } from '../planned-ways.ts';
import { questionOf, small } from '../small-questions.ts';

const SPACE: ScheduleSpace = {
  ...{ fuses: true, fusesViews: true, pins: false, channelCuts: 'anywhere', tiles: 'all', longestSegment: null },
  loops: [['p']],
};

/** A network of tensors of two rows. @param storageOf the storage of each, of which those are outputs that are said to be */
function network(
  storageOf: readonly number[],
  operators: readonly SequenceOperator[],
  channels: readonly number[],
  output: number,
): Sequence {
  const isMade = (storage: number) => operators.some((one) => one.kind !== 'view' && storageOf[one.output] === storage);
  const count = Math.max(...storageOf) + 1;
  const words = (storage: number) =>
    Math.max(...storageOf.map((own, tensor) => (own === storage ? 2 * channels[tensor]! : 0)));
  return {
    name: 'made up',
    tensors: storageOf.map((storage, tensor) => ({
      ...{ name: `t${tensor}`, sizes: [1, channels[tensor]!, 2, 1], wordBits: 8, storage },
    })),
    storages: Array.from({ length: count }, (_, storage) => ({
      ...{ name: `s${storage}`, words: words(storage), wordBits: 8 },
      role: storage === output ? 'output' : isMade(storage) ? 'inner' : 'input',
    })),
    operators,
  };
}

function layer(name: string, input: number, output: number, C = 2): SequenceOperator {
  const problem = makeProblem({ name, bounds: { K: 2, C, P: 2 } });
  const shape = { problem, wordBits: { Weights: 8, Inputs: 8, Outputs: 8 } };
  const second = { kind: 'parameters' as const, words: 2 * C, wordBits: 8 };
  return { kind: 'mac', name, inputs: [input], output, layer: output, shape, second, tiles: true, fused: [] };
}

const view = (name: string, inputs: readonly number[], output: number): SequenceOperator => ({
  ...{ kind: 'view', view: 'concat', name, inputs, output },
});

/** How many decided choices of all ranges of several operators have the steps of their plans. */
function planned(sequence: Sequence): number {
  const question = questionOf(sequence, small(60), SPACE);
  const parts = partsOf(question);
  let compared = 0;
  for (let first = 0; first < sequence.operators.length; first++)
    for (let end = first + 2; end <= sequence.operators.length; end++)
      for (const range of parts.choices.ofRange(first, end))
        for (let seed = 0; seed < 4; seed++) {
          const choice = decided(parts.choices, range, Random.fromSeed(seed));
          if (choice === null) continue;
          expectPlanned(question, parts, choice);
          compared++;
        }
  return compared;
}

describe('ways of ranges that look alike', () => {
  // Killed by: alike ranges whose retained storages take as much room in one as in the other, whatever is in them.
  it('have the room of what is in the retention level then', () => {
    // Three branches of equal layers make the parts of what the last layer reads: the third finds more there than the second.
    const branch = (first: number) => [layer('a', 0, first), layer('b', first, first + 1)];
    const thirds = [1, 3, 5].flatMap(branch);
    const sequence = network(
      [0, 1, 2, 3, 2, 4, 2, 2, 5],
      [...thirds, view('all', [2, 4, 6], 7), layer('last', 7, 8, 6)],
      [2, 2, 2, 2, 2, 2, 2, 6, 2],
      5,
    );
    expect(planned(sequence)).toBeGreaterThan(8);
  });

  // Killed by: views of words in the outermost level that are taken for words in the retention level.
  it('do not pass on words of the outermost level as if they were made inside', () => {
    const operators = [layer('a', 0, 1), view('same', [1], 2), layer('b', 2, 3), layer('c', 3, 4)];
    expect(planned(network([0, 1, 1, 2, 3], operators, [2, 2, 2, 2, 2], 3))).toBeGreaterThan(8);
  });

  // Killed by: what nobody reads taken for a tile of the segment that makes it.
  it('are none where nobody reads what is made last: it could only be a tile', () => {
    const operators = [layer('a', 0, 1), layer('b', 1, 2), layer('c', 0, 3)];
    expect(planned(network([0, 1, 2, 3], operators, [2, 2, 2, 2], 3))).toBe(0);
  });

  // Killed by: tiles that count as overwritten by what goes to a whole retained tensor.
  it('keep the tile that an operator reads beside the retained tensor that it writes', () => {
    const grower = new Grower();
    const filter = (input: number) => grower.mac(input, { name: 'filter', bounds: { K: 2, C: 2, P: 4 } });
    const made = filter(grower.input([1, 2, 4, 1]));
    const rectified = grower.vector([made], [1, 2, 4, 1], { kind: 'words' }, 0);
    grower.vector([filter(rectified), rectified], [1, 2, 4, 1], { kind: 'words' }, 0);
    expect(planned(grower.sequence())).toBeGreaterThan(8);
  });

  // Killed by: ranges taken for alike whose last layers may sum other slices, as who makes what they sum stands outside.
  it('decide to the same ways where they share one, whoever makes what the last layer sums', () => {
    const block = (grower: Grower, isTogether: boolean) => {
      const queries = grower.input([1, 4, 1, 1]);
      const summed = grower.vector(
        [queries],
        [1, 4, 1, 1],
        isTogether ? { kind: 'channels', group: 4 } : { kind: 'words' },
      );
      const keys = grower.mac(grower.input([1, 1, 2, 1]), { name: 'keys', bounds: { K: 4, C: 1, P: 2 } });
      grower.mac(summed, { name: 'scores', bounds: { K: 2, C: 4 } }, { kind: 'keys', tensor: keys, rowAxis: 'p' });
    };
    const slices = (kinds: readonly boolean[]) => {
      const grower = new Grower();
      for (const isTogether of kinds) block(grower, isTogether);
      const { choices } = partsOf(questionOf(grower.sequence(), small(60), { ...SPACE, loops: [['reduced']] }));
      const roots = kinds.map((_, i) => choices.ofRange(3 * i + 1, 3 * i + 3)[0]!);
      return {
        ways: new Set(roots.map(({ way }) => way)).size,
        slices: roots.map((root) => choices.decide(root).length),
      };
    };
    expect(slices([true, false])).toEqual({ ways: 2, slices: [0, 3] });
    expect(slices([false, true])).toEqual({ ways: 2, slices: [3, 0] });
    expect(slices([false, false])).toEqual({ ways: 1, slices: [3, 3] });
  });
});
