import type { Accelerator } from '../../accelerator/accelerator.ts';
import { isAtHome, isOutsideHome } from '../../mapping/homes.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { perTensor, TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { Evaluation, LevelCost, TensorAccesses, TensorNetwork, TensorRequests } from '../evaluation.ts';
import { levelMoves, movedWords } from '../moves.ts';
import { type KernelState, TOTAL_CYCLES, TOTAL_EDP, TOTAL_ENERGY_PJ, TOTAL_SERIAL } from './kernel-state.ts';
import { type KernelModel, OUTPUTS, TENSOR_COUNT } from './model.ts';

/** The figures that a full evaluation of a legal mapping left in the kernel's working memory, as the reference reports them. */
export function reportEvaluation(
  layer: LayerShape,
  accelerator: Accelerator,
  model: KernelModel,
  state: KernelState,
): Evaluation {
  const { counts, nest, packed } = state;
  const { totals, tensorPj, networkPj, levelPj, levelCycles, transferCycles, launchCycles, arrayCycles } = state.costs;
  const cycles = totals[TOTAL_CYCLES]!;
  const accesses = (level: number, t: number): TensorAccesses => {
    const at = level * TENSOR_COUNT + t;
    const tensor = TENSORS[t]!;
    const kept = ((packed.keep[level]! >> t) & 1) !== 0;
    const isTile = kept && !isOutsideHome(layer, level, tensor) && !isAtHome(layer, level, tensor);
    return {
      tensor,
      kept,
      tileWords: isTile ? nest.tileWords[at]! : 0,
      reads: counts.reads[at]!,
      fills: counts.fills[at]!,
      updates: counts.updates[at]!,
      busiest: {
        reads: counts.busiestReads[at]!,
        fills: counts.busiestFills[at]!,
        updates: counts.busiestUpdates[at]!,
      },
      energyPj: tensorPj[at]!,
    };
  };
  const network = (level: number, t: number): TensorNetwork => {
    const at = level * TENSOR_COUNT + t;
    return {
      tensor: TENSORS[t]!,
      ingressWords: counts.ingress[at]!,
      spatialReductions: t === OUTPUTS ? counts.served[at]! - counts.ingress[at]! : 0,
      hopWords: counts.hopWords[at]!,
      energyPj: networkPj[at]!,
    };
  };
  const requests = (level: number, t: number): TensorRequests => {
    const at = level * TENSOR_COUNT + t;
    const { reads, writes, busiestReads, busiestWrites } = state.requests;
    return { total: reads[at]! + writes[at]!, busiest: busiestReads[at]! + busiestWrites[at]! };
  };
  const homeOf = (index: number): Pick<LevelCost, 'home'> => {
    const { residency } = layer;
    if (residency?.level !== index || residency.outputs === 'outermost') return {};
    const { reads, updates, energyPj } = state.home;
    const counts = { reads, fills: 0, updates };
    return { home: { tensor: 'Outputs', kept: true, tileWords: 0, ...counts, busiest: counts, energyPj } };
  };
  const levels = accelerator.levels.map((level, index): LevelCost => {
    const tensors = perTensor((_, t) => accesses(index, t));
    const moved = movedWords(layer, accelerator, index);
    return {
      name: level.name,
      instancesUsed: nest.instances[index]!,
      cycles: levelCycles[index]!,
      transferCycles: transferCycles[index]!,
      launchCycles: launchCycles[index]!,
      arrayCycles: arrayCycles[index]!,
      usedBits: TENSORS.reduce(
        (bits, tensor) => bits + tensors[tensor].tileWords * storedWordBits(level, layer, tensor),
        0,
      ),
      tensors,
      ...homeOf(index),
      ...(moved === null ? {} : { moved: levelMoves(moved) }),
      requests: perTensor((_, t) => requests(index, t)),
      networks: perTensor((_, t) => network(index, t)),
      energyPj: levelPj[index]!,
      leakagePj: model.leakagePjPerCycle[index]! * cycles,
    };
  });
  return {
    feasible: true,
    macs: model.macs,
    computeCycles: state.loops.timeSteps[model.levelCount - 1]!,
    cycles,
    serialCycles: totals[TOTAL_SERIAL]!,
    utilization: model.macs / accelerator.mac.instances / cycles,
    macUnitsUsed: nest.instances[model.levelCount]!,
    macEnergyPj: model.macEnergyPj,
    energyPj: totals[TOTAL_ENERGY_PJ]!,
    edpPjCycles: totals[TOTAL_EDP]!,
    levels,
  };
}
