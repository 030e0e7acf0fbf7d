import type { MeasuredPoint, MeasuredSource } from '../../report/validation/measured-source.ts';
import { percentText } from '../../util/quantity-text.ts';
import { agreementOf } from './agreement.ts';
import type { BoardValidation } from './boards.ts';
import type { ChipNetwork } from './chip-network.ts';
import type { ChipValidation } from './chips.ts';
import type { NetworkSpeed } from './network-times.ts';
import { rtlSource } from './rtl/rtl-source.ts';

/** Everything that was measured, for a page: one source for each kind of figure. */
export function chipSources({
  networks,
  frameRates,
  imageTimes,
  rtl,
  boards,
  sources,
}: ChipValidation): MeasuredSource[] {
  return [
    chipSource(
      networks,
      { figure: 'dramMegabytes', id: 'eyeriss-dram', title: 'Eyeriss, words of DRAM', unit: 'MB' },
      sources,
    ),
    chipSource(
      networks,
      { figure: 'cycles', id: 'eyeriss-cycles', title: 'Eyeriss, time without DRAM', unit: 'cycles' },
      sources,
    ),
    {
      ...{ id: 'nvdla', title: 'NVDLA', unit: 'frames/s', source: sources.nvdla ?? '' },
      ...compared(
        frameRates.map(({ accelerator, workload, framesPerSecond: { measured, model } }) => ({
          ...{ name: accelerator, kind: workload, measured, model },
        })),
      ),
      facts: [provenFact(frameRates)],
      notes: [],
    },
    {
      ...{ id: 'edge-tpu', title: 'Coral Edge TPU', unit: 'ms per image', source: sources['edge-tpu'] ?? '' },
      ...compared(
        imageTimes.map(({ accelerator, workload, milliseconds: { measured, model } }) => ({
          ...{ name: workload, kind: accelerator, measured, model },
        })),
      ),
      facts: [provenFact(imageTimes), scheduleFact(imageTimes)],
      notes: [],
    },
    ...(rtl === null ? [] : [rtlSource(rtl)]),
    ...(boards === null ? [] : boardSources(boards)),
  ];
}

/** Points with their rank and error. */
function compared(points: readonly MeasuredPoint[]): Pick<MeasuredSource, 'points' | 'spearman' | 'meanAbsoluteError'> {
  const { spearman, meanAbsoluteError } = agreementOf(points);
  return { points, spearman, meanAbsoluteError };
}

/** How many mappings are proven best, of all that some speeds stand on. */
function provenFact(speeds: readonly Pick<NetworkSpeed, 'layers' | 'proven'>[]): readonly [string, string] {
  const sum = (key: 'layers' | 'proven') => speeds.reduce((total, speed) => total + speed[key], 0);
  return ['Mappings proven best', `${sum('proven')} of ${sum('layers')}`];
}

/** How many schedules are proven best, of the networks of which something may stay on chip. */
function scheduleFact(speeds: readonly Pick<NetworkSpeed, 'onChip'>[]): readonly [string, string] {
  const scheduled = speeds.flatMap(({ onChip }) => (onChip === null ? [] : [onChip]));
  return ['Schedules proven best', `${scheduled.filter(({ isProven }) => isProven).length} of ${scheduled.length}`];
}

interface ChipFigure {
  readonly figure: 'dramMegabytes' | 'cycles';
  readonly id: string;
  readonly title: string;
  readonly unit: string;
}

function chipSource(
  networks: readonly ChipNetwork[],
  { figure, ...named }: ChipFigure,
  sources: ChipValidation['sources'],
): MeasuredSource {
  return {
    ...named,
    ...compared(
      networks.flatMap(({ workload, layers }) =>
        layers.map(({ name, [figure]: { measured, model } }) => ({ name, kind: workload, measured, model })),
      ),
    ),
    facts: networks.map(({ workload, meanAbsoluteError }) => [
      `Mean error, ${workload}`,
      percentText(meanAbsoluteError[figure]),
    ]),
    notes: [],
    source: sources[networks[0]?.chip ?? ''] ?? '',
  };
}

function boardSources({ boards, notes, source }: BoardValidation): MeasuredSource[] {
  return boards.map(
    ({ board, accelerator, milliseconds, everyNetwork, withoutSqueezeExcite, medianRatio, ...proof }, index) => ({
      ...{ id: `board-${index}`, title: board, unit: 'ms per input', source },
      points: milliseconds.map((pair, n) => ({ name: `network ${n + 1}`, kind: accelerator, ...pair })),
      spearman: everyNetwork.all,
      meanAbsoluteError: null,
      facts: [
        ['Rank from layers alone', rankOf(everyNetwork.layers)],
        ['Rank without squeeze-and-excitation', rankOf(withoutSqueezeExcite.all)],
        ['Modelled over measured time, median', medianRatio === null ? '-' : medianRatio.toFixed(2)],
        provenFact([proof]),
      ],
      notes: index === 0 ? notes : [],
    }),
  );
}

function rankOf(rank: number | null): string {
  return rank === null ? '-' : rank.toFixed(3);
}
