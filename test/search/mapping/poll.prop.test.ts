import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAccelerator, loadWorkload } from '../../../src/app/presets/load.ts';
import { POLL_NODES } from '../../../src/search/mapping/bounds/incumbent.ts';
import { limitedObjective } from '../../../src/search/mapping/figure-limits.ts';
import { exactSettings, mapLayer } from '../../../src/search/mapping/map-layer.ts';
import { EDP } from '../../../src/search/mapping/objective.ts';

const LAYER = loadWorkload('dqn', 1).network.layers[0]!;
const ACCELERATOR = loadAccelerator('shidiannao');
const MAPPERS = ['exact', 'random'] as const;
const settingsOf = (mapper: (typeof MAPPERS)[number]) => ({
  ...exactSettings({ factors: 'perfect' }),
  mapper,
  evaluations: 300,
});
const BEST = mapLayer(LAYER, ACCELERATOR, EDP, settingsOf('exact'));

describe('the poll of a search', () => {
  it('ends it with a mapping whose bound holds, once it has one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MAPPERS), fc.nat(40), (mapper, after) => {
        let polls = 0;
        const poll = (isFound: boolean) => isFound && ++polls > after;
        const outcome = mapLayer(LAYER, ACCELERATOR, EDP, settingsOf(mapper), { poll });
        if (outcome.kind !== 'mapped' || BEST.kind !== 'mapped') throw new Error('not mapped');
        const least = BEST.proof.value;
        expect(outcome.proof.value).toBeGreaterThanOrEqual(least);
        if (outcome.proof.lowerBound !== null) expect(outcome.proof.lowerBound).toBeLessThanOrEqual(least);
        expect(outcome.evaluation.edpPjCycles).toBeCloseTo(outcome.proof.value, -3);
      }),
      { numRuns: 12 },
    );
  });

  it('is asked while it looks for why a limit cannot be kept, which takes a bounded effort', () => {
    const most = 20_000;
    const impossible = { text: 'cycles < 2', holds: (_: number, cycles: number) => cycles < 2, monotone: true };
    const settings = exactSettings({ factors: 'imperfect' });
    const objective = limitedObjective(EDP, [impossible]);
    let polls = 0;
    const poll = (isFound: boolean) => {
      if (isFound) polls++;
      return false;
    };
    const outcome = mapLayer(LAYER, ACCELERATOR, objective, settings, { poll });
    expect(outcome).toMatchObject({ kind: 'unmappable', reason: expect.stringMatching(/least( found)? energy/) });
    // Of a search for the least energy and one for the least latency.
    expect(polls).toBeGreaterThan(0);
    expect(polls * POLL_NODES).toBeLessThan(2 * (most + 2 * POLL_NODES));
    const end = new DOMException('over', 'AbortError');
    const throwing = (isFound: boolean) => {
      if (isFound) throw end;
      return false;
    };
    expect(() => mapLayer(LAYER, ACCELERATOR, objective, settings, { poll: throwing })).toThrow(end);
  });

  it('that throws ends it without an answer, and one that never says anything changes nothing', () => {
    const end = new DOMException('over', 'AbortError');
    for (const mapper of MAPPERS) {
      const settings = settingsOf(mapper);
      const throwing = () => {
        throw end;
      };
      expect(() => mapLayer(LAYER, ACCELERATOR, EDP, settings, { poll: throwing })).toThrow(end);
      expect(mapLayer(LAYER, ACCELERATOR, EDP, settings, { poll: () => false })).toEqual(
        mapLayer(LAYER, ACCELERATOR, EDP, settings),
      );
    }
  });
});
