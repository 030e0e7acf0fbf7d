import { describe, expect, it } from 'vitest';
import { checkBudget } from '../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { MAX_PROCESSING_ELEMENTS } from '../../src/accelerator/specification.ts';
import { loadTechnology } from '../../src/app/presets/load.ts';
import { evaluateMapping } from '../../src/cost/evaluate.ts';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { parseBudget } from '../../src/formats/budget-file.ts';
import { checkDataflow, readDataflow } from '../../src/formats/dataflow-file.ts';
import { parseDocument } from '../../src/formats/document/document.ts';
import { readMappings } from '../../src/formats/mapping-file.ts';
import { parseTechnology } from '../../src/formats/technology-file.ts';
import { readWorkload } from '../../src/formats/workload/workload.ts';
import { exactSettings, type MapperSettings, mapLayer } from '../../src/search/mapping/map-layer.ts';
import { EDP } from '../../src/search/mapping/objective.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { MAX_LAYERS } from '../../src/workload/network.ts';
import { MAX_PADDING } from '../../src/workload/problem.ts';
import { errorOf } from './errors.ts';

const PROBLEM = `name: w
source: s
layers:
  - { name: p, kind: problem, bounds: { N: 1, G: 1, K: 2, C: 2, P: 3, Q: 3, R: 2, S: 2 }, stride: [2, 2], dilation: [1, 3], inputSize: [5, 5], paddingBefore: [1, 1] }
`;
const WORKLOAD = `name: w
source: s
input: [4, 8, 8]
published: { macs: 1, parameters: 1, tolerance: 0.01, source: x }
otherParameters: { e: 3 }
wordBits: { Weights: 16, Inputs: 16, Outputs: 16 }
layers:
  - { name: a, kind: conv, in: 4, out: 8, kernel: [3, 3], stride: 1, dilation: 1, padding: [1, 1, 1, 1], groups: 2, repeat: 2, parameters: 7, output: [8, 8] }
  - { name: d, kind: depthwise, kernel: 3, multiplier: 2, padding: 1, stride: 2 }
  - { kind: pool, kernel: 2, stride: 2, padding: 0, ceil: true }
  - { name: t, kind: transposed, out: 2, kernel: 2 }
  - { kind: reshape, to: [32] }
  - { name: l, kind: linear, out: 4, in: 32, tokens: 1 }
  - { name: b, kind: block, repeat: 2, layers: [{ name: x, kind: matmul, heads: 2, rows: 3, inner: 3, columns: 3, repeat: 2 }, { kind: reshape, to: [4] }] }
`;
const ACCELERATOR = `name: a
source: s
technology: cacti-45nm
clock: 200 MHz
countLeakage: true
wordBits: 16
storedBits: { Weights: 16 }
levels:
  - { name: DRAM, role: dram, bandwidth: { shared: 4 GB/s }, blockWords: 2, wordBits: 16 }
  - name: Buf
    role: buffer
    capacity: 4 KiB
    blockWords: 2
    bandwidth: { read: 2 words/cycle, write: 32 bit/cycle }
    energy: { read: 6 pJ, fill: 6 pJ, update: 6 pJ }
    area: 1 mm^2
    leakage: 3 mW
    hopEnergy: 1 pJ
    array: [{ name: X, size: 2, parallel: any }, { name: Y, size: 3, parallel: [K, C] }]
  - { name: Reg, role: register-file, capacity: { Weights: 64 B, Inputs: 32 B, Outputs: 64 B }, storedBits: { Outputs: 24 } }
mac: { weightBits: 16, inputBits: 16, accumulatorBits: 32, energy: 1 pJ, area: 1 mm^2, instances: 6 }
`;
const BUDGET = `name: b
source: s
processingElements: 64
onChipMemory: 108 KiB
dramBandwidth: 4 GB/s
bufferBandwidth: 64 bit/cycle
area: 10 mm^2
power: 100 mW
`;
const DATAFLOW = `name: d
source: s
dataflow:
  - { level: Buf, temporal: { C: 2 }, spatial: { X: { K: 1, C: 2 }, Y: { C: 1 } }, order: [K, C] }
  - { level: innermost, temporal: { R: 2 } }
`;
const MAPPING = `name: m
batch: 1
mappings:
  - layer: p
    levels:
      - { level: DRAM, temporal: [K 2, P 3], keep: [Weights, Inputs, Outputs] }
      - { level: Buf, temporal: [C 2, Q 3], spatial: [K 1 X, K 1 Y], keep: [Weights, Inputs] }
      - { level: Reg, temporal: [R 2, S 2], keep: [Weights, Inputs, Outputs] }
`;
const TECHNOLOGY = `name: t
source: s
node: 45 nm
memory:
  kind: sram-table
  source: s
  columns: [bits, bytes, read pJ, write pJ, leakage mW, area mm^2]
  rows:
    - [16, 64, 0.5, 0.6, 0.01, 0.001]
    - [16, 4096, 2, 3, 0.2, 0.01]
mac:
  energy: { kind: multiplier-adder, source: s, node: 45 nm, multiply: [{ bits: 8, energy: 0.2 pJ }, { bits: 32, energy: 3.1 pJ }], add: [{ bits: 8, energy: 0.03 pJ }, { bits: 32, energy: 0.1 pJ }] }
  area: { source: s, bits: 16, area: 0.001 mm^2, node: 45 nm }
dram: { kind: selectable, default: x, kinds: { x: { energy: 4 pJ/bit, source: s } } }
hop: { source: s, energy: 0.1 pJ/bit }
`;
const VALUES = [
  '0',
  '-1',
  '0.5',
  '1e15',
  '1e16',
  '1e300',
  '1e999',
  '.nan',
  '2147483648',
  '4294967296',
  '9007199254740992',
];

