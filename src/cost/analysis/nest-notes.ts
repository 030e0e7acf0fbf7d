import type { Accelerator, StorageLevel } from '../../accelerator/accelerator.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { flattenNest } from '../../mapping/nest.ts';
import { groupedText } from '../../util/quantity-text.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { Evaluation } from '../evaluation.ts';
import { visits, weightLoads } from '../reference/level-times.ts';

/** What of a mapping the terms that levels state depend on, a note for each level; empty where it states none. */
export function nestNotes(
  { problem }: Pick<LayerShape, 'problem'>,
  { levels }: Pick<Accelerator, 'levels'>,
  mapping: Mapping,
  evaluation: Evaluation,
): readonly string[] {
  const nest = flattenNest(mapping);
  return levels.map((level, index) => {
    const kept = mapping.levels[index]!.keep;
    const { launchCycles } = evaluation.levels[index]!;
    const notes = [
      ...(level.launch === undefined ? [] : [`launches take ${counted(launchCycles, 'cycle')}`]),
      ...refetchNotes(level, kept),
    ];
    const isVisited = notes.length > 0 || level.fanOut.rampCycles !== undefined;
    const query = { problem, mapping, nest, index };
    return [
      ...(isVisited ? [counted(visits(query), 'visit')] : []),
      ...notes,
      ...(level.fanOut.fill === undefined ? [] : [`${counted(weightLoads(query), 'load')} of weights into the array`]),
      ...(level.spill === 'never' && kept.includes('Outputs') ? ['partial sums do not return'] : []),
    ].join(', ');
  });
}

function counted(count: number, one: string): string {
  return `${groupedText(count)} ${one}${count === 1 ? '' : 's'}`;
}

function refetchNotes({ refetch = [] }: StorageLevel, kept: readonly string[]): string[] {
  const again = refetch.filter((tensor) => kept.includes(tensor));
  return again.length === 0 ? [] : [`${again.join(' and ')} anew at each`];
}
