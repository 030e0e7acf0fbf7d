import fc from 'fast-check';
import { syntheticSchedule } from './synthetic-schedule.ts';

/** Made-up schedules of any kind with at most so many operators, roughly. */
export function schedules(most: number, hostile: fc.Arbitrary<string> = fc.constant('')) {
  return fc
    .record({
      operators: fc.integer({ min: 1, max: most }),
      seed: fc.nat(1e6),
      mode: fc.constantFrom('retain' as const, 'fuse' as const),
      isUnlimited: fc.boolean(),
      hostile,
    })
    .map(syntheticSchedule);
}
