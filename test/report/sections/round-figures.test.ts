import { describe, expect, it } from 'vitest';
import { renderComparison } from '../../../src/report/comparison/render-comparison.ts';
import { renderReport } from '../../../src/report/render-report.ts';
import type { ReportInput } from '../../../src/report/report-model.ts';
import type { NetworkFigures, TrialRecord } from '../../../src/search/ports.ts';
import type { LayerSummary, RunEvent } from '../../../src/search/run-events.ts';
import { MAPPED_DESIGN, specificationOf } from '../../search/synthetic-design.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';
import { sectionOf, tableRows, unescapeHtml } from '../pages.ts';
import { syntheticInput } from '../synthetic-input.ts';

const figures = (energyPj: number, cycles: number): NetworkFigures[] => [
  { network: 'resnet50', energyPj, cycles, edpPjCycles: energyPj * cycles },
];

/** Text without markup. */
const textOf = (markup: string) => unescapeHtml(markup.replace(/<[^>]*>/g, ''));

/** Trials of two generations with round scores: 0.8, 0.5, 0.6 and then 0.4; one is stopped, one unmappable. */
function trialsOf(generation: number): TrialRecord[] {
  const [template] = syntheticRun({ generations: 1, populationSize: 1 }).flatMap((event) =>
    event.kind === 'generation' ? event.trials : [],
  );
  const base = { ...template!, generation, design: MAPPED_DESIGN, areaMm2: 3, bound: 0.2 };
  const { networks: _networks, score: _score, ...unscored } = base;
  const scored = (trial: number, score: number): TrialRecord => ({
    ...base,
    outcome: 'scored',
    trial,
    score,
    networks: figures(5e9 * score, 8e6),
  });
  return generation === 0
    ? [scored(0, 0.8), scored(1, 0.5), scored(2, 0.6)]
    : [
        scored(3, 0.4),
        { ...unscored, trial: 4, outcome: 'stopped', cutoff: 0.7 },
        { ...unscored, trial: 5, outcome: 'unmappable', reason: 'no room' },
      ];
}

/** A search whose figures can be worked out by hand; `change` is applied to every event. */
function roundInput(change: (event: RunEvent) => RunEvent = (event) => event): ReportInput {
  const input = syntheticInput({ generations: 2, populationSize: 3, layersPerNetwork: 2 });
  const events = input.events.flatMap((event): RunEvent[] => {
    switch (event.kind) {
      case 'baseline':
        return [{ ...event, networks: event.which === 'published' ? figures(10e9, 16e6) : figures(5e9, 8e6) }];
      case 'generation': {
        const trials = trialsOf(event.generation);
        return [{ ...event, trials }];
      }
      case 'best-layers':
        return [];
      case 'finished': {
        const specification = specificationOf(MAPPED_DESIGN);
        const best = { ...event.design!.best, trial: 3, score: 0.4, design: MAPPED_DESIGN, specification, areaMm2: 3 };
        const improvement = { published: 8, optimal: 2 };
        const layers = event.design!.layers.map((layer, i) => ({ ...layer, ...roundLayer(i) }));
        const networks = figures(2e9, 8e6);
        const done = { scored: 4, stopped: 1, unmappable: 1, rejections: { area: 3, other: 4 } };
        const counters = { ...event.design!.counters, ...done };
        return [{ ...event, design: { ...event.design!, best, improvement, layers, counters }, networks }];
      }
      default:
        return [event];
    }
  });
  return { ...input, events: events.map(change) };
}

