import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerPairs } from '../../../src/report/comparison/layer-pairs.ts';
import { renderComparison } from '../../../src/report/comparison/render-comparison.ts';
import { settingDifferences } from '../../../src/report/comparison/settings-section.ts';
import { reportModel } from '../../../src/report/report-model.ts';
import { accuracyText } from '../../../src/search/accuracy-text.ts';
import { sectionOf, skeletonOf, tableRows, unescapeHtml } from '../pages.ts';
import { syntheticInput } from '../synthetic-input.ts';

const a = syntheticInput({ layersPerNetwork: 6 });
const b = syntheticInput({ layersPerNetwork: 8, seed: 5 });

describe('comparison of two runs', async () => {
  const { html: page, csv } = await renderComparison(a, b);
  const models = [reportModel(a), reportModel(b)] as const;

  it('says what the figures of both leave out, and what those of either alone', async () => {
    const leavingOut = (input: typeof a, notModelled: readonly string[]) => ({
      ...input,
      events: input.events.map((event) => (event.kind === 'finished' ? { ...event, notModelled } : event)),
    });
    const [inA, inB] = [leavingOut(a, ['stalls', 'softmax: not priced']), leavingOut(b, ['stalls', 'overlap'])];
    const listed = (text: string) =>
      [...text.matchAll(/<h3>(Not in [^<]*)<\/h3><ul[^>]*>(.*?)<\/ul>/gs)].map(([, name, list]) => [
        name,
        list!.replaceAll(/<\/?li>/g, ''),
      ]);
    expect(listed((await renderComparison(inA, inB)).html)).toEqual([
      ['Not in the figures of A alone', 'softmax: not priced'],
      ['Not in the figures of B alone', 'overlap'],
      ['Not in the figures of either', 'stalls'],
    ]);
    expect(listed(page)).toEqual([]);
  });

  it('has the results of both', () => {
    const [inA, inB] = models.map((model) => model.networks[0]!.result!);
    const rows = tableRows(sectionOf(page, 'summary'), 'Results of both runs');
    expect(rows.map((row) => row.slice(2))).toEqual([
      [inA!.edpPjCycles, inB!.edpPjCycles, inA!.edpPjCycles / inB!.edpPjCycles],
      [inA!.energyPj, inB!.energyPj, inA!.energyPj / inB!.energyPj],
      [inA!.cycles, inB!.cycles, inA!.cycles / inB!.cycles],
      [inA!.cycles / 200e6, inB!.cycles / 200e6, inA!.cycles / 200e6 / (inB!.cycles / 200e6)],
    ]);
    const better = inA!.edpPjCycles < inB!.edpPjCycles ? 'A' : 'B';
    expect(sectionOf(page, 'summary')).toContain(`${better} has `);
  });

  it('pairs layers by network and name', () => {
    const pairs = layerPairs(...models);
    expect(pairs.length).toBeGreaterThan(0);
    for (const pair of pairs) {
      expect([pair.a.network, pair.a.name]).toEqual([pair.b.network, pair.b.name]);
      expect(pair.edpRatio).toBeCloseTo((pair.a.energyPj * pair.a.cycles) / (pair.b.energyPj * pair.b.cycles), 12);
    }
    const rows = tableRows(sectionOf(page, 'layers'), 'Layers of both runs');
    expect(rows.map((row) => row.at(-1))).toEqual(pairs.map(({ edpRatio }) => edpRatio));
    expect(csv['layers.csv']!.split('\r\n')).toHaveLength(pairs.length + 2);
  });

  it('colours a bar for the run that is better', () => {
    const wide = sectionOf(page, 'layers').split('class="narrow"')[0]!;
    const bars = [...wide.matchAll(/<path[^>]* fill="var\(--run-([ab])\)"[^>]*><title>(.*?)<\/title>/g)].map(
      ([, run, title]) => [unescapeHtml(title!), run],
    );
    const expected = layerPairs(...models).map(({ a: layer, edpRatio }) => [layer.name, edpRatio < 1 ? 'a' : 'b']);
    expect(bars.map(([title, run]) => [title!.split(': ')[0], run])).toEqual(expected);
  });

  it('compares a run with itself', async () => {
    const { html: same } = await renderComparison(a, a);
    expect(same).toContain('Both runs reach the same EDP on resnet50.');
    expect(same).toContain('Both runs have the same settings.');
    expect((await renderComparison(a, b)).html).toBe(page);
  });

  it('compares runs of different kinds and networks', async () => {
    const map = syntheticInput({ command: 'map', networks: ['other'], layersPerNetwork: 3 });
    const { html: mixed } = await renderComparison(a, map);
    expect(mixed).toContain('The runs have no network in common: A has resnet50, B has other.');
    expect(mixed).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('names the folders of both runs, where their figures are and in legends', async () => {
    const text = (markup: string) => unescapeHtml(markup.replaceAll(/<[^>]*>/g, ''));
    expect(text(/<h1>.*?<\/h1>/s.exec(page)![0])).toBe('resnet50-1 and resnet50-5');
    const facts = text(page.slice(page.indexOf('<header>'), page.indexOf('</header>')));
    expect(facts).toMatch(
      /A: runs\/resnet50-1: resnet50 within Eyeriss \(design .*B: runs\/resnet50-5: resnet50 within/s,
    );
    const legend = /<ul class="legend">.*?<\/ul>/s.exec(sectionOf(page, 'convergence'))![0];
    expect(text(legend)).toBe('A: resnet50-1B: resnet50-5');
    const elsewhere = await renderComparison(a, { ...b, folder: 'other/resnet50-1/' });
    expect(text(/<h1>.*?<\/h1>/s.exec(elsewhere.html)![0])).toBe('runs/resnet50-1 and other/resnet50-1/');
  });

  it('names the network of the verdict, and both where a co-search found another of the same name', async () => {
    expect(sectionOf(page, 'summary')).toMatch(/better EDP<\/strong> on resnet50\./);
    const [one, two] = [1, 2].map((seed) => syntheticInput({ command: 'cosearch', generations: 2, seed }));
    const of = (run: typeof a) => reportModel(run).best!.network!;
    const { html: found } = await renderComparison(one!, two!);
    const has = (run: typeof a) => `one of ofa with ${accuracyText(of(run).accuracy)}`;
    expect(of(one!).key).not.toBe(of(two!).key);
    expect(sectionOf(found, 'summary')).toContain(`The networks are not the same: A has ${has(one!)}`);
    expect(sectionOf(found, 'summary')).toContain(`B has ${has(two!)}`);
    expect((await renderComparison(one!, one!)).html).not.toContain('not the same');
  });

  it('escapes what users wrote', async () => {
    const hostile = '"><script>alert(1)</script>';
    const options = { generations: 2, layersPerNetwork: 3 };
    const pages = await Promise.all(
      [hostile, 'x'.repeat(hostile.length)].map(async (text) => {
        const input = syntheticInput({ ...options, hostile: text });
        return (await renderComparison(input, { ...input, configuration: { [text]: { [text]: text } } })).html;
      }),
    );
    expect(skeletonOf(pages[0]!)).toBe(skeletonOf(pages[1]!));
  });
});

describe('differences of settings', () => {
  const settings = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom('x', 'y'), fc.integer())),
  );

  it('are none between equals and mirrored between others', () => {
    fc.assert(
      fc.property(settings, settings, (x, y) => {
        expect(settingDifferences(x, structuredClone(x))).toEqual([]);
        const forth = settingDifferences(x, y).map(({ path, a: inX, b: inY }) => [path, inX, inY]);
        const back = settingDifferences(y, x).map(({ path, a: inY, b: inX }) => [path, inX, inY]);
        const sorted = (list: unknown[][]) => list.map((entry) => JSON.stringify(entry)).sort();
        expect(sorted(forth)).toEqual(sorted(back));
      }),
    );
  });

  it('are found by path', () => {
    expect(settingDifferences({ a: { b: 1, c: [1] }, d: 2 }, { a: { b: 3, c: [1] }, e: 4 })).toEqual([
      { path: 'a.b', a: 1, b: 3 },
      { path: 'd', a: 2, b: undefined },
      { path: 'e', a: undefined, b: 4 },
    ]);
  });
});

