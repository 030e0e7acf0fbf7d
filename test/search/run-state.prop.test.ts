import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GenerationEvent } from '../../src/search/ports.ts';
import type { RunEvent } from '../../src/search/run-events.ts';
import { EMPTY_RUN, type RunState, reduceRun, settleGenerations } from '../../src/search/run-state.ts';
import { syntheticRun } from './synthetic-run.ts';

const runOf = (events: readonly RunEvent[], run: RunState = EMPTY_RUN) => events.reduce<RunState>(reduceRun, run);
const generationsOf = (events: readonly RunEvent[]) => events.filter((event) => event.kind === 'generation');

const runs = fc
  .record({
    seed: fc.nat(100),
    command: fc.constantFrom('design' as const, 'map' as const, 'cosearch' as const),
    generations: fc.integer({ min: 1, max: 8 }),
    isFinished: fc.boolean(),
  })
  .map((options) => syntheticRun({ ...options, populationSize: 5, layersPerNetwork: 3, correlated: 5 }));

/** Another generation of the same number: its trials scored worse, its best design is another one. */
function changed(event: GenerationEvent): GenerationEvent {
  const best = event.best === null ? null : { ...event.best, trial: event.best.trial + 1000 };
  const trials = event.trials.map((trial) => ({ ...trial, areaMm2: trial.areaMm2 + 1 }));
  return { ...event, best, trials };
}

