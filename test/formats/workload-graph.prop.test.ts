import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatWorkload } from '../../src/formats/workload/workload-writer.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import type { Network } from '../../src/workload/network.ts';
import { type Entry, randomWorkload } from '../workload/graph/workload-entries.ts';
import { file, layersAlone, read } from './workload-files.ts';

/** Names that YAML, blocks, implied operators or other names may be confused with. */
const NAMES = [
  ...[
    'a',
    'a.relu',
    'a.gelu',
    'a.flatten',
    'a.concat',
    'a.input',
    'a.a',
    'a.a.relu',
    'add',
    'add-2',
    'add-2.relu',
    'input',
  ],
  ...[
    'pool',
    'n1',
    '/block/0/Conv',
    'two words',
    'a: b',
    '- a',
    '# a',
    "it's",
    '"a"',
    '{ a }',
    '[a]',
    '*a',
    '&a',
    '!a',
  ],
  ...[
    'null',
    '~',
    'true',
    '1e3',
    '0x1f',
    '<<',
    '%',
    '@',
    '`',
    '?',
    '|',
    'a, b',
    'é',
    '卷积',
    '🙂',
    '\u202ea',
    'x'.repeat(200),
  ],
];

/** Entries with other names and widths; names that entries refer to change with them, and some are left out. */
function disguised(layers: readonly Entry[], names: readonly string[], dice: readonly number[]): Entry[] {
  const other = (name: unknown): unknown =>
    typeof name === 'string' && name !== 'input' ? (names[Number(name.slice(1))] ?? name) : name;
  const read = new Set(layers.flatMap(({ from }) => [from].flat()));
  return layers.map((entry, i) => {
    const { name, from, ...rest } = entry;
    const die = dice[i % dice.length]!;
    const isNameless = die % 3 === 0 && !read.has(name) && NAMELESS.has(String(entry.kind));
    const isWide = die % 4 === 1 && !['block', 'concat', 'reshape'].includes(String(entry.kind));
    const wordBits = die % 5 === 2 && 'listedAs' in entry === false && WITH_WIDTHS.has(String(entry.kind));
    return {
      ...rest,
      ...(isNameless ? {} : { name: other(name) }),
      ...(from === undefined ? {} : { from: Array.isArray(from) ? from.map(other) : other(from) }),
      ...(isWide ? { bits: [4, 8, 16, 32][(die % 7) % 4] } : {}),
      ...(wordBits ? { wordBits: { Inputs: 8 } } : {}),
      ...(Array.isArray(entry.layers) ? { layers: disguised(entry.layers, names, dice) } : {}),
    };
  });
}

const NAMELESS: ReadonlySet<string> = new Set([
  'pool',
  'activation',
  'softmax',
  'move',
  'reduce',
  'reshape',
  'concat',
  'add',
]);
const WITH_WIDTHS: ReadonlySet<string> = new Set(['conv', 'pointwise', 'depthwise', 'linear', 'matmul']);

/** The network of a text; undefined where it is refused. */
function readIfRight(text: string, batch: number): Network | undefined {
  try {
    return read(text, batch);
  } catch (error) {
    if (error instanceof TrifoldError) return undefined;
    throw error;
  }
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
        expect(written.graph).toEqual(network.graph);
      }),
      { numRuns: 100, seed: 20_261_129 },
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

  // Killed by: a name that is written for another tensor, functions that others read the input of, repeats of functions, widths left out.
  it('are read back equal under any names and widths', () => {
    let equal = 0;
    fc.assert(
      fc.property(
        randomWorkload(),
        fc.shuffledSubarray(NAMES, { minLength: 8 }),
        fc.array(fc.nat(60), { minLength: 5, maxLength: 9 }),
        fc.integer({ min: 1, max: 3 }),
        ({ input, layers }, names, dice, batch) => {
          const text = file(disguised(layers, names, dice), {
            input,
            wordBits: { Weights: 8, Inputs: 16, Outputs: 24 },
          });
          const network = readIfRight(text, batch);
          if (network === undefined) return;
          equal++;
          const written = read(formatWorkload(network, { batch }), batch);
          expect(written).toEqual(network);
        },
      ),
      { numRuns: 60 },
    );
    expect(equal).toBeGreaterThan(20);
  });
});
