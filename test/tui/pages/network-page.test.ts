import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleSummary } from '../../../src/schedule/summary.ts';
import { fullestRows, isTiled, partsBits, savedByOutput } from '../../../src/schedule/summary-figures.ts';
import type { NetworkSchedule, RunEvent } from '../../../src/search/run-events.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { paintLine } from '../../../src/tui/drawing/palette.ts';
import { headerLines } from '../../../src/tui/frame.ts';
import { drawLayersPage } from '../../../src/tui/pages/layers-page.ts';
import { drawNetworkPage } from '../../../src/tui/pages/network-page.ts';
import { bestFacts, searchFacts } from '../../../src/tui/pages/progress-facts.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { INITIAL_UI } from '../../../src/tui/state/ui-state.ts';
import { formatBytes, formatSi } from '../../../src/tui/text/terminal-figures.ts';
import { schedules } from '../../schedule/schedules.ts';
import { syntheticSchedule } from '../../schedule/synthetic-schedule.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';
import { stripped } from '../sgr.ts';

function viewOf(given: readonly NetworkSchedule[]): RunView {
  return reduceRunView(EMPTY_VIEW, { kind: 'finished', reason: 'done', design: null, networks: [], schedules: given });
}

function drawn(view: RunView, width: number, height: number, selectedOperator = 0, network = 0): string[] {
  const canvas = Canvas.create(width, height);
  drawNetworkPage(canvas, view, { ...INITIAL_UI, page: 5, selectedOperator, network });
  return canvas.lines().map((line) => stripped(paintLine(line, { depth: 'none', isAscii: false })));
}

describe('pages of a map run', () => {
  // Killed by: steps of a schedule that are counted as layers.
  it('speak of steps once there is a schedule, and count the layers that were mapped', () => {
    const run = syntheticRun({ command: 'map' });
    const started = run.find(({ kind }) => kind === 'started')!;
    const [layer] = run.flatMap((event) => (event.kind === 'layer' ? [event.layer] : []));
    const events: RunEvent[] = [
      started,
      { kind: 'layer', index: 0, count: 1, layer: layer! },
      { kind: 'best-layers', trial: 0, layers: [layer!, { ...layer!, name: 'again' }] },
    ];
    const before = events.slice(0, 2).reduce<RunView>(reduceRunView, EMPTY_VIEW);
    expect(bestFacts(before).at(-1)!.value).toMatch(/^[01] of 1 layers$/);
    const schedule = syntheticSchedule({ operators: 4 });
    const after = reduceRunView(events.reduce<RunView>(reduceRunView, EMPTY_VIEW), {
      ...{ kind: 'finished', reason: 'done', design: null, networks: [] },
      schedules: [{ network: 'net', schedule }],
    });
    expect(bestFacts(after).at(-1)!.value).toMatch(/^[012] of 2 steps$/);
    expect(searchFacts(after)[0]).toMatchObject({ name: 'layers', value: '1 of 1', share: 1 });
    const canvas = Canvas.create(100, 20);
    drawLayersPage(canvas, after, INITIAL_UI);
    const [caption] = canvas.lines().map((line) => stripped(paintLine(line, { depth: 'none', isAscii: false })));
    expect(caption).toContain('2 kinds of steps');
  });
});

