import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDocument } from '../../src/formats/document/document.ts';
import { isMathjsLoaded } from '../../src/formats/quantity/quantity-expression.ts';
import { readWorkload } from '../../src/formats/workload/workload.ts';
import { formatWorkload } from '../../src/formats/workload/workload-writer.ts';
import { vectorDemands } from '../../src/workload/graph/fusion.ts';
import { networkMacs, networkParameters, operatorParameters } from '../../src/workload/network.ts';
import { inputSpan, macCount, tensorWords } from '../../src/workload/problem.ts';

const FOLDER = resolve(import.meta.dirname, '../../workloads');
const SHARED = resolve(import.meta.dirname, '../../../shared');
const names = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''));

function load(name: string, batch = 1) {
  const path = join(FOLDER, `${name}.yaml`);
  return readWorkload(parseDocument(readFileSync(path, 'utf8'), path), { batch });
}

function counts(name: string) {
  const { network, otherParameters } = load(name);
  const others = Object.values(otherParameters).reduce((sum, count) => sum + count, 0);
  return { macs: networkMacs(network), parameters: networkParameters(network) + operatorParameters(network) + others };
}

/** BERT's and ViT's encoder by its closed form: projections and MLP 12 d^2, scores and context 2 t d per token. */
function encoderMacs(blocks: number, tokens: number, width: number): number {
  return blocks * (tokens * 12 * width ** 2 + 2 * tokens ** 2 * width);
}

const mlp = (sizes: readonly number[]) =>
  sizes.slice(1).map((out, i) => ({ macs: out * sizes[i]!, parameters: out * (sizes[i]! + 1) }));
const dlrm = [...mlp([13, 512, 256, 128]), ...mlp([479, 1024, 1024, 512, 256, 1])];

/** Shape of a decoder-only transformer, by the letters of its closed forms. */
interface Decoder {
  readonly blocks: number;
  /** Width. */
  readonly d: number;
  /** Query heads, key-value heads and their size. */
  readonly h: number;
  readonly g: number;
  readonly e: number;
  /** Hidden size of the MLP, and its matrices (3: gated). */
  readonly f: number;
  readonly G: 2 | 3;
  readonly V: number;
  /** Learned positions. */
  readonly C: number;
  /** 2 = scale and shift, with biases everywhere; 1 = scale alone. */
  readonly s: 1 | 2;
  readonly isUntied?: boolean;
  readonly hasQkNorm?: boolean;
}

function gpt2(blocks: number, d: number, h: number): Decoder {
  return { blocks, d, h, g: h, e: d / h, f: 4 * d, G: 2, V: 50257, C: 1024, s: 2 };
}

const DECODERS: Readonly<Record<string, Decoder>> = {
  'gpt2-small': gpt2(12, 768, 12),
  'gpt2-medium': gpt2(24, 1024, 16),
  'gpt2-large': gpt2(36, 1280, 20),
  'llama-3.2-1b': { blocks: 16, d: 2048, h: 32, g: 8, e: 64, f: 8192, G: 3, V: 128256, C: 0, s: 1 },
  'llama-7b': { blocks: 32, d: 4096, h: 32, g: 32, e: 128, f: 11008, G: 3, V: 32000, C: 0, s: 1, isUntied: true },
  'qwen3-0.6b': { blocks: 28, d: 1024, h: 16, g: 8, e: 128, f: 3072, G: 3, V: 151936, C: 0, s: 1, hasQkNorm: true },
};

/** Weights of the matrices of all blocks. */
function matrixWeights({ blocks, d, h, g, e, f, G }: Decoder): number {
  return blocks * (d * (h + 2 * g) * e + h * e * d + G * d * f);
}

/** Prefill of n tokens with logits of the last `heads` of them, and parameters, by closed forms. */
function decoderCounts(decoder: Decoder, n = 1024, heads = 1) {
  const { blocks, d, h, g, e, f, G, V, C, s, isUntied = false, hasQkNorm = false } = decoder;
  const weights = matrixWeights(decoder);
  const bias = s === 2 ? (h + 2 * g) * e + d + (G - 1) * f + d : 0;
  return {
    macs: n * weights + 2 * n * n * blocks * h * e + heads * d * V,
    parameters:
      V * d * (isUntied ? 2 : 1) + C * d + s * d + weights + blocks * (2 * s * d + (hasQkNorm ? 2 * e : 0) + bias),
  };
}

