import { afterAll, describe, expect, it } from 'vitest';
import { hasTmux, Terminal } from './terminal.ts';

const PROMPT = 'shell-is-back';

const terminals: Terminal[] = [];

function open(size: { columns: number; rows: number }, command: string): Terminal {
  const terminal = new Terminal(size, command);
  terminals.push(terminal);
  return terminal;
}

/** A shell in a terminal that has written a line, then the fixture in its foreground, then tells how the terminal is. */
function start(size: { columns: number; rows: number }, fixture: string, environment = ''): Terminal {
  const command = `echo written before; ${environment} node --import tsx test/tui/fixture-run.tsx ${fixture}; echo "${PROMPT} $? $(stty -a | grep -ow -e '-\\?echo' -e '-\\?icanon' | tr '\\n' ' ')"; exec sh`;
  return open(size, `sh -c '${command.replaceAll("'", `'\\''`)}'`);
}

/** The terminal as it was: main screen with what was written before, cursor shown, echo and line editing on. */
async function expectRestored(terminal: Terminal, exitCode: string): Promise<string> {
  const text = await terminal.until((now) => now.includes(PROMPT), 'the shell');
  expect(text).toContain('written before');
  expect(
    text
      .match(new RegExp(`${PROMPT} (\\d+) (.*)`))
      ?.slice(1)
      .map((part) => part.trim()),
  ).toEqual([exitCode, expect.stringMatching(/^(icanon echo|echo icanon)$/)]);
  expect(text).not.toContain('? help');
  expect(terminal.flag('alternate_on')).toBe('0');
  expect(terminal.flag('cursor_flag')).toBe('1');
  expect(terminal.flag('wrap_flag')).toBe('1');
  return text;
}

describe.skipIf(!hasTmux)('live view in a terminal', { concurrent: true }, () => {
  afterAll(() => {
    for (const terminal of terminals) terminal.close();
  });

  it('shows its pages, follows keys and sizes, and ends on q', async () => {
    const terminal = start({ columns: 100, rows: 30 }, '40 design hold');
    // Keys that come before the view listens are lost; on a busy machine no two frames are the same before the end.
    await terminal.seen((text) => /generation +[1-9]\d* of 16/.test(text), 'the first generation');
    terminal.press('p');
    await terminal.until((text) => text.includes('● paused') && text.includes('go on'), 'the pause');
    terminal.press('p');
    const first = await terminal.until((text) => text.includes('finished: generations'), 'the end of the run');
    expect(first).toContain('accelerators evaluated');
    expect(first).toMatch(/EDP +\d\.\d+e1\d pJ·cycles/);
    expect(terminal.flag('alternate_on')).toBe('1');
    expect(terminal.flag('cursor_flag')).toBe('0');
    terminal.press('2');
    await terminal.until((text) => text.includes('PE array'), 'the accelerator');
    terminal.press('Tab', 'Down');
    expect(await terminal.until((text) => /▸ stage1\.conv2\.1/.test(text), 'the second layer')).toContain('bottleneck');
    terminal.press('Enter');
    await terminal.until((text) => text.includes('parallel for k in 0..14 on X'), 'its loop nest');
    terminal.tmux('resize-window', '-x', '60', '-y', '15');
    const small = await terminal.until(
      (text) => text.trimEnd().split('\n').length === 15 && text.includes('? help'),
      'the small frame',
    );
    expect(small.split('\n')[0]).toContain('trifold');
    terminal.tmux('resize-window', '-x', '250', '-y', '80');
    await terminal.until(
      (text) => text.trimEnd().split('\n').length === 80 && text.includes('RegisterFile [keeps'),
      'the large frame',
    );
    terminal.press('r');
    await terminal.until((text) => text.includes('report: runs/resnet50-1/report.html'), 'the report');
    terminal.press('q');
    expect(await expectRestored(terminal, '0')).toContain('asked: pause pause report ended');
  });

  it('gives the terminal back on a kill signal', async () => {
    const terminal = start({ columns: 80, rows: 24 }, '20', 'NO_COLOR=1');
    await terminal.until((text) => text.includes('━ best so far'), 'the chart');
    expect(terminal.tmux('capture-pane', '-p', '-e')).not.toMatch(/\[[0-9;]*(3[0-7]|38;5)/);
    process.kill(terminal.child(), 'SIGTERM');
    await expectRestored(terminal, '143');
  });

  it('gives the terminal back on a crash', async () => {
    const terminal = start({ columns: 80, rows: 24 }, '20 design crash');
    expect(await expectRestored(terminal, '1')).toContain('made-up crash');
  });

  it('goes to the background and comes back', async () => {
    const terminal = open({ columns: 90, rows: 26 }, `env PS1='ready$ ' bash --norc -i`);
    await terminal.until((text) => text.includes('ready$'), 'the shell');
    terminal.press('-l', 'node --import tsx test/tui/fixture-run.tsx 100');
    terminal.press('Enter');
    await terminal.until((text) => text.includes('━ best so far'), 'the chart');
    terminal.press('C-z');
    await terminal.until((text) => /Stopped[\s\S]*ready\$/.test(text), 'the shell');
    expect([terminal.flag('alternate_on'), terminal.flag('cursor_flag'), terminal.flag('wrap_flag')]).toEqual([
      '0',
      '1',
      '1',
    ]);
    terminal.press('-l', 'stty -a | grep -ow icanon; fg');
    terminal.press('Enter');
    await terminal.until((text) => text.includes('━ best so far') && text.includes('? help'), 'the view again');
    expect(terminal.flag('alternate_on')).toBe('1');
    terminal.press('2');
    await terminal.until((text) => text.includes('PE array'), 'the answer to a key');
    terminal.press('q');
    const shell = await terminal.until((text) => text.includes('ended'), 'the end');
    expect(shell).toContain('icanon');
    expect(terminal.flag('alternate_on')).toBe('0');
  });

  it('draws in ASCII where the locale says so, and dies with its terminal', async () => {
    const terminal = start({ columns: 80, rows: 24 }, '30', 'LC_ALL=C');
    const text = await terminal.until((now) => now.includes('best so far') && now.includes('? help'), 'the chart');
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    const child = terminal.child();
    terminal.tmux('kill-pane');
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
  });
});