function roundLayer(index: number): Partial<LayerSummary> {
  return {
    repeat: index === 0 ? 3 : 1,
    macs: 4e6,
    cycles: index === 0 ? 1e6 : 5e6,
    energyPj: 5e8,
    energyByLevelPj: [
      { name: 'MAC', energyPj: 1e8 },
      { name: 'DRAM', energyPj: 4e8 },
    ],
    energyByTensorPj: { Weights: 2e8, Inputs: 1e8, Outputs: 1e8 },
    wiresPj: 2.5e7,
    leakagePj: 5e7,
    movesPj: 1e7,
    cyclesByTerm: [
      { name: 'compute', cycles: 2.5e5 },
      { name: 'DRAM', cycles: 1e6 },
      { name: 'launch of GlobalBuffer', cycles: 5e5 },
    ],
    bottleneck: 'DRAM',
    bottleneckGain: 1.5,
    macsPerDramByte: 16,
    utilization: 0.25,
    optimal: index === 0,
  };
}

describe('a report of a search with round figures', async () => {
  const { html: page, csv } = await renderReport(roundInput());
  const section = (id: string) => sectionOf(page, id);

  it('states gains as baseline over result, and each figure in its unit', () => {
    const summary = section('summary');
    expect(textOf(summary)).toContain(
      '8.00\u00d7 better EDP against the baseline with its published dataflow and 2.00\u00d7 better EDP against the same baseline',
    );
    const cards = [...summary.matchAll(/<span class="value">(.*?)<\/span><span class="name">(.*?)<\/span>/g)];
    expect(cards.map(([, value, name]) => [name, textOf(value!)])).toEqual([
      ['EDP gain over the published dataflow', '8.00\u00d7'],
      ['EDP gain over optimal mappings', '2.00\u00d7'],
      ['energy of resnet50', '2 mJ'],
      ['latency of resnet50', '40 ms'],
      ['processing elements', '168'],
      ['on-chip memory', '192 KiB'],
      ['area', '3 mm\u00b2'],
    ]);
    expect(textOf(summary)).toContain('The mappings of 1 of 2 layers are proven optimal');
  });

  it('states a loss as one', async () => {
    const worse = roundInput((event) =>
      event.kind === 'finished'
        ? { ...event, design: { ...event.design!, improvement: { published: 0.5, optimal: 0.25 } } }
        : event,
    );
    const summary = textOf(sectionOf((await renderReport(worse)).html, 'summary'));
    expect(summary).toContain('2.00\u00d7 worse EDP against the baseline with its published dataflow');
    expect(summary).toContain('4.00\u00d7 worse EDP against the same baseline');
  });

  it('has best, gain, best of the generation, median and outcomes of each generation', () => {
    expect(tableRows(section('convergence'), 'Figures by generation')).toEqual([
      [0, 0.5, 2, 0.5, 0.6, 3, 0, 0],
      [1, 0.4, 2.5, 0.4, 0.4, 1, 1, 1],
    ]);
    const facts = textOf(section('convergence'));
    expect(facts).toContain('2 generations, 6 trials: 4 scored, 1 stopped early, 1 not mappable; 7 samples outside');
    expect(facts).toContain('the chosen design comes to 0.5 in place of 0.4');
    expect(facts).toContain('Baseline, published dataflow (4.00\u00d7)');
  });

  it('calls the score of a search for a front what it is: no EDP of the chosen network', async () => {
    const front = roundInput((event) =>
      event.kind === 'started' ? { ...event, objective: 'accuracy and edp' } : event,
    );
    const { html } = await renderReport(front);
    const facts = textOf(sectionOf(html, 'convergence'));
    expect(facts).toContain('It is not the EDP of the chosen network');
    expect(facts).not.toMatch(/in place of|EDP relative to the baseline/);
    expect(textOf(sectionOf(html, 'summary'))).toContain('(objective: edp');
  });

  it('has the use of each resource of the budget', () => {
    const rows = tableRows(section('accelerator'), 'Use of the budget');
    expect(rows).toEqual([
      ['Processing elements', 168, 168, 1],
      ['On-chip memory', 192 * 1024, 192 * 1024, 1],
      ['DRAM bandwidth', 480e6, 480e6, 1],
      ['Buffer bandwidth', 26, 26, 1],
    ]);
    const levels = tableRows(section('accelerator'), 'Storage levels, outermost first');
    expect(levels).toEqual([
      ['DRAM', 1, 'unlimited', 2.4],
      ['GlobalBuffer', 1, 108 * 1024, 26],
      ['RegisterFile', 168, 512, 'unlimited'],
    ]);
    expect(textOf(section('accelerator'))).toContain('in each PE: RegisterFile 512 B');
  });

  it('says which resource is not stated, and how much of one is used', async () => {
    const limited = roundInput((event) =>
      event.kind === 'started' ? { ...event, budget: { ...event.budget!, areaMm2: 4, powerMw: 300 } } : event,
    );
    const rows = tableRows(sectionOf((await renderReport(limited)).html, 'accelerator'), 'Use of the budget');
    expect(rows.slice(4)).toEqual([
      ['Area', 3, 4, 0.75],
      ['Power', 'not stated', 300, ''],
    ]);
  });

  it('weighs layers by their repeats', () => {
    const rows = tableRows(section('layers'), 'Figures of each layer');
    expect(rows.map((row) => row.slice(1, 9))).toEqual([
      [3, 4e6, 1e6, 3 / 8, 0.25, 5e8, 3 / 4, 125],
      [1, 4e6, 5e6, 5 / 8, 0.25, 5e8, 1 / 4, 125],
    ]);
    const energy = textOf(section('energy'));
    expect(energy).toContain('MAC 20.0%');
    expect(energy).toContain('Weights 40.0%');
    expect(energy).toContain(
      'Wires: 5.0%, Leakage: 10.0%, Held operands on their way: 2.0% of all energy, within that of the levels.',
    );
    expect(textOf(section('mappings'))).toContain(
      '1,000,000 cycles, the most of DRAM 1,000,000 (100.0%), launch of GlobalBuffer 500,000 (50.0%), compute 250,000 (25.0%)',
    );
    expect(energy).toMatch(/conv1, DRAM: 1\.2 mJ \(80\.0%\)/);
  });

  it('places marks at their figures', () => {
    expect(textOf(section('roofline'))).toContain('4 MACs/cycle, 16 MACs/B, bound by DRAM');
    expect(textOf(section('front'))).toMatch(/Trial 1: 2\.5 mJ, 8 Mcycles, 3 mm\u00b2/);
    expect(textOf(section('convergence'))).toContain("Trial 3, generation 1: 0.4 of the baseline's EDP");
  });

  it('says how long the run took and what it was asked for', () => {
    const reproduce = section('reproduce');
    expect(textOf(reproduce)).toMatch(/Time8\.2 s/);
    expect(textOf(reproduce)).toMatch(/Generations2(?!\d)/);
    expect(textOf(reproduce)).toContain('resnet50 (2 layers, 4.09 G MACs, 25.5 M parameters)');
    // What the run does not have is not named.
    expect(reproduce).not.toMatch(/<dt>(Least top-1|Space|Accuracy by|Accelerator)<\/dt>|<dd><\/dd>/);
  });

  it('has all of it as CSV', () => {
    const rows = (name: string) =>
      csv[name]!.trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
    expect(rows('summary.csv').slice(1)).toEqual([
      ['resnet50', 'result', 'trial 3', '2000000000', '8000000', '16000000000000000', '3'],
      ['resnet50', 'optimal', 'eyeriss', '5000000000', '8000000', '40000000000000000', '4.91'],
      ['resnet50', 'published', 'eyeriss', '10000000000', '16000000', '160000000000000000', '4.91'],
    ]);
    const design = ['168', '512', String(108 * 1024), '13'];
    expect(rows('trials.csv')[1]!.slice(0, 11)).toEqual(['0', '0', 'scored', '0.8', '0.2', '', '3', ...design]);
    expect(rows('trials.csv')[5]!.slice(0, 11)).toEqual(['4', '1', 'stopped', '', '0.2', '0.7', '3', ...design]);
    expect(rows('trials.csv')[6]!.at(-1)).toBe('no room');
    expect(rows('layers.csv')[1]!.slice(2, 14)).toEqual([
      ...['3', '4000000', '1000000', '500000000', '25000000', '50000000', '10000000'],
      ...['0.25', 'DRAM', '1.5', '16', 'true'],
    ]);
    expect(rows('cycles.csv').slice(0, 4)).toEqual([
      ['network', 'layer', 'term', 'cycles_per_repeat'],
      ['resnet50', 'conv1', 'compute', '250000'],
      ['resnet50', 'conv1', 'DRAM', '1000000'],
      ['resnet50', 'conv1', 'launch of GlobalBuffer', '500000'],
    ]);
    expect(rows('energy.csv')[4]).toEqual(['resnet50', 'conv1', 'tensor', 'Inputs', '100000000']);
  });
});

