import { product } from '../util/integers.ts';
import { AXES, type Sequence } from '../workload/graph/sequence.ts';
import { compulsoryWords } from './compulsory.ts';
import { partName } from './overflow.ts';
import type { Schedule, Segment } from './schedule.ts';
import type { ScoredSchedule, ScoredSegment } from './score.ts';
import { residentBits, storageLives } from './storage-lives.ts';
import type { OccupancyPart, OccupancyRow, OperatorSummary, ScheduleSummary, StorageSummary } from './summary.ts';
import { partsBits } from './summary-figures.ts';

/** What a summary says beside the schedule. */
export interface SummaryContext {
  readonly mode: ScheduleSummary['mode'];
  /** Words that pass the outermost level with each layer on its own; null: not known. */
  readonly layerByLayer: number | null;
}

/** A scored schedule as plain data. */
export function summarizeSchedule(
  sequence: Sequence,
  schedule: Schedule,
  scored: ScoredSchedule,
  { mode, layerByLayer }: SummaryContext,
): ScheduleSummary {
  const { retention, segments, pinnedBits } = scored;
  const operators = operatorSummaries(sequence, schedule, segments);
  const occupancy = segments.flatMap((segment) => occupancyRows(sequence, schedule, scored, segment));
  let peak = { bits: 0, operator: 0 };
  for (const { operator, parts } of occupancy) {
    const bits = partsBits(parts);
    if (bits > peak.bits) peak = { bits, operator };
  }
  return {
    mode,
    levelName: retention.levelName,
    capacityBits: retention.capacityBits,
    storages: storageSummaries(sequence, schedule, scored),
    operators,
    segments: schedule.segments.map((segment) => segmentSummary(sequence, segment)),
    occupancy,
    dramWords: {
      spent: operators.reduce((sum, { dramWords }) => sum + dramWords, 0),
      compulsory: compulsoryWords(sequence, schedule.pinned),
      layerByLayer,
    },
    peak,
    pinnedBits,
    oneOffLoadWords: schedule.pinned.reduce((sum, operator) => sum + parameterWords(sequence, operator), 0),
  };
}

function parameterWords({ operators }: Sequence, operator: number): number {
  const one = operators[operator]!;
  return one.kind === 'mac' && one.second.kind === 'parameters' ? one.second.words : 0;
}

function storageSummaries(
  sequence: Sequence,
  { homes }: Schedule,
  { retention }: ScoredSchedule,
): readonly StorageSummary[] {
  const { storages, operators, tensors } = sequence;
  return storageLives(sequence).map(({ parts, users }, index): StorageSummary => {
    const { name, words, wordBits } = storages[index]!;
    const home = homes[index]!;
    const makers = parts.map(({ from }) => from).sort((a, b) => a - b);
    const read = users.flatMap((user) =>
      operators[user]!.inputs.filter((tensor) => tensors[tensor]!.storage === index).map((tensor) => tensors[tensor]!),
    );
    const made = parts.reduce((sum, part) => sum + part.words, 0);
    return {
      ...{ name, words, bits: words * retention.activationBits(wordBits), home, users },
      producer: makers[0] === undefined || makers[0] < 0 ? null : makers[0],
      savedDramWords: home === 'outermost' ? 0 : read.reduce((sum, { sizes }) => sum + product(sizes), made),
    };
  });
}

function operatorSummaries(
  { operators, tensors }: Sequence,
  { segments, pinned }: Schedule,
  scored: readonly ScoredSegment[],
): readonly OperatorSummary[] {
  return segments.flatMap((segment, index) => {
    const { steps } = scored[index]!;
    return operators.slice(segment.first, segment.end).map((operator, i): OperatorSummary => {
      const at = segment.first + i;
      const own = steps.filter(({ step }) => step.operator === at);
      const sum = (figureOf: (step: (typeof own)[number]) => number) =>
        own.reduce((all, one) => all + one.step.count * figureOf(one), 0);
      const rooms = own.flatMap(({ evaluation, roomBits }) =>
        evaluation === null || roomBits === null ? [] : [roomBits],
      );
      const isHeld = segment.held.some((one) => one.kind === 'parameters' && one.operator === at);
      const hasParameters = operator.kind === 'mac' && operator.second.kind === 'parameters';
      return {
        ...{ name: operator.name, kind: operator.kind, segment: index },
        inputs: [...new Set(operator.inputs.map((tensor) => tensors[tensor]!.storage))],
        output: tensors[operator.output]!.storage,
        weights: !hasParameters ? 'none' : pinned.includes(at) ? 'pinned' : isHeld ? 'held' : 'streamed',
        steps: sum(() => 1),
        energyPj: sum(({ energyPj }) => energyPj),
        cycles: sum(({ cycles }) => cycles),
        dramWords: sum(({ dramWords }) => dramWords),
        roomBits: rooms.length === 0 ? null : Math.min(...rooms),
        tileBits: own.reduce((most, { tileBits }) => Math.max(most, tileBits), 0),
      };
    });
  });
}

function segmentSummary({ operators, tensors }: Sequence, { first, end, loops, halo, held }: Segment) {
  const { sizes } = tensors[operators[end - 1]!.output]!;
  return {
    ...{ first, end, halo },
    loops: loops.map(({ axis, tile }) => ({ axis, tile, iterations: Math.ceil(sizes[AXES.indexOf(axis)]! / tile) })),
    held: held.map((one) =>
      one.kind === 'tensor' ? tensors[one.tensor]!.name : `parameters of ${operators[one.operator]!.name}`,
    ),
  };
}

function occupancyRows(
  sequence: Sequence,
  { homes, pinned }: Schedule,
  { retention, pinnedBits }: ScoredSchedule,
  { segment, steps }: ScoredSegment,
): readonly OccupancyRow[] {
  const { operators, tensors, storages } = sequence;
  const own = new Set(
    operators
      .slice(segment.first, segment.end)
      .flatMap(({ inputs, output }) => [...inputs, output].map((tensor) => tensors[tensor]!.storage)),
  );
  const passing = storages.flatMap(({ name }, storage): OccupancyPart[] => {
    if (homes[storage] !== 'retained' || own.has(storage)) return [];
    return [{ what: 'storage', name, bits: residentBits(sequence, retention, storage, segment) }];
  });
  const pins: OccupancyPart[] =
    pinned.length === 0 ? [] : [{ what: 'pinned', name: 'pinned parameters', bits: pinnedBits }];
  return steps.map(({ step, cycles, tileBits }): OccupancyRow => {
    const fixed = step.fixed.map(
      (part): OccupancyPart => ({
        what: part.what === 'held-parameters' ? 'held' : part.what,
        ...{ name: partName(sequence, part), bits: part.bits },
      }),
    );
    const tiles: OccupancyPart = { what: 'mapping', name: 'tiles of the mapping', bits: tileBits };
    const parts = [...pins, ...passing, ...fixed, tiles].filter(({ bits }) => bits > 0);
    return { operator: step.operator, cycles: step.count * cycles, parts };
  });
}
