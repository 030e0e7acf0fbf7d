import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { afterAll, describe, expect, it } from 'vitest';
import { accuracyText } from '../../src/search/accuracy-text.ts';
import type { RunEvent } from '../../src/search/run-events.ts';
import { BASELINE_TRIAL } from '../../src/search/trials.ts';
import { LiveFrame } from '../../src/tui/components.tsx';
import { type ColorDepth, colorDepthOf } from '../../src/tui/drawing/palette.ts';
import { footerLines, type Size, SMALLEST } from '../../src/tui/frame.ts';
import { TRADE_OFFS } from '../../src/tui/state/design-points.ts';
import { paretoPictures } from '../../src/tui/state/pareto-pictures.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../src/tui/state/run-view.ts';
import { INITIAL_UI, PAGES, type UiState } from '../../src/tui/state/ui-state.ts';
import { textColumns } from '../../src/util/text-columns.ts';
import { syntheticRun } from '../search/synthetic-run.ts';
import { hiddenIn } from '../util/hostile-text.ts';
import { SGR, stripped } from './sgr.ts';

const SIZES: readonly Size[] = [SMALLEST, { columns: 100, rows: 30 }, { columns: 250, rows: 80 }];
const DEPTHS: readonly ColorDepth[] = ['none', '16', '256'];
const VIEWS: Readonly<Record<string, RunView>> = {
  empty: EMPTY_VIEW,
  design: syntheticRun({ networks: ['resnet50', 'vgg16'] }).reduce(reduceRunView, EMPTY_VIEW),
  'design begun': syntheticRun({ isFinished: false }).slice(0, 4).reduce(reduceRunView, EMPTY_VIEW),
  map: syntheticRun({ command: 'map', layersPerNetwork: 30, scheduled: 40 }).reduce(reduceRunView, EMPTY_VIEW),
  cosearch: syntheticRun({ command: 'cosearch', scheduled: 12 }).reduce(reduceRunView, EMPTY_VIEW),
};

const STEERED = { readOnly: false, keepsFolder: true };

/** Ink on a stream of each width: opening it takes as long as two frames. */
const streams = new Map<number, ReturnType<typeof render>>();

function streamOf(columns: number): ReturnType<typeof render> {
  const open = streams.get(columns);
  if (open !== undefined) return open;
  const stream = render(<Text> </Text>);
  Object.defineProperty(stream.stdout, 'columns', { value: columns });
  stream.stdout.emit('resize');
  streams.set(columns, stream);
  return stream;
}

afterAll(() => {
  for (const stream of streams.values()) stream.unmount();
});

/** The frame that Ink makes, on a stream as wide as the terminal. */
function frameOf(view: RunView, ui: UiState, size: Size, depth: ColorDepth, isAscii = false): string {
  const stream = streamOf(size.columns);
  stream.rerender(
    <LiveFrame
      view={view}
      ui={ui}
      size={size}
      look={{ depth, isAscii }}
      controls={STEERED}
      takesKeys={false}
      onKey={() => undefined}
      onGone={() => undefined}
    />,
  );
  return stream.lastFrame() ?? '';
}

const screens: UiState[] = [
  ...PAGES.map((_, page) => ({ ...INITIAL_UI, page })),
  { ...INITIAL_UI, page: 2, layerOpen: true, selectedLayer: 3 },
  { ...INITIAL_UI, helpOpen: true },
];

it('stay in their lines with whatever names, of which nothing is obeyed or hidden', () => {
  const size = { columns: 80, rows: 24 };
  const hostile = `\u202e日本語שלום\u001b[2J\u200b\n\u0301${'n'.repeat(300)}`;
  for (const command of ['map', 'cosearch'] as const) {
    const view = syntheticRun({ command, generations: 3, hostile, scheduled: 9 }).reduce(reduceRunView, EMPTY_VIEW);
    for (const ui of screens) {
      const frame = stripped(frameOf(view, ui, size, '16'));
      const lines = frame.split('\n');
      expect(lines).toHaveLength(size.rows);
      for (const line of lines) expect(textColumns(line)).toBeLessThanOrEqual(size.columns);
      expect(hiddenIn(frame)).toEqual([]);
      if (ui === INITIAL_UI || PAGES[ui.page] === 'Log') expect(frame).toContain('\\u202e');
    }
  }
});

