import type { Accelerator } from '../src/accelerator/accelerator.ts';
import type { Kernel } from '../src/cost/kernel/kernel.ts';
import { emptyPackedMapping, type PackedMapping } from '../src/cost/packed-mapping.ts';
import { ceilDiv, divisors } from '../src/util/integers.ts';
import type { Random } from '../src/util/random.ts';
import { DIMS } from '../src/util/vocabulary.ts';

/** `count` random legal mappings, perfect or with at least one ragged loop; fewer when legal ones are too rare. */
export function sampleMappings(
  random: Random,
  kernel: Kernel,
  accelerator: Accelerator,
  imperfect: boolean,
  count: number,
): PackedMapping[] {
  const found: PackedMapping[] = [];
  for (let attempt = 0; attempt < count * 2000 && found.length < count; attempt++) {
    const mapping = sampleMapping(random, kernel, accelerator, imperfect);
    if (mapping !== null && kernel.evaluate(mapping) === 0) found.push(mapping);
  }
  return found;
}

function sampleMapping(
  random: Random,
  kernel: Kernel,
  accelerator: Accelerator,
  imperfect: boolean,
): PackedMapping | null {
  const { layout } = kernel;
  const mapping = emptyPackedMapping(layout);
  const room = accelerator.levels.map((level) => level.fanOut.dimensions.map((dimension) => dimension.size));
  let isRagged = false;
  for (const d of shuffled(random, DIMS.length)) {
    const bound = layout.problem.bounds[DIMS[d]!];
    let step = 1;
    for (let level = layout.levelCount - 1; level >= 0; level--) {
      const dimensions = accelerator.levels[level]!.fanOut.dimensions;
      for (let a = dimensions.length - 1; a >= 0; a--) {
        const { parallelDims } = dimensions[a]!;
        if ((parallelDims !== 'any' && !parallelDims.includes(DIMS[d]!)) || random.nextInt(2) === 0) continue;
        const factor = sampleFactor(random, bound, step, room[level]![a]!, imperfect);
        mapping.spatial[(level * layout.arrayCount + a) * DIMS.length + d] = factor;
        room[level]![a] = Math.floor(room[level]![a]! / factor);
        step *= factor;
      }
      const most = level === layout.levelCount - 1 ? 4 : 16;
      const factor =
        level === 0
          ? ceilDiv(bound, step)
          : random.nextInt(level === layout.levelCount - 1 ? 3 : 2) === 0
            ? sampleFactor(random, bound, step, most, imperfect)
            : 1;
      mapping.temporal[level * DIMS.length + d] = factor;
      step *= factor;
    }
    if (step !== bound) isRagged = true;
  }
  for (let level = 0; level < layout.levelCount; level++) {
    mapping.order.set(shuffled(random, DIMS.length), level * DIMS.length);
    if (level > 0) mapping.keep[level] = random.nextInt(3) === 0 ? random.nextInt(8) : 7;
  }
  return isRagged === imperfect ? mapping : null;
}

function sampleFactor(random: Random, bound: number, step: number, most: number, imperfect: boolean): number {
  const left = ceilDiv(bound, step);
  if (imperfect) return 1 + random.nextInt(Math.min(left, most));
  const fitting = divisors(left).filter((factor) => factor <= most);
  return fitting[random.nextInt(fitting.length)]!;
}

function shuffled(random: Random, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.nextInt(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
