/** A network of one layer that is mapped at once. */
export const TINY_NETWORK = `name: tiny net
source: made up
layers:
  - { name: a, kind: problem, bounds: { K: 4, C: 6, P: 5, R: 2 } }
`;

/** Networks that are small enough to be mapped in milliseconds. */
export const SMALL_NETWORKS = [
  TINY_NETWORK,
  `name: small
source: made up
defaults: { bias: true }
input: [4, 8, 8]
layers:
  - { name: conv, kind: conv, out: 8, kernel: 3, output: [6, 6] }
  - { name: wide, kind: conv, out: 12, kernel: 1, stride: 2 }
`,
  `name: odd
source: made up
input: [13, 7, 1]
layers:
  - { name: up, kind: transposed, out: 5, kernel: 2 }
  - { name: even, kind: conv, in: 3, input: [9, 5], out: 6, kernel: [3, 2], padding: 1, dilation: [1, 2] }
  - { name: head, kind: linear, in: 12, out: 10, tokens: 3 }
`,
];

/** Every kind of entry and every key of a workload file. */
export const ALL_KINDS_NETWORK = `name: all kinds
source: made up
title: every entry
input: [6, 12, 12]
wordBits: { Weights: 8, Inputs: 8, Outputs: 16 }
defaults: { bias: true, norm: true }
layers:
  - { name: stem, kind: conv, out: 8, kernel: 3, stride: 2, padding: [1, 1], output: [6, 6] }
  - { name: dw, kind: depthwise, kernel: 3, padding: 1, multiplier: 1 }
  - { name: pw, kind: pointwise, out: 8, bias: false }
  - { name: block, kind: block, repeat: 2, layers: [{ name: a, kind: conv, out: 8, kernel: 1, groups: 2 }, { name: b, kind: conv, out: 8, kernel: 3, padding: 1 }] }
  - { name: both, kind: concat, from: [stem, block] }
  - { name: pool, kind: pool, kernel: 2, stride: 2, ceil: true }
  - { name: up, kind: transposed, out: 4, kernel: 2 }
  - { name: gone, kind: global-pool }
  - { name: head, kind: linear, in: 4, out: 10 }
  - { name: tokens, kind: reshape, to: [16, 5] }
  - { name: qkv, kind: linear, out: 48, wordBits: { Weights: 4 } }
  - { name: scores, kind: matmul, rows: 5, inner: 8, columns: 5, heads: 2, repeat: 2 }
  - { name: raw, kind: problem, bounds: { N: 1, K: 4, C: 3, P: 5, Q: 5, R: 3, S: 3 }, stride: [1, 2], dilation: [1, 1], inputSize: [7, 9], paddingBefore: [1, 1] }
`;

/** A small accelerator: that of {@link MAPPINGS_FILE}. */
export const TINY_ACCELERATOR = `name: tiny
source: made up
technology: cacti-65nm
clock: 1 GHz
countLeakage: false
wordBits: 16
levels:
  - name: DRAM
    role: dram
    bandwidth: { shared: 4 words/cycle }
    dram: ddr3
    mustKeep: [Weights, Inputs, Outputs]
  - name: Buffer
    role: buffer
    capacity: 128 B
    bandwidth: { read: 1 words/cycle, write: 1 words/cycle }
    array:
      - { name: X, size: 4, parallel: [K, C] }
    wires: free
  - name: Registers
    role: register-file
    capacity: 8 B
`;

/** Complete mappings of {@link TINY_NETWORK} on {@link TINY_ACCELERATOR}. */
export const MAPPINGS_FILE = `name: tiny mappings
source: made up
accelerator: tiny
workload: tiny net
batch: 1
mappings:
  - layer: a
    levels:
      - { level: DRAM, temporal: [P 5, C 3], spatial: [], keep: [Weights, Inputs, Outputs] }
      - { level: Buffer, temporal: [R 2, C 2], spatial: [K 4 X], keep: [Inputs, Outputs], noMulticast: [] }
      - { level: Registers, temporal: [], spatial: [], keep: [Outputs] }
`;
