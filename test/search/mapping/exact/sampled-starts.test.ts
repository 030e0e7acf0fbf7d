import { describe, expect, it, vi } from 'vitest';
import { loadAccelerator, loadWorkload } from '../../../../src/app/presets/load.ts';
import { evaluateMapping } from '../../../../src/cost/evaluate.ts';
import { packedLayout, unpackMapping } from '../../../../src/cost/packed-mapping.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { SampledStarts } from '../../../../src/search/mapping/exact/sampled-starts.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';

const layer = loadWorkload('resnet50').network.layers.find(({ name }) => name === 'conv2_x.3x3')!;
const accelerator = loadAccelerator('eyeriss');
const mapspace = (() => {
  const made = makeMapspace({ layer, accelerator });
  if (!made.feasible) throw new Error(made.reason);
  return made;
})();
const NONE = Number.POSITIVE_INFINITY;
const never = () => false;

/** Polls some times. @returns what was found, by the number of the poll */
function pollMany(starts: SampledStarts, times: number, value: number, bound: number, isEnded = never) {
  return Array.from({ length: times }, () => starts.poll(value, bound, isEnded));
}

describe('mappings sampled beside an exact search', () => {
  it('are legal, with the value that they state, better than what there is, and the same for the same work', () => {
    const [one, other] = [1, 2].map(() => pollMany(new SampledStarts(mapspace, EDP), 64, NONE, 0));
    expect(one!.slice(0, 63).every((found) => found === null)).toBe(true);
    const found = one![63]!;
    expect(other![63]).toEqual(found);
    const mapping = unpackMapping(packedLayout(layer.problem, accelerator), found.packed);
    const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
    expect(evaluation).toMatchObject({ feasible: true, edpPjCycles: found.value, cycles: found.cycles });
    for (const next of pollMany(new SampledStarts(mapspace, EDP), 512, found.value, 0))
      if (next !== null) expect(next.value).toBeLessThan(found.value);
  });

  it('are not asked for where the search has a mapping near its bound, soon after its begin, or when it is over', () => {
    const near = new SampledStarts(mapspace, EDP);
    pollMany(near, 600, 1.2, 1);
    const early = new SampledStarts(mapspace, EDP);
    pollMany(early, 511, 2, 1);
    const over = new SampledStarts(mapspace, EDP);
    pollMany(over, 64, NONE, 0, () => true);
    for (const { evaluations } of [near, early, over]) expect(evaluations).toBe(0);
    pollMany(early, 1, 2, 1);
    expect(early.evaluations).toBeGreaterThan(0);
  });

  it('end after some rounds without anything better', () => {
    const starts = new SampledStarts(mapspace, EDP);
    pollMany(starts, 2_048, 1e-3, 1e-4);
    const { evaluations } = starts;
    expect(evaluations).toBeGreaterThan(0);
    expect(pollMany(starts, 8_192, 1e-3, 1e-4).every((found) => found === null)).toBe(true);
    expect(starts.evaluations).toBe(evaluations);
  });

  it('are the answer of a search that is stopped before it has anything as good, with a bound that holds', () => {
    const optimum = searchExact(mapspace, EDP);
    if (optimum.kind !== 'found') throw new Error(optimum.kind);
    const start = pollMany(new SampledStarts(mapspace, EDP), 64, NONE, 0)[63]!;
    const offered = vi.spyOn(SampledStarts.prototype, 'poll').mockReturnValueOnce(start);
    try {
      const stopped = searchExact(mapspace, EDP, { nodeLimit: 1 });
      if (stopped.kind !== 'found') throw new Error(stopped.kind);
      expect(stopped.evaluation.edpPjCycles).toBe(start.value);
      expect(stopped.certificate).toMatchObject({ incumbent: start.value, optimal: false });
      expect(stopped.certificate.lowerBound).toBeLessThanOrEqual(optimum.certificate.incumbent);
      offered.mockReturnValueOnce(start);
      const whole = searchExact(mapspace, EDP);
      expect(whole.kind === 'found' && whole.certificate).toMatchObject({
        incumbent: optimum.certificate.incumbent,
        optimal: true,
      });
      // Whoever has a cutoff wants nothing above it.
      expect(searchExact(mapspace, EDP, { cutoff: start.value, nodeLimit: 1 }).kind).toBe('bounded');
      expect(offered).toHaveBeenCalled();
    } finally {
      offered.mockRestore();
    }
  });
});
