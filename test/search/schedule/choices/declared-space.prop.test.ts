import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RETAIN, type ScheduleSpace, sharedLoops } from '../../../../src/search/schedule/declared-space.ts';
import { Random } from '../../../../src/util/random.ts';
import { randomAttention, randomSequence } from '../../../schedule/random-sequences.ts';

describe('shared loops over channels', () => {
  // Killed by: channels that are cut where the space says that they are not, groups that are cut, tiles that are left out.
  it('cut them between groups, and elsewhere only where the space allows it', () => {
    const sinks = { grouped: 0, plain: 0 };
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 30 }), (seed) => {
        const random = Random.fromSeed(seed);
        const sequence = random.nextInt(3) === 0 ? randomAttention(random) : randomSequence(random, 4, 4);
        for (const [sink, operator] of sequence.operators.entries()) {
          if (operator.kind === 'view') continue;
          const channels = sequence.tensors[operator.output]!.sizes[1];
          const span = operator.kind === 'vector' && operator.span.kind === 'channels' ? operator.span.group : channels;
          const groups = operator.kind === 'mac' ? operator.shape.problem.bounds.G : channels / span;
          const tiles = (channelCuts: ScheduleSpace['channelCuts']) => {
            const space: ScheduleSpace = { ...RETAIN, loops: [['c']], channelCuts, tiles: 'all', pins: false };
            return [...sharedLoops(sequence, sink, space)].map(([loop]) => loop!.tile);
          };
          const below = (count: number, unit: number) => Array.from({ length: count - 1 }, (_, i) => (i + 1) * unit);
          if (groups > 1) {
            sinks.grouped++;
            expect(tiles('between-groups')).toEqual(below(groups, channels / groups));
            expect(tiles('anywhere')).toEqual(below(groups, channels / groups));
          } else {
            sinks.plain++;
            expect(tiles('between-groups')).toEqual([]);
            expect(tiles('anywhere')).toEqual(below(channels, 1));
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(sinks.grouped).toBeGreaterThan(0);
    expect(sinks.plain).toBeGreaterThan(0);
  });
});