describe('comparison of two co-searches', async () => {
  const [first, second] = [1, 7].map((seed) => syntheticInput({ command: 'cosearch', generations: 4, seed }));
  const { html: page, csv } = await renderComparison(first!, second!);
  const networks = [first!, second!].map((input) => reportModel(input).best!.network!);

  it('has the accuracies of both with their errors, and what differs in their networks', () => {
    const rows = tableRows(sectionOf(page, 'accuracy'), 'Networks of both runs');
    const accuracies = networks.map(({ accuracy }) => accuracy.reportedTop1Percent);
    expect(rows[0]).toEqual(['Top-1 accuracy', ...accuracies, accuracies[0]! - accuracies[1]!]);
    expect(sectionOf(page, 'accuracy')).toContain(`${accuracies[1]!.toFixed(2)} \u00b1 0.30 %`);
    expect(rows.find(([name]) => name === 'Gene d')?.slice(1, 3)).toEqual(
      networks.map(({ genes }) => (genes.d as number[]).join(' ')),
    );
    const [, ...lines] = csv['summary.csv']!.trimEnd().split('\r\n');
    expect(lines.map((line) => line.split(',').slice(-2).map(Number))).toEqual(accuracies.map((one) => [one, 0.3]));
  });

  it('says when a difference lies within the errors', async () => {
    const same = await renderComparison(first!, first!);
    expect(unescapeHtml(sectionOf(same.html, 'accuracy'))).toContain('+0 points</data>, within the error');
    const [one, other] = networks.map(({ accuracy }) => accuracy.reportedTop1Percent);
    const isWithin = Math.abs(one! - other!) < Math.hypot(0.3, 0.3);
    expect(sectionOf(page, 'accuracy').includes('within the error')).toBe(isWithin);
  });

  it('draws both fronts', () => {
    expect(sectionOf(page, 'accuracy')).toContain('Fronts of accuracy against EDP of both runs');
  });

  it('says which run did not search networks', async () => {
    const mixed = await renderComparison(a, second!);
    const rows = tableRows(sectionOf(mixed.html, 'accuracy'), 'Networks of both runs');
    expect(rows[0]).toEqual(['Top-1 accuracy', 'given', networks[1]!.accuracy.reportedTop1Percent, '']);
    expect((await renderComparison(a, b)).html).not.toContain('id="accuracy"');
  });
});