/** Exact counts, each by a way other than the YAML file: closed forms, or sums over the papers' tables by a separate script. */
const EXACT: Readonly<Record<string, { macs: number; parameters: number }>> = {
  alexnet: { macs: 665_784_864 + 9216 * 4096 + 4096 * 4096 + 4096 * 1000, parameters: 60_965_224 },
  'bert-base': { macs: encoderMacs(12, 512, 768) + 768 ** 2, parameters: 109_482_240 },
  ...Object.fromEntries(Object.entries(DECODERS).map(([name, decoder]) => [name, decoderCounts(decoder)])),
  dlrm: {
    macs: dlrm.reduce((sum, layer) => sum + layer.macs, 0) + 27 * 27 * 128,
    parameters: dlrm.reduce((sum, layer) => sum + layer.parameters, 0),
  },
  dqn: {
    macs: 20 ** 2 * 32 * 4 * 8 ** 2 + 9 ** 2 * 64 * 32 * 4 ** 2 + 7 ** 2 * 64 * 64 * 3 ** 2 + 3136 * 512 + 512 * 18,
    parameters: 1_693_362,
  },
  'efficientnet-b0': { macs: 385_814_752, parameters: 5_288_548 },
  'mnasnet-a1': { macs: 311_579_072, parameters: 3_887_038 },
  mobilenetv1: { macs: 568_740_352, parameters: 4_231_976 },
  mobilenetv2: { macs: 300_774_272, parameters: 3_504_872 },
  resnet18: { macs: 1_814_073_344, parameters: 11_689_512 },
  resnet50: { macs: 4_089_184_256, parameters: 25_557_032 },
  'resnet50-299': { macs: 7_211_875_072, parameters: 25_557_032 },
  // Without the normalisation before each unit and the last one: 2 x 47,936 parameters less, and 64 more of the first layer's.
  'resnet152v2-299': { macs: 20_210_821_888, parameters: 60_236_904 - 2 * 47_936 + 64 },
  squeezenet: { macs: 818_924_576, parameters: 1_248_424 },
  unet: { macs: 150_428_424_448, parameters: 31_030_658 },
  vgg16: { macs: 15_470_264_320, parameters: 138_357_544 },
  vgg19: { macs: 19_632_062_464, parameters: 143_667_240 },
  'vit-b16': { macs: encoderMacs(12, 197, 768) + 196 * 768 * 768 + 768 * 1000, parameters: 86_567_656 },
};

describe('workload presets', () => {
  it('are the networks of the documentation', () => {
    expect(names.sort()).toEqual(Object.keys(EXACT).sort());
  });

  it.each(names)('%s has its file name, a source and readable lines', (name) => {
    const { network, title } = load(name);
    expect(network.name).toBe(name);
    expect(title).not.toBe(name);
    expect(network.source.length).toBeGreaterThan(20);
    expect(
      readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')
        .split('\n')
        .every((line) => line.length <= 200),
    ).toBe(true);
  });

  it.each(names)('%s reproduces its published counts within its tolerance', (name) => {
    const { published } = load(name);
    const own = counts(name);
    if (published?.macs !== undefined)
      expect(Math.abs(own.macs / published.macs - 1)).toBeLessThanOrEqual(published.macTolerance);
    if (published?.parameters !== undefined)
      expect(Math.abs(own.parameters / published.parameters - 1)).toBeLessThanOrEqual(published.parameterTolerance);
    if (published !== undefined)
      expect(Math.max(published.macTolerance, published.parameterTolerance)).toBeLessThanOrEqual(0.015);
  });

  it('all state published parameters but DLRM, and published multiply-accumulates but six and the language models', () => {
    expect(names.filter((name) => load(name).published?.parameters === undefined)).toEqual(['dlrm']);
    expect(names.filter((name) => load(name).published?.macs === undefined).sort()).toEqual(
      ['bert-base', 'dlrm', 'dqn', 'resnet152v2-299', 'resnet50-299', 'unet', ...Object.keys(DECODERS)].sort(),
    );
  });

  it.each(names)('%s has exactly the counts of an independent count', (name) => {
    expect(counts(name)).toEqual(EXACT[name]);
  });

  it.each(names)('%s multiplies by the batch and survives writing and reading', (name) => {
    const { network } = load(name);
    expect(networkMacs(load(name, 7).network)).toBe(7 * networkMacs(network));
    const written = readWorkload(parseDocument(formatWorkload(network), 'x.yaml')).network;
    expect(written).toEqual(network);
  });

  it('are read without loading mathjs', () => {
    for (const name of names) load(name);
    expect(isMathjsLoaded()).toBe(false);
  });

  it('give BERT the 11.17 GMACs of the DeepSpeed profiler for 128 tokens', () => {
    expect(encoderMacs(12, 128, 768) / 1e9).toBeCloseTo(11.17, 2);
  });
});

