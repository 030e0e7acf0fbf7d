import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import { parseJson } from '../../../src/formats/document/json-document.ts';
import { readScheduleCases, type ScheduleCase } from '../../../src/formats/schedule/schedule-cases.ts';
import type { StepMapping } from '../../../src/formats/schedule/step-mappings.ts';
import type { Mapping } from '../../../src/mapping/mapping.ts';
import type { HeldOperand, Schedule, Segment, SharedLoop } from '../../../src/schedule/schedule.ts';
import { LOOP_AXES, loopSizes } from '../../../src/schedule/shared-axes.ts';
import { DIMS, TENSORS } from '../../../src/util/vocabulary.ts';
import type { Sequence } from '../../../src/workload/graph/sequence.ts';

/** Given schedules of one small network of each family. */
export const GOLDEN_SCHEDULES: readonly ScheduleCase[] = readScheduleCases(
  parseJson(readFileSync('test/golden/schedules.json', 'utf8'), 'schedules.json'),
);

/** Schedules that a file can state of a sequence, whether or not they can run, with a few mappings of the layers in each segment. */
export function schedules(
  sequence: Sequence,
  accelerator: Accelerator,
): fc.Arbitrary<{ schedule: Schedule; mappings: StepMapping[][] }> {
  const { operators, storages } = sequence;
  const homes = fc.tuple(
    ...storages.map(({ role }) =>
      role === 'inner' ? fc.constantFrom('outermost', 'retained', 'fused') : fc.constant('outermost' as const),
    ),
  );
  const parameters = operators.flatMap((operator, index) =>
    operator.kind === 'mac' && operator.second.kind === 'parameters' ? [index] : [],
  );
  const cuts = fc.subarray(operators.slice(1).map((_, index) => index + 1));
  return fc.tuple(homes, fc.subarray(parameters), cuts).chain(([chosen, pinned, starts]) => {
    const firsts = [0, ...starts];
    const segments = firsts.map((first, i) => segmentOf(sequence, first, firsts[i + 1] ?? operators.length));
    const mappings = firsts.map((first, i) =>
      mappingsOf(sequence, accelerator, first, firsts[i + 1] ?? operators.length),
    );
    return fc
      .tuple(fc.tuple(...segments), fc.tuple(...mappings))
      .map(([made, mapped]) => ({ schedule: { homes: chosen, pinned, segments: made }, mappings: mapped }));
  });
}

function segmentOf(sequence: Sequence, first: number, end: number): fc.Arbitrary<Segment> {
  const { operators, tensors } = sequence;
  const sizes = loopSizes(sequence, end - 1);
  const loop = (axis: SharedLoop['axis']) =>
    fc.integer({ min: 1, max: sizes[LOOP_AXES.indexOf(axis)]! }).map((tile): SharedLoop => ({ axis, tile }));
  const pairs: SharedLoop['axis'][][] = [['n'], ['c'], ['p'], ['q'], ['c', 'n'], ['n', 'p'], ['q', 'c']];
  if (operators[end - 1]!.kind === 'mac') pairs.push(['reduced'], ['p', 'reduced']);
  const loops: fc.Arbitrary<SharedLoop[]> =
    end - first === 1 ? fc.constant([]) : fc.constantFrom(...pairs).chain((axes) => fc.tuple(...axes.map(loop)));
  const held: HeldOperand[] = [
    ...tensors.map((_, tensor): HeldOperand => ({ kind: 'tensor', tensor })),
    ...operators.flatMap((operator, index): HeldOperand[] =>
      operator.kind === 'mac' && operator.second.kind === 'parameters' ? [{ kind: 'parameters', operator: index }] : [],
    ),
  ];
  return fc.record({
    first: fc.constant(first),
    end: fc.constant(end),
    loops,
    halo: fc.constantFrom('cached', 'recomputed'),
    held: fc.subarray(held),
  });
}

function mappingsOf(
  { operators }: Sequence,
  accelerator: Accelerator,
  first: number,
  end: number,
): fc.Arbitrary<StepMapping[]> {
  const layers = operators.flatMap(({ kind }, index) =>
    kind === 'mac' && index >= first && index < end ? [index] : [],
  );
  if (layers.length === 0) return fc.constant([]);
  const mapped = fc.record({
    operator: fc.constantFrom(...layers),
    iteration: fc.nat({ max: 3 }),
    mapping: mappingOf(accelerator),
  });
  return fc.uniqueArray(mapped, { maxLength: 4, selector: ({ operator, iteration }) => `${operator} ${iteration}` });
}

function mappingOf({ levels }: Accelerator): fc.Arbitrary<Mapping> {
  const loop = fc.record({ dim: fc.constantFrom(...DIMS), bound: fc.integer({ min: 2, max: 9 }) });
  const spatial = ({ fanOut }: Accelerator['levels'][number]) =>
    fanOut.dimensions.length === 0
      ? fc.constant([])
      : fc.array(
          loop.map((one) => ({ ...one, array: fanOut.dimensions[0]!.name })),
          { maxLength: 2 },
        );
  return fc
    .tuple(
      ...levels.map((level) =>
        fc.record({
          temporal: fc.array(loop, { maxLength: 3 }),
          spatial: spatial(level),
          keep: fc.subarray([...TENSORS]),
          noMulticast: fc.subarray([...TENSORS]),
        }),
      ),
    )
    .map((all) => ({ levels: all }));
}
