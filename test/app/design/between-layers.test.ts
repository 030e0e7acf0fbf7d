import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { designInputs, readDesignInputs } from '../../../src/app/design/inputs.ts';
import { betweenOf } from '../../../src/app/layers/search-between.ts';
import { describeDesignResult } from '../../../src/cli/text/design-text.ts';
import type { DesignOptions } from '../../../src/options/design.ts';
import type { GenerationEvent } from '../../../src/search/ports.ts';
import type { FinishedEvent, RunEvent } from '../../../src/search/run-events.ts';
import { errorOf } from '../../formats/errors.ts';
import { designRuns, freshFolder, listener, results } from '../run-folders.ts';
import { matrixNetwork, SMALL_DESIGN, writeSmall } from '../small-files.ts';

const PAIR = writeSmall(
  'pair.yaml',
  `name: pair
source: made up for tests
input: [2, 2, 2]
layers:
  - { name: a, kind: conv, out: 4, kernel: 1 }
  - { name: b, kind: conv, out: 2, kernel: 1 }
`,
);
const { finalFactors: _finalFactors, ...SMALL } = SMALL_DESIGN;
const REQUEST: DesignOptions = {
  ...SMALL,
  workloads: [PAIR],
  generations: 2,
  populationSize: 2,
  betweenLayers: 'retain',
};

async function run(request: DesignOptions) {
  const events: RunEvent[] = [];
  const directory = freshFolder();
  const { finished, json } = await designRuns.start(
    request,
    directory,
    { workers: 1 },
    listener((event) => events.push(event)),
  );
  return { finished: finished!, json, directory, events };
}

const retaining = run(REQUEST);
const edpsOf = (finals: readonly { report: { totals: { edpPjCycles: number } } }[]) =>
  finals.map(({ report }) => report.totals.edpPjCycles);

