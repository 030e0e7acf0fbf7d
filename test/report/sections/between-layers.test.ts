import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRunEvent } from '../../../src/app/run/event-guard.ts';
import { renderReport } from '../../../src/report/render-report.ts';
import { reportModel } from '../../../src/report/report-model.ts';
import { csvFiles } from '../../../src/report/run-csv.ts';
import { drawNetwork } from '../../../src/report/schedule/network-drawing.ts';
import { occupancyChart } from '../../../src/report/schedule/occupancy-chart.ts';
import { operatorsTable, segmentsTable, storagesTable } from '../../../src/report/schedule/schedule-tables.ts';
import { drawWordsBars } from '../../../src/report/schedule/words-bars.ts';
import { betweenLayersSection } from '../../../src/report/sections/between-layers-section.ts';
import { isTiled, loopsText, savedByOutput } from '../../../src/schedule/summary-figures.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { drawNetworkPage } from '../../../src/tui/pages/network-page.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { INITIAL_UI } from '../../../src/tui/state/ui-state.ts';
import { syntheticSchedule } from '../../schedule/synthetic-schedule.ts';
import { sectionOf, tableRows, unescapeHtml } from '../pages.ts';
import { syntheticInput } from '../synthetic-input.ts';

const options = { command: 'map', layersPerNetwork: 2, seed: 3 } as const;