describe.each(SIZES)('frames at $columns x $rows', (size) => {
  // Frames of the largest size take long: the runs with the fullest pages stand for the others there.
  const names = size.columns < 200 ? Object.keys(VIEWS) : ['design', 'cosearch'];
  it.each(names)('fill the screen and no more: %s', (name) => {
    for (const ui of screens) {
      const lines = stripped(frameOf(VIEWS[name]!, ui, size, '256')).split('\n');
      expect(lines).toHaveLength(size.rows);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(size.columns);
      expect(lines[0]).toContain('trifold');
      expect(lines.at(-1)).toContain('? help');
    }
  });

  it('say the same whatever the colours', () => {
    for (const ui of screens.slice(1, 4)) {
      const [plain, few, many] = DEPTHS.map((depth) => stripped(frameOf(VIEWS.design!, ui, size, depth)));
      expect(few).toBe(many);
      expect(plain!.replace(/[░▒▓█■▚▞▤]/g, '#')).toBe(many!.replace(/[░▒▓█■▚▞▤]/g, '#'));
    }
  });

  it('show on every page what it is for', () => {
    const pages = PAGES.map((_, index) =>
      stripped(frameOf(VIEWS.design!, { ...INITIAL_UI, page: index }, size, 'none')),
    );
    const page = (index: number) => pages[index];
    expect(page(0)).toMatch(/EDP.*pJ·cycles/);
    expect(page(0)).toMatch(/[\u2801-\u28ff]/);
    expect(page(0)).toContain('accelerators evaluated');
    expect(page(1)).toMatch(/PE array/);
    expect(page(1)).toMatch(/∥ [KCPQRS]/);
    expect(page(1)).toMatch(/Budget eyeriss/);
    expect(page(1)).toMatch(/■|│PE│|┌─┐/);
    expect(page(2)).toMatch(/energy.*util.*bottleneck/);
    expect(page(2)).toContain('▸ ');
    expect(page(2)).toMatch(/[░█▓▒]{3}/);
    expect(page(3)).toContain('area against EDP');
    expect(page(3)).toContain('◆');
    expect(page(4)).toContain('finished: generations');
  });
});

describe.each(SIZES)('a co-search at $columns x $rows', (size) => {
  const view = VIEWS.cosearch!;
  const accuracy = accuracyText(view.best!.network!.accuracy);

  it('tells how accurate its best network is', () => {
    expect(stripped(frameOf(view, INITIAL_UI, size, '256'))).toContain(`top-1 `);
    expect(stripped(frameOf(view, INITIAL_UI, size, '256'))).toContain(accuracy);
  });

  it('shows accuracy against EDP first, then what it compared, then its designs', () => {
    const pages = paretoPictures(view).map((_, tradeOff) =>
      stripped(frameOf(view, { ...INITIAL_UI, page: 3, tradeOff }, size, '256')),
    );
    expect(pages).toHaveLength(2 + TRADE_OFFS.length);
    expect(pages[0]).toMatch(/accuracy against EDP[\s\S]*●[\s\S]*◆/);
    expect(pages[0]).toContain(`floor ${view.started!.space!.floorPercent} %`);
    expect(pages[1]).toMatch(/Modelled and recorded latency +◄ 2.5 ► +Kendall τ 0.610/);
    expect(pages[2]).toContain('area against EDP');
  });
});

