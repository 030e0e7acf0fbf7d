import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { energyByLevel } from '../../../src/app/explain/evaluate.ts';
import { vectorReport } from '../../../src/app/explain/vector-report.ts';
import { loadSpecification, loadTechnology, loadWorkload } from '../../../src/app/presets/load.ts';
import { besideCost } from '../../../src/cost/link-cost.ts';
import { parseAccelerator } from '../../../src/formats/accelerator-file.ts';
import { reportModel } from '../../../src/report/report-model.ts';
import { csvFiles } from '../../../src/report/run-csv.ts';
import { acceleratorSection } from '../../../src/report/sections/accelerator-section.ts';
import { layersSection } from '../../../src/report/sections/layer-sections.ts';
import { limitsSection } from '../../../src/report/sections/run-section.ts';
import { CandidateWalk } from '../../../src/search/accelerator/candidate-walk.ts';
import { evaluateCandidate } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { LayerMemo } from '../../../src/search/accelerator/layer-memo.ts';
import { candidateBounds, prepareNetwork } from '../../../src/search/accelerator/network-score.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { layerTotals, provenLayers } from '../../../src/search/run-figures.ts';
import { EMPTY_RUN, type RunState, reduceRun } from '../../../src/search/run-state.ts';
import type { EnergyAndCycles } from '../../../src/util/network-totals.ts';
import { syntheticMapper } from '../../search/accelerator/stand-in-mappers.ts';
import { designRuns, freshFolder, listener, mapped, mapRuns, results } from '../run-folders.ts';
import { eyerissWith, SMALL_DESIGN, SMALL_REQUEST } from '../small-files.ts';
import { ONE_LAYER, POOLED, tinyVector } from './vector-files.ts';

const EYERISS_VECTOR = eyerissWith([
  'levels:',
  'vectorUnit: { level: GlobalBuffer, simplePerCycle: 0.125, specialPerCycle: 0.5, energy: { simple: 3 pJ, special: 9 pJ } }\nlevels:',
]);

