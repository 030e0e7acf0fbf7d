import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatWorkload } from '../../src/formats/workload/workload-writer.ts';
import type { Graph } from '../../src/workload/graph/graph.ts';
import { randomWorkload } from '../workload/graph/workload-entries.ts';
import { file, layersAlone, read } from './workload-files.ts';

/** A graph with the names of tensors for their places: further inputs are written first, wherever they stood. */
function byName({ tensors, operators, blocks, inputs, outputs }: Graph) {
  const name = (tensor: number) => tensors[tensor]!.name;
  return {
    tensors: Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor])),
    operators: operators.map((operator) => ({
      ...operator,
      inputs: operator.inputs.map(name),
      output: name(operator.output),
    })),
    blocks: blocks.map((block) => ({
      ...block,
      input: block.input === null ? null : name(block.input),
      output: name(block.output),
    })),
    inputs: inputs.map(name).sort(),
    outputs: outputs.map(name),
  };
}

describe('written graphs', () => {
  // Killed by: any key of an operator, block, line or size that the writer leaves out or changes.
  it('are read back equal: all kinds of entries, blocks, lines of several layers', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(randomWorkload(), ({ input, layers }) => {
        const network = read(file(layers, { input }));
        for (const operator of network.graph!.operators)
          kinds.add(operator.kind === 'vector' ? operator.operation.kind : operator.kind);
        const written = read(formatWorkload(network));
        expect(layersAlone(written)).toEqual(layersAlone(network));
        expect(byName(written.graph!)).toEqual(byName(network.graph!));
      }),
      { numRuns: 200, seed: 20_261_129 },
    );
    expect([...kinds].sort()).toEqual(
      [
        ...[
          'mac',
          'view',
          'activation',
          'add',
          'subtract',
          'multiply',
          'divide',
          'maximum',
          'minimum',
          'pool',
          'reduce',
        ],
        ...[
          'softmax',
          'layer-norm',
          'rms-norm',
          'batch-norm',
          'local-norm',
          'rotary',
          'embedding',
          'resize',
          'move',
          'unknown',
        ],
      ].sort(),
    );
  });
});
