import { describe, expect, it } from 'vitest';
import type { FinishedCosearch } from '../../../src/app/cosearch/json.ts';
import { describeCosearchResult } from '../../../src/cli/text/cosearch-text.ts';
import type { FinishedEvent } from '../../../src/search/run-events.ts';
import { mapped } from '../../app/run-folders.ts';
import { MATRIX_NETWORK, SMALL_REQUEST } from '../../app/small-files.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

async function finishedOf(change: object = {}): Promise<FinishedCosearch> {
  const { mapped: network } = await mapped({ ...SMALL_REQUEST, workload: MATRIX_NETWORK });
  const { design } = syntheticRun({ command: 'cosearch', generations: 1 }).find(
    (event): event is FinishedEvent => event.kind === 'finished',
  )!;
  const figures = (name: string, edpPjCycles: number) => ({ network: name, energyPj: 1, cycles: 1, edpPjCycles });
  const baseline = { accelerator: 'eyeriss', dataflow: null, areaMm2: 3 };
  const counters = {
    ...design!.counters,
    scored: 12,
    stopped: 3,
    unmappable: 1,
    layersMapped: 50,
    layersRemembered: 30,
    layersSkipped: 20,
    rejections: { area: 7 },
  };
  const finished = {
    reason: 'generations',
    best: design!.best,
    final: {
      report: network.report,
      proofs: network.proofs.map((proof, i) => ({ ...proof, optimal: i === 0 })),
      networkWise: null,
      schedule: null,
      isStopped: false,
      factors: 'perfect',
      layerWiseEdpPjCycles: 3e15,
    },
    baselines: [
      { ...baseline, which: 'published', dataflow: 'row-stationary', networks: [figures('resnet', 8e15)] },
      { ...baseline, which: 'optimal', networks: [figures('resnet', 6e15)] },
    ],
    finalReference: figures('resnet', 5e15),
    mappedReference: { isStopped: false },
    mappedPublished: null,
    summary: { ...design!, counters },
    front: design!.accuracyFront,
    networkOnly: {
      ...design!.best,
      score: 0.8,
      networks: [figures('resnet', 4e15)],
      specification: { ...design!.best.specification, name: 'eyeriss' },
    },
    gains: { published: 4, optimal: 2.5 },
    gainedPoints: -0.5,
    hypervolume: 1.25,
    corner: { top1Percent: 75, edpPjCycles: 9e15 },
    accuracyFailures: 2,
    ...change,
  };
  // The text reads only these of a finished co-search.
  return finished as unknown as FinishedCosearch;
}

