import { macUnits, onChipBytes, placedLevels } from '../accelerator/placed-levels.ts';
import type { AcceleratorSpecification } from '../accelerator/specification.ts';
import type { BudgetSummary } from './run-events.ts';

/** Resources that a budget may limit. */
export type Resource = 'processing-elements' | 'on-chip-memory' | 'dram' | 'buffer' | 'area' | 'power';

/** Use of a resource: PEs, bytes, B/s of DRAM, B per cycle of the outermost on-chip level, mm^2, mW. */
export interface ResourceUse {
  readonly resource: Resource;
  /** Null where it is not known; Infinity where the accelerator sets no limit. */
  readonly used: number | null;
  /** Null where the budget sets none. */
  readonly limit: number | null;
}

/** Use of every resource by an accelerator. @param areaMm2 null where it is not known */
export function budgetUse(
  specification: AcceleratorSpecification,
  areaMm2: number | null,
  budget: BudgetSummary | undefined,
): readonly ResourceUse[] {
  const levels = placedLevels(specification);
  const buffer = levels.find(({ level }) => level.role !== 'dram');
  const use = (resource: Resource, used: number | null, limit: number | undefined): ResourceUse => {
    return { resource, used, limit: limit ?? null };
  };
  return [
    use('processing-elements', macUnits(specification), budget?.processingElements),
    use('on-chip-memory', onChipBytes(specification), budget && budget.onChipBits / 8),
    use('dram', (levels[0]?.bytesPerCycle ?? Infinity) * specification.clockHz, budget?.dramBytesPerSecond),
    use('buffer', buffer === undefined ? null : buffer.bytesPerCycle * buffer.instances, budget?.bufferBytesPerCycle),
    use('area', areaMm2, budget?.areaMm2),
    use('power', null, budget?.powerMw),
  ];
}
