import type { Sequence, SequenceOperator } from '../workload/graph/sequence.ts';
import { compulsoryWords } from './compulsory.ts';
import { partName } from './overflow.ts';
import type { Retention } from './retention.ts';
import { passingStorages } from './room.ts';
import type { Schedule } from './schedule.ts';
import type { ScoredSchedule, ScoredSegment } from './score.ts';
import { LOOP_AXES, loopSizes } from './shared-axes.ts';
import type { FixedPart } from './step-kind.ts';
import type { ScoredStep } from './step-score.ts';
import { residentBits, storageLives } from './storage-lives.ts';
import type { OccupancyPart, OccupancyRow, OperatorSummary, ScheduleSummary, StorageSummary } from './summary.ts';
import { partsBits } from './summary-figures.ts';

/** What a summary states beside the schedule and its figures. */
export interface SummaryOptions {
  /** Words of the outermost level of the same network with each layer on its own; null: not known. */
  readonly layerByLayerWords: number | null;
}

/** A scored schedule as plain data for views. */
export function summarizeSchedule(
  sequence: Sequence,
  schedule: Schedule,
  score: ScoredSchedule,
  { layerByLayerWords }: SummaryOptions,
): ScheduleSummary {
  const { retention, segments, pinnedBits } = score;
  const operators = segments.flatMap((segment, index) => operatorSummaries(sequence, schedule, segment, index));
  const occupancy = segments.flatMap((segment) => occupancyRows(sequence, schedule, retention, segment, pinnedBits));
  const peak = occupancy.reduce(
    (most, { operator, parts }) => {
      const bits = partsBits(parts);
      return bits > most.bits ? { bits, operator } : most;
    },
    { bits: 0, operator: 0 },
  );
  const isPinned = (operator: number) => schedule.pinned.includes(operator);
  return {
    mode: schedule.segments.some(({ first, end }) => end - first > 1) ? 'fuse' : 'retain',
    levelName: retention.levelName,
    capacityBits: retention.capacityBits,
    storages: storageSummaries(sequence, schedule, retention),
    operators,
    segments: schedule.segments.map(({ first, end, loops, halo, held }) => {
      const sizes = loopSizes(sequence, end - 1);
      return {
        ...{ first, end, halo },
        loops: loops.map(({ axis, tile }) => ({
          axis,
          tile,
          iterations: Math.ceil(sizes[LOOP_AXES.indexOf(axis)]! / tile),
        })),
        held: held.map((one) =>
          one.kind === 'tensor'
            ? sequence.tensors[one.tensor]!.name
            : partName(sequence, { what: 'held-parameters', index: one.operator, bits: 0 }),
        ),
      };
    }),
    occupancy,
    dramWords: {
      spent: operators.reduce((sum, { dramWords }) => sum + dramWords, 0),
      compulsory: compulsoryWords(sequence, isPinned),
      layerByLayer: layerByLayerWords,
    },
    peak,
    pinnedBits,
    oneOffLoadWords: schedule.pinned.reduce((sum, operator) => sum + parameterWords(sequence.operators[operator]!), 0),
  };
}

function parameterWords(operator: SequenceOperator): number {
  return operator.kind === 'mac' && operator.second.kind === 'parameters' ? operator.second.words : 0;
}

function storageSummaries(
  sequence: Sequence,
  { homes, segments }: Schedule,
  { activationBits }: Retention,
): StorageSummary[] {
  const lives = storageLives(sequence);
  const segmentOf = (operator: number) => segments.findIndex(({ first, end }) => operator >= first && operator < end);
  return sequence.storages.map(({ name, words, wordBits }, storage) => {
    const { parts, users } = lives[storage]!;
    const makers = parts.flatMap(({ from }) => (from < 0 ? [] : [from]));
    const isNear = (user: number) => makers.length > 0 && makers.every((maker) => segmentOf(maker) === segmentOf(user));
    const near = homes[storage] === 'outermost' ? users.filter(isNear).length : users.length;
    const isUnwritten = homes[storage] !== 'outermost' && makers.length > 0;
    return {
      ...{ name, words, users },
      bits: words * activationBits(wordBits),
      home: homes[storage]!,
      producer: makers.length === 0 ? null : Math.min(...makers),
      savedDramWords: words * (near + (isUnwritten ? 1 : 0)),
    };
  });
}

function operatorSummaries(
  sequence: Sequence,
  { pinned }: Schedule,
  { segment, steps }: ScoredSegment,
  index: number,
): OperatorSummary[] {
  const storagesOf = (tensors: readonly number[]) => [
    ...new Set(tensors.map((tensor) => sequence.tensors[tensor]!.storage)),
  ];
  return sequence.operators.slice(segment.first, segment.end).map((operator, i): OperatorSummary => {
    const at = segment.first + i;
    const own = steps.filter(({ step }) => step.operator === at);
    const sum = (figure: (step: ScoredStep) => number) =>
      own.reduce((all, step) => all + step.step.count * figure(step), 0);
    const rooms = own.flatMap(({ step, roomBits }) => (step.kind === 'mac' && roomBits !== null ? [roomBits] : []));
    const isHeld = segment.held.some((one) => one.kind === 'parameters' && one.operator === at);
    const placed = pinned.includes(at) ? 'pinned' : isHeld ? 'held' : 'streamed';
    return {
      ...{ name: operator.name, kind: operator.kind, segment: index },
      inputs: storagesOf(operator.inputs),
      output: storagesOf([operator.output])[0]!,
      weights: parameterWords(operator) === 0 ? 'none' : placed,
      steps: sum(() => 1),
      energyPj: sum(({ energyPj }) => energyPj),
      cycles: sum(({ cycles }) => cycles),
      dramWords: sum(({ dramWords }) => dramWords),
      roomBits: rooms.length === 0 ? null : Math.min(...rooms),
      tileBits: Math.max(0, ...own.map(({ tileBits }) => tileBits)),
    };
  });
}

function occupancyRows(
  sequence: Sequence,
  { homes }: Schedule,
  retention: Retention,
  { segment, steps }: ScoredSegment,
  pinnedBits: number,
): OccupancyRow[] {
  const passing = passingStorages(sequence, homes, segment).map(
    (storage): OccupancyPart => ({
      what: 'storage',
      name: sequence.storages[storage]!.name,
      bits: residentBits(sequence, retention, storage, segment),
    }),
  );
  const partOf = (part: FixedPart): OccupancyPart => ({
    what: part.what === 'held-parameters' ? 'held' : part.what,
    name: partName(sequence, part),
    bits: part.bits,
  });
  return steps.map(({ step, cycles, tileBits }) => ({
    operator: step.operator,
    cycles: step.count * cycles,
    parts: [
      ...passing,
      ...step.fixed.map(partOf),
      { what: 'pinned' as const, name: 'pinned parameters', bits: pinnedBits },
      { what: 'mapping' as const, name: 'tiles of the mapping', bits: tileBits },
    ].filter(({ bits }) => bits > 0),
  }));
}
