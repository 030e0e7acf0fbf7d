import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateMappings, networkJson } from '../../../src/app/explain/evaluate.ts';
import { evaluatedScheduleJson, evaluateSchedule } from '../../../src/app/explain/evaluate-schedule.ts';
import { mapJson } from '../../../src/app/map/json.ts';
import { loadDataflow, loadMapping, loadWorkload } from '../../../src/app/presets/load.ts';
import { describeMapped } from '../../../src/cli/text/map-text.ts';
import { describeEvaluatedSchedule } from '../../../src/cli/text/schedule/evaluated-text.ts';
import type { EvalRequest } from '../../../src/options/models.ts';
import { errorOf } from '../../formats/errors.ts';
import { mapRuns } from '../run-folders.ts';
import { freshPath, SMALL_REQUEST, tinyWith, writeSmall } from '../small-files.ts';

const NETWORK = writeSmall(
  'rows.yaml',
  `name: rows
source: made up for tests
input: [2, 3, 2]
layers:
  - { name: a, kind: conv, out: 4, kernel: 1, activation: silu }
  - { name: b, kind: conv, out: 4, kernel: 1 }
  - { name: sum, kind: add, from: [b, a] }
`,
);
const priced = (capacity: string) =>
  tinyWith(
    ['capacity: 128 B', `capacity: ${capacity}`],
    [
      'countLeakage: false',
      'countLeakage: true\nlink: { bandwidth: 0.4 GB/s }\nvectorUnit: { level: Buffer, simplePerCycle: 2, specialPerCycle: 1, energy: { simple: 1 pJ, special: 5 pJ } }',
    ],
  );
const ACCELERATOR = priced('112 B');
const directory = freshPath('run');
const map = mapRuns
  .start({ ...SMALL_REQUEST, workload: NETWORK, accelerator: ACCELERATOR, betweenLayers: 'fuse', batch: 1 }, directory)
  .then(({ finished }) => finished!);
const saved = map.then(() => readFileSync(join(directory, 'schedule-rows.yaml'), 'utf8'));

/** Scores a schedule given as text. */
function scored(text: string, asked: Partial<EvalRequest> = {}) {
  const request: EvalRequest = {
    ...{ accelerator: ACCELERATOR, workload: NETWORK, temporalReuse: 'exact' },
    mapping: writeSmall('schedule.yaml', text),
    ...asked,
  };
  const loaded = loadMapping(request.mapping);
  if (loaded.kind !== 'schedule') throw new Error(`it is read as ${loaded.kind}`);
  return evaluateSchedule(request, loaded);
}

/** A text with one change, which must be one. */
function changed(text: string, from: string | RegExp, to: string): string {
  const other = text.replace(from, to);
  if (other === text) throw new Error(`there is no ${from}`);
  return other;
}

/** The schedule with tiles of two rows and then one, which take {@link ROOMY}. */
const uneven = saved.then((text) => {
  const [b] = / {6}- operator: b\n(?: {8}.*\n)+/.exec(text)!;
  const first = changed(b, 'temporal: [K 4]', 'temporal: [K 4, P 2]');
  return changed(changed(text, 'p 1', 'p 2'), b, `${first}${changed(b, 'levels', 'iteration: 1\n        levels')}`);
});
const ROOMY = { accelerator: priced('128 B') };