describe('the accuracy floor of a co-search', () => {
  const pageOf = async (floorPercent: number | null) => {
    const input = syntheticInput({ command: 'cosearch', generations: 2, populationSize: 4, layersPerNetwork: 2 });
    const events = input.events.map((event) =>
      event.kind === 'started' ? { ...event, space: { ...event.space!, floorPercent } } : event,
    );
    return (await renderReport({ ...input, events })).html;
  };

  it('stands beside the network, in the chart and among the settings', async () => {
    const page = await pageOf(73.5);
    expect(sectionOf(page, 'network')).toContain('<dt>Floor</dt><dd><data value="73.5">73.5 %</data></dd>');
    expect(sectionOf(page, 'accuracy')).toContain('floor 73.5 %');
    expect(sectionOf(page, 'reproduce')).toContain('<dt>Least top-1</dt><dd>73.5 %</dd>');
  });

  it('is nowhere where none is asked for', async () => {
    expect(textOf(await pageOf(null).then((page) => page.slice(page.indexOf('<main>'))))).not.toMatch(/[Ff]loor|Least/);
  });
});

describe('a comparison of runs with round figures', async () => {
  const half = roundInput((event) => (event.kind === 'finished' ? { ...event, networks: figures(1e9, 8e6) } : event));
  const { html: page, csv } = await renderComparison(roundInput(), half);

  it('has A over B, and names the better one', () => {
    expect(textOf(sectionOf(page, 'summary'))).toContain('B has 2.00\u00d7 better EDP on resnet50.');
    expect(tableRows(sectionOf(page, 'summary'), 'Results of both runs')).toEqual([
      ['resnet50', 'EDP (pJ\u00b7cycles)', 16e15, 8e15, 2],
      ['resnet50', 'Energy', 2e9, 1e9, 2],
      ['resnet50', 'Cycles', 8e6, 8e6, 1],
      ['resnet50', 'Time', 0.04, 0.04, 1],
    ]);
    const back = renderComparison(half, roundInput());
    return back.then(({ html }) =>
      expect(textOf(sectionOf(html, 'summary'))).toContain('A has 2.00\u00d7 better EDP on resnet50.'),
    );
  });

  it('has the figures of both accelerators', () => {
    expect(tableRows(sectionOf(page, 'accelerator'), 'Both accelerators')).toEqual([
      ['Processing elements', 168, 168, 1],
      ['On-chip memory', 192 * 1024, 192 * 1024, 1],
      ['Area', 3, 3, 1],
      ['EDP gain over the published dataflow', 8, 8, 1],
      ['EDP gain over optimal mappings', 2, 2, 1],
    ]);
  });

  it('has both results as CSV', () => {
    const lines = csv['summary.csv']!.trimEnd().split('\r\n').slice(1);
    expect(lines).toEqual([
      'A,resnet50,2000000000,8000000,16000000000000000,,',
      'B,resnet50,1000000000,8000000,8000000000000000,,',
    ]);
  });
});
