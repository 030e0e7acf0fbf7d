import { type ChipMeasurements, parseMeasurements } from '../../formats/measurements.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import { evaluateMappings, type LayerReport } from '../explain/evaluate.ts';
import { namedGoal } from '../layers/goal.ts';
import { mapNetwork } from '../layers/map-network.ts';
import { loadAccelerator, loadWorkload, readText, resolveFile } from '../presets/load.ts';

/** A measured figure, the model's, and the relative error (model / measured - 1). */
export interface Compared {
  readonly measured: number;
  readonly model: number;
  readonly error: number;
}

/** One layer of a chip's published table beside the model. */
export interface ChipLayer {
  readonly name: string;
  readonly activePes: Compared;
  /** Cycles with DRAM fully overlapped. */
  readonly cycles: Compared;
  readonly bufferMegabytes: Compared;
  /** The chip's figure is after compression; see `inputZeros`. */
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

/** A published frame rate beside the model's with the best mapping of every layer. */
export interface FrameRate {
  readonly accelerator: string;
  readonly workload: string;
  readonly framesPerSecond: Compared;
  /** Share of the MACs that the model keeps busy. */
  readonly utilization: number;
}

/** Result of {@link validateChips}. */
export interface ChipValidation {
  readonly networks: readonly ChipNetwork[];
  readonly frameRates: readonly FrameRate[];
  readonly sources: Readonly<Record<string, string>>;
  readonly explanation: readonly string[];
}

/** Why the model and the chips differ; printed under the table. */
const EXPLANATION: readonly string[] = [
  'active PEs: the model counts every PE that a folded pass may use (140 on AlexNet CONV2), the chip those that work (135); elsewhere equal',
  'cycles: between passes the chip loads filters, drains partial sums and ramps its array up and down; the model overlaps all of it, so it is faster where the array binds (AlexNet, VGG16 CONV5)',
  'cycles of VGG16 CONV1 to CONV4: the port of the global buffer binds, in the model as on the chip; its width (9 words read, 4 written per cycle) is an assumption of the preset that these layers agree with',
  'VGG16: the chip’s mapping parameters are not published; they were derived from its active PEs and buffer accesses, so these two columns are no independent test (AlexNet’s are: its parameters are published)',
  'buffer, AlexNet CONV3: four channels per pass (q x r = 4, as published) update each partial sum 64 times; the measured accesses fit about six channels per pass',
  'frame rates of NVDLA: the model takes the mapping of least latency per layer at an assumed 1 GHz (the table states no clock) and overlaps all transfers; ResNet-50 v1.5 has 6 % more MACs than the v1 that was probably measured',
  'DRAM: the chip compresses inputs and outputs by run length (see zeros); the model moves dense words. Filters bypass the buffer and are counted again in every pass, while the chip prefetches part of them in 8 KB',
];

/** Compares the model with the published tables of Eyeriss under its row-stationary mappings. */
export function validateChips(): ChipValidation {
  const eyeriss = loadMeasurements('eyeriss');
  const nvdla = loadMeasurements('nvdla');
  return {
    networks: eyeriss.networks.map((network) => compareNetwork(eyeriss.chip, network)),
    frameRates: nvdla.frameRates.map(compareFrameRate),
    sources: { [eyeriss.chip]: eyeriss.source, [nvdla.chip]: nvdla.source },
    explanation: EXPLANATION,
  };
}

function loadMeasurements(name: string): ChipMeasurements {
  const file = resolveFile('measurements', name);
  return parseMeasurements(readText(file), file);
}

function compareNetwork(chip: string, network: ChipMeasurements['networks'][number]): ChipNetwork {
  const { report } = evaluateMappings({ ...network, temporalReuse: 'exact' });
  const clockHz = report.accelerator.clockHz;
  const layers = network.layers.map((measured): ChipLayer => {
    const layer = report.layers.find((candidate) => candidate.layer.name === measured.layer)!;
    return {
      name: measured.name,
      activePes: compared(measured.activePes, layer.evaluation.macUnitsUsed),
      cycles: compared((measured.processingMs / 1000) * clockHz, onChipCycles(layer)),
      bufferMegabytes: compared(measured.bufferMegabytes, megabytesAt(layer, 1)),
      dramMegabytes: compared(measured.dramMegabytes, megabytesAt(layer, 0)),
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

function compareFrameRate(published: ChipMeasurements['frameRates'][number]): FrameRate {
  const accelerator = loadAccelerator(published.accelerator);
  const { network } = loadWorkload(published.workload);
  const settings = { mapper: 'exact', factors: 'perfect', temporalReuse: 'exact', evaluations: 0, seed: 1 } as const;
  const { report } = mapNetwork(network, accelerator, namedGoal('latency'), settings);
  return {
    accelerator: published.accelerator,
    workload: published.workload,
    framesPerSecond: compared(published.framesPerSecond, 1 / report.totals.physical.seconds),
    utilization: report.totals.utilization,
  };
}

function compared(measured: number, model: number): Compared {
  return { measured, model, error: model / measured - 1 };
}

/** The published processing latency excludes waiting for DRAM. */
function onChipCycles({ evaluation }: LayerReport): number {
  return evaluation.levels.slice(1).reduce((most, level) => Math.max(most, level.cycles), evaluation.computeCycles);
}

/** Megabytes (10^6, 16-bit words) that cross the ports of a level, of one run of the layer. */
function megabytesAt({ evaluation }: LayerReport, level: number): number {
  const words = TENSORS.reduce((sum, tensor) => {
    const { reads, fills, updates } = evaluation.levels[level]!.tensors[tensor];
    return sum + reads + fills + updates;
  }, 0);
  return (words * 2) / 1e6;
}
