import { describe, expect, it } from 'vitest';
import { fromFrontPoint, TRADE_OFFS, toDesignPoint } from '../../../src/tui/state/design-points.ts';
import { MAPPED_DESIGN } from '../../search/synthetic-design.ts';

const common = { trial: 4, generation: 1, design: MAPPED_DESIGN, bound: 0.5, areaMm2: 3 };

describe('points of designs', () => {
  it('have geometric means over the networks', () => {
    const networks = [
      { network: 'a', energyPj: 2, cycles: 8, edpPjCycles: 16 },
      { network: 'b', energyPj: 8, cycles: 2, edpPjCycles: 16 },
    ];
    const point = toDesignPoint({ ...common, outcome: 'scored', score: 1, networks })!;
    expect(point).toMatchObject({ trial: 4, areaMm2: 3, top1Percent: null, design: MAPPED_DESIGN });
    expect(point.energyPj).toBeCloseTo(4, 12);
    expect(point.cycles).toBeCloseTo(4, 12);
    expect(point.edpPjCycles).toBeCloseTo(16, 12);
    expect(toDesignPoint({ ...common, outcome: 'stopped', cutoff: 1 })).toBeNull();
  });

  it('lie in the trade-offs at the figures of their axes', () => {
    const point = fromFrontPoint({ trial: 4, energyPj: 5, cycles: 7, areaMm2: 3, design: MAPPED_DESIGN });
    expect(TRADE_OFFS.map(({ name, x, y }) => [name, x.of(point), y.of(point)])).toEqual([
      ['area against EDP', 3, 35],
      ['latency against energy', 7, 5],
      ['PEs against EDP', 168, 35],
    ]);
  });
});
