import type { ScheduleSummary } from '../../schedule/summary.ts';

/** Words that flow from what makes them to an operator that reads them. */
export interface NetworkEdge {
  readonly storage: number;
  /** An operator; null: an input of the network. */
  readonly from: number | null;
  readonly to: number;
}

/**
 * The edges between operators, by reader. A reader gets the words of the last operator before it that wrote to the storage; a view of the storage that it
 * writes itself (a concatenation of parts, a slice) gets those of all since the view before it; a part may be an input of the network.
 */
export function networkEdges({
  operators,
  storages,
}: Pick<ScheduleSummary, 'operators' | 'storages'>): readonly NetworkEdge[] {
  const writers = new Map<number, number[]>();
  const edges: NetworkEdge[] = [];
  operators.forEach(({ kind, inputs, output }, to) => {
    for (const storage of new Set(inputs)) {
      const known = writers.get(storage) ?? [];
      const isJoined = kind === 'view' && storage === output;
      const view = isJoined ? lastView(operators, known) : -1;
      const sources = isJoined ? known.slice(Math.max(0, view)) : known.slice(-1);
      const hasInput = isJoined && view < 0 && storages[storage]!.producer === null;
      if (sources.length === 0 || hasInput) edges.push({ storage, from: null, to });
      for (const from of sources) edges.push({ storage, from, to });
    }
    writers.set(output, [...(writers.get(output) ?? []), to]);
  });
  return edges;
}

function lastView(operators: ScheduleSummary['operators'], writers: readonly number[]): number {
  return writers.findLastIndex((index) => operators[index]!.kind === 'view');
}
