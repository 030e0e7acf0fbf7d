import { expect, it } from 'vitest';
import { bitsText } from '../../src/util/quantity-text.ts';

// Killed by: bits without separators, bytes for a handful of bits, bits told as so many bytes.
it.each([
  [80, '80 bits'],
  [8191, '8,191 bits'],
  [8192, '8,192 bits (1 KiB)'],
  [1_966_080, '1,966,080 bits (240 KiB)'],
  [8 * 2 ** 20 * 8, '67,108,864 bits (8 MiB)'],
])('%d bits are told with separators, many of them as bytes as well', (bits, text) => {
  expect(bitsText(bits)).toBe(text);
  expect(bitsText(bits, '')).toBe(text.replace(' bits', ''));
});
