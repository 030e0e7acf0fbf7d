import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Retention } from '../../schedule/retention.ts';
import { type EnergyAndCycles, NO_COST } from '../../util/network-totals.ts';
import type { Sequence, SequenceMac } from '../../workload/graph/sequence.ts';
import { NO_MOVES } from '../../workload/residency.ts';
import { layerBound } from '../mapping/bounds/layer-bound.ts';
import { layerDemand } from '../mapping/bounds/layer-demand.ts';
import type { Choice, Choices } from './choices.ts';

/**
 * Energy and cycles that no operator falls below, by operator, on whatever tiles and wherever its operands are. Every word is made at least once, ragged tiles
 * reach the bounds of imperfect factors, and what a vector operator moves and computes only grows with the number of its tiles.
 */
export function operatorBounds(
  { operators, tensors }: Sequence,
  accelerator: Accelerator,
  retention: Retention,
  choices: Choices,
): EnergyAndCycles[] {
  return operators.map((operator, index) => {
    const extras = choices.ofOperator(index).flatMap((choice) => extrasOf(choice));
    const beside = extras.length === 0 ? NO_COST : leastOf(extras);
    if (operator.kind !== 'mac') return beside;
    const bits = retention.activationBits(tensors[operator.output]!.wordBits);
    const { energyPj, cycles } = leastOf(boundsAnywhere(operator, accelerator, retention.level, bits));
    return { energyPj: energyPj + beside.energyPj, cycles: cycles + beside.cycles };
  });
}

function extrasOf({ steps }: Choice): readonly EnergyAndCycles[] {
  return steps.flatMap(({ extras }) => extras);
}

/** The bounds of a layer for all homes of its operands. */
function boundsAnywhere({ shape }: SequenceMac, accelerator: Accelerator, level: number, activationBits: number) {
  const either = [false, true];
  return either.flatMap((weights) =>
    either.flatMap((inputs) =>
      (['outermost', 'in-place'] as const).map((outputs) => {
        const residency = { level, weights, inputs, outputs, activationBits, roomBits: null, moves: NO_MOVES };
        return layerBound(layerDemand({ ...shape, residency }), accelerator, 'imperfect');
      }),
    ),
  );
}

function leastOf(costs: readonly EnergyAndCycles[]): EnergyAndCycles {
  return {
    energyPj: Math.min(...costs.map(({ energyPj }) => energyPj)),
    cycles: Math.min(...costs.map(({ cycles }) => cycles)),
  };
}
