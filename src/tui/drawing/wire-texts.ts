import type { FanOutSpecification } from '../../accelerator/specification.ts';
import { type Wire, wiresOf } from '../../accelerator/wiring.ts';
import type { TensorName } from '../../util/vocabulary.ts';
import type { Style } from './palette.ts';

/** One sentence per tensor and array dimension: `Inputs broadcast along X (K)`. */
export function wireTexts(
  fanOut: FanOutSpecification,
): { readonly text: string; readonly style: Style; readonly wire: Wire }[] {
  return fanOut.dimensions.flatMap((axis) => {
    const byTensor = new Map<string, Wire[]>();
    for (const wire of wiresOf(fanOut, axis)) byTensor.set(wire.tensor, [...(byTensor.get(wire.tensor) ?? []), wire]);
    return [...byTensor.values()].map((wires) => {
      const [wire] = wires;
      const verb = wire!.kind === 'broadcast' ? 'broadcast' : 'reduced';
      const dims = wires.map(({ dim }) => dim).join(', ');
      return {
        text: `${wire!.tensor} ${verb} along ${axis.name} (${dims})`,
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
