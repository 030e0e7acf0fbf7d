import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadWorkload } from '../../../src/app/presets/load.ts';
import { networkVectorLoads } from '../../../src/cost/vector-cost.ts';
import { loadKey, mergedLoads, type VectorLoad, wordsByWidth } from '../../../src/workload/graph/fusion.ts';
import { tensorSize } from '../../../src/workload/graph/graph.ts';
import { networkSequence } from '../../../src/workload/graph/network-sequence.ts';
import type { NamedLoad, Sequence } from '../../../src/workload/graph/sequence.ts';
import type { Network } from '../../../src/workload/network.ts';
import { networkOf, RUNS, randomWorkload, unrolled } from './workload-entries.ts';

function sequenceOf(network: Network): Sequence {
  const sequence = networkSequence(network);
  if ('reason' in sequence) throw new Error(sequence.reason);
  return sequence;
}

/** What its vector operators, on their own and folded into others, cost where every operand comes from the outermost level. */
function islandLoads({ operators, tensors }: Sequence): VectorLoad[] {
  return operators.flatMap((operator): readonly VectorLoad[] => {
    if (operator.kind === 'view') return [];
    if (operator.kind === 'mac') return operator.fused;
    const read = operator.inputs.map((tensor) => ({
      words: tensorSize(tensors[tensor]!),
      wordBits: tensors[tensor]!.wordBits,
    }));
    return [{ ...operator.load, reads: wordsByWidth([...read, ...operator.load.reads]) }, ...operator.fused];
  });
}

/** How often each load occurs. */
function byKey(loads: readonly VectorLoad[]): Record<string, number> {
  return Object.fromEntries(mergedLoads(loads).map((load) => [loadKey(load), load.repeat]));
}

function expectIslands(network: Network, sequence: Sequence): void {
  const runs = new Array<number>(network.layers.length).fill(0);
  for (const operator of sequence.operators)
    if (operator.kind === 'mac' && operator.shape.problem === network.layers[operator.layer]!.problem)
      runs[operator.layer]!++;
  expect(runs).toEqual(network.layers.map(({ repeat }) => repeat));
  expect(byKey(islandLoads(sequence))).toEqual(byKey(networkVectorLoads(network)));
}

function expectSound({ operators, tensors, storages }: Sequence): void {
  expect(new Set(operators.map(({ name }) => name)).size).toBe(operators.length);
  expect(new Set(storages.map(({ name }) => name)).size).toBe(storages.length);
  const isMade = new Array<boolean>(tensors.length).fill(false);
  const made = new Array<number>(storages.length).fill(0);
  const isReadLater = new Array<boolean>(tensors.length).fill(false);
  for (const { inputs } of operators) for (const tensor of inputs) isReadLater[tensor] = true;
  for (const operator of operators) {
    const { inputs, output } = operator;
    for (const tensor of inputs) {
      const { storage } = tensors[tensor]!;
      if (!isMade[tensor]) {
        expect(storages[storage]!.role).toBe('input');
        made[storage]! += tensorSize(tensors[tensor]!);
        isMade[tensor] = true;
      }
      if (operator.kind === 'view') expect(storage).toBe(tensors[output]!.storage);
    }
    expect(isMade[output]).toBe(false);
    isMade[output] = true;
    const { storage } = tensors[output]!;
    if (operator.kind !== 'view') made[storage]! += tensorSize(tensors[output]!);
    if (!isReadLater[output]) expect(storages[storage]!.role).not.toBe('inner');
    if (operator.kind === 'vector' && operator.inPlace !== null)
      expect(tensors[inputs[operator.inPlace]!]!.sizes).toEqual(tensors[output]!.sizes);
  }
  expect(isMade.every(Boolean)).toBe(true);
  for (const [index, { words }] of storages.entries()) {
    const own = tensors.filter(({ storage }) => storage === index);
    expect(words).toBe(Math.max(made[index]!, ...own.map(tensorSize)));
  }
}

/** A sequence without its names. */
function nameless({ operators, tensors, storages }: Sequence): object {
  const strip = <T extends { readonly name: string }>({ name: _, ...rest }: T) => rest;
  const load = ({ of: _, ...rest }: NamedLoad) => rest;
  return {
    operators: operators.map((operator) => {
      if (operator.kind === 'view') return strip(operator);
      const fused = operator.fused.map(load);
      if (operator.kind === 'vector') return { ...strip(operator), fused, load: load(operator.load) };
      const { layer: _, shape, ...rest } = strip(operator);
      return { ...rest, fused, shape: { ...shape, problem: strip(shape.problem) } };
    }),
    ...{ tensors: tensors.map(strip), storages: storages.map(strip) },
  };
}

describe('the sequence of a network', () => {
  // Killed by: a run, a copy or an operator that is folded left out, operands or parameters of vector operators counted twice, words of an embedding that
  // nothing reads, a shape of another layer; tensors made twice or never, storages cut in two by a view, outputs that pass for inner words.
  it('costs as islands what its layers and vector operators cost', () => {
    const seen = { views: 0, fused: 0, copies: 0 };
    fc.assert(
      fc.property(randomWorkload(), fc.integer({ min: 1, max: 2 }), (workload, batch) => {
        const network = networkOf(workload, batch);
        const sequence = sequenceOf(network);
        expectIslands(network, sequence);
        expectSound(sequence);
        if (sequence.operators.some(({ kind }) => kind === 'view')) seen.views++;
        if (sequence.operators.some((one) => one.kind !== 'view' && one.fused.length > 0)) seen.fused++;
        if (network.graph.operators.length < sequence.operators.length) seen.copies++;
      }),
      { ...RUNS, numRuns: 40 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(8);
  });

  it('of every shipped workload as well', () => {
    const files = readdirSync('workloads').filter((file) => file.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const { network } = loadWorkload(file.replace('.yaml', ''), 1);
      const sequence = sequenceOf(network);
      expectIslands(network, sequence);
    }
  });

  // Killed by: runs of blocks that read what another run made, or fuse what another run may.
  it('is that of the network with its blocks written out', () => {
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const [once, copies] = [networkOf(workload), networkOf(unrolled(workload))];
        expect(nameless(sequenceOf(once))).toEqual(nameless(sequenceOf(copies)));
      }),
      { ...RUNS, numRuns: 30 },
    );
  });
});
