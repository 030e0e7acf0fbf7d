import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/workload/graph/graph-builder.ts';
import { listedLayers } from '../../../src/workload/graph/listed-layers.ts';
import { networkDemands } from '../../../src/workload/graph/network-demands.ts';
import type { Layer, Network } from '../../../src/workload/network.ts';
import { makeProblem } from '../../../src/workload/problem.ts';

const SHAPE = { channels: 2, size: [3, 3], form: 'map' } as const;
const GELU = { kind: 'activation', function: 'gelu' } as const;

function layerOf(name: string, more: Partial<Layer> = {}): Layer {
  const problem = makeProblem({ name, bounds: { K: 2, C: 2, P: 3, Q: 3 } });
  const wordBits = { Weights: 8, Inputs: 8, Outputs: 8 };
  return { name, kind: 'conv', problem, wordBits, repeat: 1, parameters: 0, ...more };
}

/** A normalisation and a function behind a; a function behind a concatenation of b and c; a block whose first function follows e, then itself. */
function network(): Network {
  const builder = new GraphBuilder(1);
  const mac = (name: string, input: ReturnType<typeof builder.input>, line = name) =>
    builder.mac(name, layerOf(line), [input], SHAPE, 8);
  const act = (name: string, input: ReturnType<typeof builder.input>, shape: { channels: number } = SHAPE) =>
    builder.vector(name, GELU, [input], { ...SHAPE, ...shape }, 8);
  const input = builder.input('input', SHAPE, 8);
  const a = mac('a', input);
  const norm = builder.vector('a.norm', { kind: 'batch-norm' }, [a], SHAPE, 8);
  const next = act('a.gelu', norm);
  const b = mac('b', next, 'pair');
  const c = mac('c', next);
  const both = builder.view('both', 'concat', [b, c], { ...SHAPE, channels: 4 });
  const joined = act('joined', both, { channels: 4 });
  const e = builder.mac('e', layerOf('e'), [joined], SHAPE, 8);
  builder.block('block', 3, e, () => mac('block.f', act('block.gelu', e)));
  const graph = builder.build();
  const listed = listedLayers(graph);
  if (!listed.ok) throw new Error(listed.line);
  return { name: 'made up', source: 'test', layers: listed.layers, graph };
}

/** Operators as name x repeat. */
function texts(demands: ReturnType<typeof networkDemands>['own']): string[] {
  return demands.map(({ name, repeat }) => `${name} x${repeat}`);
}

describe('the vector operators of a part of a network', () => {
  const whole = network();
  const part = (...names: string[]) =>
    networkDemands({ ...whole, layers: whole.layers.filter(({ name }) => names.includes(name)) });

  // Killed by: chains that end at the first operator, views that are not looked through or belong to either side alone, names of operators for those of
  // lines, runs of a block that count as one.
  it('are those that are fused into its layers, under whatever names and one after the other', () => {
    expect(whole.layers.map(({ name }) => name)).toEqual(['a', 'pair', 'c', 'e', 'block.f']);
    expect(texts(networkDemands(whole).own)).toEqual(['a.norm x1', 'a.gelu x1', 'joined x1', 'block.gelu x3']);
    expect(texts(part('a').own)).toEqual(['a.norm x1', 'a.gelu x1']);
    expect(texts(part('a').others)).toEqual(['joined x1', 'block.gelu x3']);
    expect(part('pair').own).toEqual([]);
    expect(part('c').own).toEqual([]);
    expect(texts(part('pair', 'c').own)).toEqual(['joined x1']);
    expect(texts(part('e').own)).toEqual(['block.gelu x1']);
    expect(texts(part('e').others).at(-1)).toBe('block.gelu x2');
    expect(texts(part('block.f').own)).toEqual(['block.gelu x2']);
    expect(texts(part('e', 'block.f').own)).toEqual(['block.gelu x3']);
    for (const names of [['a'], ['e', 'c'], ['pair', 'a']]) expect(part(...names).layerCount).toBe(5);
  });

  it('are unknown where only layers are', () => {
    expect(networkDemands({ layers: whole.layers })).toEqual({ own: [], others: [], layerCount: 5 });
  });
});

describe('layers of one line', () => {
  const listed = (one: Partial<Layer>) => {
    const builder = new GraphBuilder(1);
    const input = builder.input('input', SHAPE, 8);
    const first = builder.mac('first', layerOf('line'), [input], SHAPE, 8);
    builder.mac('second', layerOf('line', one), [first], SHAPE, 8);
    return listedLayers(builder.build());
  };

  // Killed by: a comparison without kinds, parameters or shapes.
  it('are equal in all that the line says', () => {
    expect(listed({ repeat: 2 })).toMatchObject({ ok: true, layers: [{ name: 'line', repeat: 3 }] });
    const problem = makeProblem({ name: 'line', bounds: { K: 2, C: 2, P: 3, Q: 4 } });
    for (const one of [{ kind: 'linear' }, { parameters: 1 }, { problem }] as const)
      expect(listed(one)).toEqual({ ok: false, operator: 'second', line: 'line' });
  });
});
