import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/formats/document/json-document.ts';
import { readScheduleCases } from '../../../src/formats/schedule/schedule-cases.ts';
import { errorOf } from '../errors.ts';

const golden = (name: string) => readFileSync(`test/golden/${name}.json`, 'utf8');
const read = (data: unknown) => readScheduleCases(parseJson(JSON.stringify(data), 'cases.json'));

const level = (name: string, dram: boolean, capacity: number | null, pj: number) => ({
  name,
  dram,
  capacity_words: capacity,
  word_bits: 8,
  block_words: 1,
  instances: 1,
  bandwidth: dram ? { shared: 1 } : {},
  energy_pJ: { read: pj, fill: pj, update: pj },
});

const step = (operator: string) => ({
  operator,
  iteration: 0,
  output_box: { n: [0, 1], c: [0, 4], p: [0, 4], q: [0, 1] },
  homes: { Weights: 'D', Inputs: 'D', Outputs: 'R' },
  holds: {},
  fetch: {},
  drain: {},
  counts: {},
  mapping: [
    { level: 'DRAM', temporal: [['P', 4]], spatial: [] },
    { level: 'Buffer', temporal: [['C', 2]], spatial: [['K', 4, 'X']] },
  ],
  energy_pJ: 1,
  cycles: 1,
});

/** Two pointwise layers and an addition, their output joined with its input; all sizes differ. */
const valid = () => ({
  id: 'one',
  kind: 'chain',
  arch: {
    levels: [level('DRAM', true, null, 100), level('Buffer', false, 32, 2)],
    spatial: { level: 'Buffer', array: 'X', dims: ['K'], size: 4 },
    mac: { instances: 4, energy_pJ: 1 },
    bits: { activation: 8, weight: 4, partial: { DRAM: 8, Buffer: 16 } },
    vector: { lanes: 2, energy_pJ: 0.5 },
  },
  graph: {
    tensors: [
      { name: 'x', shape: [1, 2, 4, 1], role: 'input' },
      { name: 't', shape: [1, 4, 4, 1] },
      { name: 'u', shape: [1, 4, 4, 1] },
      { name: 'v', shape: [1, 8, 4, 1] },
      { name: 'y', shape: [1, 2, 3, 1], role: 'output' },
    ],
    operators: [
      mac('a', { K: 4, C: 2, P: 4 }, 'x', { words: 8 }, 't'),
      { name: 'add', kind: 'vector', op: 'add', inputs: ['t', 't'], output: 'u', work_per_word: 3, inplace: 0 },
      { name: 'cat', kind: 'concat', inputs: ['t', 'u'], output: 'v' },
      mac('b', { K: 2, C: 8, P: 3, R: 2 }, 'v', { words: 32 }, 'y'),
    ],
  },
  schedule: {
    homes: { v: 'R' },
    pinned: ['b'],
    segments: [
      { operators: ['a'], steps: [step('a')] },
      { operators: ['add', 'cat', 'b'], loops: [['p', 2]], halo: 'recomputed', held: ['t', 'b'], steps: [] },
    ],
  },
  energy_pJ: 12,
  cycles: 34,
});

function mac(name: string, dims: object, input: string, weights: object, output: string) {
  return { name, kind: 'mac', dims, stride: [1, 1], dilation: [1, 1], pad: [0, 0], input, weights, output };
}

type Case = ReturnType<typeof valid>;

