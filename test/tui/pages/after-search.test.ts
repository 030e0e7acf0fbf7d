import { describe, expect, it } from 'vitest';
import type { BaselineEvent, RunEvent } from '../../../src/search/run-events.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { drawAcceleratorPage } from '../../../src/tui/pages/accelerator-page.ts';
import { drawHelpPage } from '../../../src/tui/pages/help-page.ts';
import { drawLayersPage } from '../../../src/tui/pages/layers-page.ts';
import { drawProgressPage } from '../../../src/tui/pages/progress-page.ts';
import { gainText } from '../../../src/tui/state/run-log.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { INITIAL_UI } from '../../../src/tui/state/ui-state.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const AFTER = 'now the mappings of the best design and of the baseline (the search has ended)';
const NOTE: RunEvent = { kind: 'note', level: 'info', text: AFTER };

const viewOf = (events: readonly RunEvent[], view: RunView = EMPTY_VIEW): RunView => events.reduce(reduceRunView, view);

function drawn(width: number, height: number, draw: (canvas: Canvas) => void): string {
  const canvas = Canvas.create(width, height);
  draw(canvas);
  return canvas
    .lines()
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n');
}

const progressPage = (view: RunView, width: number, height: number) =>
  drawn(width, height, (canvas) => drawProgressPage(canvas, view));

const RUN = syntheticRun({ generations: 6 });
const SEARCHED = viewOf(RUN.filter(({ kind }) => kind !== 'finished'));

describe('the time between the end of a search and its final mappings', () => {
  it('has its reason on the first page, and no time left', () => {
    expect(progressPage(SEARCHED, 78, 20)).toMatch(/left 0:00/);
    const view = viewOf([NOTE], SEARCHED);
    expect(progressPage(view, 78, 20)).toContain(AFTER);
    expect(progressPage(view, 58, 12)).toContain('now the mappings of the best design and of the');
    expect(progressPage(view, 140, 36)).toMatch(/now the mappings of the best design and/);
    for (const page of [progressPage(view, 78, 20), progressPage(view, 140, 36)]) expect(page).not.toMatch(/left +0:0/);
  });

  it('is over with the next generation and with the end', () => {
    const generation = RUN.findLast(({ kind }) => kind === 'generation')!;
    const finished = RUN.findLast(({ kind }) => kind === 'finished')!;
    const noted = viewOf([...RUN.filter((event) => event !== generation && event !== finished), NOTE]);
    expect(noted.doing).toBe(AFTER);
    expect(viewOf([generation], noted).doing).toBeNull();
    expect(viewOf([finished], noted).doing).toBeNull();
  });

  it('is not begun by a warning', () => {
    expect(viewOf([{ ...NOTE, level: 'warning' }], SEARCHED).doing).toBeNull();
  });
});

describe('final mappings', () => {
  const baselines = RUN.filter((event): event is BaselineEvent => event.kind === 'baseline');
  const half = (event: BaselineEvent): BaselineEvent => ({
    ...event,
    isFinal: true,
    networks: event.networks.map((one) => ({ ...one, edpPjCycles: one.edpPjCycles / 2, energyPj: one.energyPj / 2 })),
  });
  const finals = baselines.map(half);
  const view = viewOf([...finals, ...RUN.filter(({ kind }) => kind === 'finished')], SEARCHED);

  it('leave the lines of the search where they were, and count in the gain', () => {
    expect(view.searched).toEqual(SEARCHED.searched);
    expect(view.searched.optimal).toBe(baselines.find(({ which }) => which === 'optimal'));
    expect(view.optimal).toBe(finals.find(({ which }) => which === 'optimal'));
  });

  it('are told in the log with what they bring', () => {
    const texts = view.log.map(({ text }) => text);
    expect(texts.filter((text) => text.includes('mapped anew: EDP'))).toHaveLength(baselines.length);
    expect(texts.at(-1)).toMatch(
      /^finished: generations; final mappings: EDP [\d.e]+ pJ·cycles, [\d.]+× (better|worse) than eyeriss$/,
    );
  });

  it('are called better or worse, as they are', () => {
    expect(gainText(2.137)).toBe('2.14× better');
    expect(gainText(0.5)).toBe('2× worse');
  });

  it('are not called sampled where they are not proven', () => {
    const layers = view.layers.map(({ index, layer }) => ({ index, layer: { ...layer, optimal: index % 2 === 0 } }));
    const page = drawn(158, 40, (canvas) => drawLayersPage(canvas, { ...view, layers }, INITIAL_UI));
    expect(page).toMatch(/ optimal/);
    expect(page).toMatch(/ best found/);
    expect(page).not.toContain('sampled');
  });
});

describe('a design run before its first event', () => {
  it('says that its baseline comes first', () => {
    expect(progressPage(viewOf(RUN.slice(0, 1)), 78, 20)).toMatch(/^baseline comes first/);
    expect(progressPage(viewOf(RUN.filter(({ kind }) => kind === 'baseline' || kind === 'started')), 78, 20)).toContain(
      'no feasible design yet',
    );
  });
});

describe('help', () => {
  it('is whole in 80 x 24', () => {
    const page = drawn(78, 20, (canvas) => drawHelpPage(canvas, { readOnly: false, keepsFolder: true }, 6));
    expect(page).not.toContain('…');
    expect(page).toContain('All are mapped anew after the search.');
    expect(page).toContain('Bottleneck 1.4×: so much faster if that resource had no limit.');
  });
});

describe('a small terminal', () => {
  const view = viewOf(syntheticRun({ networks: ['resnet50', 'vgg16'], generations: 12 }));

  it('tells layers of several networks apart', () => {
    const page = drawn(78, 30, (canvas) => drawLayersPage(canvas, view, INITIAL_UI));
    const names = page
      .split('\n')
      .slice(3, -1)
      .map((line) => line.slice(2, 20).trim())
      .filter((name) => name !== '');
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names).size).toBe(names.length);
    for (const { layer } of view.layers.slice(0, names.length)) expect(page).toContain(layer.name.slice(0, 17));
  });

  it('cuts no figure of what changed in the design', () => {
    for (const width of [78, 98, 118]) {
      const page = drawn(width, 30, (canvas) => drawAcceleratorPage(canvas, view));
      expect(page).toContain(' against ');
      for (const line of page.slice(page.indexOf(' against ')).split('\n').slice(1)) {
        expect(line).not.toMatch(/→.*…/);
        expect(line).not.toMatch(/([A-Za-z²]+) → [\d.]+ \1( |$)/);
      }
    }
  });
});
