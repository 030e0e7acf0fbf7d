import { compileKernel } from '../../../src/cost/kernel.ts';
import { emptyPackedMapping, type PackedMapping } from '../../../src/cost/packed-mapping.ts';
import type { Mapspace } from '../../../src/search/mapping/mapspace.ts';
import { ceilDiv } from '../../../src/util/integers.ts';
import { DIMS } from '../../../src/util/vocabulary.ts';

/** Bounds of all loops over one dim: [level] temporal, then [level * arrays + array] spatial. */
interface DimSplit {
  readonly temporal: readonly number[];
  readonly spatial: readonly number[];
}

/**
 * Visits every mapping of a mapspace without constraints: every choice of kept tensors, every way to split every dim over temporal and spatial
 * loops of all levels, every order of the loops with bound > 1 of every level but the innermost. Illegal ones are left out by the kernel.
 * @param limit most mappings to visit
 * @returns how many were scored, or null when there are more than `limit`
 */
export function visitAllMappings(
  mapspace: Mapspace,
  limit: number,
  visit: (energyPj: number, cycles: number, packed: PackedMapping) => void,
): number | null {
  const { layer, accelerator, temporalReuse, factors } = mapspace;
  const kernel = compileKernel(layer, accelerator, { temporalReuse });
  const packed = emptyPackedMapping(kernel.layout);
  const levels = accelerator.levels.length;
  const { arrayCount } = kernel.layout;
  const splits = DIMS.map((dim) =>
    dimSplits(mapspace, dim, layer.problem.bounds[dim], arrayCount, factors === 'perfect'),
  );
  const tilings = splits.reduce((count, list) => count * list.length, 1);
  if (tilings * mapspace.keepChoices.length > limit) return null;
  let tried = 0;
  let scored = 0;
  const score = (): void => {
    tried++;
    if (kernel.evaluate(packed) !== 0) return;
    scored++;
    visit(kernel.energyPj, kernel.cycles, packed);
  };
  const orderLevel = (level: number): void => {
    if (tried > limit) return;
    if (level >= levels - 1) {
      score();
      return;
    }
    const active = DIMS.map((_, d) => d).filter((d) => packed.temporal[level * 8 + d]! > 1);
    const idle = DIMS.map((_, d) => d).filter((d) => !active.includes(d));
    for (const order of permutations(active)) {
      packed.order.set([...order, ...idle], level * 8);
      orderLevel(level + 1);
    }
  };
  const chooseDim = (d: number): void => {
    if (tried > limit) return;
    const list = splits[d];
    if (list === undefined) {
      orderLevel(0);
      return;
    }
    for (const split of list) {
      for (let level = 0; level < levels; level++) packed.temporal[level * 8 + d] = split.temporal[level]!;
      split.spatial.forEach((bound, a) => {
        packed.spatial[a * 8 + d] = bound;
      });
      if (fitsArrays(mapspace, packed, arrayCount)) chooseDim(d + 1);
    }
    for (let level = 0; level < levels; level++) packed.temporal[level * 8 + d] = 1;
    for (let a = 0; a < levels * arrayCount; a++) packed.spatial[a * 8 + d] = 1;
  };
  for (const keep of mapspace.keepChoices) {
    packed.keep.set(keep);
    chooseDim(0);
  }
  return tried > limit ? null : scored;
}

function dimSplits(
  mapspace: Mapspace,
  dim: (typeof DIMS)[number],
  bound: number,
  arrayCount: number,
  perfect: boolean,
): DimSplit[] {
  const { accelerator } = mapspace;
  const found: DimSplit[] = [];
  const levels = accelerator.levels.length;
  const temporal = new Array<number>(levels).fill(1);
  const spatial = new Array<number>(levels * arrayCount).fill(1);
  const choose = (level: number, step: number): void => {
    if (level < 0) {
      if (perfect ? step === bound : step >= bound) found.push({ temporal: [...temporal], spatial: [...spatial] });
      return;
    }
    const arrays = accelerator.levels[level]!.fanOut.dimensions;
    const chooseArray = (a: number, inner: number): void => {
      if (a < 0) {
        const most = ceilDiv(bound, inner);
        for (let trips = level === 0 && !perfect ? most : 1; trips <= most; trips++) {
          if (perfect && bound % (inner * trips) !== 0) continue;
          temporal[level] = trips;
          choose(level - 1, inner * trips);
        }
        temporal[level] = 1;
        return;
      }
      const { size, parallelDims } = arrays[a]!;
      const most = parallelDims === 'any' || parallelDims.includes(dim) ? Math.min(size, ceilDiv(bound, inner)) : 1;
      for (let trips = 1; trips <= most; trips++) {
        if (perfect && bound % (inner * trips) !== 0) continue;
        spatial[level * arrayCount + a] = trips;
        chooseArray(a - 1, inner * trips);
      }
      spatial[level * arrayCount + a] = 1;
    };
    chooseArray(arrays.length - 1, step);
  };
  choose(levels - 1, 1);
  return found;
}

function fitsArrays(mapspace: Mapspace, packed: PackedMapping, arrayCount: number): boolean {
  return mapspace.accelerator.levels.every((level, index) =>
    level.fanOut.dimensions.every(({ size }, a) => {
      let used = 1;
      for (let d = 0; d < 8; d++) used *= packed.spatial[(index * arrayCount + a) * 8 + d]!;
      return used <= size;
    }),
  );
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}
