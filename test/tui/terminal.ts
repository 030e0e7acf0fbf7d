import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Whether there is a terminal multiplexer to run programs in. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** Folder that commands start in. */
const root = resolve(import.meta.dirname, '../..');

let opened = 0;

/** A terminal with a command in it, on a server of its own: the end of one cannot meet the start of the next. */
export class Terminal {
  readonly #server = `trifold-live-view-test-${process.pid}-${opened++}`;

  constructor({ columns, rows }: { columns: number; rows: number }, command: string) {
    this.tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', root, command);
  }

  /** Runs a command of tmux. @returns what it prints */
  tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#server, '-f', '/dev/null', ...args], { encoding: 'utf8', stdio: 'pipe' });
  }

  /** A flag of the terminal, such as `alternate_on`. */
  flag(name: string): string {
    return this.tmux('display-message', '-p', `#{${name}}`).trim();
  }

  /** Presses keys, as tmux names them. */
  press(...keys: string[]): void {
    this.tmux('send-keys', ...keys);
  }

  /** Waits until the screen holds a text and stands still: a frame reaches the terminal in pieces. */
  until(found: (text: string) => boolean, what: string): Promise<string> {
    return this.#waited((text, before) => text === before && found(text), what);
  }

  /** Waits until the screen holds a text, though it may change all the time. */
  seen(found: (text: string) => boolean, what: string): Promise<string> {
    return this.#waited(found, what);
  }

  async #waited(isThere: (text: string, before: string) => boolean, what: string): Promise<string> {
    const deadline = performance.now() + 100_000;
    for (let before = ''; ; ) {
      const text = this.tmux('capture-pane', '-p');
      if (isThere(text, before)) return text;
      before = text;
      if (performance.now() > deadline) throw new Error(`${what} never came:\n${text}`);
      await new Promise((done) => setTimeout(done, 60));
    }
  }

  /** Process that the command of the terminal started first. */
  child(): number {
    const pane = this.tmux('display-message', '-p', '#{pane_pid}').trim();
    return Number(execFileSync('pgrep', ['-P', pane], { encoding: 'utf8' }).trim().split('\n')[0]);
  }

  /** Ends the terminal and all that runs in it; safe to call twice. */
  close(): void {
    spawnSync('tmux', ['-L', this.#server, 'kill-server'], { stdio: 'ignore' });
  }
}
