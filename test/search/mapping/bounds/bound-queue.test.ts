import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundQueue } from '../../../../src/search/mapping/bounds/bound-queue.ts';

describe('queue by bound', () => {
  it('gives the least bound first, of equal bounds the first that came, whenever items are taken', () => {
    const action = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('take' as const));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const queue = new BoundQueue<string>();
        const waiting: { bound: number; item: string }[] = [];
        const takeBoth = () => {
          const least = Math.min(...waiting.map(({ bound }) => bound));
          const place = waiting.findIndex(({ bound }) => bound === least);
          expect(queue.leastBound).toBe(least);
          expect(queue.pop()).toBe(waiting[place]?.item);
          if (place >= 0) waiting.splice(place, 1);
          expect(queue.size).toBe(waiting.length);
        };
        for (const [i, bound] of actions.entries()) {
          if (bound === 'take') takeBoth();
          else {
            queue.push(bound, `item ${i}`);
            waiting.push({ bound, item: `item ${i}` });
          }
        }
        for (let rest = waiting.length; rest >= 0; rest--) takeBoth();
      }),
    );
  });
});
