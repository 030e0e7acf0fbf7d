import { expect, it } from 'vitest';
import { describeError, TrifoldError } from '../../src/util/errors.ts';

it('shows characters that a terminal would obey instead of sending them', () => {
  const error = new TrifoldError('usage', 'no layer \u001b]0;title\u0007\u009b2J', { hint: 'a\nb\tc\u001b[31m' });
  expect(describeError(error)).toBe('no layer \\x1b]0;title\\x07\\x9b2J [usage]\n  hint: a\\nb\\tc\\x1b[31m');
});
