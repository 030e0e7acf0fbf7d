import { bytesText, siText } from '../util/quantity-text.ts';
import {
  type Accelerator,
  areaMm2,
  leakagePjPerCycle,
  onChipBits,
  type StorageLevel,
  totalWordsPerCycle,
} from './accelerator.ts';
import { type BoundViolation, type BudgetBounds, brokenBounds } from './budget-bounds.ts';

/** Resources that an accelerator may use at most. Absent limits do not bind. */
export interface Budget {
  readonly name: string;
  readonly source: string;
  /** The accelerator that the budget was taken from, with the dataflow it was published with (absent: none of the presets); both presets' names. */
  readonly baseline?: { readonly accelerator: string; readonly dataflow?: string };
  readonly processingElements: number;
  /** All on-chip levels, all instances: PEs x L1 + L2. */
  readonly onChipBits: number;
  /** Reads and writes of DRAM together, in B/s. */
  readonly dramBytesPerSecond?: number;
  /** Reads and writes of the outermost on-chip level together, all instances, in B per cycle. */
  readonly bufferBytesPerCycle?: number;
  /** MACs, on-chip memories and wires. */
  readonly areaMm2?: number;
  /** Compared with {@link peakPowerMw}. */
  readonly powerMw?: number;
  /** Of single parameters; absent: none is bounded. */
  readonly bounds?: BudgetBounds;
}

/** A limited resource with the unit of its figures. */
export type BudgetResource =
  | 'processing elements'
  | 'on-chip memory'
  | 'DRAM bandwidth'
  | 'buffer bandwidth'
  | 'area'
  | 'power'
  | BoundViolation['resource'];

/** One limit that is not kept. */
export interface BudgetViolation {
  readonly resource: BudgetResource;
  /** Unit of `limit` and `used`. */
  readonly unit: '' | 'bit' | 'B/s' | 'B/cycle' | 'mm^2' | 'mW';
  readonly limit: number;
  /** Infinity where the accelerator leaves a limited bandwidth unlimited. */
  readonly used: number;
  /** Relative: 0.5 = half more than allowed; > 0. */
  readonly excess: number;
  /** Whether `limit` is a least value, which `used` falls below. */
  readonly isLeast?: boolean;
}

/** What is used of a limited resource, for people: `area 3.2 of 0.5 mm^2`. */
export function violationText({
  resource,
  unit,
  limit,
  used,
  isLeast = false,
}: Pick<BudgetViolation, 'resource' | 'unit' | 'limit' | 'used' | 'isLeast'>): string {
  const text = (value: number): string => {
    if (!Number.isFinite(value)) return 'unlimited';
    if (unit === 'bit') return bytesText(value / 8, (bytes) => String(Number(bytes.toPrecision(6))));
    return unit === 'B/s' ? siText(value, unit) : `${Number(value.toPrecision(6))} ${unit}`.trim();
  };
  return `${resource} ${text(used)}${isLeast ? ', at least' : ' of'} ${text(limit)}`;
}

/** Rounding of bandwidths that were converted between seconds and cycles is no excess. */
const TOLERANCE = 1e-9;

/** The limits of a budget that an accelerator exceeds; empty when it fits. */
export function checkBudget(accelerator: Accelerator, budget: Budget): BudgetViolation[] {
  const violations: BudgetViolation[] = [];
  const check = (
    resource: BudgetResource,
    unit: BudgetViolation['unit'],
    limit: number | undefined,
    used: () => number,
  ) => {
    if (limit === undefined) return;
    const value = used();
    if (value > limit * (1 + TOLERANCE))
      violations.push({ resource, unit, limit, used: value, excess: value / limit - 1 });
  };
  check('processing elements', '', budget.processingElements, () => accelerator.mac.instances);
  check('on-chip memory', 'bit', budget.onChipBits, () => onChipBits(accelerator));
  check('DRAM bandwidth', 'B/s', budget.dramBytesPerSecond, () => dramBytesPerSecond(accelerator));
  check('buffer bandwidth', 'B/cycle', budget.bufferBytesPerCycle, () => bufferBytesPerCycle(accelerator));
  check('area', 'mm^2', budget.areaMm2, () => areaMm2(accelerator));
  check('power', 'mW', budget.powerMw, () => peakPowerMw(accelerator));
  return [...violations, ...brokenBounds(accelerator, budget.bounds ?? {})];
}

/** Bandwidth of DRAM, reads and writes together, in B/s; Infinity when unlimited. */
export function dramBytesPerSecond(accelerator: Accelerator): number {
  const dram = accelerator.levels.find((level) => level.isDram);
  return dram === undefined ? 0 : bytesPerCycle(dram) * accelerator.clockHz;
}

/** Bandwidth of the outermost on-chip level, all instances, reads and writes together, in B per cycle; Infinity when unlimited, 0 without such a level. */
export function bufferBytesPerCycle(accelerator: Accelerator): number {
  const buffer = accelerator.levels.find((level) => !level.isDram);
  return buffer === undefined ? 0 : bytesPerCycle(buffer);
}

/**
 * On-chip power in mW when every MAC works in every cycle and takes three words from the innermost on-chip level and
 * writes one back, plus leakage. An upper figure for the datapath; traffic of outer levels, control and clock are not in it.
 */
export function peakPowerMw(accelerator: Accelerator): number {
  const { levels, mac, clockHz } = accelerator;
  const inner = levels.findLast((level) => !level.isDram);
  const accessPj = inner === undefined ? 0 : (3 * inner.energy.readPj + inner.energy.updatePj) / inner.blockWords;
  return (mac.instances * (mac.energyPj + accessPj) + leakagePjPerCycle(accelerator)) * clockHz * 1e-9;
}

function bytesPerCycle({ bandwidth, wordBits, instances }: StorageLevel): number {
  return (totalWordsPerCycle(bandwidth) * instances * wordBits) / 8;
}
