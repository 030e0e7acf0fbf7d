import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../src/accelerator/accelerator.ts';
import { acceleratorKey } from '../../src/accelerator/accelerator-key.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { TECHNOLOGIES, yamlFiles } from './files.ts';

const ACCELERATORS = yamlFiles('accelerators').map(({ file, text }) => {
  const specification = parseAccelerator(text, file);
  return buildAccelerator(specification, TECHNOLOGIES.get(specification.technology)!);
});

/** Paths to every number, word and truth value of a JSON value. */
function leaves(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
    : [path];
}

/** A copy with another value at the path. */
function changed(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (typeof value === 'number') return value + 1;
    return typeof value === 'boolean' ? !value : `${value}'`;
  }
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  copy[key] = changed(copy[key], rest);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

/** A copy whose keys are in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, reordered(inner)])
      .reverse(),
  );
}

/** What neither energy nor cycles nor the meaning of a mapping depend on. */
const FREE =
  /^(name|source|technology|clockHz|mac\.areaMm2|(link|vectorUnit)\..*|levels\.\d+\.(name|areaMm2|leakageLeftOut|fanOut\.wires\.(hopMm|areaMm2)))$/;

describe('acceleratorKey', () => {
  it('depends on every constant but names, sources, areas and the clock', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ACCELERATORS), fc.nat(), (accelerator, pick) => {
        const paths = leaves(accelerator).filter((one) => one.at(-1) !== 'kind');
        const path = paths[pick % paths.length]!;
        // The copy has the same keys, so it is an accelerator as far as the key goes.
        const other = changed(accelerator, path) as Accelerator;
        if (FREE.test(path.join('.'))) expect(acceleratorKey(other)).toBe(acceleratorKey(accelerator));
        else expect(acceleratorKey(other), path.join('.')).not.toBe(acceleratorKey(accelerator));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of keys', () => {
    for (const accelerator of ACCELERATORS)
      expect(acceleratorKey(reordered(accelerator) as Accelerator)).toBe(acceleratorKey(accelerator));
  });

  it('tells the presets apart', () => {
    expect(new Set(ACCELERATORS.map(acceleratorKey)).size).toBe(ACCELERATORS.length);
  });
});
