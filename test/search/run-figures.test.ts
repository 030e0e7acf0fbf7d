import { describe, expect, it } from 'vitest';
import {
  edpGain,
  energyTotals,
  figuresOf,
  frontOf,
  gainOver,
  layerTotals,
  meanFigures,
  networksOf,
  resultFigures,
} from '../../src/search/run-figures.ts';
import { EMPTY_RUN, type RunState, reduceRun } from '../../src/search/run-state.ts';
import { geometricMean } from '../../src/util/geometric-mean.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { syntheticRun } from './synthetic-run.ts';

const figures = (network: string, energyPj: number, cycles = 1) => ({
  network,
  energyPj,
  cycles,
  edpPjCycles: energyPj * cycles,
});
const runOf = (options: Parameters<typeof syntheticRun>[0]) =>
  syntheticRun(options).reduce<RunState>(reduceRun, EMPTY_RUN);

describe('means', () => {
  it('are geometric, and refused over nothing', () => {
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
    expect(() => meanFigures([])).toThrow(RangeError);
    const mean = meanFigures([figures('a', 2, 9), figures('b', 8, 1)]);
    expect(mean.energyPj).toBeCloseTo(4, 12);
    expect(mean.cycles).toBeCloseTo(3, 12);
    expect(mean.edpPjCycles).toBeCloseTo(12, 12);
  });
});

describe('gain', () => {
  it('is the EDP before over the EDP now, over the networks that both have', () => {
    expect(edpGain([figures('a', 8), figures('b', 2)], [figures('a', 2), figures('b', 2)])).toBeCloseTo(2, 12);
    expect(edpGain([figures('a', 8), figures('b', 2)], [figures('a', 2), figures('c', 2)])).toBeCloseTo(4, 12);
    expect(edpGain([figures('a', 8), figures('b', 2)], [figures('c', 2)])).toBeNull();
    expect(edpGain([], [figures('c', 2)])).toBeNull();
  });

  it('compares a network with the one that it stands in place of, whatever its name', () => {
    expect(edpGain([figures('a', 8)], [figures('found in its place', 2)])).toBeCloseTo(4, 12);
    expect(figuresOf([figures('a', 8)], 'b', false)).toBeNull();
    expect(figuresOf([figures('a', 8)], 'b', true)).toEqual(figures('a', 8));
    expect(figuresOf([figures('a', 8), figures('c', 1)], 'b', true)).toBeNull();
  });

  it('of a run is that of the best design so far, then as the run states it', () => {
    const open = runOf({ isFinished: false, networks: ['a', 'b'] });
    const ratio = (which: 'published' | 'optimal') =>
      geometricMean(open[which]!.networks.map((one, i) => one.edpPjCycles / open.best!.networks[i]!.edpPjCycles));
    expect(gainOver(open, 'published')).toBeCloseTo(ratio('published'), 9);
    expect(gainOver(open, 'optimal')).toBeCloseTo(ratio('optimal'), 9);
    expect(ratio('published')).toBeGreaterThan(ratio('optimal'));
    const finished = runOf({ networks: ['a', 'b'] });
    const design = { ...finished.finished!.design!, improvement: { published: 7, optimal: 5 } };
    const stated = { ...finished, finished: { ...finished.finished!, design } };
    expect([gainOver(stated, 'published'), gainOver(stated, 'optimal')]).toEqual([7, 5]);
    expect(gainOver({ ...stated, published: null }, 'published')).toBeNull();
    expect(gainOver(runOf({ command: 'map' }), 'optimal')).toBeNull();
  });
});

describe('figures of layers', () => {
  const run = runOf({ command: 'map', networks: ['a', 'b'], layersPerNetwork: 5, isFinished: false });
  const layers = run.layers.map(({ layer }) => layer);

  it('count every repeat', () => {
    const [layer] = layers;
    const three = layerTotals([{ ...layer!, repeat: 3 }]);
    expect(three).toEqual({ energyPj: 3 * layer!.energyPj, cycles: 3 * layer!.cycles, macs: 3 * layer!.macs });
    expect(layerTotals([])).toEqual({ energyPj: 0, cycles: 0, macs: 0 });
  });

  it('split the energy by level without rest, and by tensor without the MACs', () => {
    const { energyPj } = layerTotals(layers);
    const sum = (parts: readonly { readonly energyPj: number }[]) =>
      parts.reduce((total, part) => total + part.energyPj, 0);
    const levels = energyTotals(layers, 'level');
    const tensors = energyTotals(layers, 'tensor');
    expect(levels.map(({ name }) => name)).toEqual(['MAC', 'DRAM', 'GlobalBuffer', 'RegisterFile']);
    expect(tensors.map(({ name }) => name)).toEqual(TENSORS);
    expect(sum(levels) / energyPj).toBeCloseTo(1, 9);
    expect(sum(tensors) / (energyPj - levels[0]!.energyPj)).toBeCloseTo(1, 9);
  });

  it('are the results of a mapping run by network, until it states them', () => {
    expect(networksOf(layers)).toEqual(['a', 'b']);
    for (const { network, energyPj, cycles, edpPjCycles } of resultFigures(run)) {
      const own = layerTotals(layers.filter((layer) => layer.network === network));
      expect([energyPj, cycles, edpPjCycles]).toEqual([own.energyPj, own.cycles, own.energyPj * own.cycles]);
    }
    const finished = runOf({ command: 'map', networks: ['a', 'b'], layersPerNetwork: 5 });
    expect(resultFigures(finished)).toBe(finished.finished!.networks);
    expect(resultFigures(run)).toEqual(resultFigures(finished));
  });
});

describe('results and front of a search', () => {
  const run = runOf({ isFinished: false, generations: 6 });

  it('are those of the best design', () => {
    expect(resultFigures(run)).toBe(run.best!.networks);
  });

  it('are points of the scored trials, none of them as good as another in energy, cycles and area', () => {
    const front = frontOf(run.generations);
    const scored = new Map(run.generations.flatMap(({ trials }) => trials.map((trial) => [trial.trial, trial])));
    expect(front.length).toBeGreaterThan(2);
    for (const point of front) {
      const { networks, areaMm2, design } = scored.get(point.trial)!;
      const { energyPj, cycles } = meanFigures(networks!);
      expect(point).toEqual({ trial: point.trial, energyPj, cycles, areaMm2, design });
      for (const other of front)
        if (other !== point)
          expect(
            other.energyPj <= point.energyPj && other.cycles <= point.cycles && other.areaMm2 <= point.areaMm2,
          ).toBe(false);
    }
  });
});