describe('a saved schedule', () => {
  // Killed by: another order or mapping of the steps, vector operators or the link left out, words of each layer on its own made up.
  it('costs to the bit what the map that found it said', async () => {
    const { report, schedule, islands } = await map;
    const evaluated = scored(await saved);
    expect(evaluated.schedule).toEqual(schedule!.optimum.schedule);
    expect(report.vector.totals.energyPj).toBeGreaterThan(0);
    expect(report.link!.cycles).toBeGreaterThan(0);
    expect(report.totals).not.toEqual(islands!.totals);
    const json = evaluatedScheduleJson(evaluated) as { readonly schedule: object };
    const { dramWords, ...summary } = schedule!.summary;
    expect(json).toMatchObject({ batch: 1, ...networkJson(report) });
    expect(json.schedule).toEqual({ ...summary, dramWords: { ...dramWords, layerByLayer: null } });
    const { totals, notModelled } = mapJson(await map) as Record<string, object>;
    expect(json).toMatchObject({ totals, notModelled });
  });

  it('does so where it sums channels in slices, so that all words of the outermost level are compulsory', async () => {
    const pair = writeSmall(
      'pair.yaml',
      `name: pair
source: made up for tests
input: [2, 2, 1]
layers:
  - { name: up, kind: conv, out: 16, kernel: 1, bias: false }
  - { name: down, kind: conv, out: 2, kernel: 1, bias: false, activation: relu }
`,
    );
    const accelerator = tinyWith(['capacity: 128 B', 'capacity: 36 B']);
    const run = freshPath('run');
    const request = { ...SMALL_REQUEST, workload: pair, accelerator, batch: 1 } as const;
    const { finished } = await mapRuns.start({ ...request, betweenLayers: 'fuse', objective: 'energy' }, run);
    const text = readFileSync(join(run, 'schedule-pair.yaml'), 'utf8');
    expect(text).toMatch(/loops: \[reduced \d+\]/);
    const evaluated = scored(text, { accelerator, workload: pair });
    expect(evaluated.schedule).toEqual(finished!.schedule!.optimum.schedule);
    expect(networkJson(evaluated.report)).toEqual(networkJson(finished!.report));
    expect(evaluated.summary.dramWords).toMatchObject({ spent: 72, compulsory: 72 });
    expect(describeEvaluatedSchedule(evaluated)).toMatch(
      /for reduced c in 0\.\.16 by \d+\n.*\n.*partial sums, drained/,
    );
  });

  it('is told in the lines of that map, by operators with the homes of their operands, and by segments as nests', async () => {
    const text = describeEvaluatedSchedule(scored(await saved));
    const lines = describeMapped(await map).split('\n');
    for (const start of [
      '  cycles',
      '  energy',
      '  vector unit',
      '  host link',
      '  EDP',
      '  on chip',
      '  segment',
      '  peak',
    ])
      expect(text).toContain(lines.find((line) => line.startsWith(start)) ?? `a line ${start}`);
    expect(text).toMatch(/^b +layer +3 .* on chip +pinned +tiles /m);
    expect(text).toMatch(/^sum +vector +3 .* 24 +tiles, on chip +DRAM$/m);
    expect(text).toContain('DRAM words   36 = 1.00x the compulsory 36');
    expect(text).not.toContain('Segment a');
    expect(text).toContain(
      'Segment b to sum\n  Buffer [halos cached]\n    for p in 0..3 by 1\n      b: a [in Buffer], weights',
    );
  });

  // Killed by: the mapping of the first kind of steps for all, one name for different rows.
  it('has a row for each kind of step', async () => {
    const { report } = scored(await uneven, ROOMY);
    expect(report.layers.map(({ layer, evaluation }) => [layer.name, layer.repeat, evaluation.macs])).toEqual([
      ['a', 1, 48],
      ['b', 1, 64],
      ['b at iteration 1', 1, 32],
    ]);
  });

  // Killed by: the first reason alone, the sum of the tiles without what else is there.
  it('that overflows the level is infeasible for every reason, with bits and tensors', async () => {
    const text = await uneven;
    const { code, headline, details } = errorOf(() => scored(text));
    expect([code, headline]).toEqual(['infeasible', 'tiny cannot run this schedule of rows:']);
    expect(details.lines).toEqual([
      '  b overflows Buffer by 128 bits: a 384 + b 256 + pinned parameters 384 bits in 896',
      '  sum overflows Buffer by 128 bits: a 384 + b 256 + pinned parameters 384 bits in 896',
    ]);
  });

  // Killed by: a reason for each of two segments that disagree about one tensor.
  it('says once what is wrong between two segments', async () => {
    const text = changed(changed(await saved, 'fused: [b]', 'fused: [a, b]'), 'retained: [a]', 'retained: []');
    const { details } = errorOf(() => scored(text));
    expect(details.lines).toEqual(['  a can only exist as tiles where one segment alone makes and reads it']);
  });

  it('with a mapping that cannot run is infeasible', async () => {
    const text = await saved;
    const { code, details } = errorOf(() => scored(changed(text, 'temporal: [K 4]', 'temporal: [K 2]')));
    expect(code).toBe('infeasible');
    expect(details.lines!.join()).toContain('b at iteration 0: ');
  });
});

describe('a file of a schedule that does not fit', () => {
  it('is refused at its place', async () => {
    const text = await saved;
    const cases: readonly (readonly [
      text: string,
      asked: Partial<EvalRequest>,
      code: string,
      message: string,
      line?: number,
    ])[] = [
      [text, { batch: 2 }, 'value', 'these schedules are for batch 1, not for 2', 5],
      [text, { layer: 'a' }, 'usage', 'takes no --layer'],
      [text, { temporalReuse: 'timeloop' }, 'usage', 'takes --temporal-reuse exact alone'],
      [changed(text, 'fused: [b]', 'fused: [d]'), {}, 'not-found', 'd', 9],
      [changed(text, 'p 1', 'p 4'), {}, 'value', 'p', 30],
      [
        await uneven.then((two) => changed(two, 'iteration: 1', 'iteration: 2')),
        ROOMY,
        'value',
        'iteration 1 have no mapping',
        28,
      ],
    ];
    for (const [given, asked, code, message, line] of cases) {
      const error = errorOf(() => scored(given, asked));
      expect([error.code, error.details.place?.line]).toEqual([code, line]);
      expect(error.message).toContain(message);
    }
  });

  it('is no dataflow, and no list of mappings', async () => {
    const file = writeSmall('given.yaml', await saved);
    expect(() => loadDataflow(file)).toThrow('holds a schedule, not a dataflow');
    const request = { accelerator: ACCELERATOR, workload: NETWORK, mapping: file, temporalReuse: 'exact' } as const;
    expect(() => evaluateMappings(request)).toThrow('is a schedule of a network');
    expect(() => loadWorkload(file)).toThrow('this is a saved schedule');
  });
});
