import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cactiRows, cactiTechnologyYaml, NODES_NM } from '../../scripts/cacti-technology.ts';
import { measuredRows } from '../../scripts/measured-rows.ts';
import { scaledTechnologyYaml, TARGETS } from '../../scripts/scaled-technology.ts';
import { relativeArea, relativeEnergy } from '../../scripts/scaling-equations.ts';
import { parseTechnology } from '../../src/formats/technology-file.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { hasShared, SHARED, yamlFiles } from '../accelerator/files.ts';

const files = yamlFiles('accelerators/technology');

/** Paths of the numbers and quantities that neither their map nor a map around it (the root aside) gives a source for. */
function unsourced(value: unknown, path: string, hasSource: boolean): string[] {
  if (typeof value === 'number' || (typeof value === 'string' && /^[\d.]/.test(value))) return hasSource ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((item, i) => unsourced(item, `${path}.${i}`, hasSource));
  if (typeof value !== 'object' || value === null) return [];
  const own = path !== '' && 'source' in value && String(value.source).length > 10;
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'source' || key === 'node' ? [] : unsourced(item, `${path}.${key}`, hasSource || own),
  );
}

describe('technology files', () => {
  it.each(files)('$name gives a source for every number', ({ text }) => {
    expect(unsourced(parse(text), '', false)).toEqual([]);
  });

  it('would be caught without a source', () => {
    expect(unsourced({ memory: { buffer: '6 pJ' } }, '', false)).toEqual(['.memory.buffer']);
  });

  it.skipIf(!hasShared)('hold the CACTI rows that the script makes of the raw file', () => {
    const raw: unknown = JSON.parse(readFileSync(resolve(SHARED, 'technology/cacti-sram.json'), 'utf8'));
    for (const nodeNm of NODES_NM) {
      const rows = cactiRows(raw, nodeNm);
      expect(rows).toHaveLength(80);
      expect(files.find(({ name }) => name === `cacti-${nodeNm}nm`)?.text).toBe(cactiTechnologyYaml(nodeNm, rows));
    }
  });
});

describe('scaled technology files', () => {
  it.each(TARGETS)('hold what the script computes for $nm nm', (target) => {
    const rows = measuredRows(resolve(import.meta.dirname, '../..'));
    expect(files.find(({ name }) => name === `scaled-${target.nm}nm`)?.text).toBe(scaledTechnologyYaml(target, rows));
  });

  it('say that they are scaled, and by how much the same rules miss measured tables', () => {
    for (const { nm } of TARGETS) {
      const text = files.find(({ name }) => name === `scaled-${nm}nm`)!.text;
      expect(text).toMatch(/Scaled, not measured/);
      expect(text).toMatch(/energy of a read 90 to 65 nm -\d+ %/);
      expect(text).toMatch(/leakage 90 to 65 nm -\d+ %/);
    }
  });

  it('use the equations of the paper: its corrected example from 65 nm, 1.3 V to 32 nm, 0.9 V', () => {
    expect(relativeEnergy(32, 0.9)).toBeCloseTo(0.4571, 4);
    expect(relativeEnergy(65, 1.3)).toBeCloseTo(2.604, 3);
    expect(relativeEnergy(32, 0.9) / relativeEnergy(65, 1.3)).toBeCloseTo(0.1755, 3);
  });

  it('put other nodes between those of the equations, and none outside', () => {
    expect(relativeEnergy(22, 0.8)).toBeGreaterThan(relativeEnergy(20, 0.8));
    expect(relativeEnergy(22, 0.8)).toBeLessThan(relativeEnergy(32, 0.8));
    expect(relativeArea(Math.sqrt(32 * 20))).toBeCloseTo(Math.sqrt(7.8 * 3.6), 9);
    expect(() => relativeArea(5)).toThrow(/outside/);
    expect(() => relativeArea(130)).toThrow(/outside/);
  });
});