describe('cases of whole networks', () => {
  it('become an accelerator, a sequence and a schedule', () => {
    const [one] = read([valid()]);
    const { accelerator, sequence, given } = one!;
    expect(accelerator.tiles).toBe('box');
    expect(accelerator.levels.map(({ storedBits }) => storedBits)).toEqual([
      { Weights: 4, Inputs: 8, Outputs: 8 },
      { Weights: 4, Inputs: 8, Outputs: 16 },
    ]);
    expect(accelerator.levels[1]).toMatchObject({
      capacity: { kind: 'shared', bits: 256 },
      mustKeep: ['Weights', 'Inputs', 'Outputs'],
      fanOut: { dimensions: [{ name: 'X', size: 4, parallelDims: ['K'] }] },
    });
    expect(accelerator.levels[0]).toMatchObject({ fanOut: { dimensions: [] }, bandwidth: { sharedWordsPerCycle: 1 } });
    expect(accelerator.vectorUnit).toMatchObject({ level: 0, simplePerCycle: 2, simplePj: 0.5 });
    // The parts of a concatenation lie in the whole.
    expect(sequence.storages.map(({ name, words, role }) => [name, words, role])).toEqual([
      ['x', 8, 'input'],
      ['v', 32, 'inner'],
      ['y', 6, 'output'],
    ]);
    expect(sequence.tensors.map(({ storage }) => storage)).toEqual([0, 1, 1, 1, 2]);
    const [a, add, cat, b] = sequence.operators;
    expect(a).toMatchObject({ kind: 'mac', inputs: [0], output: 1, layer: 0, tiles: true });
    expect(a).toMatchObject({ shape: { wordBits: { Weights: 4, Inputs: 8, Outputs: 16 } } });
    expect(add).toMatchObject({ kind: 'vector', span: { kind: 'words' }, inPlace: 0 });
    expect(add).toMatchObject({ load: { repeat: 1, reads: [], wordsOut: 16, work: { simple: 48, special: 0 } } });
    expect(cat).toMatchObject({ kind: 'view', view: 'concat', inputs: [1, 2], output: 3 });
    expect(b).toMatchObject({ layer: 1, second: { kind: 'parameters', words: 32, wordBits: 4 } });
    expect(b).toMatchObject({ shape: { problem: { bounds: { K: 2, C: 8, P: 3, R: 2 }, inputSize: [4, 1] } } });
    expect(given?.schedule.schedule).toEqual({
      homes: ['outermost', 'retained', 'outermost'],
      pinned: [3],
      segments: [
        { first: 0, end: 1, loops: [], halo: 'cached', held: [] },
        {
          first: 1,
          end: 4,
          loops: [{ axis: 'p', tile: 2 }],
          halo: 'recomputed',
          held: [
            { kind: 'tensor', tensor: 1 },
            { kind: 'parameters', operator: 3 },
          ],
        },
      ],
    });
    expect([given?.energyPj, given?.cycles]).toEqual([12, 34]);
    const [first] = given!.schedule.steps![0]!;
    expect(first).toMatchObject({ operator: 0, retained: { Weights: false, Outputs: true }, roomBits: null });
    expect(first!.mapping!.levels[1]!.spatial).toEqual([{ dim: 'K', bound: 4, array: 'X' }]);
  });

  it.each<[string, (one: Case) => void, string, string]>([
    ['a level that is missing', ({ arch }) => arch.levels.pop(), 'levels', 'at least 2'],
    ['an unknown level of the array', ({ arch }) => set(arch.spatial, 'level', 'Bufer'), 'spatial.level', 'Bufer'],
    ['instances without a fan-out', ({ arch }) => set(arch.levels[1]!, 'instances', 2), 'levels.1.instances', '1 inst'],
    ['MACs beside the array', ({ arch }) => set(arch.mac, 'instances', 3), 'mac.instances', '4 MACs'],
    ['a second memory off chip', ({ arch }) => set(arch.levels[1]!, 'dram', true), 'levels.1.dram', 'first level'],
    ['two equal levels', ({ arch }) => set(arch.levels[1]!, 'name', 'DRAM'), 'name', 'two levels'],
    ['a width that is missing', ({ arch }) => set(arch.bits, 'partial', { DRAM: 8 }), 'bits.partial', 'Buffer'],
    ['a capacity of nothing', ({ arch }) => set(arch.levels[1]!, 'capacity_words', 0), 'capacity_words', 'more than 0'],
    ['a wrong type', ({ arch }) => set(arch.bits, 'weight', 'wide'), 'bits.weight', 'a number'],
    ['an unknown kind', ({ graph }) => set(graph.operators[1]!, 'kind', 'vectr'), 'operators.1.kind', 'vectr'],
    ['equal names', ({ graph }) => set(graph.operators[1]!, 'name', 'x'), 'operators.1.name', 'called x'],
    ['an unknown tensor', ({ graph }) => set(graph.operators[3]!, 'input', 'w'), 'operators.3.input', 'no tensor w'],
    ['a cycle', ({ graph }) => set(graph.operators[1]!, 'inputs', ['u', 't']), 'operators.1', 'uses u before'],
    ['operators out of order', ({ graph }) => graph.operators.reverse(), 'operators.0', 'uses v before'],
    ['an output made twice', ({ graph }) => set(graph.operators[1]!, 'output', 't'), 'operators.1.output', 'before'],
    ['an input that is made', ({ graph }) => set(graph.tensors[2]!, 'role', 'input'), 'operators.1.output', 'input'],
    ['a tensor nobody makes', ({ graph }) => graph.operators.pop(), 'tensors.4', 'no operator makes y'],
    ['channels that do not fit', ({ graph }) => set(graph.tensors[0]!, 'shape', [1, 3, 4, 1]), 'input', 'sizes 1, 2'],
    ['rows that do not fit', ({ graph }) => set(graph.operators[3]!, 'dims', { K: 2, C: 8, P: 4 }), 'output', 'sizes'],
    ['no place for a filter', ({ graph }) => set(graph.operators[3]!, 'pad', [9, 0]), 'operators.3', 'padding'],
    [
      'weights that do not fit',
      ({ graph }) => set(graph.operators[0]!, 'weights', { words: 9 }),
      'weights.words',
      '8 weights',
    ],
    ['parts that do not fit', ({ graph }) => set(graph.operators[2]!, 'inputs', ['t']), 'operators.2', 'parts'],
    ['a part twice', ({ graph }) => set(graph.operators[2]!, 'inputs', ['t', 't']), 'inputs.1', 'part of two'],
    ['an operand in place that is none', ({ graph }) => set(graph.operators[1]!, 'inplace', 2), 'inplace', 'operand 2'],
    ['a home that is missing', ({ schedule }) => set(schedule, 'homes', {}), 'homes', 'home of v'],
    ['a home of an input', ({ schedule }) => set(schedule.homes, 'x', 'R'), 'homes.x', 'no tensor with a home'],
    ['a home of a part', ({ schedule }) => set(schedule.homes, 't', 'R'), 'homes.t', 'no tensor with a home'],
    ['an unknown home', ({ schedule }) => set(schedule.homes, 'v', 'S'), 'homes.v', 'D or R or F'],
    ['pins of no parameters', ({ schedule }) => set(schedule, 'pinned', ['add']), 'pinned.0', 'no parameters'],
    ['a pin twice', ({ schedule }) => set(schedule, 'pinned', ['b', 'b']), 'pinned.1', 'twice'],
    ['an unknown held name', ({ schedule }) => set(schedule.segments[1]!, 'held', ['c']), 'held.0', 'no operator c'],
    ['a segment missing', ({ schedule }) => schedule.segments.pop(), 'segments', 'add to b stand in no segment'],
    ['a first segment missing', ({ schedule }) => schedule.segments.shift(), 'segments.0', 'a stands in no segment'],
    [
      'segments that overlap',
      ({ schedule }) => set(schedule.segments[1]!, 'operators', ['a', 'add', 'cat', 'b']),
      'segments.1',
      'a stands in a segment before',
    ],
    [
      'operators with a gap',
      ({ schedule }) => set(schedule.segments[1]!, 'operators', ['add', 'b']),
      'operators.1',
      'does not follow add',
    ],
    ['a tile out of range', ({ schedule }) => set(schedule.segments[1]!, 'loops', [['p', 4]]), 'loops.0', 'larger'],
    ['an unknown axis', ({ schedule }) => set(schedule.segments[1]!, 'loops', [['k', 1]]), 'loops.0.0', 'must be n'],
    ['no loop of several', ({ schedule }) => set(schedule.segments[1]!, 'loops', []), 'segments.1', 'one or two'],
    ['a loop of one', ({ schedule }) => set(schedule.segments[0]!, 'loops', [['p', 1]]), 'loops.0', 'no loops'],
    [
      'an axis twice',
      ({ schedule }) =>
        set(schedule.segments[1]!, 'loops', [
          ['p', 2],
          ['p', 1],
        ]),
      'loops.1',
      'two loops',
    ],
    [
      'a step of another segment',
      ({ schedule }) => set(schedule.segments[0]!.steps[0]!, 'operator', 'b'),
      'steps.0.operator',
      'not in this segment',
    ],
    ['a step without a mapping', ({ schedule }) => remove(schedule, 'mapping'), 'steps.0', 'no mapping'],
    ['a step without homes', ({ schedule }) => remove(schedule, 'homes'), 'steps.0', 'no homes'],
    [
      'levels of another accelerator',
      ({ schedule }) => set(schedule.segments[0]!.steps[0]!.mapping[1]!, 'level', 'Local'),
      'mapping',
      'levels of the mapping',
    ],
    [
      'a box of nothing',
      ({ schedule }) =>
        set(schedule.segments[0]!.steps[0]!, 'holds', {
          w: [
            [0, 1],
            [0, 1],
            [0, 1],
            [0, 1],
          ],
        }),
      'holds.w',
      'no operator w',
    ],
    [
      'no steps at all',
      ({ schedule }) => {
        for (const one of schedule.segments) remove({ segments: [one] }, 'all');
      },
      'segments',
      'steps',
    ],
  ])('refuse %s', (_, change, keyPath, message) => {
    const one = valid();
    change(one);
    const error = errorOf(() => read([valid(), { ...one, id: 'two' }]));
    expect(error.message).toContain(message);
    expect(error.details.keyPath).toMatch(new RegExp(`^1\\..*${keyPath.replaceAll('.', '\\.')}$`));
    expect(error.details.place).toMatchObject({ file: 'cases.json', line: 1 });
    expect(error.details.place!.column).toBeGreaterThan(1);
  });

  it('refuse an id that stands twice', () => {
    const error = errorOf(() => read([valid(), valid()]));
    expect([error.details.keyPath, error.message]).toEqual(['1.id', 'two cases are called one']);
  });

  it('of other families and solved ones are read too', () => {
    const given = readScheduleCases(parseJson(golden('schedules'), 'schedules.json'));
    expect(given.map(({ solved, given: one }) => [solved, one!.schedule.steps!.length > 0])).toEqual(
      given.map(() => [null, true]),
    );
    const solved = readScheduleCases(parseJson(golden('schedules-solved'), 'solved.json'));
    for (const { solved: one, sequence } of solved) {
      const { edp, energy } = one!.found!.best;
      expect(edp.value).toBeCloseTo(edp.energyPj * edp.cycles, 3);
      expect(energy.schedule.schedule.homes).toHaveLength(sequence.storages.length);
      expect(edp.schedule.steps).not.toBeNull();
      expect(energy.schedule.steps).toBeNull();
    }
    const keys = solved.flatMap(({ sequence }) => sequence.operators).find(({ name }) => name === 'scores');
    expect(keys).toMatchObject({ second: { kind: 'keys', rowAxis: 'n' }, inputs: { length: 2 } });
  });

  it('end in an error of the user, whatever is exchanged in them', () => {
    const text = golden('schedules').split('\n')[1]!.replace(/,$/, '');
    const values = [null, -1, 0.5, 1e300, '', 'x', [], {}, true, [['p', 1]], { D: 'R' }];
    const paths = [...pathsOf(JSON.parse(text) as unknown)];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.constantFrom(...values), (path, value) => {
        const data = JSON.parse(text) as object;
        const parent = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, data);
        Reflect.set(parent, path.at(-1)!, value);
        try {
          read([data]);
        } catch (error) {
          expect(error).toMatchObject({ name: 'TrifoldError', details: { place: { file: 'cases.json' } } });
        }
      }),
      { numRuns: 150 },
    );
  });
});

function set(at: object, key: string, value: unknown): void {
  Reflect.set(at, key, value);
}

/** Takes a key out of the first step of the first segment, or all steps away. */
function remove({ segments }: Pick<Case['schedule'], 'segments'>, key: string): void {
  if (key === 'all') Reflect.deleteProperty(segments[0]!, 'steps');
  else Reflect.deleteProperty(segments[0]!.steps[0]!, key);
}

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
}
