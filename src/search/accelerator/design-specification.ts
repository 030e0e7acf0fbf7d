import type { BandwidthSpecification, LevelSpecification, Rate } from '../../accelerator/specification.ts';
import { type AcceleratorSpecification, specificationProblems } from '../../accelerator/specification.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Design } from '../ports.ts';

/** Step of the memory sizes in bytes (NAAS, section II-A). */
export const BYTES_STEP = 16;

/** The three levels of a design. */
export interface DesignLevels {
  readonly dram: LevelSpecification;
  readonly l2: LevelSpecification;
  readonly l1: LevelSpecification;
}

/**
 * The levels of an accelerator that designs are made from: DRAM, global buffer with the array below, register file of one PE.
 * @throws TrifoldError `unsupported` for any other hierarchy, `value` for a specification that cannot be built
 */
export function designLevels(baseline: AcceleratorSpecification): DesignLevels {
  const [problem] = specificationProblems(baseline);
  if (problem !== undefined)
    throw new TrifoldError('value', `${baseline.name}: ${problem.message}`, { keyPath: problem.path.join('.') });
  const [dram, l2, l1, ...more] = baseline.levels;
  const single = (level: LevelSpecification) => level.fanOut.dimensions.every((dimension) => dimension.size === 1);
  if (dram === undefined || l2 === undefined || l1 === undefined || more.length > 0 || !single(dram) || !single(l1))
    throw new TrifoldError('unsupported', `${baseline.name} cannot be the baseline of an accelerator search`, {
      hint: 'it needs three levels, DRAM, global buffer and register file, with the array between the last two',
    });
  return { dram, l2, l1 };
}

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
  return {
    ...baseline,
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
