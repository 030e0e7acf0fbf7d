import type { StorageLevel } from '../../accelerator/accelerator.ts';
import type { ChipMeasurements } from '../../formats/measurements.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { ZeroShares } from '../../workload/layer.ts';
import { evaluateMappings, type LayerReport } from '../explain/evaluate.ts';
import { type Compared, compared } from './compared.ts';

/** One layer of a chip's published table beside the model. */
export interface ChipLayer {
  readonly name: string;
  readonly activePes: Compared;
  /** Cycles with DRAM fully overlapped. */
  readonly cycles: Compared;
  readonly bufferMegabytes: Compared;
  /** Both after compression of Inputs and Outputs. */
  readonly dramMegabytes: Compared;
  readonly inputZeros: number;
}

/** One network on a chip under its own mapping. */
export interface ChipNetwork {
  readonly chip: string;
  readonly workload: string;
  readonly batch: number;
  readonly accelerator: string;
  readonly mapping: string;
  readonly layers: readonly ChipLayer[];
  /** Mean of the absolute errors over layers. */
  readonly meanAbsoluteError: Readonly<Record<'activePes' | 'cycles' | 'bufferMegabytes' | 'dramMegabytes', number>>;
}

/** A network of a chip's published tables, layer by layer, under the chip's own mapping. */
export function compareChipNetwork(chip: string, network: ChipMeasurements['networks'][number]): ChipNetwork {
  const { report } = evaluateMappings({ ...network, temporalReuse: 'exact' });
  const { clockHz, levels } = report.accelerator;
  const [dram, buffer] = levels;
  const layers = network.layers.map((measured): ChipLayer => {
    const layer = report.layers.find((candidate) => candidate.layer.name === measured.layer)!;
    const zeros = { Inputs: measured.inputZeros, Outputs: measured.outputZeros };
    return {
      name: measured.name,
      activePes: compared(measured.activePes, layer.evaluation.macUnitsUsed),
      cycles: compared(Math.round((measured.processingMs * clockHz) / 1000), onChipCycles(layer)),
      bufferMegabytes: compared(measured.bufferMegabytes, megabytesAt(layer, buffer!, 1, zeros)),
      dramMegabytes: compared(measured.dramMegabytes, megabytesAt(layer, dram!, 0, zeros)),
      inputZeros: measured.inputZeros,
    };
  });
  const mean = (key: 'activePes' | 'cycles' | 'bufferMegabytes' | 'dramMegabytes') =>
    layers.reduce((sum, layer) => sum + Math.abs(layer[key].error), 0) / layers.length;
  return {
    chip,
    workload: network.workload,
    batch: network.batch,
    accelerator: network.accelerator,
    mapping: network.mapping,
    layers,
    meanAbsoluteError: {
      activePes: mean('activePes'),
      cycles: mean('cycles'),
      bufferMegabytes: mean('bufferMegabytes'),
      dramMegabytes: mean('dramMegabytes'),
    },
  };
}

/** The published processing latency excludes waiting for DRAM. */
function onChipCycles({ evaluation }: LayerReport): number {
  return evaluation.levels.slice(1).reduce((most, level) => Math.max(most, level.cycles), evaluation.computeCycles);
}

/** Megabytes (10^6) that cross the ports of a level, of one run of the layer, in the words in which it stores each tensor. */
function megabytesAt(
  { layer, evaluation }: LayerReport,
  level: StorageLevel,
  index: number,
  zeros: ZeroShares,
): number {
  const bits = TENSORS.reduce((sum, tensor) => {
    const { reads, fills, updates } = evaluation.levels[index]!.tensors[tensor];
    return sum + (reads + fills + updates) * storedWordBits(level, { wordBits: layer.wordBits, zeros }, tensor);
  }, 0);
  return bits / 8e6;
}
