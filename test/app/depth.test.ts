import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { networkReport } from '../../src/app/explain/evaluate.ts';
import { mapWork } from '../../src/app/layers/layer-work.ts';
import { networkAnswerSteps } from '../../src/app/layers/network-answer.ts';
import { layerSettings, requestedGoal } from '../../src/app/map/inputs.ts';
import { loadSpecification, loadTechnology } from '../../src/app/presets/load.ts';
import { networkVectorLoads } from '../../src/cost/vector-cost.ts';
import { evaluateCandidate, type LayerMapper } from '../../src/search/accelerator/evaluate-candidate.ts';
import { LayerMemo } from '../../src/search/accelerator/layer-memo.ts';
import { prepareNetwork } from '../../src/search/accelerator/network-score.ts';
import { GraphBuilder } from '../../src/workload/graph/graph-builder.ts';
import { operatorRuns } from '../../src/workload/graph/operator-runs.ts';
import { type Network, networkMacs } from '../../src/workload/network.ts';
import { file, read } from '../formats/workload-files.ts';
import { syntheticMapper } from '../search/accelerator/stand-in-mappers.ts';
import { SMALL_REQUEST } from './small-files.ts';
import { tinyVector } from './vector/vector-files.ts';

const ACCELERATOR = buildAccelerator(loadSpecification(tinyVector(1)), loadTechnology('cacti-65nm'));

/** Two equal layers, a normalisation, a function and an addition, so many times; a classifier behind. */
function deep(repeat: number): Network {
  const block = [
    { name: 'norm', kind: 'rms-norm' },
    { name: 'up', kind: 'linear', out: 4, activation: 'gelu' },
    { name: 'down', kind: 'linear', out: 4 },
    { name: 'sum', kind: 'add', from: ['down', 'input'] },
  ];
  const layers = [
    { kind: 'block', name: 'block', repeat, layers: block },
    { name: 'head', kind: 'linear', out: 6 },
  ];
  return read(file(layers, { input: [4, 2] }));
}

/** The same block written out so many times, as exporters do. */
function unrolled(repeat: number): Network {
  const { graph } = deep(1);
  const [norm, up, gelu, down, sum, head] = graph!.operators;
  const builder = new GraphBuilder(1);
  const shape = { channels: 4, size: [2, 1], form: 'sequence' } as const;
  let flow = builder.input('input', shape, 16);
  const layers = [];
  for (let n = 0; n <= repeat; n++)
    for (const operator of n < repeat ? [norm, up, gelu, down, sum] : [head]) {
      if (operator?.kind === 'mac') {
        const layer = { ...operator.layer, name: `${operator.name}.${n}` };
        layers.push(layer);
        const { K, P } = layer.problem.bounds;
        flow = builder.mac(layer.name, layer, [flow], { channels: K, size: [P, 1], form: 'sequence' }, 16);
      } else if (operator?.kind === 'vector') {
        const inputs = operator.inputs.length === 2 ? [flow, flow] : [flow];
        flow = builder.vector(`${operator.name}.${n}`, operator.operation, inputs, shape, 16, {
          words: operator.parameterWords,
        });
      }
    }
  return { name: 'unrolled', source: 'made up for tests', layers, graph: builder.build() };
}

/** Work on a network: searches for mappings, layers that a candidate is mapped for, loads that it is priced with. */
function workOn(network: Network) {
  let searches = 0;
  const answer = networkAnswerSteps({
    network,
    accelerator: ACCELERATOR,
    goal: requestedGoal(SMALL_REQUEST),
    settings: layerSettings(SMALL_REQUEST, undefined),
  });
  let step = answer.next();
  while (step.done !== true) {
    searches += step.value.length;
    step = answer.next(step.value.map((work) => mapWork(work)));
  }
  if (step.value.kind === 'failed') throw step.value.error;
  let mapped = 0;
  const mapper: LayerMapper = (...asked) => {
    mapped++;
    return syntheticMapper()(...asked);
  };
  const networks = [prepareNetwork(network)];
  const candidate = { trial: 1, accelerator: ACCELERATOR, baselineEdps: [1], cutoff: null };
  const scored = evaluateCandidate(candidate, { networks, factors: 'perfect', memo: new LayerMemo(1), mapper });
  expect(scored.outcome).toBe('scored');
  return { searches, mapped, loads: networkVectorLoads(network).length };
}

describe('a block that repeats', () => {
  const few = deep(3);
  const many = deep(80);

  // Killed by: blocks that are unrolled anywhere, a search or a price for each run.
  it('is as much work and as long a report however often it repeats', () => {
    expect(networkMacs(many) - networkMacs(few)).toBe(77 * (networkMacs(few) - networkMacs(deep(2))));
    const work = workOn(many);
    expect(work).toEqual(workOn(few));
    expect(work.mapped).toBe(2);
    expect(operatorRuns(many.graph!)).toHaveLength(operatorRuns(few.graph!).length);
    const { operators } = networkReport(many, ACCELERATOR, []).vector;
    expect(operators).toHaveLength(networkReport(few, ACCELERATOR, []).vector.operators.length);
    expect(operators.length).toBeLessThan(10);
  });

  // Killed by: layers or loads that are told apart by their names.
  it('is as much work where it is written out', () => {
    const written = unrolled(80);
    expect(written.layers).toHaveLength(161);
    const work = workOn(written);
    expect(work).toEqual(workOn(unrolled(3)));
    expect(work.mapped).toBe(2);
  });
});
