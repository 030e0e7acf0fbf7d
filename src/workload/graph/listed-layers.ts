import { layerKey } from '../distinct-layers.ts';
import type { Layer } from '../network.ts';
import type { Graph } from './graph.ts';

/** The layer table of a graph, or the operator that cannot share the line that it names. */
export type ListedLayers =
  | { readonly ok: true; readonly layers: readonly Layer[] }
  | { readonly ok: false; readonly operator: string; readonly line: string };

/** The layers of a graph in the order in which they first run; those that are listed under one name are one line with the sum of their repeats. */
export function listedLayers({ operators }: Graph): ListedLayers {
  const lines = new Map<string, Layer>();
  for (const operator of operators) {
    if (operator.kind !== 'mac') continue;
    const { layer } = operator;
    const line = lines.get(layer.name);
    if (line !== undefined && !isAlike(line, layer)) return { ok: false, operator: operator.name, line: layer.name };
    lines.set(layer.name, line === undefined ? layer : { ...line, repeat: line.repeat + layer.repeat });
  }
  return { ok: true, layers: [...lines.values()] };
}

function isAlike(a: Layer, b: Layer): boolean {
  return a.kind === b.kind && a.parameters === b.parameters && layerKey(a) === layerKey(b);
}
