import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePoint } from '../../../src/optimizers/encoding.ts';
import type { Point, Space } from '../../../src/optimizers/space.ts';
import { type CyclePlace, type CycleSettings, firstPlace, nextPlace } from '../../../src/search/accelerator/cycle.ts';
import { STRATEGIES } from '../../../src/search/accelerator/strategy-names.ts';

const SPACE: Space = [
  { kind: 'continuous', name: 'size', low: 0, high: 1 },
  { kind: 'integer', name: 'dimensions', low: 1, high: 3, step: 1 },
  { kind: 'permutation', name: 'parallel', length: 4, encoding: 'importance' },
];
const CENTRE: Point = [0.25, 2, [3, 1, 0, 2]];

function settingsOf(more: Partial<CycleSettings>): CycleSettings {
  return { strategy: 'naas', seed: 5, populationSize: 6, active: false, explorations: 3, ...more };
}

/** Goes through generations, in some of which the cycle finds something better. */
function* course(settings: CycleSettings, improvements: readonly boolean[]): Generator<CyclePlace> {
  let place = firstPlace(SPACE, CENTRE, settings);
  yield place;
  for (const [i, improves] of improvements.entries()) {
    const { cycle } = place;
    const point: Point = [0.1 + 0.8 * (i / improvements.length), 1, [0, 1, 2, 3]];
    const told = improves ? { ...cycle, best: { point, score: 1 / (i + 1) }, improved: i + 1 } : cycle;
    place = nextPlace({ ...place, cycle: told }, i + 1, SPACE, CENTRE, settings);
    yield place;
  }
}

describe('cycles of random designs and CMA-ES', () => {
  it('explore for the generations stated, then learn until ten generations brought nothing better', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }), {
          maxLength: 80,
          size: 'max',
        }),
        (explorations, improvements) => {
          const places = [...course(settingsOf({ explorations }), improvements)];
          let began = 0;
          places.forEach(({ cycle, optimizer }, generation) => {
            if (cycle.began !== began) {
              const quiet = improvements.slice(generation - 10, generation);
              expect(cycle.began).toBe(generation);
              expect(generation - began).toBeGreaterThanOrEqual(explorations + 10);
              expect(quiet.includes(true)).toBe(false);
              expect(cycle).toMatchObject({ index: places[generation - 1]!.cycle.index + 1, best: null });
              began = generation;
            } else if (generation >= began + explorations + 10)
              expect(improvements.slice(generation - 10, generation)).toContain(true);
            expect(optimizer.kind).toBe(generation - began < explorations ? 'random' : 'cma-search');
          });
        },
      ),
    );
  });

  it('start CMA-ES at the best of the exploration, or at the centre where nothing could be mapped', () => {
    for (const found of [true, false]) {
      const places = [...course(settingsOf({ explorations: 2 }), [found, false])];
      const { optimizer } = places[2]!;
      const start = found ? places[1]!.cycle.best!.point : CENTRE;
      if (optimizer.kind !== 'cma-search' || optimizer.strategy.kind !== 'cmaes') throw new Error('not CMA-ES');
      expect(optimizer.strategy.distribution.mean).toEqual(encodePoint(SPACE, start).coordinates);
    }
  });

  it('sample every cycle from other numbers', () => {
    const places = [...course(settingsOf({ explorations: 1 }), new Array<boolean>(40).fill(false))];
    const begins = places.filter(({ cycle }, generation) => cycle.began === generation);
    expect(begins.length).toBeGreaterThan(2);
    expect(new Set(begins.map(({ optimizer }) => JSON.stringify(optimizer))).size).toBe(begins.length);
  });

  it('leave single runs and other strategies as they are', () => {
    for (const strategy of STRATEGIES) {
      const isCma = strategy !== 'random' && strategy !== 'evolution';
      const settings = settingsOf({ strategy, explorations: isCma ? 0 : 3 });
      const places = [...course(settings, new Array<boolean>(30).fill(false))];
      expect(new Set(places.map(({ optimizer }) => optimizer)).size).toBe(1);
      expect(places.at(-1)!.cycle).toMatchObject({ index: 0, began: 0 });
    }
  });
});
