import fc from 'fast-check';
import type { Key as InkKey } from 'ink';
import { describe, expect, it } from 'vitest';
import { schedulesOf } from '../../../src/search/run-figures.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import {
  INITIAL_UI,
  type Key,
  openPage,
  PAGES,
  pagesOf,
  reduceKey,
  type UiState,
} from '../../../src/tui/state/ui-state.ts';
import { keyOf } from '../../../src/tui/terminal/keys.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const view: RunView = syntheticRun({ generations: 5 }).reduce(reduceRunView, EMPTY_VIEW);
const scheduled: RunView = syntheticRun({ command: 'map', networks: ['a', 'b'], scheduled: 15 }).reduce(
  reduceRunView,
  EMPTY_VIEW,
);
const character = (text: string): Key => ({ kind: 'character', character: text });
type Name = Extract<Key, { kind: 'named' }>['name'];
const named = (name: Name): Key => ({ kind: 'named', name });
const press = (keys: readonly Key[], start: UiState = INITIAL_UI, readOnly = false, of = view) =>
  keys.reduce((ui, key) => reduceKey(ui, key, of, { readOnly, keepsFolder: true }).ui, start);

const anyKey = fc.oneof(
  fc.string({ minLength: 1, maxLength: 1 }).map(character),
  fc
    .constantFrom<Name>(
      'up',
      'down',
      'left',
      'right',
      'page-up',
      'page-down',
      'home',
      'end',
      'enter',
      'escape',
      'tab',
      'back-tab',
    )
    .map(named),
);

describe('keys of the live view', () => {
  it('stay within pages, layers and log lines whatever is pressed', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 40 }), (keys) => {
        const ui = press(keys);
        expect(ui.page).toBeGreaterThanOrEqual(0);
        expect(ui.page).toBeLessThan(PAGES.length);
        expect(view.layers[ui.selectedLayer]).toBeDefined();
        expect(ui.logScroll).toBeGreaterThanOrEqual(0);
        expect(ui.logScroll).toBeLessThan(view.log.length);
        expect(ui.detailScroll).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('go to a page by its number and around by Tab', () => {
    for (const run of [view, scheduled]) {
      const pages = pagesOf(run);
      const pressed = (keys: readonly Key[]) => press(keys, INITIAL_UI, false, run);
      PAGES.forEach((_, page) => {
        expect(pressed([character(String(page + 1))]).page).toBe(page < pages.length ? page : 0);
      });
      expect(pressed(pages.map(() => named('tab')))).toEqual(INITIAL_UI);
      expect(pressed([named('back-tab')]).page).toBe(pages.length - 1);
    }
    expect([pagesOf(view).length, pagesOf(scheduled).length]).toEqual([5, 6]);
  });

  it('select an operator and a network, and stay within them', () => {
    const operators = schedulesOf(scheduled).map(({ schedule }) => schedule.operators.length);
    const pressed = (keys: readonly Name[], start = { ...INITIAL_UI, page: 5 }) =>
      press(keys.map(named), start, false, scheduled);
    expect(pressed(['down', 'down', 'up'])).toMatchObject({ network: 0, selectedOperator: 1 });
    expect(pressed(['end']).selectedOperator).toBe(operators[0]! - 1);
    expect(pressed(['end', 'page-down', 'home', 'up']).selectedOperator).toBe(0);
    expect(pressed(['down', 'right'])).toMatchObject({ network: 1, selectedOperator: 0 });
    expect(pressed(['left', 'end'])).toMatchObject({ network: 1, selectedOperator: operators[1]! - 1 });
    expect(pressed(['right', 'right'])).toMatchObject({ network: 0 });
  });

  it('open the first page where the run has the chosen one no more', () => {
    const ui = press([character('6')], INITIAL_UI, false, scheduled);
    expect([openPage(ui, scheduled), openPage(ui, view)]).toEqual(['Network', 'Progress']);
    expect(press([named('down')], ui)).toEqual(ui);
  });

  it('select a layer, open it and close it', () => {
    const selected = press([character('3'), named('down'), named('down'), named('up')]);
    expect(selected.selectedLayer).toBe(1);
    const open = press([named('enter')], selected);
    expect(open.layerOpen).toBe(true);
    expect(press([named('down')], open).detailScroll).toBe(1);
    expect(press([named('right')], open).selectedLayer).toBe(2);
    expect(press([named('escape')], open).layerOpen).toBe(false);
    expect(press([named('end')], selected).selectedLayer).toBe(view.layers.length - 1);
  });

  it('ask of the run what they stand for', () => {
    const asked = (key: Key, readOnly: boolean, ui = INITIAL_UI) =>
      reduceKey(ui, key, view, { readOnly, keepsFolder: true }).request;
    expect(asked(character('q'), false)).toBe('stop');
    expect(asked(character('p'), false)).toBe('toggle-pause');
    expect(asked(character('r'), false)).toBe('write-report');
    expect(asked(named('interrupt'), false)).toBe('stop');
    expect(asked(named('interrupt'), false, press([named('interrupt')]))).toBe('interrupt');
    expect(asked(named('redraw'), false)).toBe('redraw');
    expect(asked(named('suspend'), true)).toBe('suspend');
  });

  it('end at once only on the second Ctrl-C, never on a second q', () => {
    const ending = press([character('q')]);
    expect(reduceKey(ending, character('q'), view, { readOnly: false, keepsFolder: true }).request).toBe('none');
    expect(reduceKey(ending, named('interrupt'), view, { readOnly: false, keepsFolder: true }).request).toBe(
      'interrupt',
    );
  });

  it('ask nothing of a run that is only watched but to leave it', () => {
    for (const key of ['p', 'r']) {
      const { request, ui } = reduceKey(INITIAL_UI, character(key), view, { readOnly: true, keepsFolder: true });
      expect(request).toBe('none');
      expect(ui.message).toBe('watching only');
    }
    expect(reduceKey(INITIAL_UI, character('q'), view, { readOnly: true, keepsFolder: true }).request).toBe('stop');
  });

  it('say why a run without a folder has no report', () => {
    const { request, ui } = reduceKey(INITIAL_UI, character('r'), view, { readOnly: false, keepsFolder: false });
    expect(request).toBe('none');
    expect(ui.message).toContain('keeps no folder');
  });
});

describe('input of the terminal', () => {
  const none = Object.fromEntries(
    [
      'upArrow',
      'downArrow',
      'leftArrow',
      'rightArrow',
      'pageDown',
      'pageUp',
      'home',
      'end',
      'return',
      'escape',
      'ctrl',
      'shift',
      'tab',
      'backspace',
      'delete',
      'meta',
    ].map((name) => [name, false]),
    // Ink adds fields between versions; those that matter here are all false.
  ) as unknown as InkKey;

  it('becomes one key per character and per named key', () => {
    expect(keyOf('3?', none)).toEqual([character('3'), character('?')]);
    expect(keyOf('', { ...none, upArrow: true })).toEqual([named('up')]);
    expect(keyOf('', { ...none, tab: true, shift: true })).toEqual([named('back-tab')]);
    expect(keyOf('c', { ...none, ctrl: true })).toEqual([named('interrupt')]);
    expect(keyOf('z', { ...none, ctrl: true })).toEqual([named('suspend')]);
    expect(keyOf('x', { ...none, ctrl: true })).toEqual([]);
    expect(keyOf('q', { ...none, meta: true })).toEqual([]);
    expect(keyOf('3\r', none)).toEqual([character('3'), named('enter')]);
  });
});
