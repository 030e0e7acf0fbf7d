import type { Random } from '../../src/util/random.ts';
import { pick } from './choices.ts';

const LONG = 3000;
/** Characters for which an effort that grows with their square is felt. */
const SLOW = 60_000;
const DEEP = 300;

/** Numbers at the edges of what a field may take, as files write them. */
const NUMBERS = [
  ...[
    '0',
    '-1',
    '-0',
    '0.5',
    '1',
    '2',
    '3',
    '7',
    '1.5',
    '64',
    '65537',
    '1000003',
    '16777217',
    '2147483648',
    '4294967296',
  ],
  ...[
    '1e15',
    '9007199254740992',
    '9007199254740993',
    '1e21',
    '1e300',
    '1e308',
    '1e999',
    '-1e999',
    '5e-324',
    '1e-320',
    '-1e15',
  ],
];

/** The same where the format is YAML: numbers and nothings of its own, tags, anchors without a value, aliases without an anchor. */
const YAML_WORDS = [
  ...[
    '.nan',
    '.inf',
    '-.inf',
    '0x10',
    '0o17',
    '1_000',
    '~',
    'yes',
    '2026-01-01',
    '!!binary aGVsbG8=',
    '!!set {a, b}',
    '!!str 5',
  ],
  ...[
    '!unknown 5',
    '&a',
    '*a',
    '&b [1, *b]',
    '[*base, *base]',
    '<<',
    '!!float 1',
    '!!timestamp 2026-01-01',
    '? 5',
    '!!js/function "x"',
  ],
];

/** JSON that is no number. */
const VALUES = [
  '""',
  'null',
  'true',
  'false',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"a": 1}',
  '{"__proto__": {"a": 1}}',
  '[0, 0]',
  '[1, 2, 3, 4]',
];

/** Texts that views, tables, shells, regular expressions and file systems take amiss. */
const TEXTS = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '\u001b[31mred\u001b[0m',
    '\u0007',
    '\u0000',
    '\u202egnp.exe',
    '\ufeff',
  ],
  ...[
    '=1+1',
    '-',
    '*',
    '?',
    '**********a',
    '(a+)+$',
    '[',
    '\\',
    '../../etc/passwd',
    '/dev/null',
    'a/b',
    '.',
    ' ',
    '\n',
    '\r\n',
    '\t',
  ],
  ...[
    '<script>alert(1)</script>',
    '"',
    "'",
    '%s%n',
    '$' + '{x}',
    '$(id)',
    '🧨',
    'e\u0301',
    '\ud800',
    'NaN',
    'Infinity',
    'undefined',
    'null',
  ],
];

/** Texts of quantities: units missing, of another kind, swapped or unheard of. */
const QUANTITIES = [
  ...[
    '64',
    '64 KiB',
    '64KiB',
    '64 kib',
    '64 TiB',
    '-1 B',
    '0 B',
    '1e400 B',
    '1 GHz',
    '1 Hz',
    '0 MHz',
    '1e15 GHz',
    '1 pJ',
    '-1 pJ',
  ],
  ...[
    '1 J',
    '2 words/cycle',
    '0 words/cycle',
    '0.001 words/cycle',
    '1e300 words/cycle',
    '16 bit/cycle',
    '1 GB/s',
    '1 furlong',
    '1 mm^2',
  ],
  ...[
    '1 KiB KiB',
    '1/0 B',
    '2 * 3 KiB',
    '(1 + 2) B',
    '65 nm',
    '1 mW',
    '1e-300 B',
    '0.5 bit',
    '1 cycle',
    'NaN B',
    'Infinity B',
    '2^70 B',
  ],
];

/** Names that some format gives a meaning. */
const WORDS = [
  ...[
    'Weights',
    'Inputs',
    'Outputs',
    'N',
    'G',
    'K',
    'C',
    'P',
    'Q',
    'R',
    'S',
    'X',
    'Y',
    'Z',
    'full',
    'any',
    'free',
    'innermost',
  ],
  ...[
    'outermost',
    'array',
    'conv',
    'pool',
    'linear',
    'matmul',
    'problem',
    'transposed',
    'depthwise',
    'pointwise',
    'concat',
  ],
  ...[
    'reshape',
    'global-pool',
    'dram',
    'buffer',
    'register-file',
    'input',
    'K 2',
    'K 2 X',
    'K 1000000007',
    'eyeriss',
    'cacti-65nm',
  ],
];

/** A value as the text of a file holds it, mostly one that the place does not expect. */
export function hostileText(random: Random, isYaml: boolean): string {
  switch (random.nextInt(isYaml ? 10 : 8)) {
    case 0:
    case 1:
    case 2:
      return pick(random, NUMBERS);
    case 3:
      return pick(random, VALUES);
    case 4:
      return JSON.stringify(pick(random, TEXTS));
    case 5:
      return JSON.stringify(pick(random, QUANTITIES));
    case 6:
      return JSON.stringify(pick(random, WORDS));
    case 7:
      return largeValue(random);
    default:
      return pick(random, YAML_WORDS);
  }
}

/** A word for grammars of one line: as {@link hostileText}, without quotes. */
export function hostileWord(random: Random): string {
  const words = pick(random, [NUMBERS, TEXTS, QUANTITIES, WORDS]);
  if (random.nextInt(40) > 0) return pick(random, words);
  const part = pick(random, ['a', '*a', '?*', ' ', '1', '1 ', '/a', '..', 'x', '(', '-']);
  return `${part.repeat(random.nextInt(2) === 0 ? LONG : 100)}b`;
}

/** Long texts and lists, and deep nesting. */
function largeValue(random: Random): string {
  const kinds: readonly (() => string)[] = [
    () => JSON.stringify('x'.repeat(LONG)),
    () => JSON.stringify(`${pick(random, ['1', ' ', '/a', '.']).repeat(SLOW)}!`),
    () => `[${Array.from({ length: 200 }, () => pick(random, NUMBERS)).join(', ')}]`,
    () => `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
    () => `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  ];
  return pick(random, kinds)();
}
