import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateSchedules } from '../../../../src/app/validate/schedules/schedules.ts';
import { describeSchedules } from '../../../../src/cli/text/validate/schedules-text.ts';

const GOLDEN = resolve(import.meta.dirname, '../../../golden');
const SHARED = resolve(import.meta.dirname, '../../../../../shared/oracle/inter-layer');

const cases = JSON.parse(readFileSync(join(GOLDEN, 'schedules.json'), 'utf8')) as Record<string, unknown>[];

/** A case of a file of its own in which one value is another. */
function changed(kind: string, path: string, change: (value: unknown) => unknown) {
  const one = structuredClone(cases.find((each) => each.kind === kind)!);
  const keys = path.split('/');
  const parent = keys.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, one);
  const last = keys.at(-1)!;
  Reflect.set(parent, last, change(Reflect.get(parent, last)));
  const file = join(mkdtempSync(join(tmpdir(), 'trifold-')), 'cases.json');
  writeFileSync(file, JSON.stringify([one]));
  return validateSchedules(file, { search: false });
}

const more = (value: unknown) => (value as number) + 1;
const longer = ([from, to]: [number, number]) => [from, to + 1];

describe('recorded schedules', () => {
  it.each([
    ['schedules.json', 12, 12],
    ['schedules-solved.json', 13, 13],
  ])('replay to the integer: %s', (file, count, kinds) => {
    const seen: string[] = [];
    const result = validateSchedules(join(GOLDEN, file), {
      search: false,
      onCase: ({ id }, differences) => seen.push(`${id} ${differences}`),
    });
    expect(result.differences).toEqual([]);
    expect([result.cases, result.matched, result.kinds.length]).toEqual([count, count, kinds]);
    expect(result.steps).toBeGreaterThan(2 * count);
    expect(seen).toHaveLength(count);
    expect(describeSchedules(result)).toContain(
      `${count} of ${count} cases match in ${result.steps} steps; differing figures: 0`,
    );
  });

  it.skipIf(!existsSync(SHARED))('replay to the integer: all of dev.json', () => {
    const result = validateSchedules(join(SHARED, 'dev.json'), { search: false });
    expect(result.differences).toEqual([]);
    expect([result.matched, result.steps]).toEqual([148, 629]);
  });

  const [first, other] = ['schedule/segments/0/steps/0', 'schedule/segments/1/steps/0'];
  it.each<[string, string, (value: never) => unknown, string[]]>([
    ['reads', `${first}/counts/0.Weights`, () => [1, 0, 0], ['0.Weights.reads']],
    ['fills', `${first}/counts/1.Inputs/1`, more, ['1.Inputs.fills']],
    ['updates', `${first}/counts/0.Outputs`, () => [0, 0, 3], ['0.Outputs.updates']],
    ['energy', `${first}/energy_pJ`, more, ['energy_pJ']],
    ['cycles', `${first}/cycles`, more, ['cycles']],
    ['room', `${first}/room_bits`, more, ['room_bits']],
    ['tiles', `${first}/tile_bits`, more, ['tile_bits']],
    ['boxes', `${first}/output_box/n`, longer, ['output_box']],
    ['homes', `${first}/homes/Weights`, (home: string) => (home === 'D' ? 'R' : 'D'), ['homes']],
    [
      'what is fetched',
      `${first}/fetch/x`,
      () => [
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 2],
      ],
      ['fetch'],
    ],
    [
      'what is drained',
      `${first}/drain/x`,
      () => [
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 2],
      ],
      ['drain'],
    ],
    [
      'what is held',
      `${first}/holds/a`,
      () => [
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 90],
      ],
      ['holds_bits'],
    ],
    ['the sum of energies', 'energy_pJ', more, ['energy_pJ']],
    ['the sum of cycles', 'cycles', more, ['cycles']],
    ['a step too many', `${other}/iteration`, more, ['steps']],
    ['a step too few', 'schedule/segments/1/steps', (steps: unknown[]) => steps.slice(1), ['steps']],
    ['a buffer that is too small', 'arch/levels/1/capacity_words', () => 1, ['schedule']],
  ])('with other %s differ in it', (_, path, change, figures) => {
    const { differences, matched } = changed('residual', path, change as (value: unknown) => unknown);
    expect(matched).toBe(0);
    expect(differences.map(({ figure }) => figure)).toEqual(expect.arrayContaining(figures));
    if (path.startsWith(first) && path !== `${first}/iteration`)
      expect(differences.map(({ step }) => step)).toEqual(['segment 0, a at iteration 0']);
    expect(describeSchedules({ cases: 1, matched, steps: 1, kinds: [], differences })).toContain(
      `${figures[0]}: recorded ${differences[0]!.expected}, here ${differences[0]!.actual}`,
    );
  });
});
