import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { flag, hasTmux, openTerminal, press, tmux, until } from './terminal.ts';

const PROMPT = 'shell-is-back';

/** A shell in a terminal that has written a line, then the fixture in its foreground, then tells how the terminal is. */
function start(size: { columns: number; rows: number }, fixture: string, environment = ''): void {
  const command = `echo written before; ${environment} node --import tsx test/tui/fixture-run.tsx ${fixture}; echo "${PROMPT} $? $(stty -a | grep -ow -e '-\\?echo' -e '-\\?icanon' | tr '\\n' ' ')"; exec sh`;
  openTerminal(size, `sh -c '${command.replaceAll("'", `'\\''`)}'`);
}

/** The terminal as it was: main screen with what was written before, cursor shown, echo and line editing on. */
async function expectRestored(exitCode: string): Promise<string> {
  const text = await until((now) => now.includes(PROMPT), 'the shell');
  expect(text).toContain('written before');
  expect(
    text
      .match(new RegExp(`${PROMPT} (\\d+) (.*)`))
      ?.slice(1)
      .map((part) => part.trim()),
  ).toEqual([exitCode, expect.stringMatching(/^(icanon echo|echo icanon)$/)]);
  expect(text).not.toContain('? help');
  expect(flag('alternate_on')).toBe('0');
  expect(flag('cursor_flag')).toBe('1');
  expect(flag('wrap_flag')).toBe('1');
  return text;
}

describe.skipIf(!hasTmux)('live view in a terminal', () => {
  afterEach(() => {
    tmux('kill-server');
  });

  it('shows its pages, follows keys and sizes, and ends on q', async () => {
    start({ columns: 100, rows: 30 }, '40');
    await until((text) => text.includes('? help'), 'the first frame');
    press('p');
    await until((text) => text.includes('● paused') && text.includes('go on'), 'the pause');
    press('p');
    const first = await until((text) => text.includes('finished: generations'), 'the end of the run');
    expect(first).toContain('accelerators evaluated');
    expect(first).toMatch(/EDP +\d\.\d+e1\d pJ·cycles/);
    expect(flag('alternate_on')).toBe('1');
    expect(flag('cursor_flag')).toBe('0');
    press('2');
    await until((text) => text.includes('PE array'), 'the accelerator');
    press('Tab', 'Down');
    expect(await until((text) => /▸ stage1\.conv2\.1/.test(text), 'the second layer')).toContain('bottleneck');
    press('Enter');
    await until((text) => text.includes('parallel for k in 0..14 on X'), 'its loop nest');
    tmux('resize-window', '-x', '60', '-y', '15');
    const small = await until(
      (text) => text.trimEnd().split('\n').length === 15 && text.includes('? help'),
      'the small frame',
    );
    expect(small.split('\n')[0]).toContain('trifold');
    tmux('resize-window', '-x', '250', '-y', '80');
    await until(
      (text) => text.trimEnd().split('\n').length === 80 && text.includes('RegisterFile [keeps'),
      'the large frame',
    );
    press('r');
    await until((text) => text.includes('report: runs/resnet50-1/report.html'), 'the report');
    press('q');
    expect(await expectRestored('0')).toContain('asked: pause pause report ended');
  });

  it('gives the terminal back on a kill signal and on a crash', async () => {
    start({ columns: 80, rows: 24 }, '20', 'NO_COLOR=1');
    await until((text) => text.includes('━ best so far'), 'the chart');
    expect(tmux('capture-pane', '-p', '-e')).not.toMatch(/\[[0-9;]*(3[0-7]|38;5)/);
    const pane = tmux('display-message', '-p', '#{pane_pid}').trim();
    const child = execFileSync('pgrep', ['-P', pane], { encoding: 'utf8' }).trim().split('\n')[0]!;
    process.kill(Number(child), 'SIGTERM');
    await expectRestored('143');
    tmux('kill-server');
    start({ columns: 80, rows: 24 }, '20 design crash');
    expect(await expectRestored('1')).toContain('made-up crash');
  });

  it('goes to the background and comes back', async () => {
    openTerminal({ columns: 90, rows: 26 }, `env PS1='ready$ ' bash --norc -i`);
    await until((text) => text.includes('ready$'), 'the shell');
    press('-l', 'node --import tsx test/tui/fixture-run.tsx 100');
    press('Enter');
    await until((text) => text.includes('━ best so far'), 'the chart');
    press('C-z');
    await until((text) => /Stopped[\s\S]*ready\$/.test(text), 'the shell');
    expect([flag('alternate_on'), flag('cursor_flag'), flag('wrap_flag')]).toEqual(['0', '1', '1']);
    press('-l', 'stty -a | grep -ow icanon; fg');
    press('Enter');
    await until((text) => text.includes('━ best so far') && text.includes('? help'), 'the view again');
    expect(flag('alternate_on')).toBe('1');
    press('2');
    await until((text) => text.includes('PE array'), 'the answer to a key');
    press('q');
    const shell = await until((text) => text.includes('ended'), 'the end');
    expect(shell).toContain('icanon');
    expect(flag('alternate_on')).toBe('0');
  });

  it('draws in ASCII where the locale says so, and dies with its terminal', async () => {
    start({ columns: 80, rows: 24 }, '30', 'LC_ALL=C');
    const text = await until((now) => now.includes('best so far') && now.includes('? help'), 'the chart');
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    const pane = tmux('display-message', '-p', '#{pane_pid}').trim();
    const child = Number(execFileSync('pgrep', ['-P', pane], { encoding: 'utf8' }).trim().split('\n')[0]);
    tmux('kill-pane');
    const isThere = () => {
      try {
        process.kill(child, 0);
        return true;
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 100 && isThere(); i++) await new Promise((done) => setTimeout(done, 100));
    expect(isThere()).toBe(false);
    openTerminal({ columns: 80, rows: 24 }, 'sh');
  });
});
