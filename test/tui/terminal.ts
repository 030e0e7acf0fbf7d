import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Whether there is a terminal multiplexer to run programs in. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** Folder that commands start in. */
export const root = resolve(import.meta.dirname, '../..');

/** Every terminal has a server of its own, so that the end of one cannot meet the start of the next. */
let server = 0;

/** Runs a command of tmux. @returns what it prints */
export const tmux = (...args: string[]): string =>
  execFileSync('tmux', ['-L', `trifold-live-view-test-${process.pid}-${server}`, '-f', '/dev/null', ...args], {
    encoding: 'utf8',
    stdio: 'pipe',
  });

/** Opens a terminal with a command in it. */
export function openTerminal({ columns, rows }: { columns: number; rows: number }, command: string): void {
  server++;
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', root, command);
}

/** What the terminal shows. */
const screen = (): string => tmux('capture-pane', '-p');
/** A flag of the terminal, such as `alternate_on`. */
export const flag = (name: string): string => tmux('display-message', '-p', `#{${name}}`).trim();
/** Presses keys, as tmux names them. */
export const press = (...keys: string[]): string => tmux('send-keys', ...keys);

/** Waits until the screen holds a text and stands still: a frame reaches the terminal in pieces. */
export async function until(found: (text: string) => boolean, what: string): Promise<string> {
  const deadline = performance.now() + 20_000;
  for (let before = ''; ; ) {
    const text = screen();
    if (found(text) && text === before) return text;
    before = text;
    if (performance.now() > deadline) throw new Error(`${what} never came:\n${text}`);
    await new Promise((done) => setTimeout(done, 60));
  }
}
