import { expect, it } from 'vitest';
import { shownUsageError } from '../../src/cli/command-line.ts';

it('a usage error repeats no more of what was given than people read', () => {
  expect(shownUsageError(`error: ${'x'.repeat(5000)}\n`)).toBe(`error: ${'x'.repeat(993)} …\n`);
  expect(shownUsageError(`error: unknown\n(Did you mean a?)\n`)).toBe('error: unknown\n(Did you mean a?)\n');
});
