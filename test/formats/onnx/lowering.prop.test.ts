import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tensorSize } from '../../../src/workload/graph/graph.ts';
import { networkMacs } from '../../../src/workload/network.ts';
import { expectSameWhenReread, ModelWriter, networkOf } from './lowering.ts';

const size = fc.integer({ min: 1, max: 4 });
const words = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);

/** Multiplications of a product of matrices, counted one by one over its output and the dim that is summed. */
function productMacs(output: readonly number[], inner: number): number {
  let count = 0;
  for (let word = 0; word < words(output); word++) for (let k = 0; k < inner; k++) count++;
  return count;
}

/** Whether a file is read back too, which takes most of the time: of some cases, as tests of the writer do the same. */
const isReread = fc.constantFrom(true, false, false, false);

/** The one layer of a model has these multiply-accumulates and makes a tensor of these words; its file reads back equal. */
function expectLayer(w: ModelWriter, macs: number, made: number, rereads: boolean): void {
  const network = networkOf(w.model(), { batch: 1 }, true);
  expect(networkMacs(network)).toBe(macs);
  const { operators, tensors, inputs } = network.graph!;
  const last = operators.at(-1)!;
  expect(tensorSize(tensors[last.output]!)).toBe(made);
  if (rereads) expectSameWhenReread(network, Math.max(...inputs.map((tensor) => tensors[tensor]!.sizes[0])));
}

describe('multiply-accumulates of a lowered node are those of its definition', () => {
  it('MatMul of any ranks, broadcast, with weights on either side or none', () => {
    const lead = fc.array(fc.tuple(size, fc.constantFrom('both', 'left', 'right')), { maxLength: 3 });
    fc.assert(
      fc.property(
        lead,
        size,
        size,
        size,
        fc.constantFrom('left', 'right', 'none'),
        isReread,
        (leads, m, k, n, weights, rereads) => {
          const dims = (side: string) => leads.map(([dim, where]) => (where === 'both' || where === side ? dim : 1));
          const left = [...dims('left'), m, k];
          const right = [...dims('right'), k, n];
          const output = [...leads.map(([dim]) => dim), m, n];
          const w = new ModelWriter();
          const a = weights === 'left' ? w.weights(left) : w.input('a', left);
          const b = weights === 'right' ? w.weights(right) : w.input('b', right);
          w.output(w.node('MatMul', [a, b]));
          expectLayer(w, productMacs(output, k), words(output), rereads);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('Gemm, turned or not', () => {
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), isReread, (m, k, n, transA, transB, rereads) => {
        const w = new ModelWriter();
        const a = w.input('a', transA ? [k, m] : [m, k]);
        const b = w.weights(transB ? [n, k] : [k, n]);
        w.output(w.node('Gemm', [a, b, w.weights([n])], { transA: Number(transA), transB: Number(transB) }));
        expectLayer(w, productMacs([m, n], k), m * n, rereads);
      }),
      { numRuns: 40 },
    );
  });

  it('Einsum of two operands', () => {
    const label = fc.record({ size, in: fc.constantFrom('a', 'b', 'both', 'heads') });
    fc.assert(
      fc.property(
        fc.array(label, { minLength: 1, maxLength: 5 }),
        size,
        fc.boolean(),
        isReread,
        (labels, inner, isLearned, rereads) => {
          const all = [
            ...labels.map((one, i) => ({ ...one, name: 'abcde'[i]! })),
            { size: inner, in: 'both', name: 'k' },
          ];
          const of = (side: 'a' | 'b') =>
            all.filter((one) => one.in === side || one.in === 'both' || one.in === 'heads');
          const output = all.filter((one) => one.in !== 'both');
          const text = (list: typeof all) => list.map(({ name }) => name).join('');
          const dims = (list: typeof all) => list.map((one) => one.size);
          const w = new ModelWriter();
          const a = w.input('x', dims(of('a')));
          const b = isLearned ? w.weights(dims(of('b'))) : w.input('y', dims(of('b')));
          const equation = `${text(of('a'))},${text(of('b'))}->${text(output)}`;
          w.output(w.node('Einsum', [a, b], { equation }));
          expectLayer(w, words(dims(all)), words(dims(output)), rereads);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('Conv and ConvTranspose in groups, of one and two axes', () => {
    const axis = fc.record({
      input: fc.integer({ min: 3, max: 7 }),
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      before: fc.integer({ min: 0, max: 2 }),
      after: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(
        fc.array(axis, { minLength: 1, maxLength: 2 }),
        size,
        size,
        size,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        isReread,
        (axes, groups, perIn, perOut, batch, isTransposed, rereads) => {
          // Zeros beyond the kernel are not what exporters write.
          fc.pre(axes.every(({ kernel, before, after }) => before < kernel && after < kernel));
          const w = new ModelWriter();
          const x = w.input('x', ['n', groups * perIn, ...axes.map(({ input }) => input)]);
          const kernel = axes.map((one) => one.kernel);
          const strides = axes.map(({ stride }) => stride);
          let macs = 0;
          let made = 0;
          if (isTransposed) {
            w.output(
              w.node('ConvTranspose', [x, w.weights([groups * perIn, perOut, ...kernel])], { group: groups, strides }),
            );
            macs = batch * groups * perIn * perOut * words(axes.map(({ input }) => input)) * words(kernel);
            const sizes = axes.map(({ input, stride, kernel: taps }) => (input - 1) * stride + taps);
            made = batch * groups * perOut * words(sizes);
          } else {
            const pads = [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)];
            const weights = w.weights([groups * perOut, perIn, ...kernel]);
            w.output(w.node('Conv', [x, weights], { group: groups, strides, pads }));
            // Positions at which the window lies within the padded axis.
            const positions = axes.map(({ input, kernel: taps, stride, before, after }) => {
              let count = 0;
              for (let at = 0; at + taps <= input + before + after; at += stride) count++;
              return count;
            });
            made = batch * groups * perOut * words(positions);
            macs = made * perIn * words(kernel);
          }
          // Inputs of an overlap that is larger than what it is made of are moves.
          const network = networkOf(w.model(), { batch }, true);
          expect(networkMacs(network)).toBe(macs);
          const { operators, tensors } = network.graph!;
          expect(tensorSize(tensors[operators.at(-1)!.output]!)).toBe(made);
          if (rereads) expectSameWhenReread(network, batch);
        },
      ),
      { numRuns: 150 },
    );
  });
});
