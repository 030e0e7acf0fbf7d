import { describe, expect, it } from 'vitest';
import type { LayerPool } from '../../../src/app/layers/layer-pool.ts';
import type { LayerWorkResult } from '../../../src/app/layers/layer-work.ts';
import { chipSources } from '../../../src/app/validate/chip-sources.ts';
import { chipsJson, familyNames, validateChips } from '../../../src/app/validate/chips.ts';
import { compareImageTimes } from '../../../src/app/validate/network-times.ts';
import { evaluateMapping } from '../../../src/cost/evaluate.ts';
import { DIMS, TENSORS } from '../../../src/util/vocabulary.ts';

/** Maps every layer word by word from the outermost level: no search, and figures that the mapping gives all the same. */
const POOL: LayerPool = {
  workers: 1,
  map: async (work, onResult = () => {}) =>
    work.map(({ layers: [layer], accelerator }, index) => {
      const levels = accelerator.levels.map(({ mustKeep }, level) => ({
        temporal: level > 0 ? [] : DIMS.map((dim) => ({ dim, bound: layer!.problem.bounds[dim] })),
        spatial: [],
        keep: level === 0 ? TENSORS : mustKeep,
        noMulticast: [],
      }));
      const mapping = { levels };
      const evaluation = evaluateMapping(layer!, accelerator, mapping, { temporalReuse: 'exact' });
      const proof = { optimal: index > 0 };
      const result = {
        kind: 'mapped',
        layers: [{ mapping, evaluation, proof }],
        seconds: 0,
      } as unknown as LayerWorkResult;
      onResult(result, index);
      return result;
    }),
  close: async () => {},
};

const validation = await validateChips({}, POOL);

describe('the model against chips', () => {
  it('is within a fifth of Eyeriss in cycles of AlexNet and within 4 % in PEs', () => {
    const [alexnet] = validation.networks;
    for (const { cycles, activePes } of alexnet!.layers) {
      expect(Math.abs(cycles.error)).toBeLessThan(0.2);
      expect(Math.abs(activePes.error)).toBeLessThan(0.04);
    }
  });

  // Killed by: dense words (46 and 60 %), zeros of inputs for those of outputs.
  it('moves as many bytes of DRAM as Eyeriss does after its code of zeros, within 12 % on average', () => {
    const errors = validation.networks.flatMap(({ layers }) => layers.map(({ dramMegabytes }) => dramMegabytes.error));
    expect(errors).toHaveLength(18);
    expect(errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length).toBeLessThan(0.12);
    expect(validation.networks.map(({ meanAbsoluteError }) => meanAbsoluteError.dramMegabytes.toFixed(3))).toEqual([
      '0.069',
      '0.134',
    ]);
  });

  // Killed by: seconds for milliseconds, a time for a rate.
  it('has a speed of every published network from its cycles, and says which mappings are proven', () => {
    expect(validation.frameRates.length).toBeGreaterThanOrEqual(2);
    expect(validation.imageTimes).toHaveLength(7);
    for (const { framesPerSecond, utilization, layers, proven } of validation.frameRates) {
      // One multiply-accumulate after the other: some 4e9 of them at 1 GHz.
      expect(framesPerSecond.model).toBeGreaterThan(0.01);
      expect(framesPerSecond.model).toBeLessThan(1);
      expect(utilization).toBeLessThan(0.05);
      expect(proven).toBeLessThan(layers);
      expect(proven).toBeGreaterThan(layers / 2);
    }
    for (const { milliseconds } of validation.imageTimes) expect(milliseconds.model).toBeGreaterThan(500);
  });

  it('says what is left out of every accelerator, each sentence once', () => {
    const { notModelled, frameRates, imageTimes, networks } = validation;
    const named = new Set(notModelled.flatMap(({ accelerators }) => accelerators));
    for (const { accelerator } of [...frameRates, ...imageTimes, ...networks]) expect(named).toContain(accelerator);
    expect(new Set(notModelled.map(({ text }) => text)).size).toBe(notModelled.length);
  });

  // Killed by: widths that networks state in place of those that were measured.
  it('moves weights, inputs and outputs over a link in the width that the accelerator stores', async () => {
    const published = [{ accelerator: 'coral-usb', workload: 'vgg16', milliseconds: 296 }];
    const ofWidth = async (wordBits: number) => {
      const [time] = await compareImageTimes(published, { pool: POOL, wordBits, onCompared: () => {} });
      return time!.milliseconds.model;
    };
    // 138,344,128 weights but for the 7 MiB that stay, 150,528 inputs and 1,000 outputs, a byte each, at 0.46 GB/s.
    const linkMs = (138_344_128 - 7 * 2 ** 20 + 150_528 + 1000) / 0.46e6;
    // One multiply-accumulate after another, at 480 MHz.
    const layersMs = 15_470_264_320 / 480e3;
    for (const wordBits of [8, 16]) expect((await ofWidth(wordBits)) - layersMs).toBeCloseTo(linkMs, 2);
  });

  it('names accelerators of one family together', () => {
    expect(familyNames(['gemmini-4', 'eyeriss-spads', 'tpu-v2', 'gemmini-16', 'x'])).toBe(
      'gemmini-4/16, eyeriss-spads, tpu-v2, x',
    );
  });

  it('is drawn source by source, and is null in JSON where no file was given', () => {
    const sources = chipSources(validation);
    expect(new Set(sources.map(({ id }) => id)).size).toBe(sources.length);
    for (const { points, source } of sources) {
      expect(points.length).toBeGreaterThan(1);
      expect(source).not.toBe('');
    }
    expect(JSON.parse(JSON.stringify(chipsJson(validation)))).toMatchObject({
      rtl: null,
      boards: null,
      agreement: { imageTimes: { spearman: expect.any(Number) } },
    });
  });
});
