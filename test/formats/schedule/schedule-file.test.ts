import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../src/formats/document/document.ts';
import { readSchedule } from '../../../src/formats/schedule/schedule-file.ts';
import { formatSchedule } from '../../../src/formats/schedule/schedule-text.ts';
import { errorOf } from '../errors.ts';
import { GOLDEN_SCHEDULES, schedules } from './random-schedules.ts';

const header = { name: 's', source: 'test', workload: 'net', batch: 2, retentionLevel: 'Buffer' };

/** A layer, then one whose output is added to its input, then another. */
const { accelerator, sequence } = GOLDEN_SCHEDULES.find(({ kind }) => kind === 'residual-inner')!;
const LEVELS = `[{ level: DRAM, temporal: [P 4], keep: [Weights] }, { level: Buffer, spatial: [K 2 X], keep: [] }]`;
const valid = `name: s
accelerator: ${accelerator.name}
workload: net
retentionLevel: Buffer
homes:
  retained: [s]
  fused: [t1, u]
pinned: [a]
segments:
  - from: a
    mappings:
      - { operator: a, levels: ${LEVELS} }
  - from: b
    to: c
    loops: [p 2]
    halo: recomputed
    held: { tensors: [s], parameters: [b] }
    mappings:
      - { operator: c, iteration: 1, levels: ${LEVELS} }
`;

const use = (text: string) => readSchedule(parseDocument(text, 's.yaml')).use(accelerator, 'net', sequence);

