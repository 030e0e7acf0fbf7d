import { describe, expect, it } from 'vitest';
import { layerReport } from '../../../src/app/explain/evaluate.ts';
import { factorNote } from '../../../src/app/map/factor-note.ts';
import { exactSettings, mapLayer } from '../../../src/search/mapping/map-layer.ts';
import { LATENCY } from '../../../src/search/mapping/objective.ts';
import { perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import type { Layer } from '../../../src/workload/network.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { smallCase } from '../../search/mapping/random-mapspace.ts';

/** 128 x 128 PEs, K along one side and C along the other; memories without limits. */
const accelerator = (() => {
  const base = smallCase(3, { levels: [2], dims: ['K'], bounds: [2], mostMacs: 8, padding: false, mostChildren: 2 });
  const levels = base.accelerator.levels.map((level, index) => ({
    ...level,
    capacity: { kind: 'unlimited' as const },
    bandwidth: {},
    mayKeep: TENSORS,
    mustKeep: TENSORS,
    fanOut: {
      ...level.fanOut,
      dimensions:
        index === 1
          ? (['K', 'C'] as const).map((dim) => ({ name: `over ${dim}`, size: 128, parallelDims: [dim] }))
          : [],
    },
  }));
  return { ...base.accelerator, levels, mac: { ...base.accelerator.mac, instances: 128 * 128 } };
})();

function reported(name: string, K: number, C: number) {
  const problem = makeProblem({ name, bounds: { K, C, P: 5 } });
  const layer: Layer = { name, kind: 'matmul', problem, wordBits: perTensor(() => 8), repeat: 1 } as Layer;
  const outcome = mapLayer(layer, accelerator, LATENCY, exactSettings({ factors: 'perfect' }));
  if (outcome.kind !== 'mapped') throw new Error(outcome.kind);
  expect(outcome.proof.optimal).toBe(true);
  return layerReport(layer, accelerator, outcome.mapping, outcome.evaluation);
}

describe('a proof over perfect factors', () => {
  it('names the layers that imperfect ones may make much faster, with both figures', () => {
    const layers = [reported('odd', 257, 129), reported('even', 256, 128)];
    const note = factorNote(layers, accelerator, { factors: 'perfect', temporalReuse: 'exact' });
    // 5 x 129 x 257: of 129 = 3 x 43 rows 43 run in parallel, of 257 columns none; with a ragged round 5 x 2 x 3 steps.
    expect(layers[0]!.evaluation.cycles).toBe(3855);
    expect(note).toContain('odd takes 3,855 cycles, with imperfect ones at least 30 (up to 129x fewer)');
    expect(note).not.toContain('even');
    expect(note).toContain('--factors imperfect');
  });

  it('says nothing where the dims divide, or the factors are imperfect', () => {
    const even = reported('even', 256, 128);
    expect(factorNote([even], accelerator, { factors: 'perfect', temporalReuse: 'exact' })).toBeNull();
    const odd = reported('odd', 257, 129);
    expect(factorNote([odd], accelerator, { factors: 'imperfect', temporalReuse: 'exact' })).toBeNull();
  });
});
