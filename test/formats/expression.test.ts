import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileLimit, compileObjective, type ExpressionValues } from '../../src/formats/quantity/expression.ts';
import { TrifoldError } from '../../src/util/errors.ts';

function values(energy: number, latency: number): ExpressionValues {
  return { energy, latency, edp: energy * latency, power: energy / latency, cycles: latency * 1e9, area: 4e-6 };
}

const expression: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('energy', 'latency', 'edp', 'power', 'cycles', 'area', '2', '0.5', '3 mJ', '1 ms'),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/'), tie('node'))
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    tie('node').map((inner) => `(${inner})^2`),
    tie('node').map((inner) => `(${inner})^-1`),
    tie('node').map((inner) => `sqrt(${inner})`),
    tie('node').map((inner) => `-(${inner})`),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `max(${a}, ${b})`),
  ),
})).node;

const positive = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
const factor = fc.double({ min: 1, max: 100, noNaN: true });

/** The objective; null when it is refused as a constant. */
function unlessConstant(text: string): ReturnType<typeof compileObjective> | null {
  try {
    return compileObjective(text);
  } catch (error) {
    if (error instanceof TrifoldError && error.code === 'usage') return null;
    throw error;
  }
}

describe('objectives', () => {
  it('that are called monotone never fall when energy or latency grow', () => {
    let monotone = 0;
    fc.assert(
      fc.property(expression, positive, positive, factor, factor, (text, energy, latency, more, longer) => {
        const objective = unlessConstant(text);
        if (objective?.monotone !== true) return;
        monotone++;
        const before = objective.value(values(energy, latency));
        const after = objective.value(values(energy * more, latency * longer));
        expect(after).toBeGreaterThanOrEqual(before - 1e-9 * Math.abs(before));
      }),
      { numRuns: 1000 },
    );
    expect(monotone).toBeGreaterThan(100);
  });

  it.each([
    ['energy * latency^2', true],
    ['energy + 3 J/s * latency', true],
    ['max(energy, 2 W * latency)', true],
    ['energy - latency', false],
    ['energy / latency', false],
    ['power', false],
  ])('%s: monotone %s', (text, monotone) => {
    expect(compileObjective(text).monotone).toBe(monotone);
  });
});

describe('constant objectives', () => {
  it.each(['5', 'area', '2 * area + 1 mJ', 'sqrt(4)'])('%s is refused', (text) => {
    expect(unlessConstant(text)).toBeNull();
  });
  it.each(['edp / area', 'energy + 5'])('%s is none', (text) => {
    expect(unlessConstant(text)).not.toBeNull();
  });
});

describe('limits', () => {
  it.each([
    ['latency < 2 ms', 1e-3, 1.9e-3, true],
    ['latency < 2 ms', 1e-3, 2.1e-3, false],
    ['3 mJ >= energy', 3e-3, 1, true],
    ['area < 4.5 mm^2', 1, 1, true],
    ['area < 3.5 mm^2', 1, 1, false],
    ['energy < 1 mJ and latency < 1 s', 2e-3, 0.5, false],
  ])('%s at %d J, %d s: %s', (text, energy, latency, holds) => {
    const limit = compileLimit(text);
    expect(limit.holds(values(energy, latency))).toBe(holds);
    expect(limit.monotone).toBe(true);
  });

  it('know that a lower limit is not monotone', () => {
    expect(compileLimit('energy > 1 mJ').monotone).toBe(false);
    expect(compileLimit('power < 1 W').monotone).toBe(false);
  });
});

describe('refused', () => {
  it.each(['energy *', 'foo(energy)', 'enrgy', 'x = 3', 'import("fs")', '[1, 2]', 'energy; latency', 'f(x) = x'])(
    '%s',
    (text) => {
      expect(() => compileObjective(text)).toThrowError(expect.objectContaining({ name: 'TrifoldError' }));
    },
  );
  it('a comparison as objective and a sum as limit', () => {
    expect(() => compileObjective('energy < 1')).toThrow(/comparison/);
    expect(() => compileLimit('energy + 1')).toThrow(/not a comparison/);
  });
});
