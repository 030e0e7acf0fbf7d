import type { ScoredDesign } from '../../search/ports.ts';
import type { BudgetSummary } from '../../search/run-events.ts';
import { formatBytes, formatFigure } from '../figures.ts';
import type { Axis } from './wiring.ts';

/** An accelerator as designs carry it. */
export type Specification = ScoredDesign['specification'];
type Level = Specification['levels'][number];

/** A storage level with what the drawing shows of it. */
export interface LevelView {
  readonly name: string;
  readonly role: Level['role'];
  /** L2, L1 or DRAM as the field calls it; the own name where there are more levels. */
  readonly label: string;
  readonly instances: number;
  /** Of one instance; null when unlimited. */
  readonly bytes: number | null;
  /** Bandwidth of one instance as text; empty when unlimited. */
  readonly bandwidth: string;
  readonly axes: readonly Axis[];
}

/** The storage levels, outermost first. */
export function levelViews({ levels, clockHz }: Specification): LevelView[] {
  let instances = 1;
  const onChip = levels.filter((level) => level.role !== 'dram').length;
  return levels.map((level) => {
    const own = instances;
    instances *= level.fanOut.dimensions.reduce((size, axis) => size * axis.size, 1);
    return {
      name: level.name,
      role: level.role,
      label: labelOf(level, onChip),
      instances: own,
      bytes: capacityBytes(level),
      bandwidth: bandwidthText(level, clockHz),
      axes: level.fanOut.dimensions,
    };
  });
}

/** The array dimensions with the most PEs; empty when there is a single one. */
export function arrayAxes(specification: Specification): readonly Axis[] {
  const size = (level: Level) => level.fanOut.dimensions.reduce((product, axis) => product * axis.size, 1);
  const widest = specification.levels.reduce((a, b) => (size(b) > size(a) ? b : a));
  return widest.fanOut.dimensions;
}

/** A resource of the budget and how much of it a design uses. */
export interface ResourceUse {
  readonly name: string;
  readonly used: number;
  /** Null where the budget sets no limit. */
  readonly limit: number | null;
  readonly format: (value: number) => string;
}

/** Multiply-accumulate units. */
export function peCount({ levels }: Specification): number {
  return levels.reduce(
    (product, level) => product * level.fanOut.dimensions.reduce((size, axis) => size * axis.size, 1),
    1,
  );
}

/** Use of every resource that the budget limits or that the design states. @param areaMm2 0 where it is not known */
export function resourceUse(
  specification: Specification,
  areaMm2: number,
  budget: BudgetSummary | undefined,
): ResourceUse[] {
  const levels = levelViews(specification);
  const pes = peCount(specification);
  const onChipBytes = levels.reduce(
    (sum, level) => sum + (level.role === 'dram' ? 0 : level.instances * (level.bytes ?? 0)),
    0,
  );
  const [dram, buffer] = [specification.levels.find(isDram), specification.levels.find((level) => !isDram(level))];
  const resources: ResourceUse[] = [
    { name: 'PEs', used: pes, limit: budget?.processingElements ?? null, format: (value) => String(value) },
    {
      name: 'on-chip memory',
      used: onChipBytes,
      limit: budget === undefined ? null : budget.onChipBits / 8,
      format: formatBytes,
    },
  ];
  const clock = specification.clockHz;
  if (dram !== undefined && Number.isFinite(bytesPerCycle(dram, clock)))
    resources.push({
      name: 'DRAM bandwidth',
      used: bytesPerCycle(dram, clock) * clock,
      limit: budget?.dramBytesPerSecond ?? null,
      format: formatByteRate,
    });
  if (buffer !== undefined && Number.isFinite(bytesPerCycle(buffer, clock)))
    resources.push({
      name: 'L2 bandwidth',
      used: bytesPerCycle(buffer, clock),
      limit: budget?.bufferBytesPerCycle ?? null,
      format: (value) => `${formatFigure(value)} B/cycle`,
    });
  if (areaMm2 > 0)
    resources.push({
      name: 'area',
      used: areaMm2,
      limit: budget?.areaMm2 ?? null,
      format: (value) => `${formatFigure(value)} mm²`,
    });
  return resources;
}

function isDram(level: Level): boolean {
  return level.role === 'dram';
}

function labelOf({ role, name }: Level, onChip: number): string {
  if (role === 'dram') return 'DRAM';
  if (role === 'register-file') return onChip <= 2 ? 'L1' : name;
  return onChip <= 2 ? 'L2 global buffer' : name;
}

function capacityBytes({ capacity }: Level): number | null {
  if (capacity.kind === 'unlimited') return null;
  const bits =
    capacity.kind === 'shared' ? capacity.bits : capacity.bits.Weights + capacity.bits.Inputs + capacity.bits.Outputs;
  return bits / 8;
}

/** Reads and writes together of one instance, in B per cycle; Infinity when unlimited. */
function bytesPerCycle({ bandwidth, wordBits }: Level, clockHz: number): number {
  const rate = (key: 'read' | 'write' | 'shared') => {
    const one = bandwidth[key];
    if (one === undefined) return Infinity;
    return one.unit === 'B/s' ? one.value / clockHz : (one.value * wordBits) / 8;
  };
  return Math.min(rate('shared'), rate('read') + rate('write'));
}

/** Reads and writes together, DRAM by time and other levels by cycle, as the budgets state them. */
function bandwidthText(level: Level, clockHz: number): string {
  const perCycle = bytesPerCycle(level, clockHz);
  if (!Number.isFinite(perCycle)) return '';
  return isDram(level) ? formatByteRate(perCycle * clockHz) : `${formatFigure(perCycle)} B/cycle`;
}

/** Bytes per second as `0.48 GB/s`. */
function formatByteRate(bytesPerSecond: number): string {
  return `${formatFigure(bytesPerSecond / 1e9)} GB/s`;
}
