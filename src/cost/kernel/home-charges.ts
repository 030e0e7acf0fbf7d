import { physicalAccesses } from '../level-cost.ts';
import type { PackedMapping } from '../packed-mapping.ts';
import type { KernelState } from './kernel-state.ts';
import { type KernelModel, OUTPUTS, TENSOR_COUNT } from './model.ts';
import {
  AT_OUTERMOST,
  DROPS_FILLS,
  DROPS_NETWORK,
  DROPS_READS,
  DROPS_UPDATES,
  IN_PLACE,
  type ResidencyModel,
  STAGED,
} from './residency-model.ts';

/**
 * Moves the accesses of Outputs to their home, and drops what does not happen where operands are retained, from the ordinary counts of a mapping with their
 * energy, as the reference does.
 */
export function chargeHomes(model: KernelModel, residency: ResidencyModel, state: KernelState): void {
  const { dropped, level: retention, outputs, homeBits } = residency;
  const { reads, fills, updates, ingress, served, hopWords } = state.counts;
  const { tensorPj, networkPj } = state.costs;
  const { home, nest } = state;
  const outputsAt = retention * TENSOR_COUNT + OUTPUTS;
  if (outputs !== AT_OUTERMOST) {
    const arriving = outputs === STAGED ? updates[OUTPUTS]! : ingress[outputsAt]!;
    const first = retention * TENSOR_COUNT;
    const accessBits = model.blockWords[retention]! * model.levelWordBits[retention]!;
    home.updates = arriving;
    home.reads = arriving - (residency.resumes ? 0 : model.outputWords);
    home.energyPj =
      physicalAccesses(home.reads, homeBits, accessBits, 1) * model.accessPj[first]! +
      physicalAccesses(arriving, homeBits, accessBits, 1) * model.accessPj[first + 2]!;
  }
  for (let level = 0; level <= retention; level++) {
    const accessBits = model.blockWords[level]! * model.levelWordBits[level]!;
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const at = level * TENSOR_COUNT + t;
      const drops = dropped[at]!;
      if (drops === 0) continue;
      const isHomeApart = outputs === IN_PLACE && at === outputsAt;
      if (isHomeApart || (drops & DROPS_READS) !== 0) reads[at] = 0;
      if (isHomeApart || (drops & DROPS_UPDATES) !== 0) updates[at] = 0;
      if ((drops & DROPS_FILLS) !== 0) fills[at] = 0;
      tensorPj[at] =
        physicalAccesses(reads[at]!, model.wordBitsOf[at]!, accessBits, nest.instances[level]!) *
        model.accessPj[level * TENSOR_COUNT]!;
      if ((drops & DROPS_NETWORK) === 0) continue;
      ingress[at] = 0;
      served[at] = 0;
      hopWords[at] = 0;
      networkPj[at] = 0;
    }
  }
}

/** Drops what does not happen from the counts of a level's busiest instance; those of Outputs to their home stand apart. */
export function dropBusiest(
  { dropped, outputs, level: retention }: ResidencyModel,
  state: KernelState,
  level: number,
): void {
  const { busiestReads, busiestFills, busiestUpdates } = state.counts;
  for (let t = 0; t < TENSOR_COUNT; t++) {
    const at = level * TENSOR_COUNT + t;
    const drops = dropped[at]!;
    const isHomeApart = outputs === IN_PLACE && level === retention && t === OUTPUTS;
    if (isHomeApart || (drops & DROPS_READS) !== 0) busiestReads[at] = 0;
    if (isHomeApart || (drops & DROPS_UPDATES) !== 0) busiestUpdates[at] = 0;
    if ((drops & DROPS_FILLS) !== 0) busiestFills[at] = 0;
  }
}

/** Whether what is inside a level takes Outputs from their home there, and sends them to it (`servesFromHome`). */
export function isServedFromHome(
  residency: ResidencyModel | null,
  keep: PackedMapping['keep'],
  level: number,
): boolean {
  if (residency === null || residency.level !== level || residency.outputs === AT_OUTERMOST) return false;
  return residency.outputs === IN_PLACE || ((keep[level]! >> OUTPUTS) & 1) === 0;
}
