import type { OccupancyPart, OccupancyRow, OperatorSummary, ScheduleSummary } from './summary.ts';

/** A segment of a schedule, for views. */
export type SegmentSummary = ScheduleSummary['segments'][number];

/** Bits that some parts take together. */
export function partsBits(parts: readonly OccupancyPart[]): number {
  return parts.reduce((sum, { bits }) => sum + bits, 0);
}

/** Whether a segment runs tile by tile. */
export function isTiled({ loops }: SegmentSummary): boolean {
  return loops.length > 0;
}

/** The shared loops of a segment as text: `p 4 x 28, c 16 x 2` with tile and iterations. @param times sign between them */
export function loopsText({ loops }: SegmentSummary, times: string): string {
  return loops.map(({ axis, tile, iterations }) => `${axis} ${tile} ${times} ${iterations}`).join(', ');
}

/** What lies in the retention level at the fullest moment of each operator; null where it takes no time. */
export function fullestRows({ operators, occupancy }: ScheduleSummary): readonly (OccupancyRow | null)[] {
  const rows: (OccupancyRow | null)[] = operators.map(() => null);
  for (const row of occupancy) {
    const before = rows[row.operator];
    if (before == null || partsBits(row.parts) > partsBits(before.parts)) rows[row.operator] = row;
  }
  return rows;
}

/** Words of the outermost level that an operator's output saves by its home. Where several operators write parts of it, the producer stands for all. */
export function savedByOutput({ storages }: ScheduleSummary, { output }: OperatorSummary, index: number): number {
  const { producer, savedDramWords } = storages[output]!;
  return producer === index ? savedDramWords : 0;
}

/** Words of the outermost level that the homes of all activations save. */
export function savedDramWords({ storages }: ScheduleSummary): number {
  return storages.reduce((sum, storage) => sum + storage.savedDramWords, 0);
}

/** Activations that flow between operators: storages without the inputs and outputs of the network. */
export function innerStorages(storages: ScheduleSummary['storages']): ScheduleSummary['storages'] {
  return storages.filter(({ producer, users }) => producer !== null && users.length > 0);
}
