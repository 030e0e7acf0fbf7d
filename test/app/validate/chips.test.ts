import { describe, expect, it } from 'vitest';
import type { LayerPool } from '../../../src/app/layers/layer-pool.ts';
import { type LayerWorkResult, mapWork } from '../../../src/app/layers/layer-work.ts';
import { chipSources } from '../../../src/app/validate/chip-sources.ts';
import { chipsJson, familyNames, publishedChips, validateChips } from '../../../src/app/validate/chips.ts';
import { evaluateMapping } from '../../../src/cost/evaluate.ts';
import { DIMS, TENSORS } from '../../../src/util/vocabulary.ts';

/** Maps layers word by word from the outermost level, without a search: what is compared are figures that this gives all the same. Steps of schedules are searched. */
const POOL: LayerPool = {
  workers: 1,
  map: async (work, onResult = () => {}) =>
    work.map((one, index) => {
      if (one.goal.kind === 'supporting-line') return mapWork(one);
      const { layers, accelerator } = one;
      const levels = accelerator.levels.map(({ mustKeep }, level) => ({
        temporal: level > 0 ? [] : DIMS.map((dim) => ({ dim, bound: layers[0]!.problem.bounds[dim] })),
        spatial: [],
        keep: level === 0 ? TENSORS : mustKeep,
        noMulticast: [],
      }));
      const mapping = { levels };
      const evaluation = evaluateMapping(layers[0]!, accelerator, mapping, { temporalReuse: 'exact' });
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

const chips = publishedChips();
// The quickest of the networks whose times are published.
const edgeTpu = {
  ...chips.edgeTpu,
  imageTimes: chips.edgeTpu.imageTimes.filter(({ workload }) => workload === 'squeezenet'),
};
const validation = await validateChips({}, POOL, undefined, { ...chips, edgeTpu });

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
    expect(chips.edgeTpu.imageTimes).toHaveLength(7);
    for (const { framesPerSecond, utilization, layers, proven } of validation.frameRates) {
      // One multiply-accumulate after the other: some 4e9 of them at 1 GHz.
      expect(framesPerSecond.model).toBeGreaterThan(0.01);
      expect(framesPerSecond.model).toBeLessThan(1);
      expect(utilization).toBeLessThan(0.05);
      expect(proven).toBeLessThan(layers);
      expect(proven).toBeGreaterThan(layers / 2);
    }
  });

  // Killed by: layers that begin and end at the host, no pins (5.4 ms), views and inputs that count as activations.
  it('keeps on chip what fits where times depend on it, and nothing elsewhere', () => {
    const { frameRates, imageTimes, notModelled } = validation;
    for (const { onChip } of frameRates) expect(onChip).toBeNull();
    const [{ milliseconds, onChip, layers, proven, utilization }] = imageTimes as [(typeof imageTimes)[0]];
    // Too slow: its first layer has three channels for the 64 rows of the array.
    expect(milliseconds.error).toBeGreaterThan(0.4);
    expect(milliseconds.error).toBeLessThan(0.6);
    expect(utilization).toBeGreaterThan(0.1);
    expect(layers).toBeGreaterThan(26);
    expect(proven).toBe(layers);
    const { isProven, levelName, activations, retained, pinnedBits, parameterBits, ...words } = onChip!;
    expect([isProven, levelName]).toEqual([true, 'ChipMemory']);
    expect([retained, activations]).toEqual([21, 21]);
    expect(parameterBits).toBe(8 * 1_244_448);
    // Its filters leave out the last row and column of the image.
    expect(words.compulsoryWords).toBe((parameterBits - pinnedBits) / 8 + 3 * 223 * 223 + 1000);
    expect(words.outermostWords).toBeGreaterThanOrEqual(words.compulsoryWords);
    const limit = notModelled.find(({ text }) => text.startsWith('activations on chip: in ChipMemory'));
    expect(limit?.accelerators).toEqual(['coral-usb']);
  });

  it('says what is left out of every accelerator, each sentence once', () => {
    const { notModelled, frameRates, imageTimes, networks } = validation;
    const named = new Set(notModelled.flatMap(({ accelerators }) => accelerators));
    for (const { accelerator } of [...frameRates, ...imageTimes, ...networks]) expect(named).toContain(accelerator);
    expect(new Set(notModelled.map(({ text }) => text)).size).toBe(notModelled.length);
  });

  it('names accelerators of one family together', () => {
    expect(familyNames(['gemmini-4', 'eyeriss-spads', 'tpu-v2', 'gemmini-16', 'x'])).toBe(
      'gemmini-4/16, eyeriss-spads, tpu-v2, x',
    );
  });

  it('is drawn source by source, and is null in JSON where no file was given', () => {
    const sources = chipSources(validation);
    const facts = sources.find(({ id }) => id === 'edge-tpu')!.facts;
    expect(facts).toContainEqual(['Schedules proven best', '1 of 1']);
    expect(new Set(sources.map(({ id }) => id)).size).toBe(sources.length);
    for (const { points, source } of sources) {
      expect(points.length).toBeGreaterThan(0);
      expect(source).not.toBe('');
    }
    expect(JSON.parse(JSON.stringify(chipsJson(validation)))).toMatchObject({
      rtl: null,
      boards: null,
      agreement: {
        frameRates: { spearman: expect.any(Number) },
        imageTimes: { meanAbsoluteError: expect.any(Number) },
      },
    });
  });
});
