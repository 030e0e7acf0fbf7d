import { shellWord } from '../../util/shell-word.ts';

/** A command as one types it into a POSIX shell, without the folder of the run, which exists already. */
export function commandText(command: readonly string[]): string {
  const words = command.filter(
    (word, i) => word !== '--out' && !word.startsWith('--out=') && command[i - 1] !== '--out',
  );
  return words.map(shellWord).join(' ');
}