describe('what stays on chip between layers', async () => {
  const input = syntheticInput({ ...options, networks: ['one', 'two'], scheduled: 20 });
  const { schedules } = reportModel(input);
  const { html, csv } = await renderReport(input);
  const section = sectionOf(html, 'between-layers');

  // Killed by: an operator, storage or segment left out of a table, a figure of another.
  it('is told of every operator, activation and segment of every network', () => {
    expect(schedules.map(({ network }) => network)).toEqual(['one', 'two']);
    for (const { network, schedule } of schedules) {
      const { operators, storages, segments } = schedule;
      const rows = tableRows(section, `Operators of ${network} in their schedule`);
      expect(rows.map((row) => [row[0], row[1], row[2], ...row.slice(5, 12)])).toEqual(
        operators.map((one, i) => [
          ...[one.name, one.kind, one.segment + 1, one.weights === 'none' ? '' : one.weights, one.steps],
          ...[one.dramWords, savedByOutput(schedule, one, i), one.energyPj, one.cycles, one.tileBits / 8],
        ]),
      );
      const names = { outermost: 'outermost level', retained: 'retained', fused: 'tiles only' };
      const kept = tableRows(section, `Activations of ${network}`);
      expect(kept.map((row) => [row[0], row[1], row[2], row[3], row[6]])).toEqual(
        storages.map(({ name, home, words, bits, savedDramWords }) => [
          name,
          names[home],
          words,
          bits / 8,
          savedDramWords,
        ]),
      );
      expect(kept.map((row) => row[5])).toEqual(
        storages.map(({ users }) => users.map((user) => operators[user]!.name).join(', ') || 'output of the network'),
      );
      const tiled = segments.filter(isTiled);
      expect(tiled.length).toBeGreaterThan(0);
      expect(
        tableRows(section, `Segments of ${network} that run tile by tile`).map((row) => [row[0], ...row.slice(2)]),
      ).toEqual(
        tiled.map((segment) => {
          const own = operators.slice(segment.first, segment.end);
          const steps = own.reduce((sum, one) => sum + one.steps, 0);
          return [
            ...[segments.indexOf(segment) + 1, own.length, loopsText(segment, '\u00d7'), segment.halo],
            ...[segment.held.join(', '), steps],
          ];
        }),
      );
    }
  });

  // Killed by: inputs and outputs of the network counted as activations that could stay.
  it('counts the activations between operators alone', () => {
    for (const { schedule } of schedules) {
      const inner = schedule.storages.filter(({ producer, users }) => producer !== null && users.length > 0);
      const stay = inner.filter(({ home }) => home !== 'outermost').length;
      expect(inner.length).toBeLessThan(schedule.storages.length);
      const told = unescapeHtml(section.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
      expect(told).toContain(`Activations on chip ${stay} of ${inner.length} `);
    }
  });

  // Killed by: a schedule that is called proven layer by layer.
  it('is what the summary calls proven, or the best found', () => {
    const told = unescapeHtml(sectionOf(html, 'summary').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
    expect(told).toMatch(
      /What stays on chip and the mappings of (all )?[\d of]+ kinds of steps are proven optimal together/,
    );
    expect(told).toContain('steps proven optimal');
  });

  it('is compared with the compulsory words, as bars in proportion', () => {
    for (const { schedule } of schedules) {
      const { spent, compulsory, layerByLayer } = schedule.dramWords;
      const bars = [compulsory, spent, layerByLayer!];
      const label = `DRAM words: compulsory ${bars[0]!.toLocaleString('en-US')}, this schedule ${bars[1]!.toLocaleString('en-US')}, layer by layer ${bars[2]!.toLocaleString('en-US')}`;
      const drawing = section.slice(section.indexOf(`aria-label="${label}"`));
      const widths = [...drawing.slice(0, drawing.indexOf('</svg>')).matchAll(/ width="([\d.]+)" height="14"/g)];
      const most = Math.max(...bars);
      expect(widths.map(([, width]) => Number(width))).toEqual(
        bars.map((words) => Math.round((4e4 * words) / most) / 100),
      );
    }
  });

  // Killed by: more words called fewer, which a schedule for least EDP may move.
  it('says whether it moves fewer words than layer by layer, or more', async () => {
    const told = async (layerByLayer: number | null) => {
      const { network, schedule } = schedules[0]!;
      const other = { network, schedule: { ...schedule, dramWords: { spent: 150, compulsory: 100, layerByLayer } } };
      const undrawn = async () => '<svg></svg>';
      const part = await betweenLayersSection({ ...reportModel(input), schedules: [other] }, undrawn);
      return /all in all <data[^>]*>([^<]*)<\/data> (\w+) than/.exec(part!.text)?.slice(1);
    };
    expect([await told(200), await told(120), await told(null)]).toEqual([
      ['25.0%', 'fewer'],
      ['25.0%', 'more'],
      undefined,
    ]);
  });

  it('has a band with its size for everything that lies in the level, twice', () => {
    const titles = [...section.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => unescapeHtml(title!));
    for (const { schedule } of schedules)
      for (const { what, name } of schedule.occupancy.flatMap(({ parts }) => parts)) {
        if (what === 'pinned' || what === 'mapping') continue;
        const kind = { storage: 'whole', tile: 'tile', held: 'held' }[what];
        expect(titles.filter((title) => title.startsWith(`${name} (${kind}): `)).length).toBeGreaterThanOrEqual(2);
      }
  });

  it('is a line of CSV per operator', () => {
    const lines = csv['schedule.csv']!.trimEnd().split('\r\n');
    const operators = schedules.flatMap(({ network, schedule }) =>
      schedule.operators.map((one, i) => ({ network, schedule, one, i })),
    );
    expect(lines).toHaveLength(1 + operators.length);
    expect(lines[0]).toMatch(/^network,operator,kind,segment,loops,halo,steps,inputs,input_homes,output,output_home,/);
    operators.forEach(({ network, schedule, one, i }, row) => {
      expect(lines[row + 1]).toContain(`${network},${one.name},${one.kind},${one.segment + 1},`);
      const { words } = schedule.storages[one.output]!;
      const figures = [words, savedByOutput(schedule, one, i), one.weights, one.energyPj, one.cycles, one.dramWords];
      expect(lines[row + 1]).toContain(`,${figures.join(',')},${one.roomBits ?? ''},${one.tileBits}`);
    });
  });
});

describe('the section and its file', () => {
  it.each([{}, { schedules: [] }])('are absent where the run has no schedule: %j', async (end) => {
    const input = syntheticInput(options);
    const events = input.events.map((event) => (event.kind === 'finished' ? { ...event, ...end } : event));
    const { html, csv } = await renderReport({ ...input, events });
    expect(html).not.toContain('between-layers');
    expect(csv).not.toHaveProperty('schedule.csv');
  });

  it('stay below 1 MB for a long network', async () => {
    const without = await renderReport(syntheticInput(options));
    const { html } = await renderReport(syntheticInput({ ...options, scheduled: 170 }));
    expect(html.length - without.html.length).toBeLessThan(1e6);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('views of a damaged schedule', () => {
  const whole = syntheticSchedule({ operators: 9, seed: 6 });
  const places = [...JSON.stringify(whole).matchAll(/(?<=[:[,])\d+(?=[,\]}])/g)].map(
    ({ index, 0: text }) => [index, text.length] as const,
  );
  const change = fc.record({ place: fc.nat(places.length - 1), to: fc.constantFrom('0', '1', '2', '5', '8', '1e300') });

  // Killed by: a view that reads behind the end of what the reader of journals let through.
  it('draw what the reader of journals lets through', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const text = changes
          .map(({ place, to }) => [places[place]!, to] as const)
          .sort(([[a]], [[b]]) => b - a)
          .filter(([[at]], i, all) => i === 0 || at !== all[i - 1]![0][0])
          .reduce(
            (json, [[at, length], to]) => json.slice(0, at) + to + json.slice(at + length),
            JSON.stringify(whole),
          );
        const schedule: typeof whole = JSON.parse(text);
        const input = syntheticInput(options);
        const events = input.events.map((event) =>
          event.kind === 'finished' ? { ...event, schedules: [{ network: 'n', schedule }] } : event,
        );
        if (!isRunEvent(events.at(-1))) return;
        read++;
        const model = reportModel({ ...input, events });
        expect(csvFiles(model)).toHaveProperty('schedule.csv');
        const page = [drawNetwork(schedule, 'n'), operatorsTable(schedule, 'n'), storagesTable(schedule, 'n')].join('');
        expect(page).not.toMatch(/NaN|undefined/);
        segmentsTable(schedule, 'n');
        drawWordsBars(schedule);
        occupancyChart(schedule, { width: 640, height: 360 });
        const view = events.reduce<RunView>(reduceRunView, EMPTY_VIEW);
        drawNetworkPage(Canvas.create(80, 20), view, INITIAL_UI);
      }),
      { numRuns: 100 },
    );
    expect(read).toBeGreaterThan(30);
  });
});
