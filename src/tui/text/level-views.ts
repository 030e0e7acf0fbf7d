import { type PlacedLevel, placedLevels } from '../../accelerator/placed-levels.ts';
import type { AcceleratorSpecification, LevelSpecification } from '../../accelerator/specification.ts';
import type { Resource } from '../../search/budget-use.ts';
import { formatBytes, formatFigure } from './terminal-figures.ts';

/** A storage level with its texts. */
export interface LevelView extends PlacedLevel {
  /** L2, L1 or DRAM as the field calls it; the own name where there are more levels. */
  readonly label: string;
  /** Bandwidth of one instance, of DRAM by time and of other levels by cycle, as the budgets state them; empty when unlimited. */
  readonly bandwidth: string;
}

/** The storage levels, outermost first. */
export function levelViews(specification: AcceleratorSpecification): LevelView[] {
  const onChip = specification.levels.filter((level) => level.role !== 'dram').length;
  return placedLevels(specification).map((placed) => ({
    ...placed,
    label: labelOf(placed.level, onChip),
    bandwidth: bandwidthText(placed, specification.clockHz),
  }));
}

/** Name and amounts of each resource of a budget. */
export const RESOURCE_TEXTS: Readonly<Record<Resource, { name: string; text: (value: number) => string }>> = {
  'processing-elements': { name: 'PEs', text: String },
  'on-chip-memory': { name: 'on-chip memory', text: formatBytes },
  dram: { name: 'DRAM bandwidth', text: formatByteRate },
  buffer: { name: 'L2 bandwidth', text: formatBytesPerCycle },
  area: { name: 'area', text: (value) => `${formatFigure(value)} mm²` },
  power: { name: 'power', text: (value) => `${formatFigure(value)} mW` },
};

function labelOf({ role, name }: LevelSpecification, onChip: number): string {
  if (role === 'dram') return 'DRAM';
  if (onChip > 2) return name;
  return role === 'register-file' ? 'L1' : 'L2 global buffer';
}

function bandwidthText({ level, bytesPerCycle }: PlacedLevel, clockHz: number): string {
  if (!Number.isFinite(bytesPerCycle)) return '';
  return level.role === 'dram' ? formatByteRate(bytesPerCycle * clockHz) : formatBytesPerCycle(bytesPerCycle);
}

function formatByteRate(bytesPerSecond: number): string {
  return `${formatFigure(bytesPerSecond / 1e9)} GB/s`;
}

function formatBytesPerCycle(bytesPerCycle: number): string {
  return `${formatFigure(bytesPerCycle)} B/cycle`;
}
