import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leakagePjPerCycle } from '../../src/accelerator/accelerator.ts';
import { energyBesideAccesses } from '../../src/app/explain/evaluate.ts';
import { linkText } from '../../src/app/explain/link-text.ts';
import { loadSpecification } from '../../src/app/presets/load.ts';
import { describeNetworkExplanation } from '../../src/cli/text/explain-network-text.ts';
import { describeTotals } from '../../src/cli/text/report-text.ts';
import { reportModel } from '../../src/report/report-model.ts';
import { csvFiles } from '../../src/report/run-csv.ts';
import { layersSection } from '../../src/report/sections/layer-sections.ts';
import { summarySection } from '../../src/report/sections/summary-section.ts';
import type { RunEvent } from '../../src/search/run-events.ts';
import { layerTotals, provenLayers } from '../../src/search/run-figures.ts';
import { EMPTY_RUN, type RunState, reduceRun } from '../../src/search/run-state.ts';
import { energyText, percentText } from '../../src/util/quantity-text.ts';
import { designRuns, freshFolder, listener, mapped, mapRuns, results } from './run-folders.ts';
import { eyerissWith, SMALL_DESIGN, SMALL_REQUEST, writeSmall } from './small-files.ts';

const LINK = 'link: { bandwidth: 0.1 GB/s, resident: 32 B, energy: 2 pJ/bit }';
const LINKED = eyerissWith(['levels:', `${LINK}\nlevels:`]);
const ONE_LAYER = writeSmall(
  'linked.yaml',
  'name: linked\nsource: made up for tests\ninput: [4, 8, 8]\nlayers:\n  - { name: conv, kind: conv, out: 8, kernel: 1 }\n',
);
/** Weights beyond the resident ones, inputs and outputs of words of 16 bits. */
const MOVED_BITS = (4 * 8 - 16) * 16 + 4 * 64 * 16 + 8 * 64 * 16;