const VALID = `name: toy
source: a test
node: 45 nm
memory:
  kind: sram-table
  source: a test
  columns: [bits, bytes, read pJ, write pJ, leakage mW, area mm^2]
  rows:
    - [16, 64, 1, 2, 3, 4]
    - [16, 128, 2, 3, 4, 5]
mac:
  energy:
    kind: multiplier-adder
    node: 45 nm
    source: a test
    multiply: [{ bits: 8, energy: 0.2 pJ }, { bits: 32, energy: 3.1 pJ }]
    add: [{ bits: 8, energy: 30 fJ }, { bits: 32, energy: 0.1 pJ }]
dram:
  kind: selectable
  default: ddr3
  kinds: { ddr3: { energy: 20 pJ/bit, source: a test } }
hop: { energy: 0 pJ/bit, source: a test }
`;

function errorAfter(from: string, to: string): TrifoldError {
  expect(VALID).toContain(from);
  try {
    parseTechnology(VALID.replace(from, to), 'toy.yaml');
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
  throw new Error(`accepted: ${to}`);
}

describe('reading a technology', () => {
  it('has wires in mm and mm^2', () => {
    const wire = 'wire: { source: a test, energyPerMm: 0.1 pJ/bit, pitch: 250 nm, multiplexer: 0.5 um^2 }';
    const read = parseTechnology(VALID.replace(/^hop:.*$/m, wire), 'toy.yaml');
    expect(read.hopPjPerBit).toBe(0);
    expect(read.wire!.pjPerBitMm).toBeCloseTo(0.1, 12);
    expect(read.wire!.pitchMm).toBeCloseTo(250e-6, 12);
    expect(read.wire!.multiplexerMm2).toBeCloseTo(0.5e-6, 12);
  });

  it('resolves units', () => {
    const { nodeNm, mac, dram, hopPjPerBit } = parseTechnology(VALID, 'toy.yaml');
    expect(nodeNm).toBe(45);
    expect(mac.area).toBeNull();
    expect(mac.energy).toEqual({
      kind: 'multiplier-adder',
      nodeNm: 45,
      multiply: [
        { bits: 8, energyPj: 0.2 },
        { bits: 32, energyPj: 3.1 },
      ],
      add: [
        { bits: 8, energyPj: 0.03 },
        { bits: 32, energyPj: 0.1 },
      ],
    });
    expect(dram).toEqual({ kind: 'selectable', defaultKind: 'ddr3', pjPerBit: { ddr3: 20 } });
    expect(hopPjPerBit).toBe(0);
  });

  it.each([
    [
      'a second row for a size',
      '[16, 128, 2, 3, 4, 5]',
      '[16, 64, 2, 3, 4, 5]',
      /second row for 16 bits, 64 bytes/,
      'memory.rows.1',
    ],
    [
      'a node in the wrong unit',
      'adder\n    node: 45 nm',
      'adder\n    node: 45 mm',
      /between 1 nm and 10 um/,
      'mac.energy.node',
    ],
    ['a node of 0', 'adder\n    node: 45 nm', 'adder\n    node: 0', /between 1 nm and 10 um/, 'mac.energy.node'],
    ['a figure that is not positive', '[16, 128, 2', '[16, 128, 0', /more than 0/, 'memory.rows.1.2'],
    ['columns in another order', '[bits, bytes,', '[bytes, bits,', /must be bits/, undefined],
    [
      'a default kind that is not listed',
      'default: ddr3',
      'default: ddr5',
      /'ddr5' is not one of the listed kinds/,
      'dram.default',
    ],
    [
      'points in the wrong order',
      'bits: 8, energy: 30 fJ',
      'bits: 64, energy: 30 fJ',
      /second point must be wider/,
      'mac.energy.add',
    ],
    [
      'a missing source',
      'hop: { energy: 0 pJ/bit, source: a test }',
      'hop: { energy: 0 pJ/bit }',
      /is missing/,
      'hop.source',
    ],
    ['an unknown kind of memory', 'kind: sram-table', 'kind: edram', /edram|kind/, undefined],
  ])('refuses %s', (_, from, to, message, keyPath) => {
    const error = errorAfter(from, to);
    expect(error.message).toMatch(message);
    expect(error.details.place?.line).toBeGreaterThan(3);
    if (keyPath !== undefined) expect(error.details.keyPath).toBe(keyPath);
  });
});
