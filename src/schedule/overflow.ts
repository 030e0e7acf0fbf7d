import { bitsText, groupedText } from '../util/quantity-text.ts';
import type { Sequence } from '../workload/graph/sequence.ts';
import type { Retention } from './retention.ts';
import type { FixedPart } from './step-kind.ts';

/** What takes room in the retention level beside the parts of a step. */
export interface OtherRoom {
  readonly pinnedBits: number;
  readonly passingBits: number;
}

/** Name of what a part of the room is for. */
export function partName({ tensors, storages, operators }: Sequence, { what, index }: FixedPart): string {
  if (what === 'storage') return storages[index]!.name;
  return what === 'held-parameters' ? `parameters of ${operators[index]!.name}` : tensors[index]!.name;
}

/** Says by how much a step overflows the retention level, and with what. @param step its name for people */
export function overflowMessage(
  sequence: Sequence,
  { levelName }: Retention,
  capacityBits: number,
  step: string,
  fixed: readonly FixedPart[],
  { pinnedBits, passingBits }: OtherRoom,
): string {
  const parts = [
    ...fixed.filter(({ bits }) => bits > 0).map((part) => `${partName(sequence, part)} ${groupedText(part.bits)}`),
    ...(passingBits > 0 ? [`tensors that pass by ${groupedText(passingBits)}`] : []),
    ...(pinnedBits > 0 ? [`pinned parameters ${groupedText(pinnedBits)}`] : []),
  ];
  const needed = fixed.reduce((sum, { bits }) => sum + bits, pinnedBits + passingBits);
  return `${step} overflows ${levelName} by ${bitsText(needed - capacityBits)}: ${parts.join(' + ')} bits in ${bitsText(capacityBits, '')}`;
}
