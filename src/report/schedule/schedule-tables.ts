import type { ScheduleSummary } from '../../schedule/summary.ts';
import { isTiled, loopsText, savedByOutput } from '../../schedule/summary-figures.ts';
import { bytesText, numberText } from '../number-text.ts';
import { bytesFigure, energyFigure, figure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import { HOME_NAMES } from './network-drawing.ts';

/** Whole counts with all their digits. */
const countFigure = (value: number) => figure(value, numberText(Math.round(value)));

/** Every operator with where its operands are and what it costs. @param of which network, for those who do not see the page */
export function operatorsTable(schedule: ScheduleSummary, of: string): Markup {
  const { operators, storages } = schedule;
  const home = (storage: number) => HOME_NAMES[storages[storage]!.home];
  return table(
    `Operators of ${of} in their schedule`,
    [
      { name: 'Operator', isName: true },
      { name: 'Kind', isText: true },
      { name: 'Segment' },
      { name: 'Reads', isName: true },
      { name: 'Writes', isName: true },
      { name: 'Weights', isText: true },
      { name: 'Steps' },
      { name: 'DRAM words' },
      { name: 'Saved by its output' },
      { name: 'Energy' },
      { name: 'Cycles' },
      { name: 'Tiles of the mapping' },
      { name: 'Room' },
    ],
    operators.map((operator, index) => ({
      cells: [
        operator.name,
        operator.kind,
        figure(operator.segment + 1, String(operator.segment + 1)),
        [...new Set(operator.inputs)].map(
          (storage, i) => html`${i === 0 ? '' : ', '}${storages[storage]!.name} (${home(storage)})`,
        ),
        html`${storages[operator.output]!.name} (${home(operator.output)})`,
        operator.weights === 'none' ? '' : operator.weights,
        countFigure(operator.steps),
        countFigure(operator.dramWords),
        countFigure(savedByOutput(schedule, operator, index)),
        energyFigure(operator.energyPj),
        countFigure(operator.cycles),
        bytesFigure(operator.tileBits / 8),
        operator.roomBits === null ? '' : bytesFigure(operator.roomBits / 8),
      ],
    })),
    { isSortable: true },
  );
}

/** Every activation with its home. */
export function storagesTable({ storages, operators }: ScheduleSummary, of: string): Markup {
  return table(
    `Activations of ${of}`,
    [
      { name: 'Activation', isName: true },
      { name: 'Home', isText: true },
      { name: 'Words' },
      { name: 'Size' },
      { name: 'Made by', isName: true },
      { name: 'Read by', isName: true },
      { name: 'DRAM words saved' },
    ],
    storages.map(({ name, home, words, bits, producer, users, savedDramWords }) => ({
      cells: [
        name,
        HOME_NAMES[home],
        countFigure(words),
        bytesFigure(bits / 8),
        producer === null ? 'input of the network' : operators[producer]!.name,
        users.length === 0 ? 'output of the network' : users.map((user) => operators[user]!.name).join(', '),
        countFigure(savedDramWords),
      ],
    })),
    { isSortable: true },
  );
}

/** Segments that run tile by tile; null without any. */
export function segmentsTable({ segments, operators }: ScheduleSummary, of: string): Markup | null {
  const rows = segments.flatMap((segment, index) => {
    if (!isTiled(segment)) return [];
    const own = operators.slice(segment.first, segment.end);
    const names = own.length === 1 ? own[0]!.name : `${own[0]!.name} to ${own.at(-1)!.name}`;
    return [
      {
        cells: [
          figure(index + 1, String(index + 1)),
          names,
          countFigure(own.length),
          loopsText(segment, '\u00d7'),
          segment.halo,
          segment.held.join(', '),
          countFigure(own.reduce((sum, { steps }) => sum + steps, 0)),
        ],
      },
    ];
  });
  if (rows.length === 0) return null;
  return table(
    `Segments of ${of} that run tile by tile`,
    [
      { name: 'Segment' },
      { name: 'Operators', isName: true },
      { name: 'of them' },
      { name: 'Shared loops: tile \u00d7 iterations', isText: true },
      { name: 'Halo', isText: true },
      { name: 'Holds', isName: true },
      { name: 'Steps' },
    ],
    rows,
  );
}

/** A capacity as text. */
export function capacityText({ capacityBits }: ScheduleSummary): string {
  return capacityBits === null ? 'unlimited' : bytesText(capacityBits / 8);
}
