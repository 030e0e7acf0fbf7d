import fc from 'fast-check';
import { isTimed } from '../../src/accelerator/accelerator.ts';
import type { ArrayOverheads, HostLink, LevelOverheads } from '../../src/accelerator/overheads.ts';
import type { LevelSpecification } from '../../src/accelerator/specification.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';

const cycles = fc.integer({ min: 0, max: 1000 });
const size = fc.integer({ min: 1, max: 1000 });
const layouts = {
  Weights: fc.shuffledSubarray(['G', 'K', 'C', 'R', 'S'] as const),
  Outputs: fc.shuffledSubarray(['N', 'G', 'K', 'P', 'Q'] as const),
  Inputs: fc.shuffledSubarray(['N', 'G', 'C', 'P', 'Q'] as const),
};

/** Run-length codes whose pairs fit. */
const codes = fc
  .record({ runBits: fc.integer({ min: 1, max: 8 }), wordBits: size, pairsPerBlock: fc.integer({ min: 1, max: 5 }) })
  .chain((code) =>
    fc
      .integer({ min: 0, max: 9 })
      .map((spare) => ({ ...code, blockBits: code.pairsPerBlock * (code.runBits + code.wordBits) + spare })),
  );

const links: fc.Arbitrary<HostLink> = fc.record({
  bytesPerSecond: fc.integer({ min: 1, max: 10 ** 10 }),
  residentBits: fc.integer({ min: 0, max: 2 ** 30 }).map((bytes) => bytes * 8),
  pjPerBit: fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e3, noNaN: true })),
});

/** A link, or none. */
export const linkOrNone = fc.oneof(
  fc.constant({}),
  links.map((link) => ({ link })),
);

/** Overheads that a level can state, by what it keeps; requests of Inputs only where `takesInputs`. */
export function overheadsOf(level: LevelSpecification, takesInputs: boolean): fc.Arbitrary<LevelOverheads> {
  const isInside = level.role !== 'dram';
  const refetched = (['Weights', 'Inputs'] as const).filter((tensor) => isInside && level.mayKeep.includes(tensor));
  const sums = isInside && level.mayKeep.includes('Outputs');
  const isCoded = level.mayKeep.includes('Inputs') || level.mayKeep.includes('Outputs');
  const laidOut = TENSORS.filter((tensor) => level.mayKeep.includes(tensor) && (takesInputs || tensor !== 'Inputs'));
  const layout = fc.record(Object.fromEntries(laidOut.map((tensor) => [tensor, layouts[tensor]])), {
    requiredKeys: laidOut.slice(0, 1),
  });
  const none = fc.constant({});
  return fc
    .tuple(
      fc.oneof(none, fc.record({ launch: fc.record({ cycles, matrixCycles: cycles }) })),
      refetched.length === 0
        ? none
        : fc.oneof(none, fc.record({ refetch: fc.shuffledSubarray(refetched, { minLength: 1 }) })),
      sums ? fc.oneof(none, fc.constant({ spill: 'never' }), fc.constant({ drain: 'charged' })) : none,
      laidOut.length === 0
        ? none
        : fc.oneof(none, fc.record({ requests: fc.record({ bytes: size, cycles: size, layout }) })),
      isCoded ? fc.oneof(none, fc.record({ compression: codes })) : none,
      level.doubleBuffered ? none : fc.oneof(none, fc.constant({ overlap: 'none' })),
    )
    .map((parts) => Object.assign({}, ...parts) as LevelOverheads) // the parts are those of LevelOverheads
    .map(({ overlap, ...rest }) =>
      overlap !== undefined && isTimed({ ...level, ...rest }) ? { ...rest, overlap } : rest,
    );
}

/** Overheads of an array. */
export const arrayOverheadsOf: fc.Arbitrary<ArrayOverheads> = fc.record(
  { fill: fc.record({ cyclesPerLoad: cycles, leastRows: size }), rampCycles: cycles },
  { requiredKeys: [] },
);