/** The text with one of its numbers replaced by a hostile one: all such texts. */
function* mutants(text: string): Generator<string> {
  for (const { 0: number, index } of text.matchAll(/(?<=[\s[{:,])\d+(?:\.\d+)?(?=[\s\],}])/g))
    for (const value of VALUES) yield text.slice(0, index) + value + text.slice(index + number.length);
}

const technology = loadTechnology('cacti-45nm');
const accelerator = buildAccelerator(parseAccelerator(ACCELERATOR, 'a'), technology);
const layersOf = (text: string) => readWorkload(parseDocument(text, 'w')).network.layers;
const [layer] = layersOf(PROBLEM);
const SETTINGS: readonly MapperSettings[] = [
  exactSettings({ factors: 'perfect', nodeLimit: 10 }),
  exactSettings({ factors: 'imperfect', nodeLimit: 5, imperfectNodes: 5 }),
  { ...exactSettings({ factors: 'perfect' }), mapper: 'random', evaluations: 3 },
];

/** Figures of a result that is one; everything else is a reason. */
function figuresOf(result: ReturnType<typeof mapLayer>): number[] {
  return result.kind === 'mapped' ? [result.evaluation.energyPj, result.evaluation.cycles] : [];
}

const FORMATS: readonly [string, string, (text: string) => readonly number[]][] = [
  [
    'workload',
    WORKLOAD,
    (text) => layersOf(text).flatMap((one) => figuresOf(mapLayer(one, accelerator, EDP, SETTINGS[2]!))),
  ],
  [
    'problem',
    PROBLEM,
    (text) => layersOf(text).flatMap((one) => SETTINGS.flatMap((s) => figuresOf(mapLayer(one, accelerator, EDP, s)))),
  ],
  [
    'accelerator',
    ACCELERATOR,
    (text) => {
      const built = buildAccelerator(parseAccelerator(text, 'a'), technology);
      return SETTINGS.flatMap((settings) => figuresOf(mapLayer(layer!, built, EDP, settings)));
    },
  ],
  ['budget', BUDGET, (text) => checkBudget(accelerator, parseBudget(text, 'b')).map(({ limit }) => limit)],
  [
    'dataflow',
    DATAFLOW,
    (text) => {
      const document = parseDocument(text, 'd');
      const dataflow = readDataflow(document);
      checkDataflow(document, dataflow, accelerator);
      return SETTINGS.flatMap((settings) => figuresOf(mapLayer(layer!, accelerator, EDP, { ...settings, dataflow })));
    },
  ],
  [
    'mapping',
    MAPPING,
    (text) => {
      const mapping = readMappings(parseDocument(text, 'm')).mappingOf('p', accelerator);
      const evaluation = evaluateMapping(layer!, accelerator, mapping!, { temporalReuse: 'exact' });
      return evaluation.feasible ? [evaluation.energyPj, evaluation.cycles] : [];
    },
  ],
  [
    'technology',
    TECHNOLOGY,
    (text) => {
      const plain = ACCELERATOR.replaceAll(/\n {4}(?:energy|area|leakage|hopEnergy):.*/g, '').replace(
        ', energy: 1 pJ, area: 1 mm^2',
        '',
      );
      const built = buildAccelerator(parseAccelerator(plain, 'a'), parseTechnology(text, 't'));
      return figuresOf(mapLayer(layer!, built, EDP, SETTINGS[0]!));
    },
  ],
];