describe('state of a run', () => {
  it('is the same when a resumed run emits again what came after its checkpoint', () => {
    fc.assert(
      fc.property(runs, fc.nat(), fc.nat(), (events, a, b) => {
        // Notes are facts of their own, however often they come.
        const plain = events.filter(({ kind }) => kind !== 'note');
        const [checkpoint, end] = [a % plain.length, b % plain.length].sort((x, y) => x - y) as [number, number];
        const resumed = runOf([...plain.slice(0, end + 1), ...plain.slice(checkpoint)]);
        expect(resumed).toEqual(runOf(plain));
      }),
      { numRuns: 100 },
    );
  });

  it('has each generation once, as emitted last, whatever was emitted before', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (events, place) => {
        const generations = generationsOf(events);
        if (generations.length === 0) return;
        const again = changed(generations[place % generations.length]!);
        const open = events.filter(({ kind }) => kind !== 'finished');
        const run = runOf([...open, again]);
        expect(run.generations).toEqual(
          generations.map((event) => (event.generation === again.generation ? again : event)),
        );
        expect(run.best).toEqual(run.generations.at(-1)!.best);
        expect(run.counters).toEqual(run.generations.at(-1)!.counters);
      }),
    );
  });

  it('is that of the end once the run has finished, also when a generation comes after it', () => {
    const searched = syntheticRun({ generations: 3, command: 'cosearch' });
    const { design: stated, ...end } = searched.find((event) => event.kind === 'finished')!;
    const { networks } = end;
    // What comes after the search counts too.
    const counters = { ...stated!.counters, scored: stated!.counters.scored + 5 };
    const accuracyFront = stated!.accuracyFront!.slice(0, 1);
    const design = { ...stated!, counters, accuracyFront };
    const events = [...searched.slice(0, -1), { ...end, design }];
    for (const event of [[], generationsOf(events).slice(-1).map(changed)]) {
      const run = runOf([...events, ...event]);
      expect(run.status).toBe('finished');
      expect(run.best).toEqual(design.best);
      expect(run.counters).toEqual(design.counters);
      expect(run.accuracyFront).toEqual(design.accuracyFront);
      expect(run.layers.map(({ layer }) => layer)).toEqual(design.layers);
      expect(run.layersTrial).toBe(design.best.trial);
      expect(run.finished!.networks).toEqual(networks);
    }
  });

  it('goes on after a resume as if the end had not been emitted', () => {
    const events = syntheticRun({ generations: 3 });
    const open = events.filter(({ kind }) => kind !== 'finished');
    expect(runOf([...events, ...open])).toMatchObject({ status: 'running', finished: null });
    expect(runOf([...open, events[0]!]).generations).toEqual(generationsOf(events));
  });

  it('keeps the best design before the best one', () => {
    const events = syntheticRun({ generations: 12, isFinished: false });
    const bests = generationsOf(events).flatMap(({ best }) => best ?? []);
    const distinct = bests.filter((best, i) => best.trial !== bests[i - 1]?.trial);
    const run = runOf(events);
    expect(run.best).toEqual(distinct.at(-1));
    expect(distinct.length).toBeGreaterThan(2);
    expect(run.previousBest).toEqual(distinct.at(-2));
    const polished = { ...run.best!, trial: -7 };
    const finished = syntheticRun({ generations: 12 }).find((event) => event.kind === 'finished')!;
    const end = { ...finished, design: { ...finished.design!, best: polished } };
    expect(runOf([end], run).previousBest).toEqual(run.best);
    expect(runOf([finished], run).previousBest).toEqual(run.previousBest);
  });

  it('has the baselines of the search and those of the end', () => {
    const events = syntheticRun({ generations: 1, isFinished: false });
    const [published, optimal] = events.filter((event) => event.kind === 'baseline');
    const finals = [published!, optimal!].map((event) => ({ ...event, areaMm2: 99, isFinal: true }));
    const run = runOf([...events, ...finals]);
    expect([run.published, run.optimal]).toEqual(finals);
    expect(run.searched).toEqual({ published, optimal });
    const again = { ...optimal!, areaMm2: 3 };
    expect(runOf([again], run)).toMatchObject({ optimal: again, searched: { published, optimal: again } });
  });

  it('has the layers of a mapping run by index, whatever the order they come in, each as emitted last', () => {
    const events = syntheticRun({ command: 'map', layersPerNetwork: 7, isFinished: false });
    const layers = events.filter((event) => event.kind === 'layer');
    fc.assert(
      fc.property(fc.shuffledSubarray(layers, { minLength: layers.length }), fc.nat(6), (shuffled, index) => {
        const again = { ...layers[index]!, layer: { ...layers[index]!.layer, cycles: 1 } };
        const run = runOf([events[0]!, ...shuffled, again]);
        expect(run.layers.map((row) => row.index)).toEqual(layers.map((_, i) => i));
        expect(run.layers[index]!.layer.cycles).toBe(1);
        expect(run).toMatchObject({ layerCount: 7, layersTrial: null, status: 'running' });
      }),
      { numRuns: 20 },
    );
  });

  it('waits while it is paused, and has its notes and the last one on its course', () => {
    const events = syntheticRun({ generations: 2, isFinished: false });
    const note = (level: 'info' | 'warning', text: string): RunEvent => ({ kind: 'note', level, text });
    const run = runOf([...events, note('info', 'first'), note('warning', 'careful'), { kind: 'paused', paused: true }]);
    expect(run.notes.map(({ text }) => text)).toEqual(['worker 2 was restarted', 'first', 'careful']);
    expect(run).toMatchObject({ doing: 'first', paused: true });
    const paused: RunEvent = { kind: 'paused', paused: true };
    expect(runOf([paused], run)).toBe(run);
    for (const event of [events[0]!, generationsOf(events).at(-1)!, syntheticRun({ generations: 2 }).at(-1)!])
      expect(runOf([event], run)).toMatchObject({ doing: null, paused: false });
  });

  it('has one correlation per title, as emitted last, in their first order', () => {
    const first = syntheticRun({ command: 'cosearch', generations: 1 }).find((event) => event.kind === 'correlation')!;
    const second = { ...first, title: 'another' };
    const again = { ...first, kendallTau: 0.5 };
    expect(runOf([first, second, again]).correlations).toEqual([again, second]);
  });

  it('never changes one that it was given, and takes no notice of events that it does not know', () => {
    let run: RunState = EMPTY_RUN;
    for (const event of syntheticRun({ command: 'cosearch', generations: 3, layersPerNetwork: 2 })) {
      const before = JSON.stringify(run);
      const next = reduceRun(run, event);
      expect(JSON.stringify(run)).toBe(before);
      run = next;
    }
    // A journal of a newer version.
    expect(reduceRun(run, { kind: 'weather' } as unknown as RunEvent)).toBe(run);
  });
});

describe('settled generations', () => {
  const events = syntheticRun({ generations: 6, isFinished: false });

  it('are dropped, but for the last ones, and change nothing when they come again', () => {
    const all = runOf(events);
    const { run, dropped } = settleGenerations(all, 2);
    expect([...dropped, ...run.generations]).toEqual(all.generations);
    expect(run.generations.map(({ generation }) => generation)).toEqual([4, 5]);
    expect(run.settled).toBe(3);
    for (const event of dropped) expect(reduceRun(run, changed(event))).toBe(run);
    const again = changed(run.generations[0]!);
    expect(reduceRun(run, again).generations).toEqual([again, run.generations[1]]);
  });

  it('are none while there are few', () => {
    const run = runOf(events);
    expect(settleGenerations(run, 6)).toEqual({ run, dropped: [] });
  });
});
