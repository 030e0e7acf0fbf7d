import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDocument } from '../../src/formats/document/document.ts';
import { isMathjsLoaded } from '../../src/formats/quantity/quantity-expression.ts';
import { readWorkload } from '../../src/formats/workload/workload.ts';
import { formatWorkload } from '../../src/formats/workload/workload-writer.ts';
import { networkMacs, networkParameters, operatorParameters } from '../../src/workload/network.ts';
import { inputSpan, macCount } from '../../src/workload/problem.ts';

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

/** Exact counts, each by a way other than the YAML file: closed forms, or sums over the papers' tables by a separate script. */
const EXACT: Readonly<Record<string, { macs: number; parameters: number }>> = {
  alexnet: { macs: 665_784_864 + 9216 * 4096 + 4096 * 4096 + 4096 * 1000, parameters: 60_965_224 },
  'bert-base': { macs: encoderMacs(12, 512, 768) + 768 ** 2, parameters: 109_482_240 },
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
  mobilenetv2: { macs: 300_774_272, parameters: 3_504_872 },
  resnet18: { macs: 1_814_073_344, parameters: 11_689_512 },
  resnet50: { macs: 4_089_184_256, parameters: 25_557_032 },
  squeezenet: { macs: 818_924_576, parameters: 1_248_424 },
  unet: { macs: 150_428_424_448, parameters: 31_030_658 },
  vgg16: { macs: 15_470_264_320, parameters: 138_357_544 },
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

  it('all state published parameters but DLRM, and published multiply-accumulates but four', () => {
    expect(names.filter((name) => load(name).published?.parameters === undefined)).toEqual(['dlrm']);
    expect(names.filter((name) => load(name).published?.macs === undefined)).toEqual([
      'bert-base',
      'dlrm',
      'dqn',
      'unet',
    ]);
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
