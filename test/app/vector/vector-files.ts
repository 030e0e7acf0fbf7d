import { readFileSync } from 'node:fs';
import { tinyWith, writeSmall } from '../small-files.ts';

/** Two small layers with a pooling between them and a softmax behind. */
export const POOLED = writeSmall(
  'pooled.yaml',
  `name: pooled
source: made up for tests
input: [3, 4, 4]
layers:
  - { name: a, kind: conv, out: 4, kernel: 1 }
  - { name: pool, kind: pool, kernel: 2, stride: 2 }
  - { name: b, kind: conv, out: 6, kernel: 1 }
  - { name: softmax, kind: softmax, heads: 1 }
`,
);

/** One layer that runs once, and a softmax. */
export const ONE_LAYER = writeSmall(
  'one.yaml',
  `name: one
source: made up for tests
input: [14, 14, 1]
layers:
  - { name: a, kind: conv, out: 6, kernel: 1 }
  - { name: softmax, kind: softmax, heads: 1 }
`,
);

/** Two layers, the first with an activation that takes operations, then a pooling; a softmax behind the second. */
export const FUSED = writeSmall(
  'fused.yaml',
  `name: fused
source: made up for tests
input: [3, 4, 4]
layers:
  - { name: a, kind: conv, out: 4, kernel: 1, activation: gelu }
  - { name: pool, kind: pool, kernel: 2, stride: 2 }
  - { name: b, kind: conv, out: 6, kernel: 1, bias: true }
  - { name: softmax, kind: softmax, heads: 1 }
`,
);

/** One layer, whose words then change their order. */
export const MOVED = writeSmall(
  'moved.yaml',
  `name: moved
source: made up for tests
input: [3, 4, 4]
layers:
  - { name: a, kind: conv, out: 3, kernel: 1 }
  - { name: moved, kind: move, to: [16, 3] }
`,
);

/** A partial mapping that needs four rows, as the first layer of {@link FUSED} has and the second has not. */
export const ONLY_FOUR_ROWS = writeSmall(
  'four-rows.yaml',
  `name: four rows
source: made up for tests
dataflow:
  - { level: outermost, temporal: { P: 4 } }
`,
);

const TINY = readFileSync(
  tinyWith(
    ['    dram: ddr3\n', '    energy: { read: 10 pJ, fill: 11 pJ, update: 12 pJ }\n'],
    ['    array:\n', '    energy: { read: 2 pJ, fill: 3 pJ, update: 4 pJ }\n    array:\n'],
    [
      '    capacity: 8 B\n',
      '    capacity: 8 B\n    energy: { read: 0.5 pJ, fill: 0.5 pJ, update: 0.5 pJ }\nmac: { energy: 1 pJ }\n',
    ],
  ),
  'utf8',
);

/** Four PEs with a vector unit at the buffer. @param simplePerCycle null: without */
export function tinyVector(simplePerCycle: number | null): string {
  if (simplePerCycle === null) return writeSmall('vector-none.yaml', TINY);
  return writeSmall(
    `vector-${simplePerCycle}.yaml`,
    `${TINY}vectorUnit:\n  level: Buffer\n  simplePerCycle: ${simplePerCycle}\n  specialPerCycle: 1\n  energy: { simple: 0.5 pJ, special: 2 pJ }\n`,
  );
}

/** The same with a vector unit at a buffer, where no level limits the words that move. */
export const UNLIMITED = writeSmall(
  'vector-unlimited.yaml',
  readFileSync(tinyVector(1), 'utf8').replaceAll(/ {4}bandwidth: .*\n/g, ''),
);
