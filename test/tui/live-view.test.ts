import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/search/run-events.ts';
import { type LiveActions, openLiveView } from '../../src/tui/live-view.tsx';
import { syntheticRun } from '../search/synthetic-run.ts';
import { ESC, stripped } from './sgr.ts';

/** The streams of a terminal of 100 x 30. */
function terminal() {
  let written = '';
  let typed: string | null = null;
  let raw = false;
  const stdout = Object.assign(new EventEmitter(), {
    columns: 100,
    rows: 30,
    isTTY: true,
    getColorDepth: () => 8,
    write: (text: string) => {
      written += text;
      return true;
    },
  });
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setEncoding: () => stdin,
    setRawMode: (on: boolean) => {
      raw = on;
    },
    ref: () => stdin,
    unref: () => stdin,
    read: () => {
      const text = typed;
      typed = null;
      return text;
    },
  });
  return {
    // The view uses no more of the streams than this.
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    type: (text: string) => {
      typed = text;
      stdin.emit('readable');
    },
    written: () => written,
    isRaw: () => raw,
    isAlternate: () => written.lastIndexOf(`${ESC}[?1049h`) > written.lastIndexOf(`${ESC}[?1049l`),
    listeners: () => stdout.listenerCount('resize') + stdin.listenerCount('readable'),
  };
}

const noActions: LiveActions = { stop: () => undefined, togglePause: () => false, writeReport: async () => '' };
const settled = () => new Promise((done) => setTimeout(done, 150));

async function until(found: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !found(); i++) await settled();
  expect(found()).toBe(true);
}

describe('live view', () => {
  it('shows a run and leaves no trace after its end', async () => {
    const screen = terminal();
    const live = openLiveView({ ...screen, actions: noActions, readOnly: false, environment: {} });
    expect(screen.isAlternate()).toBe(true);
    expect(screen.isRaw()).toBe(true);
    for (const event of syntheticRun()) live.onEvent(event);
    await until(() => stripped(screen.written()).includes('finished: generations'));
    await live.close();
    const { length } = screen.written();
    expect(screen.isAlternate()).toBe(false);
    expect(screen.isRaw()).toBe(false);
    expect(screen.listeners()).toBe(0);
    live.onEvent(syntheticRun()[0]!);
    await live.close();
    await settled();
    expect(screen.written()).toHaveLength(length);
    expect(live.failure()).toBeUndefined();
  });

  it('hands keys to the actions and shows their answers', async () => {
    const screen = terminal();
    const asked: string[] = [];
    const live = openLiveView({
      ...screen,
      readOnly: false,
      environment: {},
      actions: {
        stop: () => asked.push('stop'),
        togglePause: () => asked.push('pause') > 0,
        writeReport: () => {
          asked.push('report');
          return Promise.reject(new Error('disk full'));
        },
      },
    });
    screen.type('p');
    await until(() => stripped(screen.written()).includes('● paused'));
    screen.type('r');
    await until(() => stripped(screen.written()).includes('no report: disk full'));
    screen.type('q');
    expect(asked).toEqual(['pause', 'report', 'stop']);
    await until(() => stripped(screen.written()).includes('ending cleanly'));
    await live.close();
  });

  it('does not call a watched run paused when no process works on it any more', async () => {
    const screen = terminal();
    const live = openLiveView({ ...screen, actions: noActions, readOnly: true, environment: {} });
    for (const event of syntheticRun({ isFinished: false })) live.onEvent(event);
    live.onEvent({ kind: 'paused', paused: true });
    await until(() => stripped(screen.written()).includes('● paused'));
    live.onAttended(false);
    await until(() => stripped(screen.written()).includes('● nobody works on it'));
    screen.type('5');
    await until(() => stripped(screen.written()).includes('trifold resume continues it'));
    await live.close();
  });

  it('offers no report of a run without a folder', async () => {
    const screen = terminal();
    const actions = { ...noActions, writeReport: () => Promise.reject(new Error('asked')) };
    const live = openLiveView({ ...screen, actions, readOnly: false, keepsFolder: false, environment: {} });
    await until(() => stripped(screen.written()).includes('p pause'));
    screen.type('?');
    await until(() => stripped(screen.written()).includes('pause and go on'));
    expect(stripped(screen.written())).not.toMatch(/r report|write the report now/);
    screen.type('r');
    await until(() => stripped(screen.written()).includes('keeps no folder'));
    expect(stripped(screen.written())).not.toContain('asked');
    await live.close();
  });

  it('draws the whole screen again when its size changes', async () => {
    const screen = terminal();
    const live = openLiveView({ ...screen, actions: noActions, readOnly: true, environment: {} });
    await settled();
    const { length } = screen.written();
    Object.assign(screen.stdout, { columns: 60, rows: 15 });
    screen.stdout.emit('resize');
    await until(
      () =>
        screen.written().slice(length).includes('? help') ||
        stripped(screen.written().slice(length)).includes('? help'),
    );
    expect(screen.written().slice(length)).toContain(`${ESC}[15;1H`);
    expect(screen.written().slice(length)).not.toContain(`${ESC}[16;1H`);
    await live.close();
  });

  it('gives the terminal back when it fails itself, and lets the run go on', async () => {
    const screen = terminal();
    const live = openLiveView({ ...screen, actions: noActions, readOnly: false, environment: {} });
    // An event that no version ever wrote.
    live.onEvent({ kind: 'layer', index: 0, count: 1, layer: { name: 'x' } } as unknown as RunEvent);
    await until(() => live.failure() !== undefined);
    expect(screen.isAlternate()).toBe(false);
    expect(screen.isRaw()).toBe(false);
    live.onEvent(syntheticRun()[0]!);
    await live.close();
  });

  it('has no view fail because an event cannot be taken', async () => {
    const screen = terminal();
    const live = openLiveView({ ...screen, actions: noActions, readOnly: false, environment: {} });
    live.onEvent({ kind: 'generation' } as unknown as RunEvent);
    expect(live.failure()).toBeInstanceOf(Error);
    expect(screen.isAlternate()).toBe(false);
    await live.close();
  });
});
