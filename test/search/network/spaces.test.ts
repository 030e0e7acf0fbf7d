import { describe, expect, it } from 'vitest';
import { multipleOf8, roundHalfEven } from '../../../src/search/network/spaces/channels.ts';
import { mobileNetV2Ibn } from '../../../src/search/network/spaces/mobilenetv2-ibn.ts';
import { NetworkBuilder } from '../../../src/search/network/spaces/network-builder.ts';
import { ofaResnet50 } from '../../../src/search/network/spaces/ofa-resnet50.ts';
import { findNetworkSpace, NETWORK_SPACES } from '../../../src/search/network/spaces/spaces.ts';
import { Random } from '../../../src/util/random.ts';
import { describeNetworkSpace } from '../../contracts/network-space.ts';

/** Edges of a cell that are no layers. */
const WITHOUT_LAYER: readonly unknown[] = ['none', 'skip_connect', 'avg_pool_3x3'];
/** Place of the width of the stem's middle in OFA-ResNet50: multipliers 0.65 and 0.8 both round to 24 channels. */
const STEM_MIDDLE = 6;
/** Place of the width of the first stage in MobileNetV2-IBN: factors 0.75 and 1 both round to 24 channels. */
const FIRST_WIDTH = 1;

for (const space of NETWORK_SPACES)
  describeNetworkSpace(space, (gene, a, b) => {
    if (space === ofaResnet50) return gene === STEM_MIDDLE && a !== 2 && b !== 2;
    if (space === mobileNetV2Ibn)
      return gene === FIRST_WIDTH && [a, b].every((factor) => factor === 0.75 || factor === 1);
    return WITHOUT_LAYER.includes(a) && WITHOUT_LAYER.includes(b);
  });

describe('network spaces', () => {
  it('have names of their own, the default first', () => {
    expect(new Set(NETWORK_SPACES.map(({ name }) => name)).size).toBe(NETWORK_SPACES.length);
    expect(NETWORK_SPACES[0]).toBe(ofaResnet50);
  });

  it('are found by name, others refused with the list', () => {
    for (const space of NETWORK_SPACES) expect(findNetworkSpace(space.name)).toBe(space);
    try {
      findNetworkSpace('ofa-resnet');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'not-found', details: { hint: expect.stringContaining('ofa-resnet50') } });
    }
  });

  it('OFA-ResNet50 has the published number of genotypes, and the paper count of networks with nine resolutions', () => {
    expect(ofaResnet50.size).toBe(366028679279376);
    expect((ofaResnet50.distinctSize / 8) * 9).toBeCloseTo(2.213e13, -10);
  });

  it('OFA-ResNet50 silences the expansions of blocks that do not run, and nothing else', () => {
    const full = ofaResnet50.genes.map(({ values }) => values.length - 1);
    expect(ofaResnet50.canonical(full)).toEqual(full);
    const json = { ...ofaResnet50.format(full), d: [2, 0, 1, 2, 0] };
    const { e } = ofaResnet50.format(ofaResnet50.canonical(ofaResnet50.parse(json)));
    const h = 0.35;
    const l = 0.2;
    expect(e).toEqual([h, h, l, l, h, h, h, l, h, h, h, h, h, h, h, h, l, l]);
  });
});

describe('genes', () => {
  it('mutate resolution and architecture at rates of their own', () => {
    const genotype = ofaResnet50.genes.map(() => 0);
    const random = Random.fromSeed(5);
    const changed = (rates: { architecture: number; resolution: number }) => {
      const places = new Set<number>();
      for (let i = 0; i < 200; i++)
        for (const [gene, index] of ofaResnet50.mutate(genotype, random, rates).entries())
          if (index !== 0) places.add(gene);
      return places;
    };
    expect([...changed({ architecture: 0, resolution: 1 })]).toEqual([0]);
    expect(changed({ architecture: 1, resolution: 0 }).has(0)).toBe(false);
  });

  it('refuse lists of another length and values that are near', () => {
    const json = ofaResnet50.format(ofaResnet50.genes.map(() => 0));
    expect(() => ofaResnet50.parse({ ...json, w: [0, 0, 0, 0, 0] })).toThrow(/list of 6/);
    expect(() => ofaResnet50.parse({ ...json, w: [0, 0, 0, 0, 0, 0, 0] })).toThrow(/list of 6/);
    expect(() => ofaResnet50.parse({ ...json, w: 0 })).toThrow(/list of 6/);
    expect(() => ofaResnet50.parse({ ...json, image_size: 208 })).toThrow(/208 is not a value/);
    expect(() => ofaResnet50.parse({ ...json, d: [1, 0, 0, 0, 0] })).toThrow(/1 is not a value/);
  });
});

describe('network builder', () => {
  const options = { batch: 2, wordBits: { Weights: 8, Inputs: 8, Outputs: 24 } };

  it('gives loose parameters to the next layer alone', () => {
    const builder = new NetworkBuilder({ channels: 4, size: 6 }, options);
    builder.convolution('a', { out: 8 }).parameters(5).convolution('b', { out: 8, norm: false, bias: true });
    const { layers } = builder.convolution('c', { out: 8, norm: false }).build('n', 's');
    expect(layers.map(({ parameters }) => parameters)).toEqual([4 * 8 + 16, 64 + 8 + 5, 64]);
  });

  it('keeps the flow through pooling and squeeze-and-excitation', () => {
    const builder = new NetworkBuilder({ channels: 4, size: 7 }, options).pool('p', 'max', 3, 2);
    expect(builder.flow.activation).toEqual({ channels: 4, size: [4, 4], form: 'map' });
    const { layers, graph } = builder
      .squeezeExcite('x', 2, ['relu', 'sigmoid'])
      .convolution('c', { out: 3, kernel: 3, stride: 2 })
      .build('n', 's');
    expect(layers.map(({ problem }) => problem.bounds)).toMatchObject([
      { N: 2, K: 2, C: 4, P: 1 },
      { N: 2, K: 4, C: 2, P: 1 },
      { N: 2, K: 3, C: 4, P: 2, Q: 2, R: 3 },
    ]);
    expect(builder.flow.activation.size).toEqual([2, 2]);
    expect(graph!.operators.map(({ name }) => name)).toEqual([
      'p',
      'x.se-pool',
      'x.se-squeeze.flatten',
      'x.se-squeeze',
      'x.se-squeeze.relu',
      'x.se-excite',
      'x.se-excite.sigmoid',
      'x.se-scale',
      'c',
    ]);
  });
});

describe('channel rounding', () => {
  it('goes to the nearest multiple of 8, never a tenth down, never below 8', () => {
    expect([1, 11, 12, 19.2, 41.6, 52, 166.4].map(multipleOf8)).toEqual([8, 16, 16, 24, 40, 56, 168]);
    for (let channels = 1; channels < 600; channels += 0.7) {
      expect(multipleOf8(channels) % 8).toBe(0);
      expect(multipleOf8(channels)).toBeGreaterThanOrEqual(0.9 * channels);
      expect(Math.abs(multipleOf8(channels) - channels)).toBeLessThanOrEqual(12);
    }
  });

  it('sends halves to the even neighbour', () => {
    expect([0.5, 1.5, 2.5, 2.4, 2.6, 51.2].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3, 51]);
  });
});
