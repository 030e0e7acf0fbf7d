import { INPUTS, type KernelModel, OUTPUTS, WEIGHTS } from '../../../cost/kernel/model.ts';

/** What the accelerator states of the transfers into one level, for the tensors that are kept there. */
export interface TransferRules {
  /** Tiles come anew at every step, so that the tensor never stands still. */
  readonly weightsAnew: boolean;
  readonly inputsAnew: boolean;
  /** Outputs must stand still through all loops that sum them. */
  readonly bansSpill: boolean;
}

/** The rules of a level that keeps some tensors (bit t set: tensor t). */
export function transferRules({ overheads }: KernelModel, kept: number, level: number): TransferRules {
  const anew = overheads.refetch[level]! & kept;
  return {
    weightsAnew: ((anew >> WEIGHTS) & 1) !== 0,
    inputsAnew: ((anew >> INPUTS) & 1) !== 0,
    bansSpill: overheads.noSpill[level] !== 0 && ((kept >> OUTPUTS) & 1) !== 0,
  };
}

/** Whether Inputs come anew into every level but the outermost that keeps them, so that no order of loops saves any. */
export function allInputsAnew(model: KernelModel, keep: Uint8Array): boolean {
  return keep.every(
    (kept, level) => level === 0 || ((kept >> INPUTS) & 1) === 0 || transferRules(model, kept, level).inputsAnew,
  );
}

/** Price of Outputs for so many refetches without stationarity: infinite where partial sums would come back and must not. */
export function outputsPrice({ bansSpill }: TransferRules, price: number, refetches: number, steps: number): number {
  return bansSpill && steps > 1 ? Number.POSITIVE_INFINITY : price * refetches;
}
