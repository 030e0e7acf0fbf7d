import { describe, expect, it } from 'vitest';
import { pairStairs, runBounds, summedStairs } from '../../../src/app/bounds/bounds.ts';
import { boundsCsv, boundsJson } from '../../../src/app/bounds/output.ts';
import { describeBounds } from '../../../src/cli/text/bounds-text.ts';
import { BOUNDS } from '../../../src/options/bounds.ts';
import { readRequest } from '../../../src/options/command.ts';
import { SMALL_NETWORK, writeSmall } from '../small-files.ts';

const NEVER = { shouldStop: () => false, onLayer: () => {} };
const run = (request: object) => runBounds(readRequest(BOUNDS.request, request), NEVER);
const refusal = (request: object) => () => run(request);

/** The same layer twice beside another one, and all of them once more. */
const REPEATED = writeSmall(
  'repeated.yaml',
  `name: repeated
source: made up for tests
input: [8, 6, 6]
layers:
  - { name: one, kind: conv, out: 8, kernel: 3, padding: same, repeat: 3 }
  - { name: again, kind: conv, out: 8, kernel: 3, padding: same }
  - { name: other, kind: conv, out: 4, kernel: 1 }
`,
);

describe('bounds of a network', () => {
  it('are the sums over its runs of layers, equal layers looked at once', () => {
    const whole = run({ workload: REPEATED, between: '32B..4KiB' });
    expect(whole.layers.map(({ layer, repeat }) => [layer.name, repeat])).toEqual([
      ['one', 4],
      ['other', 1],
    ]);
    const [one, other] = ['one', 'other'].map((layer) => run({ workload: REPEATED, layer, between: '32B..4KiB' }));
    for (const [i, { figures }] of whole.rows.entries()) {
      const words = 4 * one!.rows[i]!.figures!.words + other!.rows[i]!.figures!.words;
      expect(figures!.words).toBe(words);
      expect(figures!.bits).toBe(16 * words);
      expect(figures!.timesCompulsory).toBe(words / whole.compulsory.words);
      expect(figures!.macsPerByte).toBe(whole.macs / (2 * words));
    }
    expect(whole.compulsory.words).toBe(4 * one!.compulsory.words + other!.compulsory.words);
    expect(whole.rows.at(-1)!.figures!.timesCompulsory).toBe(1);
    const stairs = summedStairs(whole);
    for (const { capacityBits, figures } of whole.rows)
      expect(stairs.findLast(({ x }) => x <= capacityBits)!.y).toBe(figures!.words);
    expect(describeBounds(whole)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('double from the least tile to compulsory traffic unless capacities are asked for', () => {
    const { rows, compulsory } = run({ workload: '12x10x30' });
    const rooms = rows.map(({ capacityBits }) => capacityBits);
    expect(rooms[0]).toBe(64);
    for (const [i, room] of rooms.slice(1).entries()) expect(room).toBe(2 * rooms[i]!);
    expect(rows.at(-1)!.figures!.words).toBe(compulsory.words);
    expect(rows.at(-2)!.figures!.words).toBeGreaterThan(compulsory.words);
    expect(compulsory.words).toBe(12 * 30 + 30 * 10 + 12 * 10);
  });

  it('of bytes count each word as wide as it is outside', () => {
    const { layers, rows } = run({ workload: SMALL_NETWORK, layer: 'conv', count: 'bytes', accelerator: 'nvdla-256' });
    const { outerBits } = layers[0]!.border;
    for (const { value, words } of layers[0]!.curve.steps)
      expect(value).toBe(
        words.weights * outerBits.Weights +
          words.inputs * outerBits.Inputs +
          (words.outputsRead + words.outputsWritten) * outerBits.Outputs,
      );
    expect(rows.filter(({ isOwn }) => isOwn)).toHaveLength(1);
  });

  it('mark the buffer of an accelerator, of all its instances, and say what may pass it', () => {
    const eyeriss = run({ workload: SMALL_NETWORK, accelerator: 'eyeriss' });
    expect(eyeriss.inputs.named).toMatchObject({ outer: 'DRAM', buffer: 'GlobalBuffer', instances: 1 });
    expect(describeBounds(eyeriss)).toMatch(/^\* 108 KiB/m);
    expect(describeBounds(eyeriss)).toContain('bypass GlobalBuffer');
    const inner = run({ workload: SMALL_NETWORK, accelerator: 'eyeriss', level: 'l2' }).inputs.named!;
    expect(inner.outer).toBe('GlobalBuffer');
    expect(inner.instances).toBe(168);
    expect(inner.capacityBits! % 168).toBe(0);
  });

  it('give a document and a table of all stairs', () => {
    const result = run({ workload: SMALL_NETWORK, layer: 'wide' });
    const { layers, points, compulsory } = boundsJson(result);
    expect(layers[0]!.steps.at(-1)).toMatchObject({
      words: compulsory.words,
      capacityBytes: compulsory.fromCapacityBytes,
    });
    expect(points.at(-1)).toMatchObject({ feasible: true, timesCompulsory: 1 });
    const lines = boundsCsv(result).trimEnd().split('\r\n');
    expect(lines).toHaveLength(layers[0]!.steps.length + 1);
    expect(lines.at(-1)).toMatch(/^wide,1,/);
  });
});

describe('bounds of a pair', () => {
  it('stand beside those of its layers alone, down to what comes from outside and goes there', () => {
    const result = run({ workload: SMALL_NETWORK, pair: 'conv', factors: 'perfect' });
    expect(result.layers.map(({ layer }) => layer.name)).toEqual(['conv', 'wide']);
    const between = 2 * 4 * 6 * 6;
    const last = result.pair!.steps.at(-1)!;
    expect(last.words).toBe(result.compulsory.words - between);
    expect(result.rows.at(-1)!.pair).toEqual(last);
    expect(result.rows[0]!.pair).toBeNull();
    const cut = { rows: result.rows.slice(-3), pair: result.pair };
    const from = cut.rows[0]!;
    expect(pairStairs(cut)[0]).toEqual({ x: from.capacityBits, y: from.pair!.value });
    expect(pairStairs(cut).at(-1)!.y).toBe(last.value);
    const text = describeBounds(result);
    expect(text).toContain('small conv + wide: least words');
    expect(text).toMatch(/what flows between kept whole$|tiles of /m);
    expect(text).toMatch(/; t both layers together\n.*[\u2801-\u28ff].*t|│.*t/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    const { pair, points } = boundsJson(result);
    expect(pair!.steps).toHaveLength(result.pair!.steps.length);
    expect(points.at(-1)!.together).toMatchObject({ words: last.words });
    expect(boundsCsv(result)).toContain('\r\nconv + wide,1,');
  });

  it('are refused for operators that are no pair', () => {
    expect(refusal({ workload: SMALL_NETWORK, pair: 'wide' })).toThrow('nothing comes after it');
    expect(refusal({ workload: SMALL_NETWORK, pair: 'cnv' })).toThrow('no operator cnv');
    expect(refusal({ workload: SMALL_NETWORK, pair: 'conv', layer: 'conv' })).toThrow('--pair takes no --layer');
    expect(refusal({ workload: SMALL_NETWORK, pair: 'conv', accelerator: 'eyeriss' })).toThrow(
      'takes no --accelerator',
    );
    expect(refusal({ workload: 'resnet18', pair: 'conv1' })).toThrow('after it is no layer');
    expect(refusal({ workload: 'resnet18', pair: 'conv3.down' })).toThrow('is not all that reads its output');
    expect(refusal({ workload: '3x4x5', pair: 'a' })).toThrow('only its layers are known');
  });
});

describe('bounds are refused', () => {
  it('for options that have no meaning', () => {
    expect(refusal({ workload: SMALL_NETWORK, level: 'L2' })).toThrow('--level goes with --accelerator');
    expect(refusal({ workload: SMALL_NETWORK, accelerator: 'eyeriss', level: 'L7' })).toThrow('no level L7');
    expect(refusal({ workload: SMALL_NETWORK, accelerator: 'eyeriss', level: 'L1' })).toThrow('is the innermost level');
    expect(refusal({ workload: '3x4' })).toThrow('is no matrix product');
    expect(refusal({ workload: '3x0x4' })).toThrow('whole numbers of at least 1');
    expect(refusal({ workload: '3x4x5', layer: 'conv' })).toThrow('takes no --layer');
    expect(refusal({ workload: SMALL_NETWORK, between: '4..8' })).toThrow("'8' has no unit");
    expect(refusal({ workload: SMALL_NETWORK, between: '8KiB..4KiB' })).toThrow('ends before it starts');
  });

  it('where no tile fits, and when the time is over', () => {
    expect(refusal({ workload: '3x4x5', between: '1B..4B' })).toThrow('no capacity that is asked for holds a tile');
    const request = readRequest(BOUNDS.request, { workload: '5000x7000x9000' });
    expect(() => runBounds(request, { ...NEVER, shouldStop: () => true })).toThrow('the time was over');
  });
});
