import { describe, expect, it } from 'vitest';
import { convergenceChart } from '../../src/report/charts/convergence-chart.ts';
import { frontChart } from '../../src/report/charts/front-chart.ts';
import { renderComparison } from '../../src/report/comparison/render-comparison.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { type ReportInput, reportModel } from '../../src/report/report-model.ts';
import type { RunEvent } from '../../src/search/run-events.ts';
import { sectionOf, tableRows } from './pages.ts';
import { syntheticInput } from './synthetic-input.ts';

const SIZE = { width: 600, height: 300 };
const NOTE: RunEvent = { kind: 'note', level: 'info', text: 'now the mappings of the best design' };

/** A run whose baselines and best design are mapped anew in the end: with this share of the energy. */
function mappedAnew(input: ReportInput, baselineShare: number, resultShare: number): ReportInput {
  const scaled = <T extends { readonly energyPj: number; readonly edpPjCycles: number }>(
    list: readonly T[],
    by: number,
  ) => list.map((one) => ({ ...one, energyPj: one.energyPj * by, edpPjCycles: one.edpPjCycles * by }));
  const events = input.events.flatMap((event): RunEvent[] => {
    if (event.kind !== 'finished' || event.design === null) return [event];
    const finals = input.events.flatMap((one) =>
      one.kind === 'baseline' ? [{ ...one, isFinal: true, networks: scaled(one.networks, baselineShare) }] : [],
    );
    const { improvement } = event.design;
    const gain = baselineShare / resultShare;
    const design = {
      ...event.design,
      layers: event.design.layers.map((layer, i) => ({ ...layer, optimal: i > 0 })),
      improvement: { published: improvement.published * gain, optimal: improvement.optimal * gain },
    };
    return [NOTE, ...finals, { ...event, design, networks: scaled(event.networks, resultShare) }];
  });
  return { ...input, events };
}

/** The same with all layers proven. */
function provenWhole(event: RunEvent): RunEvent {
  if (event.kind !== 'finished' || event.design === null) return event;
  const layers = event.design.layers.map((layer) => ({ ...layer, optimal: true }));
  return { ...event, design: { ...event.design, layers } };
}

const searched = syntheticInput({ networks: ['resnet50', 'vgg16'], layersPerNetwork: 3, generations: 6 });
const mapped = mappedAnew(searched, 0.9, 0.5);

describe('report of a run that maps its design anew in the end', () => {
  it('draws the baselines as the search saw them, and compares as they ended', () => {
    const [before, after] = [searched, mapped].map(reportModel);
    expect(convergenceChart(after!, SIZE)).toEqual(convergenceChart(before!, SIZE));
    expect(frontChart(after!, SIZE)).toEqual(frontChart(before!, SIZE));
    expect(after!.networks[0]!.optimal!.energyPj).toBeCloseTo(0.9 * before!.networks[0]!.optimal!.energyPj, 0);
  });

  it('says what the score of the search comes to', async () => {
    const { best, improvement } = reportModel(mapped);
    const section = sectionOf((await renderReport(mapped)).html, 'convergence');
    expect(section).toContain(`the chosen design comes to <data value="${1 / improvement.optimal!}">`);
    expect(section).toContain(`in place of <data value="${best!.score}">`);
  });

  it('keeps what a run does next out of its notes, and warnings in', async () => {
    const warning = { kind: 'note', level: 'warning', text: 'a warning' } as const;
    const summary = sectionOf((await renderReport({ ...mapped, events: [...mapped.events, warning] })).html, 'summary');
    expect(summary).toContain('Warning: a warning');
    expect(summary).not.toContain('now the mappings');
  });

  it('says over which factors its mappings are proven, and what the others are', async () => {
    const configuration = { ...mapped.configuration, finalFactors: 'imperfect' };
    const summaries = await Promise.all(
      [mapped, { ...mapped, configuration }].map(async (input) =>
        sectionOf((await renderReport(input)).html, 'summary'),
      ),
    );
    expect(summaries[0]).not.toContain('factors that do not divide');
    expect(summaries[1]).toContain('(objective: edp; factors that do not divide included)');
    expect(summaries[0]).toContain('of 5 of 6 layers are proven');
    for (const summary of summaries) expect(summary).toContain('the others are the best found');
    const whole = { ...searched, events: searched.events.map(provenWhole) };
    expect(sectionOf((await renderReport(whole)).html, 'summary')).not.toContain('the others');
  });
});

describe('comparison of runs of different networks', async () => {
  const other = syntheticInput({ networks: ['resnet50'], layersPerNetwork: 3, generations: 6, seed: 3 });
  const gains = (page: string) =>
    tableRows(sectionOf(page, 'accelerator'), 'Both accelerators').filter(([name]) =>
      String(name).startsWith('EDP gain'),
    );

  it('names the networks that it is about, and has no ratio of gains over other ones', async () => {
    const page = (await renderComparison(searched, other)).html;
    expect(sectionOf(page, 'summary')).toMatch(/better EDP<\/strong> on resnet50\./);
    expect(gains(page).map((row) => row.at(-1))).toEqual(['', '']);
  });

  it('has them where the networks are the same', async () => {
    const page = (await renderComparison(searched, mapped)).html;
    expect(sectionOf(page, 'summary')).toContain('(geometric mean over 2 networks) on resnet50, vgg16.');
    for (const row of gains(page)) expect(row.at(-1)).toBeCloseTo(0.5 / 0.9, 9);
  });
});
