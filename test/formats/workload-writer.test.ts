import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatWorkload } from '../../src/formats/workload/workload-writer.ts';
import { network } from './workload-arbitraries.ts';
import { file, layersAlone, read } from './workload-files.ts';

describe('formatWorkload', () => {
  it('is read back as the same network', () => {
    fc.assert(
      fc.property(network, (net) => {
        expect(layersAlone(read(formatWorkload(net)))).toEqual(net);
      }),
      { numRuns: 120 },
    );
  });

  // Killed by: an empty list that is left out, so that the reader lists unknown operators by itself.
  it('keeps a list of nothing where unknown operators are not to be listed', () => {
    const layers = [
      { name: 'a', kind: 'linear', out: 4 },
      { name: 'b', kind: 'unknown', operation: 'DFT', to: [4] },
    ];
    const listed = read(file(layers, { input: [8] }));
    expect(listed.graph!.uncounted).toMatchObject([{ name: 'DFT', count: 1 }]);
    const silent = read(file(layers, { input: [8], uncounted: [] }));
    expect(read(formatWorkload(silent)).graph!.uncounted).toEqual(silent.graph!.uncounted);
    expect(silent.graph!.uncounted ?? []).toEqual([]);
  });

  it('writes one readable line per layer', () => {
    const text = formatWorkload(
      read(
        file(
          [
            { name: 'a', kind: 'conv', out: 8, kernel: 3, stride: 2, padding: 'same', bias: true },
            { name: 'b', kind: 'depthwise', kernel: [3, 1], repeat: 2 },
            { name: 'c', kind: 'pointwise', out: 4 },
            { name: 'd', kind: 'linear', out: 10 },
            { name: 'e', kind: 'matmul', heads: 2, rows: 4, inner: 8, columns: 4 },
            { name: 'f', kind: 'transposed', in: 4, input: [4, 4], out: 2, kernel: 2 },
          ],
          { input: [3, 16, 16] },
        ),
      ),
    );
    expect(text.slice(text.indexOf('layers:'))).toBe(
      [
        'layers:',
        '  - { name: a, kind: conv, in: 3, out: 8, kernel: 3, padding: [ 0, 1, 0, 1 ], stride: 2, input: [ 16, 16 ], output: [ 8, 8 ], parameters: 224, from: input }',
        '  - { name: b, kind: depthwise, in: 8, kernel: [ 3, 1 ], input: [ 8, 8 ], output: [ 6, 8 ], from: a, repeat: 2 }',
        '  - { name: c, kind: pointwise, in: 8, out: 4, input: [ 6, 8 ], output: [ 6, 8 ], from: b }',
        '  - { name: d.flatten, kind: reshape, to: [ 192 ], from: c }',
        '  - { name: d, kind: linear, in: 192, out: 10, tokens: 1, from: d.flatten }',
        '  - { name: e, kind: matmul, heads: 2, rows: 4, inner: 8, columns: 4 }',
        '  - { name: f, kind: problem, as: transposed, bounds: { K: 8, C: 4, P: 4, Q: 4 }, to: [ 2, 8, 8 ] }',
        '',
      ].join('\n'),
    );
  });
});