/** As published, and multiply-accumulates of the same closed forms counted elsewhere, in units of 10^9. */
const LANGUAGE_MODELS = [
  ['gpt2-small', 124_439_808, 106.34],
  ['gpt2-medium', 354_823_168, 360.83],
  ['gpt2-large', 774_030_080, 821.48],
  ['llama-3.2-1b', 1_235_814_400, 1065.41],
  ['llama-7b', 6_738_415_616, 6906.44],
  ['qwen3-0.6b', 596_049_920, 571.39],
] as const;

describe('language models', () => {
  it.each(LANGUAGE_MODELS)(
    '%s has its published parameters and its multiply-accumulates',
    (name, parameters, gmacs) => {
      expect(counts(name).parameters).toBe(parameters);
      expect(counts(name).macs / 1e9).toBeCloseTo(gmacs, 1);
      expect(Math.round(counts(name).macs / 1e7) / 100).toBe(gmacs);
    },
  );

  it('give GPT-2 small the 291,648,307,200 operations of its public count when all tokens are scored', () => {
    const { d, V } = DECODERS['gpt2-small']!;
    expect(2 * decoderCounts(DECODERS['gpt2-small']!, 1024, 1024).macs).toBe(291_648_307_200);
    expect(2 * (counts('gpt2-small').macs + 1023 * d * V)).toBe(291_648_307_200);
  });

  it.each(Object.entries(DECODERS))('%s has the words and operations of its vector operators', (name, decoder) => {
    const { blocks, d, h, g, e, f, s, hasQkNorm = false, C } = decoder;
    const T = 1024;
    const [q, k, R] = [h * e, g * e, T * h];
    const norms = 2 * blocks + 1;
    const expected: Record<string, readonly number[]> = {
      // Words in, words out, simple and special operations of the whole network.
      embedding: [T * d, T * d, 0, 0],
      softmax: [R * T, R * T, 5 * R * T, R * T + R].map((count) => blocks * count),
      [s === 2 ? 'layer-norm' : 'rms-norm']: [
        norms * (T * d + s * d) + (hasQkNorm ? blocks * (T * (q + k) + 2 * e) : 0),
        norms * T * d + (hasQkNorm ? blocks * T * (q + k) : 0),
        norms * (s === 2 ? 7 : 4) * T * d + (hasQkNorm ? blocks * 4 * T * (q + k) : 0),
        norms * (s === 2 ? 3 : 2) * T + (hasQkNorm ? blocks * 2 * T * (h + g) : 0),
      ],
      // Two residual additions per block, and the learned positions, which are read once and fused.
      add: [blocks * 4 * T * d + (C > 0 ? T * d : 0), blocks * 2 * T * d, blocks * 2 * T * d, 0],
      ...(s === 2
        ? { activation: [0, 0, 8 * T * f * blocks, T * f * blocks] }
        : {
            // SiLU of the gate is fused; with the product 3 T f simple and 2 T f special operations.
            activation: [0, 0, 2 * T * f * blocks, 2 * T * f * blocks],
            multiply: [2 * T * f * blocks, T * f * blocks, T * f * blocks, 0],
            rotary: [T * (q + k) * blocks, T * (q + k) * blocks, 3 * T * (q + k) * blocks, 0],
          }),
    };
    const sums: Record<string, number[]> = {};
    for (const { kind, repeat, wordsIn, wordsOut, work } of vectorDemands(load(name).network.graph!)) {
      sums[kind] ??= [0, 0, 0, 0];
      for (const [i, count] of [wordsIn, wordsOut, work.simple, work.special].entries())
        sums[kind][i]! += repeat * count;
    }
    expect(sums).toEqual(expected);
  });

  it('move 302 M words in the softmax of GPT-2 small, against 124 M weights', () => {
    const softmax = vectorDemands(load('gpt2-small').network.graph!).find(({ kind }) => kind === 'softmax')!;
    expect(Math.round((softmax.repeat * (softmax.wordsIn + softmax.wordsOut)) / 1e6)).toBe(302);
  });

  it('read keys and values once per group of heads', () => {
    const layers = load('llama-3.2-1b').network.layers;
    const [scores, context] = ['block.scores', 'block.context'].map((name) => layers.find((one) => one.name === name)!);
    // 8 groups of 1024 tokens x 64 words, whatever the four query heads of each.
    expect(tensorWords(scores!.problem, 'Weights')).toBe(8 * 1024 * 64);
    expect(tensorWords(context!.problem, 'Weights')).toBe(8 * 1024 * 64);
    expect(scores!.parameters + context!.parameters).toBe(0);
  });
});

