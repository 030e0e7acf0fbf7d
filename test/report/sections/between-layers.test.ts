import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/report/render-report.ts';
import { reportModel } from '../../../src/report/report-model.ts';
import { isTiled, loopsText, savedByOutput } from '../../../src/schedule/summary-figures.ts';
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
  it.each([undefined, []])('are absent where the run has no schedule: %j', async (schedules) => {
    const input = syntheticInput(options);
    const events = input.events.map((event) =>
      event.kind === 'finished' && schedules !== undefined ? { ...event, schedules } : event,
    );
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
