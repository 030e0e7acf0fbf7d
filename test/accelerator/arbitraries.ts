import fc from 'fast-check';
import {
  type AcceleratorSpecification,
  type LevelSpecification,
  MAX_PROCESSING_ELEMENTS,
  type Rate,
} from '../../src/accelerator/specification.ts';
import { DIMS, type PerTensor, TENSORS } from '../../src/util/vocabulary.ts';
import { arrayOverheadsOf, linkOrNone, overheadsOf } from './overhead-arbitraries.ts';

/** An optional key, absent rather than undefined. */
function optional<T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | object> {
  return fc.oneof(fc.constant({}), arbitrary);
}

const positive = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
const nonNegative = fc.oneof(fc.constant(0), positive);
const perTensorOf = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<PerTensor<T>> =>
  fc.record({ Weights: value, Inputs: value, Outputs: value });

const rate: fc.Arbitrary<Rate> = fc.record({ unit: fc.constantFrom('words/cycle', 'B/s'), value: positive });

const bandwidth = fc.record({ read: rate, write: rate, shared: rate }, { requiredKeys: [] });

const arrayDimensions = fc.subarray(['X', 'Y', 'Z']).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        size: fc.integer({ min: 1, max: 64 }),
        parallelDims: fc.oneof(fc.constant('any' as const), fc.shuffledSubarray([...DIMS])),
      }),
    ),
  ),
);

const fanOut = fc
  .tuple(
    fc.record({ dimensions: arrayDimensions, multicast: perTensorOf(fc.boolean()) }),
    fc.oneof(
      optional(fc.record({ hopEnergyPj: nonNegative })),
      fc.record({ wires: fc.constantFrom('line' as const, 'tree' as const, 'free' as const) }),
      fc.record({ wires: fc.constantFrom('line' as const, 'tree' as const), hopEnergyPj: nonNegative }),
    ),
  )
  .map(([required, hop]) => (required.dimensions.length === 0 ? required : { ...required, ...hop }));

/** A tensor list and a sublist of it. */
const keeps = fc
  .shuffledSubarray([...TENSORS])
  .chain((mayKeep) => fc.record({ mayKeep: fc.constant(mayKeep), mustKeep: fc.shuffledSubarray(mayKeep) }));

/** A level with any name and role; on-chip capacities hold at least one word of up to 64 bits, twice, of every tensor, and a block. */
function levelOf(role: LevelSpecification['role'], name: string): fc.Arbitrary<LevelSpecification> {
  const width = fc.integer({ min: 1, max: 64 });
  const bits = fc.integer({ min: 64 * 64, max: 2 ** 33 });
  const onChip = fc.oneof(
    fc.record({ kind: fc.constant('shared' as const), bits }),
    fc.record({ kind: fc.constant('partitioned' as const), bits: perTensorOf(bits) }),
  );
  const isDram = role === 'dram';
  return fc
    .tuple(
      fc.record({
        name: fc.constant(name),
        role: fc.constant(role),
        capacity: isDram ? fc.constant({ kind: 'unlimited' as const }) : onChip,
        wordBits: width,
        storedBits: fc.record({ Weights: width, Inputs: width, Outputs: width }, { requiredKeys: [] }),
        blockWords: fc.integer({ min: 1, max: 64 }),
        doubleBuffered: fc.boolean(),
        bandwidth,
        fanOut,
      }),
      isDram ? fc.constant({ mayKeep: [...TENSORS], mustKeep: [...TENSORS] }) : keeps,
      isDram ? optional(fc.record({ dramKind: fc.constantFrom('ddr3', 'lpddr4', 'hbm2') })) : fc.constant({}),
      optional(fc.record({ energy: fc.record({ readPj: nonNegative, fillPj: nonNegative, updatePj: nonNegative }) })),
      optional(fc.record({ areaMm2: nonNegative })),
      optional(fc.record({ leakageMw: nonNegative })),
    )
    .map((parts) => Object.assign({}, ...parts) as LevelSpecification); // the parts make up all required keys
}

/** The levels with arrays that are cut where all of them together have too many units, and bits that can be counted. */
function modelled(levels: readonly LevelSpecification[]): LevelSpecification[] {
  let left = MAX_PROCESSING_ELEMENTS / 16;
  return levels.map((level) => ({
    ...level,
    fanOut: {
      ...level.fanOut,
      dimensions: level.fanOut.dimensions.map((dimension) => {
        const size = Math.min(dimension.size, left);
        left = Math.floor(left / size);
        return { ...dimension, size };
      }),
    },
  }));
}

/** A level with overheads; Inputs have a layout only where the MACs receive them. */
function withOverheads(
  level: LevelSpecification,
  inside: readonly LevelSpecification[],
): fc.Arbitrary<LevelSpecification> {
  const toMacs = !inside.some(({ mayKeep }) => mayKeep.includes('Inputs'));
  const array = level.fanOut.dimensions.length === 0 ? fc.constant({}) : arrayOverheadsOf;
  return fc
    .tuple(overheadsOf(level, toMacs), array)
    .map(([own, ofArray]) => ({ ...level, ...own, fanOut: { ...level.fanOut, ...ofArray } }));
}

const text = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a: b', '12', 'true', ' #x', 'two\nlines', '- x'));

/** Specifications without problems. */
export const specificationArbitrary: fc.Arbitrary<AcceleratorSpecification> = fc
  .array(fc.constantFrom('buffer' as const, 'register-file' as const), { maxLength: 5 })
  .chain((roles) =>
    fc.record({
      name: text.map((words) => words.replace(/\s+/gu, ' ').trim() || 'x'),
      source: text,
      technology: text,
      clockHz: positive,
      countLeakage: fc.boolean(),
      levels: fc
        .tuple(levelOf('dram', 'DRAM'), ...roles.map((role, i) => levelOf(role, `L${i}`)))
        .map(modelled)
        .chain((levels) => fc.tuple(...levels.map((level, i) => withOverheads(level, levels.slice(i + 1))))),
      link: linkOrNone,
      boxes: optional(fc.constant({ tiles: 'box' as const })),
      mac: fc
        .tuple(
          fc.record({
            weightBits: fc.integer({ min: 1, max: 64 }),
            inputBits: fc.integer({ min: 1, max: 64 }),
            accumulatorBits: fc.integer({ min: 1, max: 128 }),
          }),
          optional(fc.record({ energyPj: nonNegative })),
          optional(fc.record({ areaMm2: nonNegative })),
        )
        .map(([widths, energy, area]) => ({ ...widths, ...energy, ...area })),
      unit: optional(
        fc.record({
          simplePerCycle: positive,
          specialPerCycle: positive,
          simplePj: nonNegative,
          specialPj: nonNegative,
        }),
      ),
    }),
  )
  // It works on the outermost level, which can keep everything.
  .map(({ unit, link, boxes, ...specification }) => ({
    ...specification,
    ...boxes,
    ...link,
    ...('simplePj' in unit ? { vectorUnit: { level: 'DRAM', ...unit } } : {}),
  }));