describe('the end of a co-search as text', () => {
  it('has its gains, its accuracy and how the search went', async () => {
    const finished = await finishedOf();
    const text = describeCosearchResult(finished, 'runs/x');
    expect(text).toMatch(/^resnet on eyeriss, row-stationary +8\.0000e\+15 +4\.000x$/m);
    expect(text).toMatch(/^resnet on eyeriss, optimal mapping +6\.0000e\+15$/m);
    expect(text).toMatch(/^resnet on eyeriss, final mapping +5\.0000e\+15 +2\.500x$/m);
    expect(text).toMatch(/^this network on this accelerator, optimal mapping +3\.0000e\+15$/m);
    const row = text.split('\n').find((line) => line.startsWith('this network on this accelerator, final mapping '))!;
    expect(row).toContain(finished.final.report.totals.edpPjCycles.toExponential(4));
    const { accuracy } = finished.best.network!;
    expect(text).toContain(`top-1 accuracy ${accuracy.reportedTop1Percent.toFixed(2)} % +- 0.30 points`);
    expect(text).toContain(`(searched on ${accuracy.top1Percent.toFixed(2)} %)`);
    for (const part of [
      'accuracy against the reference network: -0.50 points',
      // 6e15 / 4e15, whatever the score, which no EDP is in a search for a front.
      `networks alone, on eyeriss: 1.500x better EDP than the baseline network's optimum at ${accuracy.reportedTop1Percent.toFixed(2)} %`,
      'hypervolume 1.250 points x factors e above 75.00 % and below 9.000e+15 pJ*cycles',
      '12 scored, 3 stopped early, 1 without a network that can be mapped; rejected and resampled: 7 area',
      'layers: 50 mapped, 30 remembered (30.0 %), 20 ruled out by bounds (20.0 %)',
      `layers of the result proven optimal: 1 of ${finished.final.proofs.length}`,
      'the accuracy evaluator failed on 2 networks; they were left out',
    ])
      expect(text).toContain(part);
  });

  it('prints its front, the most accurate network first, and says which one the figures are of', async () => {
    const finished = await finishedOf();
    const { front } = finished;
    expect(front.map(({ trial }) => trial)).toContain(finished.best.trial);
    const text = describeCosearchResult(finished, 'runs/x');
    const start = text.indexOf('front of accuracy against EDP: ');
    const [title = '', , , ...lines] = text.slice(start).split('\n');
    expect(title).toContain(`${front.length} networks; ${front.length > 10 ? '10' : 'all'} shown`);
    const rows = lines.slice(0, Math.min(10, front.length)).map((line) => line.trim().split(/ {2,}/));
    const accuracies = rows.map((row) => Number.parseFloat(row.find((cell) => cell.includes('\u00b1'))!));
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    for (const row of rows) {
      const point = front.find(({ trial }) => trial === Number(row[0]))!;
      expect(row).toContain(point.edpPjCycles.toExponential(4).replace('e+', 'e'));
      expect(row).toContain(Math.round(point.cycles).toLocaleString('en-US'));
      expect(row.includes('*')).toBe(point.trial === finished.best.trial);
    }
    expect(text).toContain('* the network above');
    const none = describeCosearchResult(await finishedOf({ front: finished.front.slice(0, 1) }), 'runs/x');
    expect(none).toContain('front of accuracy against EDP: 1 network; all shown');
  });

  it('marks one network of several that a trial has on the front, and shows it', async () => {
    const finished = await finishedOf();
    const { trial, network } = finished.best;
    const point = finished.front[0]!;
    const front = Array.from({ length: 23 }, (_, i) => ({
      ...point,
      trial,
      edpPjCycles: 1e15 + i * 1e13,
      network: {
        ...network!,
        key: i === 1 ? network!.key : `other ${i}`,
        accuracy: { ...network!.accuracy, top1Percent: 77 + i / 10 },
      },
    }));
    const text = describeCosearchResult(await finishedOf({ front }), 'runs/x');
    const starred = text.split('\n').filter((line) => / \* /.test(line));
    expect(starred).toEqual([expect.stringContaining('1.0100e15')]);
    const without = describeCosearchResult(await finishedOf({ front: front.filter((_, i) => i !== 1) }), 'runs/x');
    expect(without).not.toContain('* the network above');
  });

  it('quotes the paths of the command that checks it', async () => {
    expect(describeCosearchResult(await finishedOf(), 'my runs/x')).toContain(
      "--accelerator 'my runs/x/accelerator.yaml' --workload 'my runs/x/network.yaml' --mapping 'my runs/x/mapping.yaml'",
    );
  });

  it('keeps what evaluators and folders say within its lines', async () => {
    const plain = await finishedOf();
    const network = { ...plain.best.network! };
    const lines = (source: string, note: string, directory: string) => {
      const accuracy = { ...network.accuracy, source, notes: [note] };
      const best = { ...plain.best, network: { ...network, accuracy } };
      return describeCosearchResult({ ...plain, best }, directory).split('\n');
    };
    const hostile = lines('s\nEDP 1', 'n\r\nEDP 1', 'd\nEDP 1');
    expect(hostile).toHaveLength(lines('s', 'n', 'd').length);
    expect(hostile).toContain('  source: s\\nEDP 1');
    expect(hostile).toContain('  note: n\\r\\nEDP 1');
    expect(hostile.filter((line) => line.startsWith('EDP 1'))).toEqual([]);
  });

  it('leaves out what it does not have', async () => {
    const text = describeCosearchResult(
      await finishedOf({ gainedPoints: null, networkOnly: null, accuracyFailures: 0 }),
      'runs/x',
    );
    expect(text).not.toMatch(/against the reference network|networks alone|evaluator failed/);
    const gained = describeCosearchResult(await finishedOf({ gainedPoints: 0.25 }), 'runs/x');
    expect(gained).toContain('accuracy against the reference network: +0.25 points');
  });
});