describe('a design run whose activations may stay on chip', () => {
  // Killed by: finals of one side alone with schedules, a score that the finals do not reach, layers in place of steps.
  it('scores designs and baseline by their schedules, and prints what it searched for', async () => {
    const { finished, json, events, directory } = await retaining;
    const { mapped, finalBaseline, summary, baselines } = finished;
    for (const { schedule, report, networkWise } of [...mapped, ...finalBaseline]) {
      expect(schedule!.answer.optimum.optimal).toBe(true);
      expect(networkWise!.optimal).toBe(true);
      expect(report).toBe(schedule!.answer.report);
      expect(report.totals.edpPjCycles).toBeLessThan(schedule!.islands.totals.edpPjCycles);
    }
    const searched = baselines.find(({ which }) => which === 'optimal')!.networks[0]!.edpPjCycles;
    const pairs = [
      [searched, edpsOf(finalBaseline)[0]!],
      [summary.best.networks[0]!.edpPjCycles, edpsOf(mapped)[0]!],
    ] as const;
    for (const [score, proven] of pairs) {
      expect(score).toBeGreaterThan(proven * (1 - 1e-9));
      expect(score * 0.99).toBeLessThan(proven);
    }
    expect(summary.improvement.optimal).toBeCloseTo(edpsOf(finalBaseline)[0]! / edpsOf(mapped)[0]!, 9);
    const last = events.at(-1) as FinishedEvent;
    expect(last.schedules).toEqual([{ network: 'pair', schedule: mapped[0]!.schedule!.answer.summary }]);
    expect(last.notModelled!.some((text) => /activations on chip: in GlobalBuffer alone/.test(text))).toBe(true);
    expect(JSON.parse(JSON.stringify(json)).networks[0].schedule).toMatchObject({ mode: 'retain', optimal: true });
    expect(existsSync(join(directory, 'schedule-pair.yaml'))).toBe(true);
    const text = describeDesignResult(finished, directory);
    expect(text).toMatch(/on chip +retain in GlobalBuffer/);
    expect(text).toMatch(/network, perfect +retain/);
    expect(text).toMatch(/check it: trifold map .* --between-layers retain/);
  });

  // Killed by: finals, or the layers of the best design, whose search of schedules is not asked what it knows.
  it('tells what searches of schedules know while it maps the design and, in the end, both sides', async () => {
    const texts = (await retaining).events.flatMap((event) =>
      event.kind === 'progress' ? [event.step?.text ?? ''] : [],
    );
    const knowing = texts.filter((text) => /: what stays on chip \(.*edp .*gap <= .* steps mapped\)$/.test(text));
    for (const part of ['final mappings of the best design', 'final mappings of the baseline', 'trial'])
      expect([part, knowing.some((text) => text.startsWith(part))]).toEqual([part, true]);
  });

  it('has bounds that no scored design falls below', async () => {
    const trials = (await retaining).events
      .filter((event): event is GenerationEvent => event.kind === 'generation')
      .flatMap((event) => event.trials);
    const scored = trials.filter(({ score }) => score !== undefined);
    expect(scored.length).toBeGreaterThan(0);
    for (const { score, bound } of scored) expect(bound).toBeLessThanOrEqual(score! * (1 + 1e-9));
  });

  it('gives the same files when it is interrupted and resumed with more workers', async () => {
    const whole = await retaining;
    const directory = freshFolder();
    let generations = 0;
    const stopped = await designRuns.start(
      REQUEST,
      directory,
      { workers: 1 },
      listener(
        ({ kind }) => {
          if (kind === 'generation') generations++;
        },
        () => generations >= 1,
      ),
    );
    expect(stopped.json).toBeNull();
    const resumed = await designRuns.resume(directory, { workers: 2 });
    expect(resumed.json).toEqual(whole.json);
    expect(results(directory)).toEqual(results(whole.directory));
  });

  it('fuses layers in the end where that is asked for, after the same search', async () => {
    const [retained, fused] = [await retaining, await run({ ...REQUEST, betweenLayers: 'fuse' })];
    expect(fused.finished.summary.best.trial).toBe(retained.finished.summary.best.trial);
    expect(fused.finished.mapped[0]!.schedule!.answer.optimum.certificate.space.fuses).toBe(true);
    const [own, other] = [edpsOf(fused.finished.finalBaseline)[0]!, edpsOf(retained.finished.finalBaseline)[0]!];
    expect(own).toBeLessThanOrEqual(other * (1 + 1e-9));
    expect(edpsOf(fused.finished.mapped)[0]!).toBeLessThanOrEqual(edpsOf(retained.finished.mapped)[0]! * (1 + 1e-9));
  });
});

describe('the request of such a run', () => {
  it('has perfect final factors, and refuses what its schedules know nothing of', () => {
    expect(designInputs(REQUEST).request.finalFactors).toBe('perfect');
    for (const [more, option] of [
      [{ mapper: 'cmaes' }, '--mapper exact'],
      [{ factors: 'imperfect' }, '--factors perfect'],
      [{ finalFactors: 'imperfect' }, '--final-factors perfect'],
    ] as const) {
      const error = errorOf(() => designInputs({ ...REQUEST, ...more }));
      expect(error.code).toBe('usage');
      expect(error.message).toContain(`--between-layers retain takes ${option}`);
    }
  });

  it('refuses networks that have nothing between layers, with the reason', () => {
    const error = errorOf(() => designInputs({ ...REQUEST, workloads: [matrixNetwork([[4, 4, 4]])] }));
    expect(error.code).toBe('unsupported');
    expect(error.message).toMatch(/nothing can stay on chip .* it is a single layer/);
  });

  it('leaves each layer on its own unless it says otherwise, also in runs of before', () => {
    const { betweenLayers: _mode, pinWeights: _pins, ...before } = SMALL;
    const inputs = designInputs({ ...SMALL });
    const read = readDesignInputs(
      JSON.parse(
        JSON.stringify({
          ...inputs,
          request: { ...inputs.request, ...before, betweenLayers: undefined, pinWeights: undefined },
        }),
      ),
    );
    expect(betweenOf(read!.request)).toEqual({ mode: 'off', reason: null });
  });
});
