import { INPUTS, type KernelModel, OUTPUTS, WEIGHTS } from '../../../cost/kernel/model.ts';

/** What the accelerator states of the transfers into one level, for the tensors that are kept there. */
export interface TransferRules {
  /** Tiles come anew at every step, so that the tensor never stands still. */
  readonly weightsAnew: boolean;
  readonly inputsAnew: boolean;
  /** Outputs must stand still through all loops that sum them. */
  readonly bansSpill: boolean;
}

/** The rules of a level. @param keep [level]: bit t set: tensor t is kept */
export function transferRules(model: KernelModel, keep: Uint8Array, level: number): TransferRules {
  const { overheads } = model;
  const kept = keep[level]!;
  const anew = overheads.refetch[level]! & kept;
  const keepsOutputs = ((kept >> OUTPUTS) & 1) !== 0;
  return {
    weightsAnew: ((anew >> WEIGHTS) & 1) !== 0,
    inputsAnew: ((anew >> INPUTS) & 1) !== 0,
    bansSpill: keepsOutputs && (overheads.noSpill[level] !== 0 || isHomeward(model, keep, level)),
  };
}

/** Whether Outputs leave a level for a home that takes complete words only: then partial sums must not come back. */
function isHomeward({ residency }: KernelModel, keep: Uint8Array, level: number): boolean {
  if (residency?.needsComplete !== true || level <= residency.level) return false;
  for (let outer = residency.level + 1; outer < level; outer++) if (((keep[outer]! >> OUTPUTS) & 1) !== 0) return false;
  return true;
}

/** Whether Inputs come anew into every level but the outermost that keeps them, so that no order of loops saves any. */
export function allInputsAnew(model: KernelModel, keep: Uint8Array): boolean {
  return keep.every(
    (kept, level) => level === 0 || ((kept >> INPUTS) & 1) === 0 || transferRules(model, keep, level).inputsAnew,
  );
}

/** Price of Outputs for so many refetches without stationarity: infinite where partial sums would come back and must not. */
export function outputsPrice({ bansSpill }: TransferRules, price: number, refetches: number, steps: number): number {
  return bansSpill && steps > 1 ? Number.POSITIVE_INFINITY : price * refetches;
}