describe('saved schedules', () => {
  it('name what a schedule has as indices', () => {
    const { schedule, mappings } = use(valid);
    expect(sequence.operators.map(({ name }) => name)).toEqual(['a', 'b', 'add', 'c']);
    expect(sequence.storages.map(({ name }) => name)).toEqual(['x', 's', 't1', 'u', 'y']);
    expect(schedule).toEqual({
      homes: ['outermost', 'retained', 'fused', 'fused', 'outermost'],
      pinned: [0],
      segments: [
        { first: 0, end: 1, loops: [], halo: 'cached', held: [] },
        {
          first: 1,
          end: 4,
          loops: [{ axis: 'p', tile: 2 }],
          halo: 'recomputed',
          held: [
            { kind: 'tensor', tensor: 1 },
            { kind: 'parameters', operator: 1 },
          ],
        },
      ],
    });
    expect(mappings.map((list) => list.map(({ operator, iteration }) => [operator, iteration]))).toEqual([
      [[0, 0]],
      [[3, 1]],
    ]);
    expect(mappings[0]![0]!.mapping.levels[1]).toEqual({
      temporal: [],
      spatial: [{ dim: 'K', bound: 2, array: 'X' }],
      keep: [],
      noMulticast: [],
    });
  });

  it.each(GOLDEN_SCHEDULES.map((one) => [one.kind, one] as const))(
    'of %s networks come back as they are written',
    (_, one) => {
      fc.assert(
        fc.property(schedules(one.sequence, one.accelerator), ({ schedule, mappings }) => {
          const text = formatSchedule(header, one.accelerator, one.sequence, schedule, mappings);
          const saved = readSchedule(parseDocument(text, 's.yaml'));
          expect([saved.name, saved.source, saved.batch]).toEqual(['s', 'test', 2]);
          const read = saved.use(one.accelerator, 'net', one.sequence);
          expect(read.schedule).toEqual(schedule);
          expect(read.mappings).toEqual(mappings);
        }),
        { numRuns: 10 },
      );
    },
  );

  it.each([
    [
      'another accelerator',
      `accelerator: ${accelerator.name}`,
      'accelerator: eyeriss',
      'accelerator',
      'for accelerator eyeriss',
    ],
    ['another network', 'workload: net', 'workload: resnet18', 'workload', 'for workload resnet18'],
    ['an unknown level', 'Level: Buffer', 'Level: Bufer', 'retentionLevel', 'has no level Bufer'],
    ['a level that cannot retain', 'Level: Buffer', 'Level: DRAM', 'retentionLevel', 'activations stay in Buffer'],
    ['an unknown tensor', 'retained: [s]', 'retained: [w]', 'homes.retained.0', 'no tensor w'],
    ['a home of an input', 'retained: [s]', 'retained: [x]', 'homes.retained.0', 'x is an input'],
    ['a home of an output', 'retained: [s]', 'retained: [y]', 'homes.retained.0', 'y is an output'],
    ['two homes', 'fused: [t1, u]', 'fused: [t1, s]', 'homes.fused.1', 's has two homes'],
    ['one home stated twice', 'fused: [t1, u]', 'fused: [t1, t1]', 'homes.fused.1', 't1 stands twice in the list'],
    ['an unknown kind of home', 'fused: [', 'tiled: [', 'homes.tiled', "unknown key 'tiled'"],
    ['a pin of nothing', 'pinned: [a]', 'pinned: [add]', 'pinned.0', 'no parameters'],
    ['a pin twice', 'pinned: [a]', 'pinned: [a, a]', 'pinned.1', 'twice'],
    ['an unknown operator', 'from: b', 'from: bb', 'segments.1.from', 'no operator bb'],
    ['operators that overlap', 'from: b', 'from: a', 'segments.1', 'a stands in a segment before'],
    ['operators without a segment', 'to: c', 'to: add', 'segments', 'c stands in no segment'],
    ['a gap between segments', 'from: b', 'from: c', 'segments.1', 'b to add stand in no segment'],
    ['operators out of order', 'to: c', 'to: a', 'segments.1.to', 'a runs before b'],
    ['a tile out of range', 'loops: [p 2]', 'loops: [p 5]', 'segments.1.loops.0', 'larger than the axis p'],
    ['an unknown axis', 'loops: [p 2]', 'loops: [k 2]', 'segments.1.loops.0', 'a shared loop is an axis'],
    ['three loops', 'loops: [p 2]', 'loops: [p 2, n 1, c 1]', 'segments.1', 'one or two loops, not 3'],
    ['an axis twice', 'loops: [p 2]', 'loops: [p 2, p 1]', 'segments.1.loops.1', 'two loops run over the axis p'],
    ['two axes with windows', 'loops: [p 2]', 'loops: [p 2, q 1]', 'segments.1.loops.1', 'axis with windows'],
    ['a loop of one operator', 'from: a\n', 'from: a\n    loops: [p 2]\n', 'segments.0.loops.0', 'one operator'],
    ['an unknown halo', 'halo: recomputed', 'halo: kept', 'segments.1.halo', 'cached or recomputed'],
    ['an unknown held tensor', 'tensors: [s]', 'tensors: [z]', 'segments.1.held.tensors.0', 'no tensor z'],
    [
      'held parameters of none',
      'parameters: [b]',
      'parameters: [add]',
      'segments.1.held.parameters.0',
      'no parameters',
    ],
    [
      'a mapping of another segment',
      'operator: c',
      'operator: a',
      'segments.1.mappings.0.operator',
      'not in this segment',
    ],
    ['a mapping of no layer', 'operator: c', 'operator: add', 'segments.1.mappings.0.operator', 'no layer'],
    ['an iteration below 0', 'iteration: 1', 'iteration: -1', 'segments.1.mappings.0.iteration', 'at least 0'],
    [
      'two mappings of the same steps',
      `      - { operator: c, iteration: 1`,
      `      - { operator: c, iteration: 1, levels: ${LEVELS} }\n      - { operator: c, iteration: 1`,
      'segments.1.mappings.1',
      'two mappings from iteration 1',
    ],
    [
      'an unknown level of a mapping',
      'level: Buffer',
      'level: L2',
      'segments.0.mappings.0.levels.1.level',
      'level 1 is Buffer',
    ],
    [
      'an unknown array dimension',
      'K 2 X',
      'K 2 Y',
      'segments.0.mappings.0.levels.1.spatial.0',
      'no array dimension Y',
    ],
  ])('with %s are refused at their place', (_, from, to, keyPath, message) => {
    expect(valid).toContain(from);
    const text = valid.replace(from, to);
    const error = errorOf(() => use(text));
    expect(error.message).toContain(message);
    expect(error.details.keyPath).toBe(keyPath);
    const lines = text.split('\n');
    const { line, column } = error.details.place!;
    expect(line).toBeGreaterThan(1);
    expect(lines[line! - 1]!.length).toBeGreaterThanOrEqual(column! - 1);
  });

  it('are told apart from other files of Trifold', () => {
    const wrong = errorOf(() => readSchedule(parseDocument('name: n\nmappings: []\n', 'm.yaml')));
    expect([wrong.code, wrong.message]).toEqual(['foreign', 'this is a file of mappings, not what is wanted here']);
  });
});
