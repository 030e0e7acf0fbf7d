import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TINY_ACCELERATOR } from '../../bench/fuzz/small-texts.ts';
import { readRequest } from '../../src/options/command.ts';
import { DESIGN, type DesignOptions } from '../../src/options/design.ts';
import { MAP, type MapRequest } from '../../src/options/map.ts';

const folder = mkdtempSync(join(tmpdir(), 'trifold-app-'));

/** Writes a file into a folder of this process. @returns its path */
export function writeSmall(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** A path in a fresh folder that does not exist yet. */
export function freshPath(name: string): string {
  return join(mkdtempSync(join(folder, 'fresh-')), name);
}

/** Two small layers that every mapper solves at once. */
export const SMALL_NETWORK = writeSmall(
  'small.yaml',
  `name: small
source: made up for tests
defaults: { bias: true }
input: [2, 8, 8]
layers:
  - { name: conv, kind: conv, out: 4, kernel: 3, output: [6, 6] }
  - { name: wide, kind: conv, out: 6, kernel: 1, output: [6, 6] }
`,
);

/** Two matrix products, which the exact mapper solves in milliseconds. */
export const MATRIX_NETWORK = writeSmall(
  'matrix.yaml',
  `name: matrix
source: made up for tests
input: [16, 1, 1]
layers:
  - { name: a, kind: conv, out: 32, kernel: 1 }
  - { name: b, kind: conv, out: 64, kernel: 1 }
`,
);

/** Sizes without divisors and larger than any array of 64 PEs: imperfect factors alone run anything in parallel. */
export const ODD_NETWORK = writeSmall(
  'odd.yaml',
  `name: odd
source: made up for tests
input: [67, 67, 1]
layers:
  - { name: conv, kind: conv, out: 71, kernel: 1 }
  - { name: even, kind: conv, out: 64, kernel: 1 }
`,
);

const FIVE_CHANNELS = writeSmall(
  'five-channels.yaml',
  `name: five channels
source: made up for tests
dataflow:
  - { level: innermost, temporal: { K: 5 } }
`,
);

/** ShiDianNao with a dataflow that perfect factors of {@link ODD_NETWORK} cannot keep. */
export const IMPERFECT_BUDGET = writeSmall(
  'imperfect-budget.yaml',
  `name: imperfect
source: made up for tests
baseline: { accelerator: shidiannao, dataflow: ${FIVE_CHANNELS} }
processingElements: 64
onChipMemory: 288 KiB
`,
);

/** Five layers of four shapes. */
export const FIVE_LAYERS = writeSmall(
  'five.yaml',
  `name: five
source: made up for tests
input: [2, 8, 8]
layers:
  - { name: a, kind: conv, out: 2, kernel: 1 }
  - { name: b, kind: conv, out: 4, kernel: 3, padding: 1 }
  - { name: a2, kind: conv, in: 2, input: [8, 8], out: 2, kernel: 1 }
  - { name: c, kind: conv, out: 8, kernel: 1 }
  - { name: d, kind: conv, out: 2, kernel: 1, stride: 2 }
`,
);

/** A partial mapping of {@link FIVE_LAYERS} that layers b (S = 3, which runs nowhere) and d (4 rows) cannot keep. */
export const NO_FILTER_COLUMNS = writeSmall(
  'not-for-b-and-d.yaml',
  `name: no filter columns
source: made up for tests
dataflow:
  - { level: outermost, temporal: { S: 1, P: 8 } }
  - { level: array, temporal: { S: 1 } }
  - { level: innermost, temporal: { S: 1 } }
`,
);

/** Three matrix products that are solved in milliseconds. On {@link tinyWith} the first costs the network less than its own best mapping would. */
export const TRADE_NETWORK = writeSmall(
  'trade.yaml',
  `name: trade
source: made up for tests
layers:
  - { name: a, kind: problem, bounds: { K: 6, C: 14, P: 14 } }
  - { name: b, kind: problem, bounds: { K: 18, C: 2, P: 2 } }
  - { name: c, kind: problem, bounds: { K: 6, C: 6, P: 18 } }
`,
);

/** A network of matrix products. @param bounds K, C and P of each layer */
export function matrixNetwork(bounds: readonly (readonly [number, number, number])[]): string {
  const layers = bounds.map(
    ([K, C, P], i) => `  - { name: l${i}, kind: problem, bounds: { K: ${K}, C: ${C}, P: ${P} } }`,
  );
  return writeSmall(
    `matrix-${bounds.flat().join('-')}.yaml`,
    `name: matrices\nsource: made up for tests\nlayers:\n${layers.join('\n')}\n`,
  );
}

/** Two filters of five columns, more words than two registers hold. */
export function filterNetwork(): string {
  return writeSmall(
    'filters.yaml',
    `name: filters
source: made up for tests
layers:
  - { name: f, kind: problem, bounds: { K: 2, C: 2, Q: 4, R: 2, S: 5 } }
  - { name: g, kind: problem, bounds: { K: 4, C: 2, Q: 3, S: 2 } }
`,
  );
}

/** Four PEs below a buffer that is slower than DRAM: what takes less energy takes more time. Replacements must match. */
export function tinyWith(...replacements: readonly (readonly [string, string])[]): string {
  return writeSmall(`tiny-${fileKey(replacements)}.yaml`, replaced(TINY_ACCELERATOR, replacements));
}

/** A file of the Eyeriss preset with replacements; each must match. */
export function eyerissWith(...replacements: readonly (readonly [string, string])[]): string {
  const text = readFileSync(resolve(import.meta.dirname, '../../accelerators/eyeriss.yaml'), 'utf8').replace(
    ', instances: 168',
    '',
  );
  return writeSmall(`eyeriss-${fileKey(replacements)}.yaml`, replaced(text, replacements));
}

/** A file of an accelerator preset with a slow vector unit at one of its levels. */
export function presetWithVector(name: string, level: string): string {
  const text = readFileSync(resolve(import.meta.dirname, `../../accelerators/${name}.yaml`), 'utf8');
  return writeSmall(
    `${name}-vector.yaml`,
    `${text}\nvectorUnit: { level: ${level}, simplePerCycle: 0.5, specialPerCycle: 0.25, energy: { simple: 3 pJ, special: 9 pJ } }\n`,
  );
}

function replaced(text: string, replacements: readonly (readonly [string, string])[]): string {
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`there is no '${from}'`);
    text = text.replace(from, to);
  }
  return text;
}

function fileKey(replacements: readonly (readonly [string, string])[]): string {
  return createHash('sha256').update(replacements.join()).digest('hex').slice(0, 40);
}

/** A request to map the small network exactly for EDP. */
export const SMALL_REQUEST: MapRequest = readRequest(MAP.request, {
  workload: SMALL_NETWORK,
  accelerator: 'eyeriss',
  objective: 'edp',
  subjectTo: [],
  mapper: 'exact',
  batch: 1,
  factors: 'perfect',
  temporalReuse: 'exact',
  betweenLayers: 'off',
  evaluations: 100,
  seed: 1,
});

/** A request to design an accelerator for the small network, with exact mappings. */
export const SMALL_DESIGN: DesignOptions = readRequest(DESIGN.request, {
  workloads: [SMALL_NETWORK],
  budget: 'eyeriss',
  batch: 1,
  strategy: 'naas',
  generations: 1,
  mapper: 'exact',
  mapperEvaluations: 1,
  factors: 'perfect',
  finalFactors: 'perfect',
  prune: true,
  seed: 1,
});