describe('a run on an accelerator with a vector unit', () => {
  it('adds up in its folder, its state and its tables', async () => {
    const events: RunEvent[] = [];
    const request = { ...SMALL_REQUEST, workload: POOLED, accelerator: tinyVector(1) };
    const { directory, finished } = await mapRuns.start(
      request,
      freshFolder(),
      {},
      listener((one) => events.push(one)),
    );
    const { totals, vector } = finished!.report;
    const file = join(directory, 'accelerator.yaml');
    expect(parseAccelerator(readFileSync(file, 'utf8'), file).vectorUnit).toEqual(
      loadSpecification(tinyVector(1)).vectorUnit,
    );
    const summary = JSON.parse(readFileSync(join(directory, 'summary.json'), 'utf8'));
    const layersPj = summary.layers.reduce(
      (sum: number, one: { energyPj: number; repeat: number }) => sum + one.repeat * one.energyPj,
      0,
    );
    expect(layersPj + summary.vectorOperators.energyPj).toBeCloseTo(summary.totals.energyPj, 6);
    expect(summary.vectorOperators.energyPj).toBe(vector.totals.energyPj);
    const levels = Object.values<number>(summary.energyByLevelPj).reduce((sum, one) => sum + one, 0);
    expect(levels).toBeCloseTo(totals.energyPj, 6);

    const state = events.reduce<RunState>(reduceRun, EMPTY_RUN);
    const rows = state.layers.map(({ layer }) => layer);
    expect(state.layersTrial).toBeNull();
    expect(rows.map(({ isVector }) => isVector)).toEqual([undefined, undefined, true]);
    // Killed by: what is read taken for what is written; energies of repeats that count once by level.
    expect(rows[2]!.energyByTensorPj).toEqual({
      Weights: 0,
      Inputs: (64 + 24) * (10 + 3 + 2),
      Outputs: (16 + 24) * (12 + 4),
    });
    const { report } = finished!;
    const demands = vector.operators.map(({ demand }) => ({ ...demand, repeat: 3 }));
    const repeated = { ...report, vector: vectorReport(demands, report.accelerator) };
    const byLevel = energyByLevel(repeated).reduce((sum, { energyPj }) => sum + energyPj, 0);
    expect(byLevel).toBeCloseTo(totals.energyPj + 2 * vector.totals.energyPj, 6);
    expect(provenLayers(rows)).toEqual({ proven: 2, count: 2 });
    expect(layerTotals(rows).energyPj).toBeCloseTo(totals.energyPj, 6);
    expect(layerTotals(rows).cycles).toBe(totals.cycles);
    expect(rows[2]!.loopNest.split('\n')).toEqual([
      'pool (pool): 64 words of 16 bits in, 16 of 16 bits out, 80 cycles',
      'softmax (softmax): 24 words of 16 bits in, 24 of 16 bits out, 148 cycles',
    ]);

    const model = reportModel({
      title: 'pooled',
      folder: directory,
      events,
      configuration: { command: 'map' },
      commandLine: 'trifold map',
      version: '0.1.0',
    });
    const row = csvFiles(model)
      ['layers.csv']!.split('\r\n')
      .find((line) => line.includes('vector operators'));
    expect(row).toMatch(/^pooled,vector operators,1,0,228,[\d.]+,0,0,[\d.]*,,vector unit,,,,/);
    // Killed by: a report that leaves out the unit, or what is not priced.
    expect(String(acceleratorSection(model))).toMatch(/Vector unit<.*Buffer: .*1<.* simple .*0.5 pJ.* special .*2 pJ/s);
    expect(String(limitsSection(model))).toContain('overlap of the vector operators of pooled');
    const none: RunEvent[] = [];
    const without = { ...request, accelerator: tinyVector(null) };
    await mapRuns.start(
      without,
      freshFolder(),
      {},
      listener((one) => none.push(one)),
    );
    const plain = reportModel({ ...model.input, events: none });
    expect(String(acceleratorSection(plain))).not.toContain('Vector unit');
    expect(String(limitsSection(plain))).toMatch(/no layers \(1 pool, 1 softmax; they move 128 words\): not priced/);
    const html = String(layersSection(model));
    expect(html).not.toMatch(/Infinity|NaN|∞/);
    expect(html.match(/proven<\/span>/g)).toHaveLength(2);
  });

  it('designs accelerators that keep it, and ends with what map gives for them', async () => {
    const request = { ...SMALL_DESIGN, workloads: [POOLED], baseline: EYERISS_VECTOR, populationSize: 3 };
    const events: RunEvent[] = [];
    const hearing = listener((one) => events.push(one));
    const { directory, finished } = await designRuns.start(request, freshFolder(), {}, hearing);
    const accelerator = join(directory, 'accelerator.yaml');
    expect(loadSpecification(accelerator).vectorUnit).toEqual(loadSpecification(EYERISS_VECTOR).vectorUnit);
    const { report } = await mapped({ ...SMALL_REQUEST, workload: POOLED, accelerator });
    expect(report.vector.totals.cycles).toBeGreaterThan(0);
    expect(finished!.mapped[0]!.report.totals).toEqual(report.totals);
    const summary = JSON.parse(results(directory)['summary.json']!);
    expect(JSON.stringify(summary)).toContain(String(report.totals.edpPjCycles));
    // Killed by: a report of the run without the limits of its figures.
    expect(summary.notModelled).toContainEqual(expect.stringContaining('overlap of the vector operators of pooled'));
    expect(events.at(-1)).toMatchObject({ kind: 'finished', notModelled: summary.notModelled });
  });

  // Killed by: cutoffs of layers without the vector operators of their own network, or of the others.
  it('leaves layers what vector operators leave of the cutoff', () => {
    const accelerator = buildAccelerator(loadSpecification(EYERISS_VECTOR), loadTechnology('cacti-65nm'));
    const networks = [ONE_LAYER, ONE_LAYER].map((file) => prepareNetwork(loadWorkload(file).network));
    const [{ energyPj, cycles }] = networks.map(({ beside }) => besideCost(beside, accelerator)) as [EnergyAndCycles];
    const cutoff = 1e12;
    const context = { factors: 'perfect', memo: new LayerMemo(1) } as const;
    const alone = new CandidateWalk(
      { trial: 1, accelerator, baselineEdps: [1], cutoff },
      { ...context, networks: networks.slice(1) },
    );
    const own = Math.sqrt(cutoff) - Math.sqrt(energyPj * cycles);
    expect(alone.next()!.cutoff! / own ** 2).toBeCloseTo(1, 7);

    const both = new CandidateWalk({ trial: 1, accelerator, baselineEdps: [1, 1], cutoff }, { ...context, networks });
    const [[bound]] = candidateBounds(networks, accelerator, 'perfect') as [[EnergyAndCycles]];
    const other = (energyPj + bound.energyPj) * (cycles + bound.cycles);
    const left = Math.sqrt(cutoff ** 2 / other) - Math.sqrt(energyPj * cycles);
    expect(both.next()!.cutoff! / left ** 2).toBeCloseTo(1, 7);
  });

  // Killed by: bounds of designs without the vector operators.
  it('bounds designs by what their vector operators take', async () => {
    const slow = eyerissWith([
      'levels:',
      'countLeakage: false\nvectorUnit: { level: GlobalBuffer, simplePerCycle: 0.0001, specialPerCycle: 1, energy: { simple: 1 uJ, special: 0 pJ } }\nlevels:',
    ]);
    const events: RunEvent[] = [];
    const request = { ...SMALL_DESIGN, workloads: [POOLED], baseline: slow, populationSize: 2 };
    await designRuns.start(
      request,
      freshFolder(),
      {},
      listener((one) => events.push(one)),
    );
    const trials = events.flatMap((one) => (one.kind === 'generation' ? one.trials : []));
    expect(trials.length).toBeGreaterThan(0);
    for (const { bound } of trials) expect(bound).toBeGreaterThan(0.9);
  });

  it('scores candidates by the sums of layers and vector operators, also with a cutoff', () => {
    const accelerator = buildAccelerator(loadSpecification(EYERISS_VECTOR), loadTechnology('cacti-65nm'));
    const { vectorUnit: _, ...without } = accelerator;
    const networks = [prepareNetwork(loadWorkload(POOLED).network)];
    const score = (on: typeof accelerator, cutoff: number | null) =>
      evaluateCandidate(
        { trial: 1, accelerator: on, baselineEdps: [1], cutoff },
        { networks, factors: 'perfect', memo: new LayerMemo(1), mapper: syntheticMapper() },
      );
    const [some, none] = [score(accelerator, null), score(without, null)];
    if (some.outcome !== 'scored' || none.outcome !== 'scored') throw new Error('not scored');
    // Pooling: 48 simple operations at 1/8 per cycle; softmax: 120, and 28 special ones at 1/2.
    expect(some.networks[0]!.cycles).toBe(none.networks[0]!.cycles + 48 * 8 + 120 * 8 + 28 * 2);
    expect(some.networks[0]!.energyPj).toBeGreaterThan(none.networks[0]!.energyPj + 168 * 3 + 28 * 9);
    expect(some.score / some.networks[0]!.edpPjCycles).toBeCloseTo(1, 12);
    expect(score(accelerator, some.score)).toMatchObject({ outcome: 'scored', score: some.score });
    expect(score(accelerator, some.score * 0.999).outcome).toBe('stopped');
  });
});
