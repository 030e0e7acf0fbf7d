import type {
  AcceleratorSpecification,
  BandwidthSpecification,
  LevelSpecification,
  Rate,
} from '../../accelerator/specification.ts';
import type { Design } from '../ports.ts';
import { designLevels } from './design-levels.ts';

/**
 * The specification of a design: sizes, array and buffer bandwidth are the design's, everything else (clock, widths, DRAM, access
 * blocks, technology) the baseline's. Memories are one pool each, also where the baseline splits them, and are priced by the
 * technology, also where the baseline states figures: those belong to other sizes.
 */
export function designSpecification(
  design: Design,
  baseline: AcceleratorSpecification,
  name: string,
): AcceleratorSpecification {
  const { dram, l2, l1 } = designLevels(baseline);
  const buffer = resized(l2, design.l2Bytes);
  const { bufferWordsPerCycle } = design;
  const { vectorUnit } = baseline;
  const isKept = vectorUnit !== undefined && [dram, l2, l1].some((level) => level.name === vectorUnit.level);
  return {
    ...baseline,
    ...(vectorUnit === undefined || isKept ? {} : { vectorUnit: { ...vectorUnit, level: l2.name } }),
    name,
    source: `searched, from ${baseline.name}`,
    levels: [
      dram,
      {
        ...buffer,
        bandwidth: bufferWordsPerCycle === null ? l2.bandwidth : splitBandwidth(l2.bandwidth, bufferWordsPerCycle),
        fanOut: { ...l2.fanOut, dimensions: design.axes },
      },
      resized(l1, design.l1BytesPerPe),
    ],
  };
}

/** One line for people: array, sizes. */
export function describeDesign(design: Design): string {
  const array = design.axes
    .map(({ size, parallelDims }) => `${parallelDims === 'any' ? 'any' : parallelDims.join('')}${size}`)
    .join(' x ');
  return `${array}, ${design.processingElements} PEs, L1 ${design.l1BytesPerPe} B, L2 ${Math.round(design.l2Bytes / 102.4) / 10} KiB`;
}

/** A total of words per cycle split as the baseline does: reads and writes in its proportion (at least one word each), or shared. */
function splitBandwidth({ read, write }: BandwidthSpecification, total: number): BandwidthSpecification {
  const rate = (value: number): Rate => ({ unit: 'words/cycle', value });
  if (read === undefined || write === undefined || read.unit !== write.unit) return { shared: rate(total) };
  const share = read.value / (read.value + write.value);
  const reads = Math.min(total - 1, Math.max(1, Math.round(total * share)));
  return { read: rate(reads), write: rate(total - reads) };
}

function resized(level: LevelSpecification, bytes: number): LevelSpecification {
  const { energy: _energy, areaMm2: _area, leakageMw: _leakage, ...rest } = level;
  return { ...rest, capacity: { kind: 'shared', bits: bytes * 8 } };
}
