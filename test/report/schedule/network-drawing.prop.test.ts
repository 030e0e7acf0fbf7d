import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/report/drawing/fitted-text.ts';
import { drawNetwork } from '../../../src/report/schedule/network-drawing.ts';
import { networkEdges } from '../../../src/report/schedule/network-edges.ts';
import {
  MOST_DRAWN,
  NETWORK_WIDTH,
  NODE_HEIGHT,
  NODE_LEFT,
  NODE_WIDTH,
  networkLayout,
} from '../../../src/report/schedule/network-layout.ts';
import { isTiled } from '../../../src/schedule/summary-figures.ts';
import { schedules } from '../../schedule/schedules.ts';
import { syntheticSchedule } from '../../schedule/synthetic-schedule.ts';
import { unescapeHtml } from '../pages.ts';

interface Box {
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Boxes of all texts of a drawing, as wide as its fonts are on average. */
function textBoxes(svg: string): Box[] {
  return [...svg.matchAll(/<text(?: class="(\w+)")? x="([\d.]+)" y="([\d.]+)">([^<]*)</g)].map(
    ([, kind, x, y, raw]) => {
      const what = unescapeHtml(raw!);
      const width = textWidth(what, 'plain');
      const left = kind === 'end' ? Number(x) - width : Number(x);
      return { what, left, right: left + width, top: Number(y) - 11, bottom: Number(y) + 3 };
    },
  );
}

const titlesOf = (svg: string) => [...svg.matchAll(/<title>([^<]*)</g)].map(([, title]) => unescapeHtml(title!));

describe('a drawn network', () => {
  // Killed by: an operator or storage left out, rows out of order, rows on top of one another.
  it('has every operator in order, every input and every activation', () => {
    fc.assert(
      fc.property(schedules(60), (schedule) => {
        const { nodes, groups, labels, height } = networkLayout(schedule);
        const operators = nodes.filter(({ kind }) => kind === 'operator').map(({ index }) => index);
        expect(operators).toEqual(schedule.operators.map((_, i) => i));
        expect(nodes.filter(({ top }, i) => i > 0 && top < nodes[i - 1]!.top + NODE_HEIGHT)).toEqual([]);
        expect(height).toBeGreaterThan(nodes.at(-1)!.top + NODE_HEIGHT);
        expect(groups.map(({ segment }) => segment)).toEqual(
          schedule.segments.flatMap((segment, i) => (isTiled(segment) ? [i] : [])),
        );
        const framed = groups.map(({ top, bottom }) =>
          nodes.flatMap(({ index, top: y }) => (y >= top && y + NODE_HEIGHT <= bottom ? [index] : [])),
        );
        const tiled = schedule.segments.filter(isTiled);
        expect(framed).toEqual(tiled.map(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i)));
        expect(labels.map(({ storage }) => storage).sort((a, b) => a - b)).toEqual(schedule.storages.map((_, i) => i));
        const titles = new Set(titlesOf(drawNetwork(schedule, 'net').text).map((title) => title.split(':')[0]));
        const names = [...schedule.operators, ...schedule.storages].map(({ name }) => name);
        expect(names.filter((name) => !titles.has(name))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  // Killed by: a reader without its edge, an edge to the wrong writer.
  it('has an edge for every operand, from who wrote it last', () => {
    fc.assert(
      fc.property(schedules(60), ({ operators, storages }) => {
        const edges = networkEdges({ operators, storages });
        const expected = operators.flatMap(({ inputs, kind, output }, to) =>
          [...new Set(inputs)].flatMap((storage) => {
            const writers = operators.flatMap((one, i) => (i < to && one.output === storage ? [i] : []));
            const isJoined = kind === 'view' && output === storage;
            const from = storages[storage]!.producer === null ? [null] : isJoined ? writers : writers.slice(-1);
            return from.map((one) => ({ storage, from: one, to }));
          }),
        );
        expect(edges).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  // Killed by: a view that gets parts anew which the view before it has joined already.
  it('has edges to a view of a grown storage from the view before it and what came since', () => {
    const operator = (kind: 'mac' | 'view', inputs: readonly number[], output: number) => ({
      ...syntheticSchedule().operators[0]!,
      ...{ kind, inputs, output },
    });
    const [grown, other] = [1, 2];
    const operators = [
      operator('mac', [0], grown),
      operator('mac', [0], grown),
      operator('view', [grown, grown], grown),
      operator('mac', [grown], other),
      operator('mac', [other], grown),
      operator('view', [grown, grown], grown),
    ];
    const into = (to: number, producer: number | null) => {
      const storages = [0, 1, 2].map(() => ({ ...syntheticSchedule().storages[0]!, producer }));
      return networkEdges({ operators, storages }).flatMap((edge) => (edge.to === to ? [edge.from] : []));
    };
    expect([into(2, 0), into(3, 0), into(5, 0)]).toEqual([[0, 1], [2], [2, 4]]);
    // A part of what is joined is an input of the network.
    expect([into(2, null), into(5, null)]).toEqual([
      [null, 0, 1],
      [2, 4],
    ]);
  });

  // Killed by: labels on one another, on operators, or out of the drawing; names that are not shortened.
  it('has texts that neither overlap nor leave it, however long its names', () => {
    fc.assert(
      fc.property(schedules(40, fc.constantFrom('', 'n'.repeat(60), ' of a long name with words')), (schedule) => {
        const boxes = textBoxes(drawNetwork(schedule, 'net').text);
        expect(boxes.length).toBeGreaterThanOrEqual(schedule.operators.length);
        const height = networkLayout(schedule).height;
        const isInside = (box: Box) =>
          box.left >= 0 && box.right <= NETWORK_WIDTH && box.top >= 0 && box.bottom <= height;
        expect(boxes.filter((box) => !isInside(box))).toEqual([]);
        const isInFrame = (box: Box) => box.right <= NODE_LEFT + NODE_WIDTH;
        expect(boxes.filter((box) => box.what.startsWith('tiles ') && !isInFrame(box))).toEqual([]);
        const sorted = boxes.sort((a, b) => a.top - b.top);
        const pairs = sorted.flatMap((box, i) => sorted.slice(i + 1, i + 8).map((other) => [box, other] as const));
        expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  // Killed by: lanes that are given away too early, edges through operators, edges that end elsewhere.
  it('has edges that begin and end at their operators and share no way with those of others', () => {
    fc.assert(
      fc.property(schedules(40), (schedule) => {
        const { edges, nodes } = networkLayout(schedule);
        const right = NODE_LEFT + NODE_WIDTH;
        const topOf = (kind: string, index: number) =>
          nodes.find((node) => node.kind === kind && node.index === index)!.top;
        const ways = edges.map(({ storage, from, to, points }) => {
          const source = from === null ? topOf('input', storage) : topOf('operator', from);
          const target = topOf('operator', to);
          const [start, end] = [points[0]!, points.at(-1)!];
          const isBelow = start[1] > source && start[1] <= source + NODE_HEIGHT;
          const isAbove = end[1] >= target && end[1] < target + NODE_HEIGHT;
          // Between neighbours nothing stands; other edges keep beside the operators.
          const isFree =
            points.length === 2
              ? !nodes.some(({ top }) => top > source && top < target)
              : points.slice(1, -1).every(([x]) => x > right);
          expect([isBelow, isAbove, isFree]).toEqual([true, true, true]);
          const [x, y] = points[Math.floor(points.length / 2) - 1]!;
          const last = points[Math.floor(points.length / 2)]!;
          return { key: `${storage} ${from}`, x, top: y, bottom: last[1] };
        });
        const shared = ways.flatMap((a) =>
          ways.filter((b) => a.key !== b.key && a.x === b.x && a.top <= b.top && b.top < a.bottom).map((b) => [a, b]),
        );
        expect(shared).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('is cut where it is longer than a page can take, and says so', () => {
    const schedule = syntheticSchedule({ operators: MOST_DRAWN + 50, seed: 4 });
    const { text } = drawNetwork(schedule, 'net');
    expect(networkLayout(schedule).drawnOperators).toBe(MOST_DRAWN);
    expect(text).toContain(`the first ${MOST_DRAWN} are drawn`);
    expect(text.length).toBeLessThan(700_000);
    expect(drawNetwork(syntheticSchedule(), 'net').text).not.toContain('are drawn');
  });
});
