import type { Launch } from '../accelerator/overheads.ts';
import type { PerDim } from '../util/vocabulary.ts';

/** Whether a layer is a matrix product for a sequencer: a filter of one word, and one row or one column of outputs. */
export function isMatrixProduct(bounds: PerDim<number>): boolean {
  return bounds.R === 1 && bounds.S === 1 && (bounds.P === 1 || bounds.Q === 1);
}

/** Cycles of one visit of a level's tile in a layer; 0 where no launch is stated. */
export function launchCyclesOf(launch: Launch | undefined, bounds: PerDim<number>): number {
  if (launch === undefined) return 0;
  return isMatrixProduct(bounds) ? launch.matrixCycles : launch.cycles;
}

/**
 * Cycles of the array with what its stationary weights take: compute, with at least `leastRows` between two loads, and what a load needs beyond the
 * rows that stream meanwhile (compute cycles / loads).
 * @param loads times that other weights come into the array
 */
export function filledCycles(cyclesPerLoad: number, leastRows: number, loads: number, computeCycles: number): number {
  return Math.max(computeCycles, loads * leastRows) + Math.max(0, loads * cyclesPerLoad - computeCycles);
}

/**
 * Requests of words that follow each other in a level.
 * @param bits stored width of a word
 * @param bytes contiguous bytes of a request at most
 */
export function requestsOfRun(words: number, bits: number, bytes: number): number {
  return Math.ceil((words * bits) / (8 * bytes));
}
