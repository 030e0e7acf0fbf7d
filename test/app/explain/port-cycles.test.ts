import { describe, expect, it } from 'vitest';
import { evaluateMappings, networkJson } from '../../../src/app/explain/evaluate.ts';
import { portCycles } from '../../../src/app/explain/port-cycles.ts';

describe('cycles of ports', () => {
  it('with those of compute are the cycles of the level', () => {
    const { report } = evaluateMappings({
      accelerator: 'eyeriss-spads',
      workload: 'alexnet',
      mapping: 'eyeriss-alexnet',
      temporalReuse: 'exact',
    });
    let slack = 0;
    for (const { layer, evaluation } of report.layers) {
      const own = portCycles(layer, report.accelerator, evaluation);
      evaluation.levels.forEach(({ cycles }, i) => {
        expect(cycles).toBe(Math.max(evaluation.computeCycles, own[i] ?? 0));
        if (own[i] !== null && own[i]! < cycles) slack++;
      });
      expect(own.at(-1)).toBeNull();
    }
    expect(slack).toBeGreaterThan(0);
    expect(JSON.stringify(networkJson(report))).toContain('"portCycles":null');
  });
});
