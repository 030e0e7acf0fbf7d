import { describe, expect, it } from 'vitest';
import { networkSummaries } from '../../../src/app/explain/layer-summary.ts';
import { describeNetworkExplanation } from '../../../src/cli/text/explain-network-text.ts';
import { describeExplanations } from '../../../src/cli/text/explain-text.ts';
import { describeTotals } from '../../../src/cli/text/report-text.ts';
import { describeVectorOperators } from '../../../src/cli/text/vector-text.ts';
import { mapped } from '../../app/run-folders.ts';
import { SMALL_REQUEST } from '../../app/small-files.ts';
import { MOVED, POOLED, tinyVector, UNLIMITED } from '../../app/vector/vector-files.ts';

const numberOf = (text: string) => Number(text.replaceAll(',', ''));
const PICO: Readonly<Record<string, number>> = { p: 1, n: 1e3, '\u00b5': 1e6 };

/** An energy such as `1.654 nJ` in pJ. */
function pjOf(text: string): number {
  const [, number, prefix] = /^([\d.]+) ([pn\u00b5])J$/.exec(text)!;
  return Number(number) * PICO[prefix!]!;
}

describe('the operators that are no layers, as text', () => {
  it('have cycles and energies that follow from the words, operations and constants beside them', async () => {
    const { report } = await mapped({ ...SMALL_REQUEST, workload: POOLED, accelerator: tinyVector(3) });
    const lines = describeVectorOperators(report);
    const text = lines.join('\n');
    const energies = /energy per access in pJ: DRAM ([\d./]+), Buffer ([\d./]+) \(read/.exec(text)!;
    const [dram, buffer] = energies.slice(1).map((one) => one.split('/').map(Number));
    const operations = /operations: ([\d.]+) simple and then ([\d.]+) special per cycle, at ([\d.]+) and ([\d.]+) pJ/;
    const [simpleRate, specialRate, simplePj, specialPj] = operations.exec(text)!.slice(1).map(Number);
    let [cycles, energyPj] = [0, 0];
    for (const name of ['pool', 'softmax']) {
      const row = lines
        .join('\n')
        .split('\n')
        .find((line) => line.startsWith(`  ${name} `))!;
      const cells = row.trim().split(/ {2,}/);
      const [wordsIn, wordsOut, simple, special, shown] = cells.slice(2, 7).map(numberOf);
      const busy = Math.ceil(simple! / simpleRate!) + Math.ceil(special! / specialRate!);
      // DRAM shares 4 words per cycle; the buffer reads one and writes one.
      const [atDram, atBuffer] = [(wordsIn! + wordsOut!) / 4, wordsIn! + wordsOut!];
      expect(shown).toBe(Math.max(busy, Math.ceil(atDram), atBuffer));
      expect(cells[7]).toBe(busy >= atBuffer ? 'operations' : 'Buffer');
      const pj =
        wordsIn! * (dram![0]! + buffer![0]! + buffer![1]!) +
        wordsOut! * (dram![2]! + buffer![2]!) +
        simple! * simplePj! +
        special! * specialPj!;
      expect(pjOf(cells[8]!) / pj).toBeCloseTo(1, 3);
      cycles += shown!;
      energyPj += pj;
    }
    expect(report.vector.totals.cycles).toBe(cycles);
    expect(report.vector.totals.energyPj).toBeCloseTo(energyPj, 6);
    expect(describeTotals(report)).toContain(
      `2 operators that are no layers: 128 words of 16 bits between DRAM and Buffer, ${cycles} cycles`,
    );
  });

  // Killed by: operators that are left out of counts and lists because they take no cycles.
  it('are counted and listed where they take energy and no cycles', async () => {
    const result = await mapped({ ...SMALL_REQUEST, workload: MOVED, accelerator: UNLIMITED, explain: true });
    const { report, explanations } = result;
    expect(describeNetworkExplanation(result, explanations!)).toMatch(/energy .*; vector operators as they are\)/);
    expect(report.vector.totals).toMatchObject({ cycles: 0 });
    expect(report.vector.totals.energyPj).toBeGreaterThan(0);
    expect(describeTotals(report)).toContain('1 operator that is no layer: 96 words');
    expect(networkSummaries(report, () => true).at(-1)!.loopNest).toMatch(/^moved \(move\): 48 words of 16 bits in/);
  });

  it('stand with their words where they are not priced, and not at all where there are none', async () => {
    const { report } = await mapped({ ...SMALL_REQUEST, workload: POOLED, accelerator: tinyVector(null) });
    const lines = describeVectorOperators(report);
    expect(lines[1]).toContain('not priced, as the accelerator states no vectorUnit');
    expect(lines.join('\n')).toMatch(/pool +pool +64 +16 +48 +0\n/);
    expect(lines.join('\n')).not.toContain('pJ');
    const { network } = report;
    expect(describeVectorOperators({ ...report, vector: { ...report.vector, operators: [] }, network })).toEqual([]);
  });
});

describe('an explained network with a vector unit', () => {
  it('counts its vector operators in the shares of time and in the floors', async () => {
    const request = { ...SMALL_REQUEST, workload: POOLED, accelerator: tinyVector(1), explain: true };
    const result = await mapped(request);
    const text = describeExplanations(result, result.explanations!);
    const { totals, vector } = result.report;
    expect(/time is bound by .*/.exec(text)![0]).toContain(
      `the vector unit ${Math.round((100 * vector.totals.cycles) / totals.cycles)} % (2 operators)`,
    );
    const [, shares] = /time is bound by (.*)/.exec(text)!;
    const sum = [...shares!.matchAll(/(\d+) %/g)].reduce((all, [, share]) => all + Number(share), 0);
    expect(Math.abs(sum - 100)).toBeLessThanOrEqual(2);
    const layers = result.explanations!.layers.reduce((all, { floors }) => all + floors!.cycles, 0);
    const floor = (layers + vector.totals.cycles).toLocaleString('en-US');
    expect(text).toContain(`x the floor of ${floor} (per layer`);
    expect(text).toContain('Operators of pooled that are no layers');
  });
});
