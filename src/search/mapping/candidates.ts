import { INPUTS, TENSOR_COUNT } from '../../cost/kernel-model.ts';
import type { Incumbent } from './incumbent.ts';
import type { Mapspace } from './mapspace.ts';
import { leastCycles, touchedInputs } from './placement.ts';
import { portCycles } from './port-cycles.ts';
import type { SpatialChoice } from './spatial-choices.ts';
import { addTensorCosts, emptyCosts } from './transfer-costs.ts';

/** One (kept tensors, spatial bounds) pair with a cheap bound: every word crosses every transfer once. */
export interface Candidate {
  readonly keep: Uint8Array;
  readonly choice: SpatialChoice;
  readonly bound: number;
}

/** All placements of a mapspace in the order of their bounds; those beyond the limits or the cutoff are left out. */
export function listCandidates(mapspace: Mapspace, incumbent: Incumbent): Candidate[] {
  const { model, keepChoices, spatialChoices } = mapspace;
  const inputs = touchedInputs(model);
  const levels = model.levelCount;
  const patterns = keepChoices.map((keep) => Array.from({ length: TENSOR_COUNT }, (_, t) => patternOf(keep, t)));
  const reads = new Float64Array(levels);
  const writes = new Float64Array(levels);
  const candidates: Candidate[] = [];
  for (const choice of spatialChoices) {
    const shares = new Map<number, LeastShare>();
    const shareOf = (keep: Uint8Array, pattern: number, t: number): LeastShare => {
      const key = pattern * TENSOR_COUNT + t;
      const known = shares.get(key);
      if (known !== undefined) return known;
      const share = leastShare(mapspace, choice.bounds, keep, t, inputs);
      shares.set(key, share);
      return share;
    };
    const computeCycles = leastCycles(model, choice.bounds);
    for (const [index, keep] of keepChoices.entries()) {
      let energyPj = model.macEnergyPj;
      reads.fill(0);
      writes.fill(0);
      for (let t = 0; t < TENSOR_COUNT; t++) {
        const share = shareOf(keep, patterns[index]![t]!, t);
        energyPj += share.energyPj;
        for (let level = 0; level < levels; level++) {
          reads[level]! += share.reads[level]!;
          writes[level]! += share.writes[level]!;
        }
      }
      const bound = incumbent.bound(energyPj, Math.max(computeCycles, portCycles(model, reads, writes)));
      incumbent.counts.nodes++;
      if (incumbent.isBetter(bound)) candidates.push({ keep, choice, bound });
      else incumbent.counts.cut++;
    }
  }
  return candidates.sort((a, b) => a.bound - b.bound);
}

/** Least energy and bits per instance of one tensor. */
interface LeastShare {
  readonly energyPj: number;
  readonly reads: Float64Array;
  readonly writes: Float64Array;
}

/** The levels that keep a tensor, as bits. */
function patternOf(keep: Uint8Array, tensor: number): number {
  return keep.reduce((bits, tensors, level) => bits | (((tensors >> tensor) & 1) << level), 0);
}

function leastShare(
  { model, factors }: Mapspace,
  spatial: Float64Array,
  keep: Uint8Array,
  t: number,
  inputs: number,
): LeastShare {
  const costs = emptyCosts(model);
  addTensorCosts(costs, model, spatial, keep, t, factors);
  const traffic = t === INPUTS ? inputs : 1;
  let energyPj = costs.fixedPj;
  for (let level = 1; level < model.levelCount; level++) {
    const at = level * TENSOR_COUNT + t;
    const server = costs.server[at]!;
    energyPj += costs.energyPj[at]! * traffic;
    costs.fixedReadBits[server]! += costs.serverReadBits[at]! * traffic;
    costs.fixedWriteBits[server]! += costs.serverWriteBits[at]! * traffic;
    costs.fixedWriteBits[level]! += costs.fillBits[at]! * traffic;
  }
  return { energyPj, reads: costs.fixedReadBits, writes: costs.fixedWriteBits };
}