describe('an accelerator that a run maps onto', () => {
  it('is drawn', () => {
    const frame = stripped(frameOf(VIEWS.map!, { ...INITIAL_UI, page: 1 }, SIZES[1]!, '256'));
    expect(frame).toMatch(/PE array 14×12 = 168 PEs/);
    expect(frame).toContain('Outputs reduced along Y (R)');
    expect(frame).toContain('L2 bandwidth   26 B/cycle');
    expect(frame).toMatch(/L2 global buffer 108 KiB +26 B\/cycle/);
  });
});

describe('a run whose best design is its baseline', () => {
  it('is told so on every page', () => {
    const run = syntheticRun({ generations: 2 });
    const finished = run.find((event) => event.kind === 'finished');
    const best = `"trial":${finished?.design?.best.trial},`;
    const events: RunEvent[] = JSON.parse(JSON.stringify(run).replaceAll(best, `"trial":${BASELINE_TRIAL},`));
    const view = events.reduce(reduceRunView, EMPTY_VIEW);
    const size = { columns: 140, rows: 40 };
    const pages = PAGES.map((_, page) => stripped(frameOf(view, { ...INITIAL_UI, page }, size, 'none')));
    for (const page of pages) expect(page).not.toMatch(/trial -1|(^| )-1 /m);
    expect(pages[2]).toContain('Layers of the baseline');
    expect(pages[3]).toMatch(/^ *baseline +/m);
    expect(pages[4]).toContain('nothing better than the baseline yet');
  });
});

describe('frames without Unicode', () => {
  it.each(Object.keys(VIEWS))('are ASCII: %s', (name) => {
    for (const ui of screens)
      for (const line of stripped(frameOf(VIEWS[name]!, ui, SIZES[1]!, '16', true)).split('\n'))
        expect(line).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe('the answer to a key', () => {
  it('is there at every width, whole or with its end', () => {
    const message = 'report: /home/someone/projects/runs/resnet50-eyeriss-1/report/report.html';
    for (const columns of [60, 80, 100, 132, 250]) {
      const view = VIEWS['design begun']!;
      const last = footerLines({ columns, rows: 24 }, view, { ...INITIAL_UI, message }, STEERED)[0]!;
      const text = last
        .map((span) => span.text)
        .join('')
        .trimEnd();
      expect(text).toMatch(/\? help .*report: .*report\/report\.html$/);
      if (columns >= 100) expect(text).toContain(message);
    }
  });
});

describe('a layer that is open', () => {
  it('shows its loop nest', () => {
    const ui = { ...INITIAL_UI, page: 2, layerOpen: true };
    const frame = stripped(frameOf(VIEWS.design!, ui, SIZES[1]!, 'none'));
    for (const line of VIEWS.design!.layers[0]!.layer.loopNest.split('\n')) expect(frame).toContain(line);
  });
});

describe('colours', () => {
  const sgrOf = (depth: ColorDepth) => frameOf(VIEWS.design!, INITIAL_UI, SIZES[1]!, depth).match(SGR) ?? [];

  it('are those of the terminal', () => {
    expect(sgrOf('256').some((code) => code.includes('38;5;'))).toBe(true);
    expect(sgrOf('16').some((code) => code.includes('38;5;'))).toBe(false);
    expect(sgrOf('16').some((code) => /\[(1;)?3[0-7]m/.test(code))).toBe(true);
  });

  it('are left out without colour: weight and inversion only', () => {
    for (const code of sgrOf('none')) expect(code.slice(2)).toMatch(/^(0|1|7|22|27)m$/);
  });

  it('follow NO_COLOR and the depth of the stream', () => {
    expect(colorDepthOf(24, {})).toBe('256');
    expect(colorDepthOf(8, { NO_COLOR: '' })).toBe('256');
    expect(colorDepthOf(8, { NO_COLOR: '1' })).toBe('none');
    expect(colorDepthOf(4, {})).toBe('16');
    expect(colorDepthOf(1, {})).toBe('none');
  });
});
