import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SlidingAxis } from '../../../../src/cost/kernel/model.ts';
import { compileModel } from '../../../../src/cost/kernel/model.ts';
import { sharedWords, wordsOfTile } from '../../../../src/cost/kernel/sliding/axis-tiles.ts';
import {
  type AxisLoops,
  cancelledWords,
  mostSharedWords,
  newSum,
  newSumOfSteps,
  raggedStripSum,
  stripSum,
} from '../../../../src/search/mapping/tiles/input-strips.ts';
import { divisors } from '../../../../src/util/integers.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { smallCase } from '../random-mapspace.ts';

const OPTIONS = { levels: [2], dims: ['K'], bounds: [2], mostMacs: 8, padding: false, mostChildren: 2 } as const;
const size = (most: number) => fc.integer({ min: 1, max: most });

/** One axis with an output and a filter dim. */
const axisCase = fc
  .record({ outputs: size(13), filters: size(7), stride: size(4), dilation: size(3), before: size(6), words: size(40) })
  .map(({ outputs, filters, stride, dilation, before, words }) => {
    const { layer, accelerator } = smallCase(1, OPTIONS);
    const span = (outputs - 1) * stride + (filters - 1) * dilation + 1;
    const problem = makeProblem({
      name: 'axis',
      bounds: { P: outputs, R: filters },
      stride: [stride, 1],
      dilation: [dilation, 1],
      paddingBefore: [Math.min(before - 1, span - 1), 0],
      inputSize: [words, 1],
    });
    return compileModel({ ...layer, problem }, accelerator, { temporalReuse: 'exact' });
  });

function stored({ storedFrom, storedTo }: SlidingAxis, from: number, to: number): number {
  return Math.max(0, Math.min(to, storedTo) - Math.max(from, storedFrom));
}

/** Steps of tiles over the two dims of an axis, from the outermost loop inwards: the dim and how many of its tiles the loop makes. */
type Loops = readonly { readonly isOutput: boolean; readonly bound: number }[];

/** New words of all tiles of an axis with gaps, each over the one before. */
function walked(axis: SlidingAxis, p: number, r: number, loops: Loops): number {
  let before = new Set<number>();
  let sum = 0;
  const walk = (depth: number, output: number, filter: number): void => {
    const loop = loops[depth];
    if (loop === undefined) {
      const own = new Set<number>();
      for (let i = 0; i < p; i++)
        for (let j = 0; j < r; j++) own.add((output * p + i) * axis.stride + (filter * r + j) * axis.dilation);
      for (const word of own) if (word >= axis.storedFrom && word < axis.storedTo && !before.has(word)) sum++;
      before = own;
      return;
    }
    const inside = loops
      .slice(depth + 1)
      .reduce((all, { isOutput, bound }) => (isOutput === loop.isOutput ? all * bound : all), 1);
    for (let i = 0; i < loop.bound; i++)
      if (loop.isOutput) walk(depth + 1, output + i * inside, filter);
      else walk(depth + 1, output, filter + i * inside);
  };
  walk(0, 0, 0);
  return sum;
}

