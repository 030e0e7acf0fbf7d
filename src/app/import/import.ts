import { beyondWorkloadFile, formatWorkload } from '../../formats/workload/workload-writer.ts';
import type { ImportRequest } from '../../options/import.ts';
import { TrifoldError } from '../../util/errors.ts';
import { repeatedSum } from '../../util/network-totals.ts';
import { operatorCounts, vectorDemands } from '../../workload/graph/fusion.ts';
import {
  MAX_LAYERS,
  type Network,
  networkMacs,
  networkParameters,
  operatorParameters,
} from '../../workload/network.ts';
import { loadWorkload } from '../presets/load.ts';
import { loadOnnx } from '../presets/load-onnx.ts';
import { isOnnxPath } from '../presets/models.ts';

/** A model as a workload. */
export interface Imported {
  readonly network: Network;
  /** Inputs that run together in it. */
  readonly inputsTogether: number;
  /** Whether the model states so many, and with it the file; else commands that read the file are given as many with --batch. */
  readonly isBatchFixed: boolean;
  /** The workload file, per input. */
  readonly text: string;
}

/** Reads a file of another tool. @throws TrifoldError `usage` for a file of an unknown kind, and what its reader throws */
export function importFile({ file, batch, dims = [], strict }: ImportRequest): Imported {
  if (!isOnnxPath(file)) throw noModel(file);
  const { network, isBatchFixed } = loadOnnx(file, { batch, dims, isStrict: strict === true });
  const beyond = network.graph === undefined ? null : beyondWorkloadFile(network.graph);
  if (beyond !== null)
    throw new TrifoldError('unsupported', `the model has ${beyond}; workload files hold ${MAX_LAYERS}`, {
      place: { file },
      hint: 'give commands the model itself',
    });
  const together = inputsTogether(network);
  const text = formatWorkload(network, { batch: together, isBatchFixed });
  return { network, inputsTogether: together, isBatchFixed, text };
}

/** Why a file that is not named as a model is none: what it is, if that is known. */
function noModel(file: string): TrifoldError {
  try {
    loadWorkload(file);
  } catch (error) {
    if (error instanceof TrifoldError && ['foreign', 'not-found', 'io'].includes(error.code)) return error;
    return new TrifoldError('usage', `${file} is no file that can be imported`, {
      hint: 'name an ONNX model, NAME.onnx',
    });
  }
  return new TrifoldError('usage', `${file} is a workload as it is, no ONNX model`, {
    hint: 'every command that takes a workload reads it; trifold show NAME prints a preset',
  });
}

/** @throws TrifoldError `usage` for a file that would not be read as the workload that it is */
export function refuseOutputName(output: string): void {
  if (isOnnxPath(output))
    throw new TrifoldError('usage', `${output} would be read as an ONNX model; a workload file is YAML`, {
      hint: `write ${output.replace(/\.onnx$/i, '.yaml')}`,
    });
}

/** Inputs that a model runs together: 1 unless it says otherwise or is asked to. */
function inputsTogether({ graph }: Network): number {
  return Math.max(1, ...(graph?.inputs ?? []).map((tensor) => graph!.tensors[tensor]!.sizes[0]));
}

/** Plain JSON of an imported network. */
export function importJson({ network, inputsTogether: batch, text }: Imported, output: string | null): object {
  const { graph } = network;
  const demands = graph === undefined ? [] : vectorDemands(graph);
  return {
    command: 'import',
    workload: network.name,
    source: network.source,
    batch,
    layers: network.layers.length,
    macs: networkMacs(network),
    parameters: networkParameters(network) + operatorParameters(network),
    vectorOperators: Object.fromEntries(operatorCounts(demands)),
    vectorWords: repeatedSum(demands, ({ wordsIn, wordsOut }) => wordsIn + wordsOut),
    uncounted: graph?.uncounted ?? [],
    output,
    ...(output === null ? { text } : {}),
  };
}