describe('hostile numbers', () => {
  it.each(FORMATS)('in a %s file end with an error of ours or finite figures', (_, text, use) => {
    let used = 0;
    expect(use(text).every(Number.isFinite)).toBe(true);
    for (const mutant of mutants(text))
      try {
        const figures = use(mutant);
        used++;
        expect([mutant, figures.every((figure) => figure >= 0 && Number.isFinite(figure))]).toEqual([mutant, true]);
      } catch (error) {
        if (!(error instanceof TrifoldError)) throw new Error(`${String(error)} of\n${mutant}`, { cause: error });
      }
    // Most are refused, but a test that refuses all would test nothing.
    expect(used).toBeGreaterThan(5);
  });

  it.each<[string, string, RegExp, RegExp]>([
    [
      'layers',
      `name: w\nsource: s\nlayers:\n${'  - {kind: reshape, to: [1]}\n'.repeat(MAX_LAYERS + 1)}`,
      /5001 layers; at most 5000/,
      /repeat/,
    ],
    [
      'parameters',
      PROBLEM.replace('bounds', 'parameters: 9007199254740991, repeat: 2, bounds'),
      /1\.801e\+16 parameters/,
      /2\^53/,
    ],
    [
      'products of layers',
      `${PROBLEM}  - { name: q, kind: problem, bounds: { K: 9007199254740000 } }\n  - { name: r, kind: problem, bounds: { K: 9007199254740000 } }\n`,
      /network has 1\.801e\+16 multiply/,
      /2\^53/,
    ],
    [
      'padding',
      PROBLEM.replace('P: 3', `P: ${MAX_PADDING}`),
      /rows or columns of padding on one side; at most 4096/,
      /padding/,
    ],
    [
      'a hostile up-convolution',
      'name: u\nsource: s\ninput: [64, 196, 196]\nlayers: [{ name: up, kind: transposed, out: 64, kernel: 1e15 }]\n',
      /K must be a positive integer, not 6.4e\+31/,
      /2\^53/,
    ],
    [
      'a hostile width',
      'name: u\nsource: s\ninput: [64, 9]\nlayers: [{ name: up, kind: linear, out: 1e15 }]\n',
      /5.760e\+17 multiply/,
      /2\^53/,
    ],
  ])('refuses a workload with too many %s', (_, text, message, hint) => {
    const error = errorOf(() => layersOf(text));
    expect([error.code, error.message, error.details.hint]).toEqual([
      'value',
      expect.stringMatching(message),
      expect.stringMatching(hint),
    ]);
    expect(error.details.place?.line).toBeGreaterThan(2);
  });

  it('takes as many layers as the limit says', () => {
    const text = `name: w\nsource: s\nlayers:\n${'  - {kind: reshape, to: [1]}\n'.repeat(MAX_LAYERS)}`;
    expect(errorOf(() => layersOf(text)).message).not.toMatch(/at most/);
  });

  it.each([
    [
      'units of one array',
      ['size: 2,', `size: ${MAX_PROCESSING_ELEMENTS},`],
      'levels.1.array.1.size',
      /arrays have 786432 units; at most 262144/,
    ],
    ['units of both', ['size: 3,', `size: ${MAX_PROCESSING_ELEMENTS},`], 'levels.1.array.1.size', /have 524288 units/],
    ['bits', ['Weights: 64 B', 'Weights: 1e15 B'], 'levels.2.capacity', /Reg: .* more than 2\^53 bits/],
  ] as const)('refuses an accelerator with too many %s', (_, [from, to], keyPath, message) => {
    const text = ACCELERATOR.replace(', instances: 6', '').replace(from, to);
    const error = errorOf(() => parseAccelerator(text, 'a'));
    expect([error.code, error.details.keyPath, error.message]).toEqual([
      'value',
      keyPath,
      expect.stringMatching(message),
    ]);
  });
});
