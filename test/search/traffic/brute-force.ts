import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import type { Evaluation } from '../../../src/cost/evaluation.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import type { Mapping } from '../../../src/mapping/mapping.ts';
import { levelExtents } from '../../../src/mapping/nest.ts';
import { tileBits } from '../../../src/mapping/tile-bits.ts';
import { type Border, borderOf } from '../../../src/search/traffic/border.ts';
import type { TileFactors } from '../../../src/search/traffic/extents.ts';
import { stepMapping } from '../../../src/search/traffic/step-mapping.ts';
import type { CurveStep } from '../../../src/search/traffic/traffic-curve.ts';
import { ceilDiv, divisors } from '../../../src/util/integers.ts';
import { DIMS, type PerTensor, perDim, perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';

/** Levels and tiles of an accelerator with one buffer. */
export interface TwoLevels {
  readonly outerBits: Partial<PerTensor<number>>;
  readonly bufferBits: Partial<PerTensor<number>>;
  readonly doubleBuffered: boolean;
  readonly isBox: boolean;
}

/** A level on which nothing costs anything. */
function level(name: string, part: Partial<StorageLevel>): StorageLevel {
  return {
    name,
    isDram: name === 'DRAM',
    capacity: { kind: 'unlimited' },
    doubleBuffered: false,
    wordBits: 8,
    storedBits: {},
    blockWords: 1,
    bandwidth: {},
    energy: { readPj: 1, fillPj: 1, updatePj: 1 },
    mayKeep: TENSORS,
    mustKeep: TENSORS,
    instances: 1,
    areaMm2: 0,
    leakagePjPerCycle: 0,
    fanOut: { dimensions: [], multicast: perTensor(() => true), hopEnergyPj: 0 },
    ...part,
  };
}

/** An accelerator of an outermost level and a buffer that all tensors pass through. @param bits room of the buffer; absent: unlimited */
export function twoLevels({ outerBits, bufferBits, doubleBuffered, isBox }: TwoLevels, bits?: number): Accelerator {
  return {
    name: 'two levels',
    levels: [
      level('DRAM', { storedBits: outerBits }),
      level('Buffer', {
        storedBits: bufferBits,
        doubleBuffered,
        ...(bits === undefined ? {} : { capacity: { kind: 'shared', bits } }),
      }),
    ],
    mac: { instances: 1, wordBits: 8, energyPj: 1, areaMm2: 0 },
    ...(isBox ? { tiles: 'box' as const } : {}),
    clockHz: 1e9,
    technology: 'explicit',
    source: 'test',
  };
}

/** The border of such an accelerator. */
export function borderIn(layer: LayerShape, accelerator: Accelerator): Border {
  return borderOf(layer, accelerator.levels[0]!, accelerator.levels[1]!, accelerator);
}

/** What of a mapping crosses the border, by the reference model, as words or bits; null where the mapping is illegal. */
export function crossing(
  layer: LayerShape,
  accelerator: Accelerator,
  mapping: Mapping,
): { readonly words: number; readonly bits: number } | null {
  const evaluation = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
  if (!evaluation.feasible) return null;
  const { outerBits } = borderIn(layer, accelerator);
  const wordsOf = (tensor: keyof PerTensor<number>) => movedWords(evaluation, tensor);
  return {
    words: TENSORS.reduce((sum, tensor) => sum + wordsOf(tensor), 0),
    bits: TENSORS.reduce((sum, tensor) => sum + wordsOf(tensor) * outerBits[tensor], 0),
  };
}

function movedWords({ levels }: Evaluation, tensor: keyof PerTensor<number>): number {
  const { reads, updates } = levels[0]!.tensors[tensor];
  return reads + updates;
}

/** Room that the tiles of a mapping take of the buffer. */
export function heldBits(layer: LayerShape, accelerator: Accelerator, mapping: Mapping): number {
  const extents = levelExtents(mapping)[1]!;
  return TENSORS.reduce((bits, tensor) => bits + tileBits(layer, accelerator, 1, tensor, extents), 0);
}

/** Visits all mappings of two levels: every extent of a tile, with imperfect factors also those with slack, and every order of the loops outside. */
export function visitMappings({ problem }: LayerShape, factors: TileFactors, visit: (mapping: Mapping) => void): void {
  const { bounds } = problem;
  const choices = DIMS.map((dim) =>
    factors === 'perfect' ? divisors(bounds[dim]) : Array.from({ length: bounds[dim] }, (_, i) => i + 1),
  );
  const tiles = choices.reduce<number[][]>(
    (all, list) => all.flatMap((tile) => list.map((extent) => [...tile, extent])),
    [[]],
  );
  for (const tile of tiles) {
    const extents = perDim((_, index) => tile[index]!);
    const looping = DIMS.map((dim) => ({ dim, bound: ceilDiv(bounds[dim], extents[dim]) })).filter(
      ({ bound }) => bound > 1,
    );
    for (const loops of permutations(looping)) visit(stepMapping({ extents, loops }));
  }
}

/** All orders of a list. */
function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((one, i) => permutations(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));
}

/** Room and value of the stairs. */
export function corners(steps: readonly CurveStep[]): [number, number][] {
  return steps.map(({ heldBits: bits, value }): [number, number] => [bits, value]);
}