describe('strips of input tiles', () => {
  // Killed by: sums a thousandth larger, tiles that begin a round counted like others.
  it('where tiles have gaps are no more than what the steps of an innermost loop bring in, and at times just that', () => {
    let [raised, tight] = [0, 0];
    fc.assert(
      fc.property(axisCase, fc.nat(), fc.nat(), fc.nat(), fc.boolean(), (model, ofP, ofR, ofSteps, isOutput) => {
        const { rows: axis, bounds } = model;
        if (!axis.hasGaps) return;
        const pick = (value: number, seed: number) => divisors(value)[seed % divisors(value).length]!;
        const [p, r] = [pick(bounds[axis.output]!, ofP), pick(bounds[axis.filter]!, ofR)];
        const [ofOutput, ofFilter] = [bounds[axis.output]! / p, bounds[axis.filter]! / r];
        const [steps, partnerSteps] = isOutput ? [ofOutput, ofFilter] : [ofFilter, ofOutput];
        const [step, partnerStep] = isOutput
          ? [axis.stride * p, axis.dilation * r]
          : [axis.dilation * r, axis.stride * p];
        if (steps === 1) return;
        const tiles = { axis, outputs: p, filters: r };
        const mostShared = mostSharedWords(tiles, step);
        const newWords = wordsOfTile(axis, p, r) - mostShared;
        const loops: AxisLoops = { tiles, step, steps, partnerStep, partnerSteps, newWords, mostShared };
        const least = newSumOfSteps(model, loops, steps * partnerSteps);
        const isRaised = least > newSum(model, loops, isOutput, false);
        const innermost = divisors(steps)[1 + (ofSteps % (divisors(steps).length - 1))]!;
        const own = { isOutput, bound: innermost };
        const rest = { isOutput, bound: steps / innermost };
        const partner = { isOutput: !isOutput, bound: partnerSteps };
        for (const nest of [
          [rest, partner, own],
          [partner, rest, own],
        ]) {
          const words = walked(axis, p, r, nest);
          const cancelled = steps * partnerSteps * cancelledWords(loops, 'nested');
          // The first tile of all comes whole.
          const known = least > 0 ? least - cancelled + mostShared - sharedWords(axis, p, r, step) : 0;
          expect(known).toBeLessThanOrEqual(words + 1e-9);
          if (!isRaised) continue;
          raised++;
          if (known > words * 0.9995) tight++;
        }
      }),
      { numRuns: 3000, seed: 17 },
    );
    expect(raised).toBeGreaterThan(100);
    expect(tight).toBeGreaterThan(5);
  });

  it('are those of a walk over all whole tiles', () => {
    fc.assert(
      fc.property(axisCase, size(5), size(4), size(9), ({ rows, bounds }, p, r, wanted) => {
        const [outputTiles, filterTiles] = [Math.ceil(bounds[rows.output]! / p), Math.ceil(bounds[rows.filter]! / r)];
        const width = rows.stride * (p - 1) + rows.dilation * (r - 1) + 1;
        const strip = Math.min(width, wanted);
        let sum = 0;
        for (let i = 0; i < outputTiles; i++)
          for (let j = 0; j < filterTiles; j++) {
            const start = i * rows.stride * p + j * rows.dilation * r;
            sum += Math.min(stored(rows, start, start + strip), stored(rows, start + width - strip, start + width));
          }
        expect(stripSum(rows, outputTiles, filterTiles, p, r, width, strip)).toBe(sum);
      }),
    );
  });

  it('are those of a walk over tiles that are cut short', () => {
    fc.assert(
      fc.property(axisCase, size(13), size(7), size(12), fc.boolean(), (model, p, r, step, isOutput) => {
        const { rows, bounds } = model;
        const { stride, dilation } = rows;
        const words = (outputs: number, filters: number) => stride * (outputs - 1) + dilation * (filters - 1) + 1;
        let moved = 0;
        let whole = 0;
        for (let i = 0; i < bounds[rows.output]!; i += p)
          for (let j = 0; j < bounds[rows.filter]!; j += r) {
            const start = i * stride + j * dilation;
            const outputs = Math.min(p, bounds[rows.output]! - i);
            const filters = Math.min(r, bounds[rows.filter]! - j);
            const end = start + words(outputs, filters);
            whole += stored(rows, start, end);
            const first = stored(rows, start, Math.min(end, start + step));
            const reached = start - step + (isOutput ? words(p, filters) : words(outputs, r));
            const isMove = (isOutput ? i : j) > 0;
            moved += isMove ? Math.min(first, stored(rows, Math.max(start, reached), end)) : first;
          }
        expect(raggedStripSum(model, rows, p, r, step, isOutput)).toBe(moved);
        expect(raggedStripSum(model, rows, p, r, Number.POSITIVE_INFINITY, isOutput)).toBe(whole);
      }),
    );
  });

  it('share at most what the best of all moves from a step on shares, also where they have gaps', () => {
    let gaps = 0;
    fc.assert(
      fc.property(axisCase, size(13), size(9), size(30), ({ rows: axis }, outputs, filters, step) => {
        if (axis.hasGaps) gaps++;
        let most = 0;
        for (let move = step; move < 150; move++) most = Math.max(most, sharedWords(axis, outputs, filters, move));
        expect(mostSharedWords({ axis, outputs, filters }, step)).toBe(most);
      }),
      { numRuns: 2000 },
    );
    expect(gaps).toBeGreaterThan(500);
  });
});
