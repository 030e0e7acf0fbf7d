import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLayerPool } from '../../../src/app/layers/layer-pool.ts';
import { validateMapper } from '../../../src/app/validate/mapper.ts';
import { readRecords, validateRecords } from '../../../src/app/validate/records.ts';

const GOLDEN = resolve(import.meta.dirname, '../../golden');
const SHARED = resolve(import.meta.dirname, '../../../../shared/oracle/timeloop');

function temporaryFile(name: string, text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'trifold-')), name);
  writeFileSync(file, text);
  return file;
}

describe('Timeloop records', () => {
  it.each(['timeloop-hand.json', 'timeloop-sample.json'])('match to the integer: %s', (file) => {
    const result = validateRecords(readRecords(join(GOLDEN, file)), 'timeloop');
    expect(result.mismatches).toEqual([]);
    expect(result.matched).toBe(result.cases);
    expect(result.cases).toBeGreaterThan(10);
  });

  it.skipIf(!existsSync(SHARED))('match to the integer: all 400 of dev.json', () => {
    const result = validateRecords(readRecords(join(SHARED, 'dev.json')), 'timeloop');
    expect(result.mismatches).toEqual([]);
    expect(result.cases).toBe(400);
  });

  it.skipIf(!existsSync(SHARED))('differ under the exact rule for Inputs only', () => {
    const result = validateRecords(readRecords(join(SHARED, 'dev.json')), 'exact');
    // Input tiles overlap or have gaps, which this rule leaves out.
    expect(result.matched).toBe(322);
    for (const { where } of result.mismatches) expect(where).toContain('.Inputs.');
  });

  it.each(['constructor', 'toString'])('tell a level named %s, which objects have too, from a recorded one', (name) => {
    const [record] = JSON.parse(readFileSync(join(GOLDEN, 'timeloop-hand.json'), 'utf8'));
    record.arch.levels[1].name = name;
    const { mismatches } = validateRecords(
      readRecords(temporaryFile('named.json', JSON.stringify([record]))),
      'timeloop',
    );
    expect(mismatches).toEqual([
      { id: record.id, where: 'GLB', expected: 1, actual: null },
      { id: record.id, where: name, expected: null, actual: 1 },
    ]);
  });

  it('leave levels of a mapspace free that it does not name, whatever they are called', async () => {
    const [{ id, problem, arch }] = JSON.parse(readFileSync(join(GOLDEN, 'timeloop-hand.json'), 'utf8'));
    arch.levels[1].name = 'constructor';
    const record = { id, problem, arch, mapspace: { factors: 'perfect', keep: {}, spatial: {} } };
    const file = temporaryFile('mapper.json', JSON.stringify([record]));
    const options = { temporalReuse: 'exact', time: undefined } as const;
    const [found] = await validateMapper(file, openLayerPool({ workers: 1 }), options);
    expect(found).toMatchObject({ optimal: true, recorded_edp: null });
  });

  it('notice one wrong count, cycle and energy', () => {
    const records = JSON.parse(readFileSync(join(GOLDEN, 'timeloop-hand.json'), 'utf8'));
    records[0].results.levels.GLB.tensors.Inputs.reads += 1;
    records[1].results.cycles += 1;
    records[2].results.energy_pJ *= 1.000001;
    const result = validateRecords(readRecords(temporaryFile('records.json', JSON.stringify(records))), 'timeloop');
    expect(result.mismatches.map(({ where }) => where)).toEqual(['GLB.Inputs.reads', 'cycles', 'energy_pJ']);
    expect(result.matched).toBe(result.cases - 3);
  });

  it('are refused with a place when the file is not JSON or not a list of records', () => {
    expect(() => validateRecords(readRecords(temporaryFile('a.json', '[\n  {"id": }\n]')), 'exact')).toThrow(
      /not JSON/,
    );
    expect(() => validateRecords(readRecords(temporaryFile('b.json', '[{"id": "x"}]')), 'exact')).toThrow(/problem/);
  });
});
