import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findingDifferences, searchCase } from '../../../../src/app/validate/schedules/schedule-solve.ts';
import { parseJson } from '../../../../src/formats/document/json-document.ts';
import { readScheduleCases, type SolvedCase } from '../../../../src/formats/schedule/schedule-cases.ts';

const cases = readScheduleCases(
  parseJson(readFileSync('test/golden/schedules-solved.json', 'utf8'), 'schedules-solved.json'),
);

const solvedOf = (kind: string) => {
  const one = cases.find((each) => each.kind === kind)!;
  return { one, solved: one.solved!, findings: searchCase(one, one.solved!) };
};

type Found = NonNullable<SolvedCase['found']>;

describe('spaces of solved cases', () => {
  it.each([
    // Heads and rows are whole, with pinned parameters.
    ['attention', 2],
    // Tiles of rows with borders, no pins.
    ['chain-ragged', 2],
  ])('have the optima and fronts that trying everything found: %s', (kind, points) => {
    const { one, solved, findings } = solvedOf(kind);
    expect(findingDifferences(one, solved, findings)).toEqual([]);
    if ('reason' in findings) throw new Error(findings.reason);
    expect(findings.front).toHaveLength(points);
  });

  const { one, solved, findings } = solvedOf('attention');
  const found = solved.found!;
  const [least, ...others] = found.front;
  it.each<[string, Found | null, string[]]>([
    [
      'a better value',
      { ...found, best: { ...found.best, edp: { ...found.best.edp, value: found.best.edp.value - 1 } } },
      ['edp.value'],
    ],
    [
      'a worse value',
      { ...found, best: { ...found.best, latency: { ...found.best.latency, value: 1e9 } } },
      ['latency.value'],
    ],
    [
      'another energy in the front',
      { ...found, front: [{ ...least!, energyPj: least!.energyPj + 1 }, ...others] },
      ['front.0.energy_pJ'],
    ],
    [
      'other cycles in the front',
      { ...found, frontRetained: [{ ...least!, cycles: 1 }, ...others] },
      ['front_stage_a.0.cycles'],
    ],
    ['a point less', { ...found, front: [least!] }, ['front.points']],
    [
      'no schedule at all',
      null,
      ['edp.feasible', 'energy.feasible', 'latency.feasible', 'front.points', 'front_stage_a.points'],
    ],
  ])('with %s on record differ in it', (_, record, figures) => {
    const differences = findingDifferences(one, { ...solved, found: record }, findings);
    expect(differences.map(({ figure }) => figure)).toEqual(figures);
    expect(differences.map(({ step, id }) => [step, id])).toEqual(figures.map(() => ['search', one.id]));
  });

  it('differ where nothing fits, or a schedule is not what it says', () => {
    const levels = one.accelerator.levels.map((level, index) =>
      index === 1 ? { ...level, capacity: { kind: 'shared' as const, bits: 8 } } : level,
    );
    const small = { ...one, accelerator: { ...one.accelerator, levels } };
    const none = searchCase(small, solved);
    const differences = findingDifferences(small, solved, none);
    expect(differences.map(({ figure }) => figure)).toContain('edp.feasible');
    expect(differences.every(({ actual }) => actual !== 'feasible')).toBe(true);
    expect(findingDifferences(small, { ...solved, found: null }, none)).toEqual([]);
    if ('reason' in findings || findings.best.edp.kind === 'none') throw new Error('nothing was found');
    const cheaper = { ...findings.best.edp, energyPj: findings.best.edp.energyPj / 2 };
    const told = findingDifferences(one, solved, { ...findings, best: { ...findings.best, edp: cheaper } });
    expect(told.map(({ figure }) => figure)).toEqual(['edp.schedule.energy_pJ']);
    const open = { ...findings.best.edp, optimal: false };
    const unproven = findingDifferences(one, solved, { ...findings, best: { ...findings.best, edp: open } });
    expect(unproven.map(({ figure }) => figure)).toEqual(['edp.proof']);
  });
});
