import { buildAccelerator } from '../../src/accelerator/build.ts';
import { outermostWords } from '../../src/app/explain/evaluate.ts';
import { edpBoundOf } from '../../src/app/layers/final-mapping.ts';
import { openLayerPool } from '../../src/app/layers/layer-pool.ts';
import {
  type NetworkAnswer,
  type NetworkFailure,
  type NetworkQuestion,
  networkAnswerSteps,
} from '../../src/app/layers/network-answer.ts';
import { runSteps } from '../../src/app/layers/steps.ts';
import { layerSettings, mapInputs, requestedGoal } from '../../src/app/map/inputs.ts';
import { readRequest } from '../../src/options/command.ts';
import { MAP } from '../../src/options/map.ts';
import { compulsoryWords } from '../../src/schedule/compulsory.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { raise, stopFlag } from '../../src/util/stop-flag.ts';
import { networkSequence } from '../../src/workload/graph/network-sequence.ts';
import { withNetworkFile } from './blocks.ts';

/** What may stay on chip between layers, each with all that the one before may. */
export const MODES = ['off', 'retain', 'fuse'] as const;

/** One cell of the table: a network, or a block of one, on an accelerator. */
export interface Cell {
  /** Name, or `name:block`. */
  readonly network: string;
  readonly accelerator: string;
  readonly mode: (typeof MODES)[number];
}

/** How a cell is measured. */
export interface CellEffort {
  /** After which it ends with what it has. */
  readonly seconds: number;
  /** Threads. */
  readonly workers: number;
}

/** Figures of a cell. */
export interface CellFigures {
  readonly edpPjCycles: number;
  /** No mappings of the cell's space have less; null: not known. */
  readonly lowerBound: number | null;
  readonly optimal: boolean;
  /** Words of the outermost level in one run. */
  readonly dramWords: number;
  /** Of these, those that nothing avoids beside the pins of the answer; null: the network has no graph for it. */
  readonly compulsoryWords: number | null;
  /** From the request to the answer. */
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
}

/** What became of a cell. */
export type CellOutcome = CellFigures | { readonly reason: string };

/** Measures a cell in this process, by what the command `map` is made from. */
export async function measureCell({ network, accelerator, mode }: Cell, effort: CellEffort): Promise<CellOutcome> {
  return withNetworkFile(network, async (workload) => {
    const before = process.cpuUsage();
    const begun = performance.now();
    try {
      const question = questionOf(workload, accelerator, mode);
      const answer = await answered(question, effort);
      if (answer.kind === 'failed') return { reason: answer.error.message };
      const { user, system } = process.cpuUsage(before);
      const seconds = (performance.now() - begun) / 1000;
      return { ...figuresOf(question, answer), seconds, cpuSeconds: (user + system) / 1e6 };
    } catch (error) {
      if (!(error instanceof TrifoldError)) throw error;
      return { reason: error.message };
    }
  });
}

function questionOf(workload: string, accelerator: string, betweenLayers: Cell['mode']): NetworkQuestion {
  const inputs = mapInputs(readRequest(MAP.request, { workload, accelerator, betweenLayers }));
  const { request, network, specification, technology, dataflow, between } = inputs;
  return {
    network,
    accelerator: buildAccelerator(specification, technology),
    goal: requestedGoal(request),
    settings: layerSettings(request, dataflow),
    ...(between === undefined ? {} : { between }),
  };
}

async function answered(
  question: NetworkQuestion,
  { seconds, workers }: CellEffort,
): Promise<NetworkAnswer | NetworkFailure> {
  const stop = stopFlag();
  const end = performance.now() + seconds * 1000;
  const endInTime = () => {
    if (performance.now() >= end) raise(stop);
  };
  // The timer is for threads, what is called now and then for work on this one.
  const timer = setTimeout(() => raise(stop), seconds * 1000);
  endInTime();
  const pool = openLayerPool({ workers, poll: endInTime });
  try {
    return await runSteps(networkAnswerSteps({ ...question, stop }), pool);
  } finally {
    clearTimeout(timer);
    await pool.close();
  }
}

function figuresOf(question: NetworkQuestion, answer: NetworkAnswer): Omit<CellFigures, 'seconds' | 'cpuSeconds'> {
  const { report, schedule, networkWise, layerWise, optimal } = answer;
  const { edpPjCycles } = report.totals;
  if (schedule !== null) {
    const { spent, compulsory } = schedule.summary.dramWords;
    const { lowerBound } = schedule.optimum;
    return { ...{ edpPjCycles, lowerBound, optimal }, dramWords: spent, compulsoryWords: compulsory };
  }
  // Nothing is known of what might stay where the time was over before.
  const isWhole = question.between === undefined || question.between.mode === 'off';
  const layerBound = layerWise === null ? null : edpBoundOf(question.network, layerWise.proofs, 'perfect');
  const sequence = networkSequence(question.network);
  return {
    edpPjCycles,
    lowerBound: isWhole ? (networkWise?.lowerBound ?? layerBound?.edpPjCycles ?? null) : null,
    optimal: isWhole && networkWise !== null && optimal,
    dramWords: outermostWords(report),
    compulsoryWords: 'reason' in sequence ? null : compulsoryWords(sequence, () => false),
  };
}
