import type { FanOutSpecification } from '../../accelerator/specification.ts';
import { type Wire, wiresOf } from '../../accelerator/wiring.ts';
import type { TensorName } from '../../util/vocabulary.ts';
import type { Style } from './palette.ts';

/** One sentence per tensor and array dimension: `Inputs broadcast along X (K, R)`, or all of them shorter where one has no room: `Inputs broadcast X (KR)`. */
export function wireTexts(
  fanOut: FanOutSpecification,
  width: number,
): { readonly text: string; readonly style: Style; readonly wire: Wire }[] {
  const long = wireList(fanOut, (what, axis, dims) => `${what} along ${axis} (${dims.join(', ')})`);
  if (long.every(({ text }) => text.length <= width)) return long;
  return wireList(fanOut, (what, axis, dims) => `${what} ${axis} (${dims.join('')})`);
}

function wireList(
  fanOut: FanOutSpecification,
  textOf: (what: string, axis: string, dims: readonly string[]) => string,
) {
  return fanOut.dimensions.flatMap((axis) => {
    const byTensor = new Map<string, Wire[]>();
    for (const wire of wiresOf(fanOut, axis)) byTensor.set(wire.tensor, [...(byTensor.get(wire.tensor) ?? []), wire]);
    return [...byTensor.values()].map((wires) => {
      const [wire] = wires;
      const verb = wire!.kind === 'broadcast' ? 'broadcast' : 'reduced';
      const dims = wires.map(({ dim }) => dim);
      return {
        text: textOf(`${wire!.tensor} ${verb}`, axis.name, dims),
        style: tensorStyle(wire!.tensor),
        wire: wire!,
      };
    });
  });
}

/** Style of a tensor wherever it is drawn. */
export function tensorStyle(tensor: TensorName): Style {
  return tensor === 'Weights' ? 'weights' : tensor === 'Inputs' ? 'inputs' : 'outputs';
}