describe('the page of a network', () => {
  // Killed by: an operator that no key reaches, a selection that is not shown, figures of another row.
  it('shows every operator when it is selected, with its homes, what lies in the level and what it saves', () => {
    fc.assert(
      fc.property(schedules(25), fc.constantFrom(58, 78, 120), (schedule, width) => {
        const view = viewOf([{ network: 'net', schedule }]);
        const fullest = fullestRows(schedule);
        schedule.operators.forEach((operator, index) => {
          const lines = drawn(view, width, 20, index);
          const [row, ...others] = lines.filter((line) => line.includes('▸'));
          expect(others).toEqual([]);
          const letter = (storage: number) =>
            ({ outermost: 'D', retained: 'R', fused: 'T' })[schedule.storages[storage]!.home];
          const homes = `${[...new Set(operator.inputs)].map(letter).join('')}→${letter(operator.output)}`;
          const saved = savedByOutput(schedule, operator, index);
          const bytes = fullest[index] === null ? '' : formatBytes(partsBits(fullest[index]!.parts) / 8);
          const shown = [`▸ ${operator.name}`, homes, saved > 0 ? formatSi(saved) : '', width > 70 ? bytes : ''];
          expect(shown.filter((text) => !row!.includes(text))).toEqual([]);
          expect(lines.some((line) => line.endsWith(`${index + 1} of ${schedule.operators.length}`))).toBe(true);
          const { first, end } = schedule.segments[operator.segment]!;
          const bracket = index === first ? '┌' : index === end - 1 ? '└' : '│';
          expect(row![0]).toBe(isTiled(schedule.segments[operator.segment]!) ? bracket : ' ');
        });
      }),
      { numRuns: 12 },
    );
  });

  // Killed by: a bar that is not in proportion to the capacity.
  it('fills the bar of an operator by what lies in the level of its capacity', () => {
    const schedule = syntheticSchedule({ operators: 4, mode: 'retain' });
    const row = (bits: number) => ({ operator: 1, cycles: 5, parts: [{ what: 'storage' as const, name: 't', bits }] });
    const line = (capacityBits: number) =>
      drawn(
        viewOf([{ network: 'n', schedule: { ...schedule, capacityBits, occupancy: [row(4), row(8), row(2)] } }]),
        78,
        20,
        1,
      ).find((text) => text.includes('▸'));
    expect(line(16)).toMatch(/ ▓{8}·{8} /);
    expect(line(8)).toMatch(/ ▓{16} /);
    // Fuller than its capacity, which only a damaged file can say.
    expect(line(4)).toMatch(/ ▓{16} /);
  });

  it('tells the words of its schedule, of the compulsory ones and layer by layer, and the peak', () => {
    const made = syntheticSchedule({ operators: 8, seed: 2 });
    const schedule: ScheduleSummary = { ...made, dramWords: { spent: 3e6, compulsory: 2e6, layerByLayer: 9e6 } };
    const text = (height: number, given = schedule) =>
      drawn(viewOf([{ network: 'net', schedule: given }]), 78, height).join('\n');
    expect(text(20)).toContain('Between layers of net  on chip: GlobalBuffer');
    expect(text(20)).toContain('DRAM words 3 M (1.5× of compulsory)  layer by layer 9 M');
    expect(text(20)).toContain(`peak ${formatBytes(schedule.peak.bits / 8)}`);
    expect(text(20)).toContain(`at ${schedule.operators[schedule.peak.operator]!.name}`);
    expect(text(12)).not.toContain('peak');
    expect(text(20, { ...schedule, dramWords: { ...schedule.dramWords, layerByLayer: null } })).not.toContain(
      'layer by layer',
    );
  });

  it('has what its letters and bars mean in the smallest terminal', () => {
    const foot = drawn(viewOf([{ network: 'net', schedule: syntheticSchedule() }]), 58, 12).at(-1);
    expect(foot).toMatch(/▚ weights {2}▓ R whole {2}▒ T tiles {2}░ mapping {2}D DRAM/);
  });

  it('shows the network that is chosen, of several', () => {
    const given = ['a', 'b'].map((network, i) => ({ network, schedule: syntheticSchedule({ operators: 5 + i }) }));
    expect(drawn(viewOf(given), 78, 20, 0, 1)[0]).toContain('Between layers of b  ◄ 2 of 2 ►');
    // A choice that is left from another run.
    expect(drawn(viewOf(given), 78, 20, 99, 7)[0]).toContain('Between layers of b');
    expect(drawn(viewOf(given.slice(0, 1)), 78, 20)[0]).not.toContain('◄');
  });

  it('is in the tabs where the run has a schedule, and nowhere else', () => {
    const tabs = (view: RunView, columns: number) => {
      const line = headerLines({ columns, rows: 24 }, view, INITIAL_UI)[1]!;
      return line
        .map(({ text }) => text)
        .join('')
        .trimEnd();
    };
    const view = viewOf([{ network: 'net', schedule: syntheticSchedule() }]);
    for (const columns of [60, 66, 72, 80, 200]) {
      expect(tabs(view, columns)).toMatch(/^ {1,2}1 Progress +2 Accelerator +3 Layers +4 Pareto +5 Log +6 Network$/);
      expect(tabs(viewOf([]), columns)).toMatch(/5 Log$/);
    }
  });
});