describe('a run on an accelerator with a link to its host', () => {
  // Killed by: sums without the link, a network of one layer that is taken for its layer, rows and levels that leave it out.
  it('adds what moves over it to the network, in its folder, its state and its tables', async () => {
    const request = { ...SMALL_REQUEST, workload: ONE_LAYER };
    const plain = await mapped(request);
    const events: RunEvent[] = [];
    const hearing = listener((event) => events.push(event));
    const { directory, finished } = await mapRuns.start(
      { ...request, accelerator: LINKED },
      freshFolder(),
      {},
      hearing,
    );
    const { report } = finished!;
    const link = report.link!;
    const { clockHz } = report.accelerator;
    expect(link.bits).toEqual({ weights: 256, inputs: 4096, outputs: 8192 });
    expect(link.cycles).toBe(Math.ceil((MOVED_BITS / 8 / 1e8) * clockHz));
    expect(link.linkPj).toBe(2 * MOVED_BITS);
    expect(report.totals.cycles).toBe(plain.report.totals.cycles + link.cycles);
    expect(report.totals.energyPj).toBeCloseTo(plain.report.totals.energyPj + link.energyPj, 4);
    expect(finished!.networkWise?.report.totals.cycles ?? report.totals.cycles).toBe(report.totals.cycles);

    const summary = JSON.parse(results(directory)['summary.json']!);
    expect(summary.hostLink.cycles).toBe(link.cycles);
    const levels = Object.values<number>(summary.energyByLevelPj).reduce((sum, one) => sum + one, 0);
    expect(levels).toBeCloseTo(report.totals.energyPj, 4);
    const rows = events.reduce<RunState>(reduceRun, EMPTY_RUN).layers.map(({ layer }) => layer);
    expect(layerTotals(rows).cycles).toBe(report.totals.cycles);
    expect(layerTotals(rows).energyPj).toBeCloseTo(report.totals.energyPj, 4);
    const leaked = rows.reduce((sum, { leakagePj = 0, repeat }) => sum + leakagePj * repeat, 0);
    expect(leaked).toBeCloseTo(energyBesideAccesses(report).leakagePj, 4);
    const busyPj = leakagePjPerCycle(report.accelerator) * report.totals.cycles;
    expect(energyBesideAccesses(report).leakagePj).toBeCloseTo(busyPj, 4);
    expect(provenLayers(rows)).toEqual({ proven: 1, count: 1 });
    const text = describeTotals(report);
    expect(text).toContain('host link    32 B of weights, 512 B of inputs, 1.024 kB of outputs');
    const leakedPj = link.levelsPj.reduce((sum, pj) => sum + pj, 0);
    expect(leakedPj).toBeGreaterThan(0);
    expect(text).toContain(
      `${energyText(link.energyPj)} of these (${energyText(link.linkPj)} of the bits, ${energyText(leakedPj)} what levels leak meanwhile)`,
    );
    expect(readFileSync(`${directory}/accelerator.yaml`, 'utf8')).toContain('link:');

    // Killed by: one name for the energy of the bits and for that of the row; a row with other words than the text.
    expect(rows.at(-1)!.loopNest).toBe(linkText(link));
    expect(text).toContain(`, host link bits ${percentText(link.linkPj / report.totals.energyPj)}`);
    const model = reportModel({
      ...{ title: '', folder: '', commandLine: '', version: '' },
      configuration: {},
      events,
    });
    expect(String(layersSection(model))).toMatch(
      new RegExp(`; host link <data value="${link.energyPj}">[^<]*</data>, leakage <data value="${leakedPj}">`),
    );
    // Killed by: a report of a map run without the area that the run itself states.
    expect(report.areaMm2).toBeGreaterThan(0);
    expect(csvFiles(model)['summary.csv']).toMatch(new RegExp(`,${report.areaMm2}\\s*$`));
    expect(String(summarySection(model))).toMatch(
      new RegExp(`<data value="${report.areaMm2}">[^<]*</data></span><span class="name">area<`),
    );
  });

  // Killed by: shares of the time and floors that leave the link out, which the totals have.
  it('is part of what binds the time and of the floors', async () => {
    const result = await mapped({ ...SMALL_REQUEST, workload: ONE_LAYER, accelerator: LINKED, explain: true });
    const text = describeNetworkExplanation(result, result.explanations!);
    const [, linkShare = '', share = ''] = /time is bound by the host link (\d+) % .*, \S+ (\d+) % \(1 layer\)/.exec(
      text,
    )!;
    expect(Number(linkShare) + Number(share)).toBe(100);
    const [, floor = ''] = /x the floor of ([\d,]+) \(.*; the host link as it is\)/.exec(text)!;
    const { report, explanations } = result;
    expect(Number(floor.replaceAll(',', ''))).toBe(report.link!.cycles + explanations!.layers[0]!.floors!.cycles);
  });

  it('designs accelerators that keep it, and ends with what map gives for them', async () => {
    const request = { ...SMALL_DESIGN, workloads: [ONE_LAYER], baseline: LINKED, populationSize: 3 };
    const events: RunEvent[] = [];
    const { directory, finished } = await designRuns.start(
      request,
      freshFolder(),
      {},
      listener((event) => events.push(event)),
    );
    const accelerator = `${directory}/accelerator.yaml`;
    expect(loadSpecification(accelerator).link).toEqual(loadSpecification(LINKED).link);
    const { report } = await mapped({ ...SMALL_REQUEST, workload: ONE_LAYER, accelerator });
    expect(report.link!.cycles).toBeGreaterThan(0);
    expect(finished!.mapped[0]!.report.totals).toEqual(report.totals);
    // The search adds up what the end states.
    const best = events
      .flatMap((event) => (event.kind === 'generation' ? event.trials : []))
      .flatMap(({ networks = [] }) => networks);
    expect(Math.min(...best.map(({ cycles }) => cycles))).toBeGreaterThan(report.link!.cycles);
  });
});
