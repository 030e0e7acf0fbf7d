import { describe, expect, it } from 'vitest';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { describeCosearchResult } from '../../../src/cli/text/cosearch-text.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { cosearchRuns, freshFolder, listener } from '../run-folders.ts';
import { MACRO_REQUEST } from './macro-request.ts';

const REQUEST = {
  ...MACRO_REQUEST,
  populationSize: 2,
  evolution: { ...MACRO_REQUEST.evolution, population: 2, iterations: 1 },
};

/** Shared by all runs of this file: what is mapped again would be the same. */
const caches = { layers: openLayerCache(freshFolder()), candidates: openLayerCache(freshFolder()) };
const LIMITS = { workers: 1, caches };

let ended: ReturnType<typeof cosearchRuns.start> | undefined;
/** The run that no limit ends, done once. */
const wholeRun = () => {
  ended ??= cosearchRuns.start(REQUEST, freshFolder(), LIMITS);
  return ended;
};

/** Hears a run whose clock stands still until an event matches, and is late for ever then. */
function lateFrom(isMoment: (event: RunEvent) => boolean) {
  let nowMs = 0;
  const events: RunEvent[] = [];
  const hear = (event: RunEvent) => {
    events.push(event);
    if (isMoment(event)) nowMs = 1e9;
  };
  return { events, to: listener(hear), nowMs: () => nowMs };
}

const isStep = (text: string) => (event: RunEvent) =>
  event.kind === 'progress' && event.step?.text.startsWith(text) === true;
const isNote = (text: string) => (event: RunEvent) => event.kind === 'note' && event.text.startsWith(text);

/** A document without why the search ended. */
function withoutEnd(json: unknown): object {
  return { ...JSON.parse(JSON.stringify(json)), endedBy: null };
}

describe('the time limit of a co-search', () => {
  it('ends it within a generation, with the result of the generations before', async () => {
    const limits = { ...LIMITS, evaluations: REQUEST.populationSize };
    const whole = await cosearchRuns.start(REQUEST, freshFolder(), limits);
    const { events, to, nowMs } = lateFrom(isStep('generation 2'));
    const ended = await cosearchRuns.start(REQUEST, freshFolder(), { ...LIMITS, timeSeconds: 10 }, to, nowMs);
    expect(events.filter(({ kind }) => kind === 'generation')).toHaveLength(1);
    expect(ended.json).toMatchObject({ endedBy: 'time' });
    expect(withoutEnd(ended.json)).toEqual(withoutEnd(whole.json));
  });

  it('that is over before a network was scored is told as such, and the run goes on later as if it had never stopped', async () => {
    const whole = await wholeRun();
    const directory = freshFolder();
    const { to, nowMs } = lateFrom(isStep('networks on'));
    const limits = { ...LIMITS, timeSeconds: 10 };
    await expect(cosearchRuns.start(REQUEST, directory, limits, to, nowMs)).rejects.toMatchObject({
      code: 'time-out',
    });
    expect((await cosearchRuns.resume(directory, LIMITS)).json).toEqual(JSON.parse(JSON.stringify(whole.json)));
  });

  it('leaves the baseline network as the result where that keeps floor and budget', async () => {
    const request = { ...REQUEST, search: 'joint', pareto: true, floorPercent: null } as const;
    const { to, nowMs } = lateFrom(isStep('generation 1'));
    const limits = { ...LIMITS, timeSeconds: 10 };
    const { finished, json } = await cosearchRuns.start(request, freshFolder(), limits, to, nowMs);
    expect(json).toMatchObject({ endedBy: 'time', improvement: { optimal: 1 }, accelerator: { trial: -1 } });
    expect(describeCosearchResult(finished!, 'runs/x')).toContain('the result is the baseline network on the baseline');
  });
});

describe('the time for what follows a co-search', () => {
  it('ends networks and mappings with the best so far, which is no worse than the search found', async () => {
    const whole = await wholeRun();
    const { events, to, nowMs } = lateFrom(isNote('now networks on the best accelerator, 2 s at most'));
    const limits = { ...LIMITS, finalSeconds: 6 };
    const { finished, json } = await cosearchRuns.start(REQUEST, freshFolder(), limits, to, nowMs);
    const found = events.findLast((event) => event.kind === 'generation')!.best!;
    expect(json).toMatchObject({ endedBy: 'generations', mapped: { stoppedByTime: true } });
    expect(finished!.best.network).toEqual(found.network);
    const edp = finished!.final.report.totals.edpPjCycles;
    expect(edp).toBeLessThanOrEqual(found.networks[0]!.edpPjCycles * (1 + 1e-12));
    expect(edp).toBeGreaterThanOrEqual(whole.finished!.final.report.totals.edpPjCycles * (1 - 1e-12));
    expect(finished!.final.bound!.edpPjCycles).toBeLessThanOrEqual(edp * (1 + 1e-12));
    expect(describeCosearchResult(finished!, 'runs/x')).toContain('ended those of this network');
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'note', text: expect.stringMatching(/layers in all, 6 s at most/) }),
    );
  });

  it('has networks on the baseline as its first best design', async () => {
    const events: RunEvent[] = [];
    await cosearchRuns.start(
      { ...REQUEST, generations: 1 },
      null,
      LIMITS,
      listener((event) => events.push(event)),
    );
    const first = events.find((event) => event.kind === 'found');
    expect(first!.best).toMatchObject({ trial: -1, specification: { name: 'shidiannao' } });
    expect(events.indexOf(first!)).toBeLessThan(events.findIndex(({ kind }) => kind === 'generation'));
  });
});
