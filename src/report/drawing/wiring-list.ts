import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import type { AcceleratorSpecification, LevelSpecification } from '../../accelerator/specification.ts';
import { wiresOf } from '../../accelerator/wiring.ts';
import type { Dim } from '../../util/vocabulary.ts';
import { html, type Markup } from '../page/html.ts';

/** The wires of each axis of the array, as list items. */
export function wiringList(specification: AcceleratorSpecification): readonly Markup[] {
  return specification.levels.flatMap((level) =>
    level.fanOut.dimensions
      .filter(({ size }) => size > 1)
      .map(
        (axis) =>
          html`<li><strong>${axis.name}</strong>, ${axis.size} wide below ${level.name}: ${wiringText(level, axis)}</li>`,
      ),
  );
}

/** Wires of an axis in words: `K: Inputs broadcast; C: Outputs summed`. */
export function wiringText({ fanOut }: LevelSpecification, axis: ArrayDimension): string {
  if (axis.parallelDims === 'any') return 'any dim in parallel';
  const wires = wiresOf(fanOut, axis);
  const groups = new Map<string, Dim[]>();
  for (const dim of axis.parallelDims) {
    const shared = wires
      .filter((wire) => wire.dim === dim)
      .map(({ tensor, kind }) => `${tensor} ${kind === 'reduction' ? 'summed' : 'broadcast'}`);
    const key = shared.length === 0 ? 'nothing shared' : shared.join(' and ');
    groups.set(key, [...(groups.get(key) ?? []), dim]);
  }
  return [...groups].map(([key, dims]) => `${dims.join(', ')}: ${key}`).join('; ');
}
