import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { type Mapspace, makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';
import { isKeptOfMirrorImages, withoutMirrorImages } from '../../../../src/search/mapping/space/mirrored-choices.ts';
import { type Dim, perTensor } from '../../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { visitAllMappings } from '../brute-force.ts';
import { smallCase } from '../random-mapspace.ts';

const MOST_MAPPINGS = 3_000;

/** A small layer on a random accelerator; rows and columns are alike but for what `unlike` says. */
function mapspaceOf(
  seed: number,
  unlike: { readonly stride?: number; readonly padding?: number } = {},
): Mapspace | null {
  const outputs = seed % 3 === 0 ? 4 : 2;
  const filters = seed % 2 === 0 ? 2 : 1;
  const size = (stride: number) => stride * (outputs - 1) + filters;
  const stride = 1 + (seed % 2);
  const columnStride = unlike.stride ?? stride;
  const padding = seed % 5 === 0 && filters > 1 ? 1 : 0;
  const columnPadding = unlike.padding ?? padding;
  const problem = makeProblem({
    name: `square ${seed}`,
    bounds: { P: outputs, Q: outputs, R: filters, S: filters, ...(seed % 7 === 0 ? { K: 2 } : {}) },
    stride: [stride, columnStride],
    dilation: [1, 1],
    paddingBefore: [padding, columnPadding],
    inputSize: [size(stride) - padding, size(columnStride) - columnPadding],
  });
  const { accelerator } = smallCase(seed, {
    levels: [2, 2, 3],
    dims: ['P'],
    bounds: [2],
    mostMacs: 2,
    padding: false,
    mostChildren: 4,
  });
  const mapspace = makeMapspace({ layer: { problem, wordBits: perTensor(() => 16) }, accelerator });
  return mapspace.feasible ? mapspace : null;
}

const choicesOf = ({ spatial }: Mapspace) => spatial.list!;
const keptOf = (mapspace: Mapspace) => withoutMirrorImages(mapspace, choicesOf(mapspace));

describe('withoutMirrorImages', () => {
  it('keeps both where words of a row are requested together', () => {
    for (let seed = 0; seed < 60; seed++) {
      const mapspace = mapspaceOf(seed);
      if (mapspace === null || keptOf(mapspace).length === choicesOf(mapspace).length) continue;
      const choicesWith = (dim: Dim) => {
        const requests = { bytes: 8, cycles: 1, layout: { Outputs: [dim] } };
        const levels = mapspace.accelerator.levels.map((level) => ({ ...level, requests }));
        const asking = makeMapspace({ layer: mapspace.layer, accelerator: { ...mapspace.accelerator, levels } });
        if (!asking.feasible) throw new Error(asking.reason);
        return keptOf(asking).length;
      };
      expect(choicesWith('Q')).toBe(choicesOf(mapspace).length);
      expect(choicesWith('K')).toBeLessThan(choicesOf(mapspace).length);
      return;
    }
    throw new Error('no choice has a mirror image');
  });

  it('loses no optimum of a square layer', () => {
    let compared = 0;
    let dropped = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const mapspace = mapspaceOf(seed);
        if (mapspace === null) return;
        let least = Number.POSITIVE_INFINITY;
        const scored = visitAllMappings(mapspace, MOST_MAPPINGS, (energyPj, cycles) => {
          least = Math.min(least, EDP.value(energyPj, cycles));
        });
        if (scored === null) return;
        compared++;
        if (keptOf(mapspace).length < choicesOf(mapspace).length) dropped++;
        const result = searchExact(mapspace, EDP);
        if (least === Number.POSITIVE_INFINITY) expect(result.kind).toBe('infeasible');
        else if (result.kind !== 'found') throw new Error(result.kind);
        else expect(result.certificate.incumbent / least).toBeCloseTo(1, 9);
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(200);
    expect(dropped).toBeGreaterThan(150);
  });

  it('keeps one of two images, and all where rows and columns differ', () => {
    let pairs = 0;
    for (let seed = 0; seed < 60; seed++) {
      const mapspace = mapspaceOf(seed);
      if (mapspace === null) continue;
      const kept = keptOf(mapspace);
      expect(choicesOf(mapspace).filter((choice) => isKeptOfMirrorImages(mapspace, choice))).toEqual(kept);
      const keys = new Set(kept.map(({ bounds }) => bounds.join()));
      for (const choice of choicesOf(mapspace)) {
        const image = [...choice.bounds];
        for (let level = 0; level < image.length; level += 8)
          [image[level + 4], image[level + 5], image[level + 6], image[level + 7]] = [5, 4, 7, 6].map(
            (d) => choice.bounds[level + d]!,
          ) as [number, number, number, number];
        const isOwnImage = image.join() === choice.bounds.join();
        expect(keys.has(choice.bounds.join()) || keys.has(image.join())).toBe(true);
        if (isOwnImage || !keys.has(choice.bounds.join())) continue;
        expect(keys.has(image.join())).toBe(false);
        pairs++;
      }
      const unlike = mapspaceOf(seed, { stride: 3 });
      // Under a filter of one word a stride only leaves words out that nobody uses: rows and columns are alike all the same.
      const { R } = unlike?.layer.problem.bounds ?? { R: 1 };
      if (unlike !== null && R > 1) expect(keptOf(unlike)).toBe(choicesOf(unlike));
      const constrained = { ...mapspace, constraints: { name: 'rows', levels: [{ temporal: { P: 2 } }] } };
      expect(keptOf(constrained)).toBe(choicesOf(mapspace));
    }
    expect(pairs).toBeGreaterThan(10);
  });
});
