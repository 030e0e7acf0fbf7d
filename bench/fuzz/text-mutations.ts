import type { Random } from '../../src/util/random.ts';
import { oneIn, pick } from './choices.ts';
import { hostileWord } from './hostile.ts';

/** Changes the bytes of a file: what an editor, a transfer, a merge or an attacker does to it. @param other another file, to splice with */
export function mutateBytes(random: Random, bytes: Buffer, other: Buffer): Buffer {
  let changed = bytes;
  const changes = 1 + (oneIn(random, 3) ? random.nextInt(5) : 0);
  for (let i = 0; i < changes; i++) changed = mutateOnce(random, changed, other);
  return changed;
}

function mutateOnce(random: Random, bytes: Buffer, other: Buffer): Buffer {
  const at = random.nextInt(bytes.length + 1);
  switch (random.nextInt(15)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return flipped(random, bytes);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.nextInt(other.length + 1))]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), pick(random, STRAY), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([Buffer.from('\ufeff'), bytes]);
    case 5:
      return Buffer.from(bytes.toString('latin1').replaceAll('\n', pick(random, ['\r\n', '\r', '\n\n'])), 'latin1');
    case 6:
      return Buffer.concat([bytes, Buffer.from(pick(random, ['\n---\n', '\n', '\n...\n'])), other]);
    case 7:
    case 8:
    case 9:
      return withLines(random, bytes, other);
    default:
      return withWord(random, bytes);
  }
}

const STRAY = [
  ...[
    '\0',
    '\t',
    '\u001b',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '#',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '`',
    '\u2028',
    '\u0085',
  ].map((text) => Buffer.from(text)),
  Buffer.from([0xff]),
  Buffer.from([0xc3]),
  Buffer.from([0xed, 0xa0, 0x80]),
];

function flipped(random: Random, bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  const at = random.nextInt(copy.length);
  copy[at] = copy[at]! ^ (1 << random.nextInt(8));
  return copy;
}

/** Lines removed, repeated, swapped, taken from another file, or moved sideways. */
function withLines(random: Random, bytes: Buffer, other: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const at = random.nextInt(lines.length);
  const count = 1 + random.nextInt(4);
  switch (random.nextInt(5)) {
    case 0:
      lines.splice(at, count);
      break;
    case 1:
      for (let i = 0, times = oneIn(random, 6) ? 20 : 1; i < times; i++)
        lines.splice(at, 0, ...lines.slice(at, at + count));
      break;
    case 2:
      lines.splice(random.nextInt(lines.length), 0, ...lines.splice(at, count));
      break;
    case 3:
      lines.splice(at, 0, pick(random, other.toString('latin1').split('\n')));
      break;
    default:
      lines[at] = pick(random, [` ${lines[at]}`, `    ${lines[at]}`, `\t${lines[at]}`, lines[at]!.trimStart()]);
  }
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** A word, a number or a separator replaced, removed, or repeated. */
function withWord(random: Random, bytes: Buffer): Buffer {
  const words = [...bytes.toString('latin1').matchAll(/[\w.+-]+|[^\w\s]/g)];
  if (words.length === 0) return Buffer.from(hostileWord(random));
  const { index, 0: word } = pick(random, words);
  const replacement = Buffer.from(
    pick(random, [hostileWord(random), hostileWord(random), '', `${word}${word}`, `-${word}`]),
  );
  return Buffer.concat([bytes.subarray(0, index), replacement, bytes.subarray(index + word.length)]);
}
