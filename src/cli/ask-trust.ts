import { createInterface } from 'node:readline';
import type { AskTrust } from '../app/run/trust.ts';
import { shownText } from '../util/shown-text.ts';
import { EXIT, ExitSignal } from './context.ts';

/** Where a question is asked and answered. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Agrees with --trust; else asks on a terminal, where all but `y` and `yes` is a no; elsewhere says no. */
export function trustAsker(isTrusted: boolean, { stdin, stderr }: Terminal = process): AskTrust {
  if (isTrusted) return async () => true;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return async () => false;
  return async ({ directory, demands }) => {
    const lines = demands.map((text) => `  ${text}\n`).join('');
    stderr.write(
      `${shownText(directory)} was not started by you in this working directory. Going on with it would\n${lines}`,
    );
    const answer = await firstLine(stdin, stderr, 'Do that? [y/N] ');
    return /^\s*y(?:es)?\s*$/i.test(answer);
  };
}

/** The next line; empty at the end of the input. @throws ExitSignal 130 for Ctrl-C */
async function firstLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    return await new Promise((resolve, reject) => {
      lines.once('SIGINT', () => reject(new ExitSignal(EXIT.interrupted)));
      lines.once('close', () => resolve(''));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}
