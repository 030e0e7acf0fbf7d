import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import type { Mapping } from '../../../src/mapping/mapping.ts';
import { DIMS } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import type { Problem } from '../../../src/workload/problem.ts';
import type { ReadWords } from '../../../src/workload/read-words.ts';
import { addressing, type PlacedLoop, placedLoops, positionsOf, type Simulation, usedWords } from './simulator.ts';
import { storedBitsOf } from './stored-bits.ts';

/** What a naive walk through time takes at one level. */
export interface SimulatedTimes {
  readonly transferCycles: number;
  readonly launchCycles: number;
  readonly arrayCycles: number;
  /** Times that the array below takes weights in, and of them those with other words than the time before. */
  readonly loads: number;
  readonly changes: number;
}

/** Walks through the time of a mapping's first instances step by step, with the counts of a simulation for the ports. */
export function simulateTimes(
  layer: LayerShape,
  accelerator: Accelerator,
  mapping: Mapping,
  { cycles: computeCycles, counts, home }: Simulation,
): SimulatedTimes[] {
  const { problem } = layer;
  const loops = placedLoops(mapping);
  return accelerator.levels.map((level, index) => {
    let launchCycles = 0;
    let arrayCycles = 0;
    const isLine = problem.bounds.P === 1 || problem.bounds.Q === 1;
    const isMatrix = problem.bounds.R * problem.bounds.S === 1 && isLine;
    for (const _visit of workingSteps(problem, outside(loops, index))) {
      if (level.launch !== undefined) launchCycles += isMatrix ? level.launch.matrixCycles : level.launch.cycles;
      arrayCycles += level.fanOut.rampCycles ?? 0;
    }
    const { loads, changes } = weightLoads(problem, mapping, loops, index);
    const rows = computeCycles / loads;
    const { cyclesPerLoad, leastRows } = level.fanOut.fill ?? { cyclesPerLoad: 0, leastRows: 1 };
    // Rows of a ragged nest stream evenly here, of which there may be less than one per load.
    for (let load = 0; load < loads; load++)
      arrayCycles += (level.fanOut.fill ? Math.max(rows, leastRows) : rows) + Math.max(0, cyclesPerLoad - rows);
    const own = { ...counts[index]!, home, index };
    return { transferCycles: slowestPort(level, layer, own), launchCycles, arrayCycles, loads, changes };
  });
}

function outside(loops: readonly PlacedLoop[], index: number): PlacedLoop[] {
  return loops.filter(({ temporal, level }) => temporal && level < index);
}

/** Steps of loops at which the first instance has work. */
function workingSteps(problem: Problem, loops: readonly PlacedLoop[]): (readonly number[])[] {
  return positionsOf(loops).filter((at) => DIMS.every((dim, d) => at[d]! < problem.bounds[dim]));
}

/**
 * Weights that come into the array below a level: a sequencer sends a tile at every step of the loops that decide which, also where the innermost of them
 * is ragged and stays.
 */
function weightLoads(problem: Problem, mapping: Mapping, loops: readonly PlacedLoop[], index: number) {
  let keeper = index + 1;
  while (mapping.levels[keeper]?.keep.includes('Weights') === false) keeper++;
  const around = outside(loops, keeper).filter(({ bound }) => bound > 1);
  const weights = addressing(problem, problem.tensors.Weights);
  const extents = DIMS.map((_, dim) =>
    loops.filter((loop) => loop.level >= keeper && loop.dim === dim).reduce((all, loop) => all * loop.bound, 1),
  );
  let changes = 0;
  let held = '';
  for (const step of workingSteps(problem, around)) {
    const tile = usedWords(weights, step, extents, false)!.join();
    if (tile !== held) changes++;
    held = tile;
  }
  const deciding = around.filter((_, i) => around.slice(i).some(({ dim }) => 'GKCRS'.includes(DIMS[dim]!)));
  return { loads: workingSteps(problem, deciding).length, changes };
}

/** Cycles of the busiest port: of its words, counted up until they fit, and of its requests. */
function slowestPort(
  level: StorageLevel,
  layer: LayerShape,
  counts: Simulation['counts'][number] & Pick<Simulation, 'home'> & { readonly index: number },
): number {
  const { wordBits, bandwidth, requests = { cycles: 0 } } = level;
  const read = { bits: 0, requests: 0 };
  const written = { bits: 0, requests: 0 };
  for (const tensor of ['Weights', 'Inputs', 'Outputs'] as const) {
    const bits = storedBitsOf(level, layer, tensor);
    read.bits += counts[tensor].busiestReads * bits;
    read.requests += counts[tensor].busiestReadRequests;
    written.bits += (counts[tensor].busiestFills + counts[tensor].busiestUpdates) * bits;
    written.requests += counts[tensor].busiestWriteRequests;
  }
  addMoves(level, layer, counts, read, written);
  const both = { bits: read.bits + written.bits, requests: read.requests + written.requests };
  const { readWordsPerCycle, writeWordsPerCycle, sharedWordsPerCycle } = bandwidth;
  const isUnlimited = readWordsPerCycle === undefined && writeWordsPerCycle === undefined;
  const ports = [
    [read, readWordsPerCycle],
    [written, writeWordsPerCycle],
    [both, sharedWordsPerCycle ?? (isUnlimited ? Number.POSITIVE_INFINITY : undefined)],
  ] as const;
  let most = 0;
  for (const [moved, rate] of ports) {
    if (rate === undefined) continue;
    let cycles = 0;
    while (rate < Number.POSITIVE_INFINITY && cycles * rate * wordBits < moved.bits) cycles++;
    most = Math.max(most, cycles + moved.requests * requests.cycles);
  }
  return most;
}

interface PortUse {
  bits: number;
  requests: number;
}

/** Adds what a home of Outputs in a level moves, and every word that a step brings or takes away. */
function addMoves(
  { requests, drain }: StorageLevel,
  { residency }: LayerShape,
  { home, index }: Pick<Simulation, 'home'> & { readonly index: number },
  read: PortUse,
  written: PortUse,
): void {
  if (residency === undefined) return;
  const { level, activationBits, moves } = residency;
  if (index === level) {
    read.bits += home.reads * activationBits;
    read.requests += home.readRequests;
    written.bits += home.updates * activationBits;
    written.requests += home.writeRequests;
  }
  const passes = (port: PortUse, all: readonly ReadWords[]) => {
    for (const { words, wordBits } of all) {
      port.bits += words * wordBits;
      for (let sent = 0; index === 0 && requests !== undefined && sent < words * wordBits; sent += 8 * requests.bytes)
        port.requests++;
    }
  };
  if (index === 0) passes(read, moves.fetched);
  if (index === 0) passes(written, moves.drained);
  if (index === level) passes(written, moves.fetched);
  if (index === level && drain === 'charged') passes(read, moves.drained);
}
