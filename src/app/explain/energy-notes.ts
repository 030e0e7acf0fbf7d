import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { isSizeDependent, type Technology } from '../../accelerator/technology.ts';

/** Sentences that say where the energies of resized memories come from, for results in which sizes change. */
export function energyNotes(specification: AcceleratorSpecification, technology: Technology): string[] {
  const onChip = specification.levels.filter((level) => level.role !== 'dram');
  const fixed = onChip.filter((level) => level.energy !== undefined).map((level) => level.name);
  const priced = onChip.filter((level) => level.energy === undefined).map((level) => level.name);
  const notes: string[] = [];
  if (priced.length > 0)
    notes.push(
      isSizeDependent(technology)
        ? `energy per access of a resized ${priced.join(' or ')} follows technology ${technology.name}: a larger memory costs more per access, so more is not always better`
        : `technology ${technology.name} prices ${priced.join(' and ')} alike whatever the size: more memory is never worse`,
    );
  if (fixed.length > 0)
    notes.push(
      `${fixed.join(', ')}: energy per access is stated by the accelerator, so it stays when the size changes`,
    );
  return notes;
}
