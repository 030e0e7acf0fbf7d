import { notModelled } from '../../cost/analysis/not-modelled.ts';
import type { FinalNetwork } from '../layers/final-network.ts';

/** What the figures of a design leave out, in sentences. */
export function designLimits(mapped: readonly FinalNetwork[]): readonly string[] {
  const retained = mapped.find(({ schedule }) => schedule !== null)?.schedule?.answer.summary.levelName ?? null;
  return notModelled(
    mapped[0]!.report.accelerator,
    mapped.map(({ report }) => report.network),
    'exact',
    retained,
  );
}
