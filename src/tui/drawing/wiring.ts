import type { Design } from '../../search/ports.ts';
import type { Dim } from '../../util/vocabulary.ts';
import type { Style } from './palette.ts';

/** An array dimension. */
export type Axis = Design['axes'][number];

/** What the wires along an array dimension carry when a problem dim runs in parallel on it. */
export interface Wire {
  readonly dim: Dim;
  /** `broadcast`: all PEs along it use the same words; `reduction`: their partial sums are added up. */
  readonly kind: 'broadcast' | 'reduction';
  readonly tensor: 'Weights' | 'Inputs' | 'Outputs';
}

/** The tensor that a dim does not index is the same for all its values. Groups index all three, so PEs along them share nothing. */
const SHARED: Readonly<Record<Dim, Wire['tensor'] | null>> = {
  N: 'Weights',
  G: null,
  K: 'Inputs',
  C: 'Outputs',
  P: 'Weights',
  Q: 'Weights',
  R: 'Outputs',
  S: 'Outputs',
};

/** The wires along an array dimension, its first parallel dim first. None for dims that share nothing and where any dim may run. */
export function wiresOf({ parallelDims }: Axis): Wire[] {
  if (parallelDims === 'any') return [];
  return parallelDims.flatMap((dim): Wire[] => {
    const tensor = SHARED[dim];
    return tensor === null ? [] : [{ dim, tensor, kind: tensor === 'Outputs' ? 'reduction' : 'broadcast' }];
  });
}

/** Parallel dims of an array dimension as text, e.g. `K, G`. */
export function parallelText({ parallelDims }: Axis): string {
  return parallelDims === 'any' ? 'any dim' : parallelDims.length === 0 ? 'no dim' : parallelDims.join(', ');
}

/** Dims of the axes as architects name a dataflow: `K-C`, `R-P`. The first dim of every axis. */
export function dataflowText(axes: readonly Axis[]): string {
  return axes.map(({ parallelDims }) => (parallelDims === 'any' ? 'any' : (parallelDims[0] ?? '1'))).join('-');
}

/** One sentence per tensor and array dimension: `Inputs broadcast along X (K)`. */
export function wireTexts(
  axes: readonly Axis[],
): { readonly text: string; readonly style: Style; readonly wire: Wire }[] {
  return axes.flatMap((axis) => {
    const byTensor = new Map<string, Wire[]>();
    for (const wire of wiresOf(axis)) byTensor.set(wire.tensor, [...(byTensor.get(wire.tensor) ?? []), wire]);
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
export function tensorStyle(tensor: Wire['tensor']): Style {
  return tensor === 'Weights' ? 'weights' : tensor === 'Inputs' ? 'inputs' : 'outputs';
}
