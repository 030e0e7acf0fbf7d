import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberText, percentText } from '../../src/report/number-text.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { type ReportInput, reportModel } from '../../src/report/report-model.ts';
import { BASELINE_TRIAL } from '../../src/search/trials.ts';
import { energyText } from '../../src/util/quantity-text.ts';
import { shownLines } from '../../src/util/shown-text.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { hiddenIn } from '../util/hostile-text.ts';
import { sectionOf, skeletonOf, tableRows, unescapeHtml } from './pages.ts';
import { syntheticInput } from './synthetic-input.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><b>',
  '</title></svg></pre><p>',
  '&lt;b&gt;',
  `\${x}\`y\`{{z}}`,
  '-->]]><!--',
  'a\u202eb\u0000c\u001b[31m',
  'h\u2066\u200b\u2028\u061c\ufeff\u{e0041}\ud800',
  "']+datum['x'] javascript:alert(1) &#x202e;",
  '\u{1f680} \u4e2d\u6587',
];

describe('report of a design run', async () => {
  const input = syntheticInput({ networks: ['resnet50', 'vgg16'], layersPerNetwork: 9 });
  const model = reportModel(input);
  const { html: page } = await renderReport(input);

  it('has the result and both baselines in its summary', () => {
    const rows = tableRows(sectionOf(page, 'summary'), 'Energy, latency and EDP against both baselines');
    const expected = model.networks.flatMap(({ network, result, optimal, published }) =>
      [result, optimal, published].map((figures) => [
        network,
        figures!.energyPj,
        figures!.cycles,
        figures!.cycles / 200e6,
        figures!.edpPjCycles,
        published!.edpPjCycles / figures!.edpPjCycles,
        optimal!.edpPjCycles / figures!.edpPjCycles,
      ]),
    );
    expect(rows.map(([network, , ...figures]) => [network, ...figures.slice(0, 6)])).toEqual(expected);
    expect(rows.map((row) => row.at(-1))).toEqual([model.best!.areaMm2, 4.91, 4.91, model.best!.areaMm2, 4.91, 4.91]);
    const verdict = sectionOf(page, 'summary').slice(0, 400);
    expect(verdict).toContain(`<data value="${model.improvement.published}">`);
    expect(verdict).toContain(`<data value="${model.improvement.optimal}">`);
  });

  it('has every figure of every layer', () => {
    const rows = tableRows(sectionOf(page, 'layers'), 'Figures of each layer');
    const total = (network: string, value: (layer: (typeof model.layers)[number]) => number) =>
      model.layers
        .filter((layer) => layer.network === network)
        .reduce((sum, layer) => sum + layer.repeat * value(layer), 0);
    expect(rows).toEqual(
      model.layers.map((layer) => [
        layer.network,
        layer.name,
        layer.repeat,
        layer.macs,
        layer.cycles,
        (layer.repeat * layer.cycles) / total(layer.network, ({ cycles }) => cycles),
        layer.utilization,
        layer.energyPj,
        (layer.repeat * layer.energyPj) / total(layer.network, ({ energyPj }) => energyPj),
        layer.energyPj / layer.macs,
        layer.bottleneck,
        layer.bottleneckGain,
        layer.optimal ? 'proven' : 'best found',
      ]),
    );
  });

  it('has the loop nest of every layer', () => {
    const nests = [...sectionOf(page, 'mappings').matchAll(/<pre>(.*?)<\/pre>/gs)];
    expect(nests.map(([, nest]) => unescapeHtml(nest!.replace(/<[^>]*>/g, '')))).toEqual(
      model.layers.map(({ loopNest }) => loopNest),
    );
  });

  it('has the front, best EDP first', () => {
    const rows = tableRows(sectionOf(page, 'front'), 'Designs on the front');
    expect(new Set(rows.map(([trial]) => trial))).toEqual(new Set(model.front.map(({ trial }) => trial)));
    for (const [trial, energy, , , area] of rows) {
      const point = model.front.find((candidate) => candidate.trial === trial)!;
      expect([energy, area]).toEqual([point.energyPj, point.areaMm2]);
    }
    const edps = rows.map((row) => Number(row[3]));
    expect(edps).toEqual([...edps].sort((a, b) => a - b));
  });

  it('has every generation', () => {
    const rows = tableRows(sectionOf(page, 'convergence'), 'Figures by generation');
    expect(rows.map(([generation]) => generation)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(rows.at(-1)![1]).toBe(model.best!.score);
    const sums = [5, 6, 7].map((column) => rows.reduce((sum, row) => sum + Number(row[column]), 0));
    expect(sums).toEqual([model.counters!.scored, model.counters!.stopped, model.counters!.unmappable]);
  });

  it('has a mark with its figures for every scored trial, layer and part of energy', () => {
    const titles = (id: string) =>
      [...sectionOf(page, id).matchAll(/<title>(.*?)<\/title>/gs)].map(([, title]) => unescapeHtml(title!));
    // Every chart is there twice, for wide and for narrow pages.
    const convergence = titles('convergence');
    expect(convergence).toHaveLength(2 * model.scored.length);
    for (const { trial, generation, score } of model.scored)
      expect(convergence).toContain(
        `Trial ${trial}, generation ${generation}: ${numberText(score)} of the baseline's EDP`,
      );
    expect(titles('front')).toHaveLength(2 * (model.scored.length + 3));
    expect(titles('roofline')).toHaveLength(2 * model.layers.length);
    const energy = titles('energy');
    expect(energy).toHaveLength(2 * (4 + 3) * model.layers.length);
    for (const layer of model.layers)
      for (const tensor of TENSORS) {
        const all = TENSORS.reduce((sum, name) => sum + layer.energyByTensorPj[name], 0);
        const own = layer.energyByTensorPj[tensor];
        expect(energy).toContain(
          `${layer.name}, ${tensor}: ${energyText(own * layer.repeat)} (${percentText(own / all)})`,
        );
      }
  });

  it('has identifiers that are unique and known', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/(?:url\(#|href="#)([^")]*)/g)) expect(ids).toContain(id);
  });

  it('names no address to load from', () => {
    expect(page).not.toMatch(/(?:src|href|action|data)="(?!#|data:,)/);
    expect(page).not.toMatch(/@import|url\((?!#)|https?:\/\//);
  });

  it('is the same from the same run', async () => {
    expect((await renderReport(syntheticInput({ networks: ['resnet50', 'vgg16'], layersPerNetwork: 9 }))).html).toBe(
      page,
    );
  });
});

describe('reports of other runs', () => {
  it('call the baseline so where nothing beats it, and count it on the front', async () => {
    const input = syntheticInput();
    const events = input.events.map((event) => {
      if (event.kind !== 'finished' || event.design === null) return event;
      const best = { ...event.design.best, trial: BASELINE_TRIAL };
      const front = event.design.front.map((point, i) => (i === 0 ? { ...point, trial: BASELINE_TRIAL } : point));
      return { ...event, design: { ...event.design, best, front } };
    });
    const { html: page, csv } = await renderReport({ ...input, events });
    expect(page).not.toMatch(/[Tt]rial -1|>-1</);
    expect(sectionOf(page, 'summary')).toContain('the design shown is the baseline itself');
    expect(sectionOf(page, 'accelerator')).toContain('The baseline itself, ');
    expect(sectionOf(page, 'front')).toContain('<data value="-1">baseline</data>');
    expect(sectionOf(page, 'front')).toContain('Chosen design, the baseline');
    expect(csv['front.csv']).toMatch(/^baseline,/m);
    const { html: other } = await renderReport(input);
    expect(sectionOf(other, 'summary')).not.toContain('baseline itself');
  });

  it('leaves out what a mapping run does not have', async () => {
    const { html: page, csv } = await renderReport(syntheticInput({ command: 'map', layersPerNetwork: 4 }));
    expect([...page.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      'summary',
      'accelerator',
      'roofline',
      'energy',
      'layers',
      'mappings',
      'reproduce',
    ]);
    expect(page).not.toContain('vs. published');
    expect(Object.keys(csv)).toEqual(['summary.csv', 'layers.csv', 'energy.csv']);
  });

  it('says so when nothing feasible was met, and when the run has not ended', async () => {
    const input = syntheticInput();
    const start = input.events.slice(0, 3);
    const open = await renderReport({ ...input, events: start });
    expect(open.html).toContain('The run has not ended');
    const none = await renderReport({
      ...input,
      events: [...start, { kind: 'finished', reason: 'exhausted', design: null, networks: [] }],
    });
    expect(none.html).toContain('No feasible result was met.');
    expect(none.html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('stays below 3 MB for a long run', async () => {
    const { html: page } = await renderReport(
      syntheticInput({ generations: 63, populationSize: 16, layersPerNetwork: 60, networks: ['resnet50', 'vgg16'] }),
    );
    expect(page).toContain('1,008</data> trials');
    expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('report of a co-search', async () => {
  const input = syntheticInput({ command: 'cosearch', generations: 6 });
  const model = reportModel(input);
  const { html: page, csv } = await renderReport(input);
  const network = model.best!.network!;

  it('tells the accuracy of its network with error, source and genes', () => {
    const section = unescapeHtml(sectionOf(page, 'network'));
    const { reportedTop1Percent, top1Percent } = network.accuracy;
    expect(section).toContain(
      `<data value="${reportedTop1Percent}">${reportedTop1Percent.toFixed(2)} \u00b1 0.30 %</data>`,
    );
    expect(section).toContain(`<dt>Searched on</dt><dd><data value="${top1Percent}">`);
    expect(section).toContain('<dt>Source</dt><dd>table</dd>');
    expect(section).toContain(`<dt>d</dt><dd>${(network.genes.d as number[]).join(' ')}</dd>`);
    expect(section).toContain('a note');
    expect(sectionOf(page, 'summary')).toContain(`<data value="${reportedTop1Percent}">`);
  });

  it('compares what it found with the network of the baseline', async () => {
    const label = 'Energy, latency and EDP against both baselines';
    const open = await renderReport(syntheticInput({ command: 'cosearch', generations: 6, isFinished: false }));
    for (const one of [page, open.html]) {
      const rows = tableRows(sectionOf(one, 'summary'), label);
      expect(rows.map(([name]) => name)).toEqual(['resnet50', 'given', 'given']);
      const edps = rows.map((row) => Number(row[5]));
      expect(rows[0]!.slice(6, 8)).toEqual([edps[2]! / edps[0]!, edps[1]! / edps[0]!]);
    }
  });

  it('warns where the accuracy is to be read with care', async () => {
    const careful = {
      ...network,
      accuracy: { ...network.accuracy, saturated: true, inDomain: false, errorPoints: null },
    };
    const events = input.events.map((event) =>
      event.kind === 'finished'
        ? { ...event, design: { ...event.design!, best: { ...model.best!, network: careful } } }
        : event,
    );
    const section = sectionOf((await renderReport({ ...input, events })).html, 'network');
    expect([...section.matchAll(/class="warn"/g)]).toHaveLength(3);
    expect(section).toContain(`${careful.accuracy.reportedTop1Percent.toFixed(2)} %</data>`);
  });

  it('has the front of accuracy against EDP as marks, table and CSV', () => {
    const { accuracyFront, scored } = model;
    const rows = tableRows(sectionOf(page, 'accuracy'), 'Networks on the front');
    expect(rows.map((row) => row.slice(0, 7))).toEqual(
      accuracyFront.map((point) => [
        point.trial,
        point.network.accuracy.reportedTop1Percent,
        point.network.accuracy.top1Percent,
        point.edpPjCycles,
        point.energyPj,
        point.cycles,
        point.areaMm2,
      ]),
    );
    // Twice: for wide and for narrow pages; the chosen network has a mark of its own.
    const marks = [...sectionOf(page, 'accuracy').matchAll(/<title>/g)];
    expect(marks).toHaveLength(2 * (scored.length + 1));
    const lines = csv['accuracy-front.csv']!.trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + accuracyFront.length);
    expect(lines[1]).toContain(String(accuracyFront[0]!.edpPjCycles));
    expect(csv['trials.csv']!.split('\r\n')[0]).toMatch(/,network,top1_percent,error_points$/);
  });

  it('has what it compared, with its rank correlations and all its points in the CSV', () => {
    const section = sectionOf(page, 'correlation');
    expect(section).toContain('<data value="0.61">');
    expect(section).toContain('<data value="0.79">');
    expect(section).toContain('a reason');
    expect(csv['correlation.csv']!.trimEnd().split('\r\n')).toHaveLength(201);
  });

  it('draws networks that coincide as one mark', async () => {
    const events = input.events.map((event) =>
      event.kind === 'correlation'
        ? { ...event, points: Array.from({ length: 5000 }, (_, i) => [1 + (i % 7), 2 + (i % 3)] as const) }
        : event,
    );
    const section = sectionOf((await renderReport({ ...input, events })).html, 'correlation');
    expect(section).toContain('at <data value="21">21</data> places');
    const wide = section.split('class="narrow"')[0]!;
    expect([...wide.matchAll(/fill="var\(--accent\)"/g)]).toHaveLength(21);
  });

  it('stays below 3 MB with all networks of a table compared', async () => {
    const { html: large } = await renderReport(
      syntheticInput({ command: 'cosearch', generations: 2, correlated: 15_625 }),
    );
    expect(Buffer.byteLength(large)).toBeLessThan(3_000_000);
    expect(sectionOf(large, 'correlation')).toContain('15,625</data> networks; the stronger a cell');
    expect(large).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('hostile strings', () => {
  const small = { generations: 2, populationSize: 4, layersPerNetwork: 2, scheduled: 5, command: 'cosearch' } as const;
  /** Characters of every string as it is shown: one harmless page serves all. */
  const LENGTH = 48;
  const padded = (hostile: string) => hostile + 'x'.repeat(LENGTH - shownLines(hostile).length);
  const skeleton = async (hostile: string): Promise<string> => {
    const { html: page } = await renderReport(syntheticInput({ ...small, hostile }));
    expect(hiddenIn(page)).toEqual([]);
    return skeletonOf(page);
  };
  const benign = skeleton('x'.repeat(LENGTH));

  it.each(HOSTILE)('%j changes no tag and no attribute', async (hostile) => {
    expect(await skeleton(padded(hostile))).toBe(await benign);
  });

  it('changes no tag whatever the string', async () => {
    const text = fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', '`', '/', '!', '-', ']', 'a', '=', '\\', '$', '{', '}'),
      minLength: 1,
      maxLength: 24,
    });
    await fc.assert(
      fc.asyncProperty(text, async (hostile) => {
        expect(await skeleton(padded(hostile))).toBe(await benign);
      }),
      { numRuns: 6 },
    );
  });

  it('would be noticed', () => {
    const page = '<p class="a">x</p>';
    expect(skeletonOf(page.replace('x', '<b>'))).not.toBe(skeletonOf(page));
    expect(skeletonOf(page.replace('"a"', '"a" onclick="b"'))).not.toBe(skeletonOf(page));
  });

  it('shows a configuration as it is', async () => {
    const configuration = { 'a<b': { c: ['</pre>', 1, null] } };
    const input: ReportInput = { ...syntheticInput(small), configuration };
    const pre = /Configuration<\/summary><pre>(.*?)<\/pre>/s.exec((await renderReport(input)).html);
    expect(JSON.parse(unescapeHtml(pre![1]!))).toEqual(configuration);
  });
});
