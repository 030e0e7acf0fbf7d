import fc from 'fast-check';
import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import { checkMapping, storedWordBits, tileWords } from '../../src/mapping/legality.ts';
import type { LevelMapping } from '../../src/mapping/mapping.ts';
import { levelExtents } from '../../src/mapping/nest.ts';
import { ceilDiv, product } from '../../src/util/integers.ts';
import { Random } from '../../src/util/random.ts';
import { DIMS, TENSORS, type TensorName } from '../../src/util/vocabulary.ts';
import type { LayerShape } from '../../src/workload/network.ts';
import type { ReadWords } from '../../src/workload/read-words.ts';
import type { Residency } from '../../src/workload/residency.ts';
import type { CostCase } from './arbitraries.ts';

/** A case as a step of a schedule. */
export interface ResidentCase extends CostCase {
  readonly layer: LayerShape & { readonly residency: Residency };
}

/** Cases as steps of schedules, legal ones, with random homes of their operands, random moves and, if any, just the room that their tiles take. */
export function residentCase(cases: fc.Arbitrary<CostCase>): fc.Arbitrary<ResidentCase> {
  return fc.tuple(anyResidentCase(cases), fc.boolean()).map(([sampled, isRoomy]) => {
    const { layer, accelerator, mapping } = sampled;
    const roomBits = isRoomy ? null : tileBits(sampled);
    const isIncomplete = checkMapping(layer, accelerator, mapping).some(({ rule }) => rule === 'complete');
    const level = accelerator.levels[layer.residency.level]!;
    const activationBits = isIncomplete ? storedWordBits(level, layer, 'Outputs') : layer.residency.activationBits;
    return { ...sampled, layer: { ...layer, residency: { ...layer.residency, roomBits, activationBits } } };
  });
}

/** The same, where words of Outputs that stay in place may arrive incomplete, and room may lack. */
export function anyResidentCase(cases: fc.Arbitrary<CostCase>): fc.Arbitrary<ResidentCase> {
  return fc.tuple(cases, fc.integer({ min: 0, max: 2 ** 31 - 1 })).map(([sampled, seed]) => {
    const random = Random.fromSeed(seed);
    const level = 1 + random.nextInt(sampled.accelerator.levels.length - 1);
    let residency = sampleResidency(random, level);
    let layer = { ...sampled.layer, residency };
    const accelerator = withRetention(random, sampled.accelerator, level);
    const levels = sampled.mapping.levels.map((own, index) => placed(random, layer, own, index));
    const takesBack = accelerator.levels.every(
      ({ spill }, index) => spill === undefined || index < level || !levels[index]!.keep.includes('Outputs'),
    );
    if (takesBack && residency.outputs !== 'outermost' && random.nextInt(2) === 0)
      residency = { ...residency, resumes: true };
    layer = { ...layer, residency };
    const placedCase = { layer, accelerator, mapping: { levels: covering(random, layer, levels) } };
    const needed = tileBits(placedCase);
    const roomBits = [null, needed, Math.max(0, needed - 1), Math.round(needed * random.nextUnit())][
      random.nextInt(4)
    ]!;
    return { ...placedCase, layer: { ...layer, residency: { ...residency, roomBits } } };
  });
}

/** Bits of all tiles in the retention level, each copy counting; what stays there has none. */
function tileBits({ layer, accelerator, mapping }: ResidentCase): number {
  const { level: index, weights, inputs, outputs } = layer.residency;
  const level = accelerator.levels[index]!;
  const extents = levelExtents(mapping)[index]!;
  const isTile = { Weights: !weights, Inputs: !inputs, Outputs: outputs !== 'in-place' };
  const bits = mapping.levels[index]!.keep.filter((tensor) => isTile[tensor]).map(
    (tensor) => tileWords(layer.problem, tensor, extents) * storedWordBits(level, layer, tensor),
  );
  return bits.reduce((sum, own) => sum + own, 0) * (level.doubleBuffered ? 2 : 1);
}

function sampleResidency(random: Random, level: number): Residency {
  const isSo = () => random.nextInt(2) === 0;
  const words = (): ReadWords[] =>
    Array.from({ length: random.nextInt(3) }, () => ({
      words: 1 + random.nextInt(300),
      wordBits: [4, 8, 8.25, 16][random.nextInt(4)]!,
    }));
  return {
    level,
    weights: isSo(),
    inputs: isSo(),
    outputs: (['outermost', 'in-place', 'in-place', 'staged'] as const)[random.nextInt(4)]!,
    activationBits: [4, 8, 16][random.nextInt(3)]!,
    roomBits: null,
    moves: isSo() ? { fetched: words(), drained: words() } : { fetched: [], drained: [] },
  };
}

/** The accelerator without children in parallel outside a level that is one pool, double buffered or not, of too little capacity for anything. */
function withRetention(random: Random, accelerator: Accelerator, retention: number): Accelerator {
  let instances = 1;
  const levels = accelerator.levels.map((level, index): StorageLevel => {
    const dimensions = level.fanOut.dimensions.map((one) => (index < retention ? { ...one, size: 1 } : one));
    const pool = { capacity: { kind: 'shared' as const, bits: 1 }, doubleBuffered: random.nextInt(2) === 0 };
    const own = {
      ...level,
      ...(index === retention ? pool : {}),
      instances,
      fanOut: { ...level.fanOut, dimensions },
    };
    for (const { size } of dimensions) instances *= size;
    return own;
  });
  return { ...accelerator, levels, mac: { ...accelerator.mac, instances } };
}

/** A level's part of a mapping with what must stay in the retention level, and nothing in parallel outside it. */
function placed(
  random: Random,
  { residency: { level, weights, inputs, outputs } }: ResidentCase['layer'],
  own: LevelMapping,
  index: number,
): LevelMapping {
  const isHome = (tensor: TensorName) =>
    tensor === 'Outputs' ? outputs !== 'outermost' : tensor === 'Weights' ? weights : inputs;
  const keep = TENSORS.filter((tensor) => {
    if (index === 0) return true;
    if (!isHome(tensor) || index > level) return own.keep.includes(tensor);
    if (index < level) return false;
    return outputs === 'in-place' || tensor !== 'Outputs' || random.nextInt(2) === 0;
  });
  return { ...own, spatial: index < level ? [] : own.spatial, keep };
}

/** The outermost loops as long as the others leave positions to them. */
function covering(random: Random, { problem }: LayerShape, levels: readonly LevelMapping[]): LevelMapping[] {
  const [first, ...inner] = levels as [LevelMapping, ...LevelMapping[]];
  const temporal = first.temporal.map(({ dim }) => dim);
  for (const dim of DIMS) if (!temporal.includes(dim)) temporal.splice(random.nextInt(temporal.length + 1), 0, dim);
  const loops = inner.flatMap((level) => [...level.temporal, ...level.spatial]);
  const left = temporal.map((dim) => {
    const covered = product(loops.filter((loop) => loop.dim === dim).map(({ bound }) => bound));
    return { dim, bound: Math.max(1, ceilDiv(problem.bounds[dim], covered)) };
  });
  return [{ ...first, temporal: left }, ...inner];
}
