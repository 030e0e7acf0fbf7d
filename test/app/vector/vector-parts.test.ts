import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateMappings } from '../../../src/app/explain/evaluate.ts';
import { isOneLayer } from '../../../src/app/layers/one-layer.ts';
import { mappingText } from '../../../src/app/map/mapping-text.ts';
import { loadAccelerator, loadWorkload } from '../../../src/app/presets/load.ts';
import { describeNetworkExplanation } from '../../../src/cli/text/explain-network-text.ts';
import { describeTotals } from '../../../src/cli/text/report-text.ts';
import { notModelled } from '../../../src/cost/analysis/not-modelled.ts';
import type { MapRequest } from '../../../src/options/map.ts';
import { reportModel } from '../../../src/report/report-model.ts';
import { summarySection } from '../../../src/report/sections/summary-section.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { selectNetwork } from '../../../src/workload/select-layers.ts';
import { mapped } from '../run-folders.ts';
import { freshPath, SMALL_REQUEST } from '../small-files.ts';
import { FUSED, ONLY_FOUR_ROWS, POOLED, tinyVector } from './vector-files.ts';

describe('figures of a part of a network', () => {
  // Killed by: a selection without what is fused into it, or with what is not; figures of a file of mappings that differ.
  it('are those of some layers with what is fused into them where only these are asked for', async () => {
    const request = { ...SMALL_REQUEST, workload: FUSED, layer: 'a' };
    const [none, some] = await Promise.all(
      [null, 1].map((rate) => mapped({ ...request, accelerator: tinyVector(rate) })),
    );
    expect(some!.report.vector.operators.map(({ demand }) => demand.name)).toEqual(['a.gelu']);
    expect(some!.report.totals.cycles).toBeGreaterThan(none!.report.totals.cycles);
    const rest = await mapped({ ...request, layer: 'b', accelerator: tinyVector(1) });
    expect(rest.report.vector.operators).toEqual([]);
    const lines = (one: typeof rest) =>
      notModelled(one.report.accelerator, [one.report.network]).filter((line) => line.includes('operators of'));
    expect(lines(none!)).toEqual([
      'operators of fused that are fused into the layers shown (1 activation; they move 0 words): not priced, as the accelerator states no vectorUnit',
      'other operators of fused that are no layers (1 pool, 1 softmax; they move 128 words): not counted, as they are not fused into the layers shown, which are 1 of 2',
    ]);
    expect(lines(some!)[0]).toMatch(/^overlap/);
    expect(lines(some!).slice(1)).toEqual(lines(none!).slice(1));
    expect(lines(rest)).toEqual([
      'other operators of fused that are no layers (1 activation, 1 pool, 1 softmax; they move 128 words): not counted, as they are not fused into the layers shown, which are 1 of 2',
    ]);

    // Killed by: figures of a part that stand under the name of the network, or that do not name the rest.
    expect(describeTotals(some!.report)).toMatch(/^1 of 2 layers of fused on .*\n {2}not counted {2}b\n/);
    const input = { ...{ title: '', folder: '', commandLine: '', version: '' }, configuration: {} };
    const events: RunEvent[] = [];
    const { report: alone } = await mapped({ ...request, accelerator: tinyVector(1) }, (event) => events.push(event));
    expect(describeTotals(alone)).toBe(describeTotals(some!.report));
    const summary = String(summarySection(reportModel({ ...input, events })));
    for (const text of ['energy of 1 of 2 layers of fused<', 'all 1 mapped layers', 'not counted: b.'])
      expect(summary).toContain(text);

    // Files of mappings say the same, whichever layers they hold, and a pattern for all layers is the network.
    for (const layer of ['a', '*']) {
      const { report } = await mapped({ ...request, layer, accelerator: tinyVector(1) });
      const mapping = freshPath('mapping.yaml');
      writeFileSync(mapping, mappingText(report, 'test', 1));
      const again = evaluateMappings({
        ...{ workload: FUSED, accelerator: tinyVector(1), mapping, temporalReuse: 'exact' },
      });
      expect(again.report.totals).toEqual(report.totals);
      expect(again.report.vector).toEqual(report.vector);
      expect(describeTotals(again.report)).toBe(describeTotals(report));
    }
    const { report } = await mapped({ ...SMALL_REQUEST, workload: FUSED, accelerator: tinyVector(1) });
    expect((await mapped({ ...request, layer: '*', accelerator: tinyVector(1) })).report.totals).toEqual(report.totals);
    expect(report.vector.operators).toHaveLength(3);
  });

  // Killed by: a question that energy alone decides.
  it('are of more than a layer where what is fused takes time, even for no energy', () => {
    const whole = loadWorkload(FUSED).network;
    const accelerator = loadAccelerator(tinyVector(1));
    const free = { ...accelerator, vectorUnit: { ...accelerator.vectorUnit!, simplePj: 0, specialPj: 0 } };
    const { vectorUnit: _, ...without } = accelerator;
    const isAlone = (name: string, on: typeof without) => isOneLayer(selectNetwork(whole, name), on);
    expect(isAlone('a', free)).toBe(false);
    expect(isAlone('b', free)).toBe(true);
    expect(isAlone('a', without)).toBe(true);
    expect(isOneLayer(whole, without)).toBe(false);
  });

  // Killed by: a layer without a mapping that takes all operators with it, or leaves all of them.
  it('are those of the layers that have a mapping, where some have none', async () => {
    const request = { ...SMALL_REQUEST, workload: FUSED, accelerator: tinyVector(1) };
    const { report, leftOut } = await mapped({ ...request, dataflow: ONLY_FOUR_ROWS });
    expect(leftOut.map(({ layer }) => layer.name)).toEqual(['b']);
    const alone = await mapped({ ...request, dataflow: ONLY_FOUR_ROWS, layer: 'a' });
    expect(report.totals).toEqual(alone.report.totals);
    expect(notModelled(report.accelerator, [report.network])).toEqual(
      notModelled(alone.report.accelerator, [alone.report.network]),
    );
  });
});

describe('the explanation of a network', () => {
  // Killed by: shares or floors without the vector operators.
  it('names the vector unit among what binds, so that shares are the whole time, and counts it in the floors', async () => {
    const request: MapRequest = { ...SMALL_REQUEST, workload: POOLED, explain: true, mapper: 'random', evaluations: 9 };
    for (const rate of [null, 1]) {
      const result = await mapped({ ...request, accelerator: tinyVector(rate) });
      const text = describeNetworkExplanation(result, result.explanations!);
      const shares = /time is bound by (.*)/.exec(text)![1]!;
      const sum = [...shares.matchAll(/(\d+) %/g)].reduce((all, [, share]) => all + Number(share), 0);
      expect(Math.abs(sum - 100)).toBeLessThanOrEqual(1);
      expect(/the vector unit \d+ % \(2 operators\)/.test(shares)).toBe(rate !== null);
      const floor = Number(/the floor of ([\d,]+) /.exec(text)![1]!.replace(/,/g, ''));
      const ofLayers = result.explanations!.layers.reduce((all, { floors }) => all + floors!.cycles, 0);
      expect(floor).toBe(ofLayers + result.report.vector.totals.cycles);
    }
  });
});
