import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostLink } from '../../src/accelerator/overheads.ts';
import { type BesideAccelerator, besideCost, hostLoad, linkCost } from '../../src/cost/link-cost.ts';
import { Random } from '../../src/util/random.ts';
import { read } from '../formats/workload-files.ts';
import { sampleCase } from './arbitraries.ts';

const { levels } = sampleCase(Random.fromSeed(7), { imperfect: false, padding: false, maxMacs: 100 }).accelerator;

const TEXT = `name: linked
source: made up for tests
wordBits: { Weights: 8, Inputs: 16, Outputs: 32 }
input: [3, 4, 4]
layers:
  - { name: a, kind: conv, out: 3, kernel: 3, padding: same, repeat: 5 }
  - { name: b, kind: conv, out: 4, kernel: 1, wordBits: { Weights: 4 }, bias: true, bits: 8 }
  - { name: scores, kind: matmul, from: [b, b], heads: 1, rows: 4, inner: 16, columns: 4 }
`;
const network = read(TEXT, 2);

function on(link: HostLink | undefined, leakagePjPerCycle = 0, clockHz = 1e9): BesideAccelerator {
  const own = levels.map((level) => ({ ...level, storedBits: {}, leakagePjPerCycle }));
  return { levels: own, clockHz, ...(link === undefined ? {} : { link }) };
}

describe('a link to the host', () => {
  it('moves weights of layers, not of products of activations, with what flows in and out', () => {
    expect(hostLoad(network).words).toEqual({ weights: 5 * 3 * 3 * 9 + 4 * 3, inputs: 2 * 3 * 16, outputs: 2 * 4 * 4 });
    expect(hostLoad(network).bits).toEqual({
      weights: 5 * 3 * 3 * 9 * 8 + 4 * 3 * 4,
      inputs: 2 * 3 * 16 * 16,
      outputs: 2 * 4 * 4 * 16,
    });
    // A part of a network: nobody knows what of it stays.
    const none = { weights: 0, inputs: 0, outputs: 0 };
    expect(hostLoad({ ...network, layers: network.layers.slice(1) })).toEqual({ bits: none, words: none });
    const { graph: _, ...table } = network;
    expect(hostLoad(table).bits).toMatchObject({ inputs: 0, outputs: 0 });
  });

  it('moves words as wide as the outermost level stores them, if it says so', () => {
    const link = { bytesPerSecond: 1e9, residentBits: 0, pjPerBit: 1 };
    const { levels: plain, ...rest } = on(link);
    const storing = (storedBits: (typeof plain)[number]['storedBits']) =>
      linkCost(hostLoad(network), { ...rest, levels: plain.map((level) => ({ ...level, storedBits })) })!.bits;
    const { bits, words } = hostLoad(network);
    expect(storing({})).toEqual(bits);
    expect(storing({ Weights: 3, Outputs: 5 })).toEqual({
      weights: 3 * words.weights,
      inputs: bits.inputs,
      outputs: 5 * words.outputs,
    });
  });

  it('takes bits over its rate and leaks meanwhile, less of the weights that stay', () => {
    const bits = fc.integer({ min: 0, max: 1_000_000 });
    const host = fc.record({ weights: bits, inputs: bits, outputs: bits });
    const rate = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(host, rate, bits, fc.nat(9), fc.nat(3), (own, bitsPerCycle, residentBits, pjPerBit, leakage) => {
        const clockHz = 8e8;
        const link = { bytesPerSecond: (bitsPerCycle * clockHz) / 8, residentBits, pjPerBit };
        const cost = linkCost({ bits: own, words: own }, on(link, leakage, clockHz))!;
        const left = own.weights - Math.min(own.weights, residentBits);
        const moved = left + own.inputs + own.outputs;
        expect(cost.cycles).toBe(Math.ceil(moved / bitsPerCycle));
        expect(cost.linkPj).toBe(moved * pjPerBit);
        const instances = levels.reduce((sum, level) => sum + level.instances, 0);
        expect(cost.energyPj).toBe(cost.linkPj + leakage * instances * cost.cycles);
        expect(besideCost({ vector: [], host: { bits: own, words: own } }, on(link, leakage, clockHz))).toEqual({
          energyPj: cost.energyPj,
          cycles: cost.cycles,
        });
      }),
    );
    const nine = { weights: 9, inputs: 9, outputs: 9 };
    const host9 = { bits: nine, words: nine };
    expect(linkCost(host9, on(undefined))).toBeNull();
    expect(besideCost({ vector: [], host: host9 }, on(undefined))).toEqual({
      energyPj: 0,
      cycles: 0,
    });
  });
});
