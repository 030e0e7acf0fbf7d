import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { trustAsker } from '../../src/cli/ask-trust.ts';

const RUN = { directory: 'runs/x', demands: ['run the command "./score.sh"'] };

/** The answer to an input, and what was shown. */
async function answered(input: string | null, isTTY = true, isTrusted = false) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const answer = trustAsker(isTrusted, { stdin, stderr })(RUN);
  if (input !== null) stdin.end(input);
  const isYes = await answer;
  return { isYes, shown: String(stderr.read() ?? '') };
}

describe('the question whether a run may do something', () => {
  it.each(['y\n', 'Y\n', ' yes \n', 'YES\n'])('is answered with yes by %j', async (input) => {
    const { isYes, shown } = await answered(input);
    expect(isYes).toBe(true);
    expect(shown).toContain('run the command "./score.sh"');
  });

  it.each(['', '\n', 'n\n', 'no\ny\n', 'yep\n', 'yes please\n', 'yes'])('is answered with no by %j', async (input) => {
    expect((await answered(input)).isYes).toBe(false);
  });

  it('is answered with no where there is no terminal, whatever is piped in', async () => {
    expect(await answered('y\n', false)).toEqual({ isYes: false, shown: '' });
  });

  it('is not asked with --trust', async () => {
    expect(await answered(null, false, true)).toEqual({ isYes: true, shown: '' });
  });
});