const chips = join(SHARED, 'oracle/chips/chips.json');
describe.skipIf(!existsSync(chips))('alexnet beside the table of the Eyeriss chip', () => {
  const row = z.object({
    layer: z.string(),
    HW: z.number(),
    RS: z.number(),
    EF: z.number(),
    C: z.number(),
    M: z.number(),
    U: z.number(),
  });
  const measured = z.object({ layer: z.string(), macs_g: z.number() });
  const table = z.object({
    eyeriss: z.object({
      alexnet: z.object({ batch: z.number(), layers: z.array(measured), rs_mapping_table3: z.array(row) }),
    }),
  });

  it('has the same shapes and multiply-accumulates', () => {
    const { alexnet } = table.parse(JSON.parse(readFileSync(chips, 'utf8'))).eyeriss;
    const rows = alexnet.rs_mapping_table3;
    expect(rows).toHaveLength(5);
    const layers = load('alexnet', alexnet.batch).network.layers;
    for (const [i, expected] of rows.entries()) {
      const { bounds, stride } = layers[i]!.problem;
      expect([bounds.R, bounds.P, bounds.C, bounds.G * bounds.K, stride[0]]).toEqual([
        expected.RS,
        expected.EF,
        expected.C,
        expected.M,
        expected.U,
      ]);
      expect(inputSpan(bounds.P, bounds.R, stride[0], 1)).toBe(expected.HW);
      expect(Math.abs(macCount(layers[i]!.problem) / 1e9 - alexnet.layers[i]!.macs_g)).toBeLessThan(0.006);
    }
  });
});

const points = join(SHARED, 'nas/imagenet_points.json');
describe.skipIf(!existsSync(points))('networks beside published ImageNet points', () => {
  const published = z.array(
    z.object({ name: z.string(), params_m: z.number().nullable(), macs_m: z.number().nullable() }),
  );
  it.each([
    ['resnet18', 'resnet18.tv_in1k@224', 0.01],
    ['resnet50', 'resnet50.a1_in1k@224', 0.01],
    ['vgg16', 'vgg16.tv_in1k@224', 0.01],
    ['squeezenet', 'squeezenet1_0', undefined],
    // The source counts normalisation and activation functions, too.
    ['mobilenetv2', 'mobilenetv2_100.ra_in1k@224', 0.035],
    ['efficientnet-b0', 'efficientnet_b0.ra_in1k@224', 0.04],
    ['mnasnet-a1', 'semnasnet_100.rmsp_in1k@224', 0.03],
  ])('%s agrees with %s', (name, point, macTolerance) => {
    const found = published
      .parse(JSON.parse(readFileSync(points, 'utf8')))
      .find((candidate) => candidate.name === point);
    expect(found).toBeDefined();
    const { macs, parameters } = counts(name);
    expect(Math.abs(parameters / 1e6 / found!.params_m! - 1)).toBeLessThan(0.0015);
    if (macTolerance !== undefined) expect(Math.abs(macs / 1e6 / found!.macs_m! - 1)).toBeLessThan(macTolerance);
  });
});
