import type { Accelerator } from '../../accelerator/accelerator.ts';
import { notModelled } from '../../cost/analysis/not-modelled.ts';
import { type ChipMeasurements, parseMeasurements } from '../../formats/measurements.ts';
import type { Network } from '../../workload/network.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { loadAccelerator, loadWorkload, readText, resolveFile } from '../presets/load.ts';
import { agreementOf } from './agreement.ts';
import { type BoardComparison, type BoardValidation, boardsJson, validateBoards } from './boards.ts';
import { type ChipNetwork, compareChipNetwork } from './chip-network.ts';
import { compareFrameRates, compareImageTimes, type FrameRate, type ImageTime } from './network-times.ts';
import { type RtlValidation, validateRtl } from './rtl/rtl.ts';
import { rtlJson } from './rtl/rtl-json.ts';

/** Files of measured figures that are not part of the product. */
export interface MeasuredFiles {
  /** Rows for {@link validateRtl}. */
  readonly rtl?: string | undefined;
  /** Table for {@link validateBoards}. */
  readonly boards?: string | undefined;
}

/** What figures of the model leave out, and of which accelerators that holds. */
export interface SharedLimit {
  readonly text: string;
  readonly accelerators: readonly string[];
}

/** Names of accelerators for people: of those that differ in a number at their end, the numbers alone after the first. */
export function familyNames(names: readonly string[]): string {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const [, family = name, number] = /^(.*-)(\d+)$/.exec(name) ?? [];
    const numbers = families.get(family) ?? [];
    if (number !== undefined) numbers.push(number);
    families.set(family, numbers);
  }
  return [...families].map(([family, numbers]) => `${family}${numbers.join('/')}`).join(', ');
}

/** Result of {@link validateChips}. */
export interface ChipValidation {
  readonly networks: readonly ChipNetwork[];
  readonly frameRates: readonly FrameRate[];
  readonly imageTimes: readonly ImageTime[];
  /** Null where no file is given. */
  readonly rtl: RtlValidation | null;
  readonly boards: BoardValidation | null;
  readonly sources: Readonly<Record<string, string>>;
  /** What is known of single measured figures. */
  readonly explanation: readonly string[];
  /** Of all accelerators compared. */
  readonly notModelled: readonly SharedLimit[];
}

/** Why figures of the model and of the chips differ, where it is known of these measurements; printed under the tables. */
const EXPLANATION: readonly string[] = [
  'active PEs: the model counts every PE that a folded pass may use (140 on AlexNet CONV2), the chip those that work (135); elsewhere equal',
  'cycles of VGG16 CONV1 to CONV4: the port of the global buffer binds, in the model as on the chip; its width (9 words read, 4 written per cycle) is an assumption of the preset that these layers agree with',
  'VGG16: the chip’s mapping parameters are not published; they were derived from its active PEs and buffer accesses, so these two columns are no independent test (AlexNet’s are: its parameters are published)',
  'buffer, AlexNet CONV3: four channels per pass (q x r = 4, as published) update each partial sum 64 times; the measured accesses fit about six channels per pass',
  'DRAM of Eyeriss: filters bypass the buffer and are counted again in every pass, while the chip prefetches part of them in 8 KB',
  'frame rates of NVDLA: the model takes the mapping of least latency per layer at the 1 GHz of the table; ResNet-50 v1.5 has 6 % more MACs than the v1 that was probably measured',
  'times of coral-usb: of the schedule of least latency, with activations and pinned parameters where the search puts them. On VGG16 and VGG19 they are no test, as the 0.46 GB/s of the link were chosen by them; on the others they are',
  'times of coral-usb on MobileNets and SqueezeNet: what matters most is how layers with few channels use the 64 rows of the array, which is not published. Here the rows take input channels alone: three in first layers, one in depthwise ones. The round trip of a run over the link is left out',
  'frame rates of NVDLA with 64 and 32 MACs: at 500 MHz and with residual adds on the way out the same presets give 7.4 and 3.7, but the primer states 1 GHz for all of the table: the reason of these errors is not known',
];

/**
 * Compares the model with published figures of chips: tables of Eyeriss under its row-stationary mappings, frame rates of NVDLA, times of an Edge TPU,
 * and what further files hold.
 * @throws TrifoldError as {@link validateRtl} and {@link validateBoards}
 */
export async function validateChips(
  files: MeasuredFiles,
  pool: LayerPool,
  onBoard: (comparison: BoardComparison) => void = () => {},
  { eyeriss, nvdla, edgeTpu }: PublishedChips = publishedChips(),
): Promise<ChipValidation> {
  // First what reads files of the user, so that a wrong one ends the command at once.
  const rtl = files.rtl === undefined ? null : validateRtl(files.rtl);
  const boards = files.boards === undefined ? null : await validateBoards(files.boards, pool, onBoard);
  const limits = new Map<string, Set<string>>();
  const addLimits = (texts: readonly string[], accelerators: readonly string[]) => {
    for (const text of texts) {
      const named = limits.get(text) ?? new Set();
      for (const name of accelerators) named.add(name);
      limits.set(text, named);
    }
  };
  const onCompared = (accelerator: Accelerator, network: Network, retained: string | null = null) =>
    addLimits(notModelled(accelerator, [network], 'exact', retained), [accelerator.name]);
  for (const { accelerator, workload, batch } of eyeriss.networks)
    onCompared(loadAccelerator(accelerator), loadWorkload(workload, batch).network);
  const contextOf = ({ wordBits, betweenLayers }: ChipMeasurements) => ({ pool, onCompared, wordBits, betweenLayers });
  const frameRates = await compareFrameRates(nvdla.frameRates, contextOf(nvdla));
  const imageTimes = await compareImageTimes(edgeTpu.imageTimes, contextOf(edgeTpu));
  if (rtl !== null) addLimits(rtl.notModelled, rtl.accelerators);
  for (const { accelerator } of boards?.boards ?? [])
    addLimits(notModelled(loadAccelerator(accelerator), []), [accelerator]);
  return {
    networks: eyeriss.networks.map((network) => compareChipNetwork(eyeriss.chip, network)),
    frameRates,
    imageTimes,
    rtl,
    boards,
    sources: Object.fromEntries([eyeriss, nvdla, edgeTpu].map(({ chip, source }) => [chip, source])),
    explanation: EXPLANATION,
    notModelled: [...limits].map(([text, accelerators]) => ({ text, accelerators: [...accelerators] })),
  };
}

/** Plain JSON of the comparison with chips; what no file was given for is null. */
export function chipsJson({ rtl, boards, ...validation }: ChipValidation): object {
  const { frameRates, imageTimes } = validation;
  return {
    ...validation,
    agreement: {
      frameRates: agreementOf(frameRates.map(({ framesPerSecond }) => framesPerSecond)),
      imageTimes: agreementOf(imageTimes.map(({ milliseconds }) => milliseconds)),
    },
    rtl: rtl === null ? null : rtlJson(rtl),
    boards: boards === null ? null : boardsJson(boards),
  };
}

/** What is published of chips. */
export interface PublishedChips {
  readonly eyeriss: ChipMeasurements;
  readonly nvdla: ChipMeasurements;
  readonly edgeTpu: ChipMeasurements;
}

/** The measurements that come with the product. */
export function publishedChips(): PublishedChips {
  return {
    eyeriss: loadMeasurements('eyeriss'),
    nvdla: loadMeasurements('nvdla'),
    edgeTpu: loadMeasurements('edge-tpu'),
  };
}

function loadMeasurements(name: string): ChipMeasurements {
  const file = resolveFile('measurements', name);
  return parseMeasurements(readText(file), file);
}
