import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/search/run-events.ts';
import type { Fact } from '../../../src/tui/pages/page-parts.ts';
import { bestFacts, isMap, searchFacts } from '../../../src/tui/pages/progress-facts.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const viewOf = (events: readonly RunEvent[]) => events.reduce<RunView>(reduceRunView, EMPTY_VIEW);
const textOf = (facts: readonly Fact[]) => Object.fromEntries(facts.map(({ name, value }) => [name, value]));

const figures = (network: string, energyPj: number, cycles: number) => ({
  network,
  energyPj,
  cycles,
  edpPjCycles: energyPj * cycles,
});

/** A search whose best design has round figures, at 200 MHz. */
function roundView(): RunView {
  const view = viewOf(syntheticRun({ generations: 3, isFinished: false }));
  const networks = [figures('resnet50', 2e9, 4e6)];
  const baseline = { ...view.published!, networks: [figures('resnet50', 6e9, 8e6)] };
  const optimal = { ...view.optimal!, networks: [figures('resnet50', 1e9, 4e6)] };
  const pair = { published: baseline, optimal };
  // As if the baselines were mapped in the end already: this is no other gain as long as the design is not.
  const final = { ...optimal, networks: [figures('resnet50', 1e8, 4e6)] };
  const best = { ...view.best!, networks, areaMm2: 5.25 };
  return { ...view, best, ...pair, optimal: final, searched: pair, whole: null };
}

describe('facts of mappings', () => {
  it('are none before the first layer, not zeros', () => {
    const [started] = syntheticRun({ command: 'map' });
    expect(textOf(bestFacts(viewOf([started!])))).toEqual({ EDP: 'no layer is mapped yet' });
  });
});

describe('facts of the best design', () => {
  it('are its EDP, energy, latency, area and gains', () => {
    expect(textOf(bestFacts(roundView()))).toMatchObject({
      EDP: '8.00e15 pJ·cycles',
      energy: '2 mJ',
      latency: '4 M cycles, 20 ms',
      area: '5.25 mm²',
      'vs published': '6× better, layers',
      'vs optimal': '2× worse, layers',
    });
    const { best, ...rest } = roundView();
    expect(textOf(bestFacts({ ...rest, best: { ...best!, areaMm2: 0 } })).area).toBe('not stated');
  });

  it('head with the gain of the network as a whole, as in the end, where that is known, and say whose it is', () => {
    const view = roundView();
    const baselines = {
      published: [figures('resnet50', 6e9, 4e6)],
      optimal: [figures('resnet50', 3e9, 4e6)],
    };
    const whole = { trial: view.best!.trial, networks: [figures('resnet50', 2e9, 3e6)], baselines };
    expect(textOf(bestFacts({ ...view, whole }))).toMatchObject({
      'vs published': '4× better EDP',
      'vs optimal': '2× better EDP',
    });
    expect(
      textOf(bestFacts({ ...view, whole: { ...whole, trial: 7, baselines: { ...baselines, published: null } } })),
    ).toMatchObject({
      'vs published': '6× better, layers',
      'vs optimal': '2× better, trial 7',
    });
  });

  it('are those of the final mappings in the end', () => {
    const view = roundView();
    const { design } = viewOf(syntheticRun({ generations: 1 })).finished!;
    const networks = [figures('resnet50', 3e9, 2e6)];
    const improvement = { published: 9, optimal: 0.25 };
    const finished = {
      kind: 'finished' as const,
      reason: 'generations',
      design: { ...design!, improvement },
      networks,
    };
    expect(textOf(bestFacts({ ...view, finished }))).toMatchObject({
      EDP: '6.00e15 pJ·cycles',
      energy: '3 mJ',
      'vs published': '9× better EDP',
      'vs optimal': '4× worse EDP',
    });
  });

  it('have the accuracy of its network, in amber where it is to be read with care', () => {
    const view = viewOf(syntheticRun({ command: 'cosearch', generations: 2 }));
    const factOf = (change: object) => {
      const network = view.best!.network!;
      const accuracy = { ...network.accuracy, inDomain: true, saturated: false, ...change };
      const best = { ...view.best!, network: { ...network, accuracy } };
      return bestFacts({ ...view, best })[1];
    };
    const reported = view.best!.network!.accuracy.reportedTop1Percent.toFixed(2);
    expect(factOf({})).toEqual({ name: 'top-1', value: `${reported} ± 0.30 %`, style: 'accent' });
    expect(factOf({ saturated: true })!.style).toBe('warning');
    expect(factOf({ errorPoints: null })).toEqual({ name: 'top-1', value: `${reported} %`, style: 'warning' });
  });

  it('are the totals of the layers in a mapping run', () => {
    const view = viewOf(syntheticRun({ command: 'map', layersPerNetwork: 3, isFinished: false }));
    const layer = { ...view.layers[0]!.layer, energyPj: 1e6, cycles: 1000, macs: 5e6 };
    const layers = [
      { index: 0, layer: { ...layer, repeat: 3, optimal: true } },
      { index: 1, layer: { ...layer, repeat: 1, optimal: true } },
      { index: 2, layer: { ...layer, repeat: 1, optimal: false } },
    ];
    expect(isMap(view)).toBe(true);
    expect(textOf(bestFacts({ ...view, layers }))).toEqual({
      EDP: '2.50e10 pJ·cycles',
      energy: '5 µJ',
      latency: '5 k cycles',
      MACs: '25 M',
      'proven optimal': '2 of 3 layers',
    });
  });
});

describe('facts of the search', () => {
  it('are its generation, counters and speed', () => {
    const view = viewOf(syntheticRun({ generations: 5, isFinished: false }).slice(0, -2));
    const counters = {
      ...view.counters!,
      scored: 30,
      stopped: 14,
      unmappable: 4,
      layersMapped: 30,
      layersRemembered: 10,
      layersSkipped: 500,
      mappingsEvaluated: 2_500_000,
    };
    const progress = {
      kind: 'progress' as const,
      elapsedSeconds: 75,
      done: 3,
      total: 5,
      mappingsPerSecond: 1.25e6,
      remainingSeconds: 3725,
      workers: 2,
    };
    const facts = searchFacts({ ...view, generations: view.generations.slice(0, 3), counters, progress });
    expect(textOf(facts)).toEqual({
      generation: '3 of 5',
      accelerators: '48',
      'stopped early': '14',
      unmappable: '4',
      mappings: '2.5 M',
      'cache hits': '25 % of layers',
      'evaluations/s': '1.25 M mappings',
      workers: '2',
      elapsed: '1:15',
      'time left': '1:02:05',
    });
    expect(facts[0]!.share).toBeCloseTo(0.6, 12);
  });

  it('are the layers of a mapping run', () => {
    const events = syntheticRun({ command: 'map', layersPerNetwork: 4, isFinished: false });
    const facts = searchFacts(viewOf(events.slice(0, -2)));
    expect(facts[0]).toEqual({ name: 'layers', value: '3 of 4', share: 0.75 });
  });
});
