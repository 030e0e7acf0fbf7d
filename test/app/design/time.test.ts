import { describe, expect, it } from 'vitest';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { describeDesignResult } from '../../../src/cli/text/design-text.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { designRuns, freshFolder, listener, results } from '../run-folders.ts';
import { MATRIX_NETWORK, ODD_NETWORK, SMALL_DESIGN } from '../small-files.ts';

const REQUEST = { ...SMALL_DESIGN, workloads: [MATRIX_NETWORK], generations: 2, populationSize: 3, prune: false };

/** A clock that stands still until it is late for ever, and what makes it late. */
function jumpingClock() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    jump: () => {
      nowMs = 1e9;
    },
  };
}

/** Mapping caches that remember nothing and call back at the n-th layer of the search's candidates. */
function cachesThat(onLayer: (count: number) => void) {
  let count = 0;
  const get = () => {
    onLayer(++count);
    return undefined;
  };
  return {
    layers: openLayerCache(freshFolder()),
    candidates: { ...openLayerCache(freshFolder()), get, put: () => {} },
  };
}

const generationsOf = (events: readonly RunEvent[]) => events.filter(({ kind }) => kind === 'generation');

/** A document without what a process, not the search, decides. */
function withoutEnd(json: unknown): object {
  return { ...JSON.parse(JSON.stringify(json)), endedBy: null };
}

describe('the time limit of a design run', () => {
  it('ends the search within a generation, with the result of the generations before it', async () => {
    const whole = await designRuns.start(REQUEST, freshFolder(), { workers: 1, evaluations: REQUEST.populationSize });
    const { nowMs, jump } = jumpingClock();
    const events: RunEvent[] = [];
    const hear = (event: RunEvent) => {
      events.push(event);
      if (event.kind === 'progress' && event.step?.text === 'generation 2') jump();
    };
    const ended = await designRuns.start(
      REQUEST,
      freshFolder(),
      { workers: 1, timeSeconds: 10 },
      listener(hear),
      nowMs,
    );
    expect(generationsOf(events)).toHaveLength(1);
    expect(ended.json).toMatchObject({ endedBy: 'time' });
    expect(withoutEnd(ended.json)).toEqual(withoutEnd(whole.json));
  });

  it('leaves a run that is interrupted at any layer of a candidate to end like one that never stopped', async () => {
    const whole = await designRuns.start(REQUEST, freshFolder(), { workers: 1 });
    let layers = 0;
    await designRuns.start(REQUEST, freshFolder(), { workers: 1, caches: cachesThat((count) => (layers = count)) });
    expect(layers).toBeGreaterThan(6);
    for (const at of [1, Math.ceil(layers / 2), layers]) {
      const directory = freshFolder();
      let isInterrupted = false;
      const caches = cachesThat((count) => {
        isInterrupted ||= count === at;
      });
      const stopped = await designRuns.start(
        REQUEST,
        directory,
        { workers: 1, caches },
        listener(undefined, () => isInterrupted),
      );
      expect(stopped.json).toBeNull();
      const resumed = await designRuns.resume(directory, { workers: 1 });
      expect(resumed.json).toEqual(whole.json);
      expect(results(directory)).toEqual(results(whole.directory));
    }
  });

  it('that is over before anything was scored is no answer about the budget, and the run goes on later', async () => {
    const request = { ...REQUEST, baselineCandidate: false };
    const whole = await designRuns.start(request, freshFolder(), { workers: 1 });
    const directory = freshFolder();
    const { nowMs, jump } = jumpingClock();
    const hear = (event: RunEvent) => {
      if (event.kind === 'progress' && event.step?.text === 'generation 1') jump();
    };
    const limits = { workers: 1, timeSeconds: 10 };
    await expect(designRuns.start(request, directory, limits, listener(hear), nowMs)).rejects.toMatchObject({
      code: 'time-out',
    });
    expect((await designRuns.resume(directory, { workers: 1 })).json).toEqual(whole.json);
  });
});

describe('the time for final mappings', () => {
  const request = {
    ...REQUEST,
    workloads: [ODD_NETWORK],
    budget: 'shidiannao',
    generations: 1,
    finalFactors: 'imperfect',
  } as const;

  it('ends them with mappings that are no worse than those of the search, and says how far they may be from the best', async () => {
    const whole = (await designRuns.start(request, freshFolder(), { workers: 1 })).finished!;
    const { nowMs, jump } = jumpingClock();
    const events: RunEvent[] = [];
    const hear = (event: RunEvent) => {
      events.push(event);
      if (event.kind === 'progress' && event.step?.text.startsWith('final mappings') === true) jump();
    };
    const limits = { workers: 1, finalSeconds: 10 };
    const { finished, json } = await designRuns.start(request, freshFolder(), limits, listener(hear), nowMs);
    const [mapped, best] = [finished!.mapped[0]!, whole.mapped[0]!];
    expect([mapped.isStopped, best.isStopped]).toEqual([true, false]);
    const [edp, least] = [mapped.report.totals.edpPjCycles, best.report.totals.edpPjCycles];
    expect(edp).toBeGreaterThan(least);
    expect(edp).toBeLessThanOrEqual(finished!.best.networks[0]!.edpPjCycles * (1 + 1e-12));
    const perfect = best.perfectEdpPjCycles!;
    expect(mapped.bound!.factors).toBe('perfect');
    expect(mapped.bound!.edpPjCycles).toBeLessThanOrEqual(perfect * (1 + 1e-12));
    expect(json).toMatchObject({ networks: [{ stoppedByTime: true, gap: edp / mapped.bound!.edpPjCycles - 1 }] });
    expect(describeDesignResult(finished!, 'runs/x')).toContain(
      'the time for final mappings (--final-time) ended those of this design (odd)',
    );
    expect(describeDesignResult(whole, 'runs/x')).not.toContain('--final-time');
    const told = events.find((event) => event.kind === 'note' && event.text.startsWith('now the final mappings'));
    expect(told).toMatchObject({ text: expect.stringContaining('10 s at most') });
  });
});
