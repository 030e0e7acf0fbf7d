import type { Accelerator } from '../accelerator/accelerator.ts';
import type { Mapping } from './mapping.ts';

/**
 * The loop nest that people read: per level the kept tensors, then its temporal loops outer to inner, then its parallel loops.
 * Loops with bound 1 are left out.
 * @param notes what else is said of each level, from the outermost inwards; empty for nothing
 */
export function describeMapping(accelerator: Accelerator, mapping: Mapping, notes: readonly string[] = []): string {
  const lines: string[] = [];
  let depth = 0;
  mapping.levels.forEach((level, index) => {
    const name = accelerator.levels[index]?.name ?? `level ${index}`;
    const keep = level.keep.length === 0 ? 'keeps nothing' : `keeps ${level.keep.join(', ')}`;
    lines.push(`${'  '.repeat(depth)}${name} [${keep}]`);
    if (notes[index]) lines.push(`${'  '.repeat(depth)}(${notes[index]})`);
    for (const { dim, bound } of level.temporal) {
      if (bound === 1) continue;
      depth++;
      lines.push(`${'  '.repeat(depth)}for ${dim.toLowerCase()} in 0..${bound}`);
    }
    for (const { dim, bound, array } of level.spatial) {
      if (bound === 1) continue;
      depth++;
      lines.push(`${'  '.repeat(depth)}parallel for ${dim.toLowerCase()} in 0..${bound} on ${array}`);
    }
    if (level.noMulticast.length > 0)
      lines.push(`${'  '.repeat(depth)}(no multicast of ${level.noMulticast.join(', ')})`);
    depth++;
  });
  lines.push(`${'  '.repeat(depth)}multiply-accumulate`);
  return lines.join('\n');
}
