import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { workloadSchema } from '../../src/formats/workload/workload-schema.ts';
import { formatWorkload } from '../../src/formats/workload/workload-writer.ts';
import { networkMacs, networkParameters } from '../../src/workload/network.ts';
import { network, small } from './workload-arbitraries.ts';
import { file, layersAlone, read } from './workload-files.ts';

/** A chain of convolutions: the same network can be written in many ways. */
const chain = fc.record({
  input: fc.tuple(small, fc.integer({ min: 20, max: 40 }), fc.integer({ min: 20, max: 40 })),
  batch: fc.integer({ min: 1, max: 9 }),
  stages: fc.array(
    fc.record({
      out: small,
      kernel: fc.constantFrom(1, 2, 3),
      stride: fc.constantFrom(1, 2),
      padding: fc.constantFrom('same' as const, 0, 1),
      depthwise: fc.boolean(),
      copies: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('readWorkload', () => {
  it('counts the same however a layer is written', () => {
    fc.assert(
      fc.property(chain, ({ input, stages, batch }) => {
        const stage = ({ out, kernel, stride, padding, depthwise }: (typeof stages)[number]) =>
          depthwise ? { kind: 'depthwise', kernel, stride, padding } : { kind: 'conv', out, kernel, stride, padding };
        const flowing = read(
          file(
            stages.map((s, i) => ({ name: `l${i}`, ...stage(s), repeat: s.copies })),
            { input },
          ),
          batch,
        );

        let channels = input[0];
        const explicit: object[] = [];
        const copies: object[] = [];
        const blocks: object[] = [];
        for (const [i, s] of stages.entries()) {
          const { P, Q } = flowing.layers[i]!.problem.bounds;
          const [rows, columns] = flowing.layers[i]!.problem.inputSize;
          const out = s.depthwise ? channels : s.out;
          const groups = s.depthwise ? channels : 1;
          const full = {
            kind: 'conv',
            in: channels,
            out,
            groups,
            kernel: [s.kernel, s.kernel],
            stride: [s.stride, s.stride],
            padding: s.padding,
            input: [rows, columns],
            output: [P, Q],
          };
          explicit.push({ name: `l${i}`, ...full, repeat: s.copies });
          const from = i === 0 ? 'input' : `l${i - 1}-0`;
          for (let copy = 0; copy < s.copies; copy++) copies.push({ name: `l${i}-${copy}`, ...stage(s), from });
          blocks.push({ kind: 'block', name: `b${i}`, layers: [{ name: 'l', ...full, repeat: s.copies }] });
          channels = out;
        }
        for (const layers of [explicit, copies, blocks]) {
          const net = read(file(layers, { input }), batch);
          expect(networkMacs(net)).toBe(networkMacs(flowing));
          expect(networkParameters(net)).toBe(networkParameters(flowing));
        }
        expect(layersAlone(read(file(explicit), batch))).toEqual(layersAlone(flowing));
      }),
    );
  });

  it('multiplies multiply-accumulates by the batch and leaves parameters alone', () => {
    fc.assert(
      fc.property(network, fc.integer({ min: 1, max: 64 }), (net, batch) => {
        const text = formatWorkload(net);
        const batched = read(text, batch);
        expect(networkMacs(batched)).toBe(batch * networkMacs(net));
        expect(networkParameters(batched)).toBe(networkParameters(net));
      }),
    );
  });

  it('puts the batch of a product of two activations into G, since neither factor is shared', () => {
    const text = file([
      { name: 'a', kind: 'matmul', heads: 3, rows: 4, inner: 5, columns: 6 },
      { name: 'b', kind: 'linear', in: 7, out: 8, tokens: 1 },
    ]);
    expect(read(text, 4).layers.map(({ problem: { bounds } }) => [bounds.N, bounds.G])).toEqual([
      [1, 12],
      [4, 1],
    ]);
  });

  it('repeats blocks, joins channels and keeps residual branches apart', () => {
    const net = read(
      file(
        [
          {
            kind: 'block',
            name: 'res',
            repeat: 3,
            layers: [
              { name: 'a', kind: 'pointwise', out: 4 },
              { name: 'b', kind: 'conv', from: 'input', out: 4, kernel: 3, padding: 1 },
              { name: 'c', kind: 'pointwise', from: ['a', 'b'], out: 8, repeat: 2 },
            ],
          },
          { kind: 'concat', from: ['res.a', 'res'] },
          { name: 'tail', kind: 'pointwise', out: 2 },
          { kind: 'global-pool' },
          { name: 'fc', kind: 'linear', out: 5, bias: true },
        ],
        { input: [8, 6, 6] },
      ),
    );
    expect(net.layers.map((l) => [l.name, l.repeat, l.problem.bounds.C, l.problem.bounds.K])).toEqual([
      ['res.a', 3, 8, 4],
      ['res.b', 3, 8, 4],
      ['res.c', 6, 8, 8],
      ['tail', 1, 12, 2],
      ['fc', 1, 2, 5],
    ]);
    expect(net.layers.at(-1)!.parameters).toBe(2 * 5 + 5);
  });

  it('lets a block read layers before it, its own names first', () => {
    const net = read(
      file(
        [
          { name: 'a', kind: 'pointwise', out: 2 },
          { name: 'b', kind: 'pointwise', out: 4 },
          {
            kind: 'block',
            name: 'c',
            layers: [
              { name: 'd', kind: 'pointwise', from: 'a', out: 5 },
              { name: 'b', kind: 'pointwise', from: 'b', out: 6 },
              { name: 'e', kind: 'pointwise', from: 'b', out: 1 },
            ],
          },
        ],
        { input: [3, 4, 4] },
      ),
    );
    expect(net.layers.map((l) => [l.name, l.problem.bounds.C])).toEqual([
      ['a', 3],
      ['b', 2],
      ['c.d', 2],
      ['c.b', 4],
      ['c.e', 6],
    ]);
  });

  it('applies a linear layer to every token of a sequence and to all words of a map', () => {
    const sequence = read(
      file([
        { name: 'a', kind: 'linear', in: 4, out: 6, tokens: 5 },
        { name: 'b', kind: 'linear', out: 7 },
        { kind: 'reshape', to: [7, 1, 5] },
        { name: 'c', kind: 'linear', out: 2 },
      ]),
    );
    expect(sequence.layers.map(({ problem: { bounds } }) => [bounds.C, bounds.K, bounds.P])).toEqual([
      [4, 6, 5],
      [6, 7, 5],
      [35, 2, 1],
    ]);
  });

  it('reads word widths of the file and of a layer', () => {
    const net = read(
      file(
        [
          { name: 'a', kind: 'linear', in: 2, out: 2 },
          { name: 'b', kind: 'linear', out: 2, wordBits: { Weights: '4 bit' } },
        ],
        { wordBits: { Weights: '1 byte', Outputs: 32 } },
      ),
    );
    expect(net.layers.map((l) => l.wordBits)).toEqual([
      { Weights: 8, Inputs: 16, Outputs: 32 },
      { Weights: 4, Inputs: 16, Outputs: 32 },
    ]);
  });

  it('rounds pooling up when asked', () => {
    const outputs = (ceil: boolean) =>
      read(
        file(
          [
            { kind: 'pool', kernel: 3, stride: 2, ceil },
            { name: 'a', kind: 'pointwise', out: 1 },
          ],
          { input: [1, 6, 7] },
        ),
      ).layers[0]!.problem.bounds;
    expect([outputs(false).P, outputs(false).Q, outputs(true).P, outputs(true).Q]).toEqual([2, 3, 3, 3]);
  });

  it('has a JSON Schema', () => {
    const json = z.toJSONSchema(workloadSchema, { io: 'input' });
    expect(json).toMatchObject({ type: 'object', additionalProperties: false, required: ['name', 'source', 'layers'] });
    expect(JSON.stringify(json)).toContain('depthwise');
  });
});
