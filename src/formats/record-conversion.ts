import type { Accelerator, ArrayDimension, Bandwidth, StorageLevel } from '../accelerator/accelerator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { ownValue } from '../util/own-value.ts';
import { perTensor, TENSORS } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/network.ts';
import { makeProblem } from '../workload/problem.ts';
import type { RecordArchitecture, RecordMappingLevel, RecordProblem } from './record-schema.ts';

/** Array dimensions that a recorded mesh offers between a level and the next inner one (or the MACs). */
function meshDimensions(
  outer: { instances: number; meshX: number },
  inner: { instances: number; meshX: number },
  parallel: Partial<Record<string, 'any' | ArrayDimension['parallelDims']>>,
): ArrayDimension[] {
  const x = inner.meshX / outer.meshX;
  const y = inner.instances / inner.meshX / (outer.instances / outer.meshX);
  return [
    { name: 'X', size: x, parallelDims: parallel.X ?? 'any' },
    { name: 'Y', size: y, parallelDims: parallel.Y ?? 'any' },
  ];
}

/** Kept tensors and parallel dims of a recorded mapspace, by level. */
export interface RecordMapspace {
  readonly keep: Readonly<Record<string, 'free' | readonly (typeof TENSORS)[number][]>>;
  readonly spatial: Readonly<Record<string, Partial<Record<string, ArrayDimension['parallelDims']>>>>;
}

/** A recorded architecture as an accelerator; a mapspace narrows what its levels keep and which dims run in parallel. */
export function acceleratorFromRecord(name: string, arch: RecordArchitecture, mapspace?: RecordMapspace): Accelerator {
  const levels = arch.levels.map((level, index): StorageLevel => {
    const inner = arch.levels[index + 1] ?? arch.mac;
    const keep = (mapspace && ownValue(mapspace.keep, level.name)) ?? 'free';
    const narrowed = mapspace !== undefined && index < arch.levels.length - 1;
    const parallel = (mapspace && ownValue(mapspace.spatial, level.name)) ?? (narrowed ? { X: [], Y: [] } : {});
    const bandwidth: Bandwidth = {
      ...(level.bandwidth.read === undefined ? {} : { readWordsPerCycle: level.bandwidth.read }),
      ...(level.bandwidth.write === undefined ? {} : { writeWordsPerCycle: level.bandwidth.write }),
      ...(level.bandwidth.shared === undefined ? {} : { sharedWordsPerCycle: level.bandwidth.shared }),
    };
    return {
      name: level.name,
      isDram: level.dram,
      capacity:
        level.capacity_words === null
          ? { kind: 'unlimited' }
          : { kind: 'shared', bits: level.capacity_words * level.word_bits },
      doubleBuffered: false,
      wordBits: level.word_bits,
      storedBits: perTensor(() => level.word_bits),
      blockWords: level.block_words,
      bandwidth,
      energy: {
        readPj: level.energy_pJ.read,
        fillPj: level.energy_pJ.fill,
        updatePj: level.energy_pJ.update,
      },
      mayKeep: keep === 'free' ? TENSORS : keep,
      mustKeep: keep === 'free' ? (index === 0 ? TENSORS : []) : keep,
      instances: level.instances,
      areaMm2: 0,
      leakagePjPerCycle: 0,
      fanOut: {
        dimensions: meshDimensions(level, inner, parallel),
        multicast: perTensor(() => true),
        hopEnergyPj: 0,
      },
    };
  });
  return {
    name,
    levels,
    mac: {
      instances: arch.mac.instances,
      wordBits: arch.mac.word_bits,
      energyPj: arch.mac.energy_pJ,
      areaMm2: 0,
    },
    clockHz: 1e9,
    technology: 'explicit',
    source: 'record',
  };
}

/** A recorded problem as a layer; every tensor has the MACs' word width. */
export function layerFromRecord(problem: RecordProblem, wordBits: number): LayerShape {
  return {
    problem: makeProblem({
      name: problem.name,
      bounds: problem.dims,
      stride: problem.stride,
      dilation: problem.dilation,
    }),
    wordBits: perTensor(() => wordBits),
  };
}

/** A recorded mapping. Levels are matched by position; their names must be the architecture's. */
export function mappingFromRecord(levels: readonly RecordMappingLevel[]): Mapping {
  return {
    levels: levels.map((level) => ({
      temporal: level.temporal.map(([dim, bound]) => ({ dim, bound })),
      spatial: level.spatial.map(([dim, bound, array]) => ({ dim, bound, array })),
      keep: level.keep,
      noMulticast: level.no_multicast ?? [],
    })),
  };
}

/** A mapping in the record format, so that other tools can score it again. */
export function mappingToRecord(accelerator: Accelerator, mapping: Mapping): RecordMappingLevel[] {
  return mapping.levels.map((level, index) => ({
    level: accelerator.levels[index]!.name,
    temporal: level.temporal.filter((loop) => loop.bound > 1).map((loop) => [loop.dim, loop.bound]),
    spatial: level.spatial
      .filter((loop) => loop.bound > 1)
      .map((loop) => [loop.dim, loop.bound, loop.array as 'X' | 'Y' | 'Z']),
    keep: [...level.keep],
    ...(level.noMulticast.length === 0 ? {} : { no_multicast: [...level.noMulticast] }),
  }));
}
