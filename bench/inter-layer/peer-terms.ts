import type { Accelerator } from '../../src/accelerator/accelerator.ts';
import type { Evaluation } from '../../src/cost/evaluation.ts';
import type { PeerArchitecture, PeerOperatorResult, PeerResult } from './peer-data.ts';

/**
 * What the peer charges beside, in pJ: words that leave a level on their way out are a read there, before children's partial sums are added.
 * @param outputBits width of a word of Outputs in the layer
 */
export function drainsPj(
  { levels }: Pick<Accelerator, 'levels'>,
  { levels: costs }: Evaluation,
  outputBits: number,
): number {
  let pj = 0;
  for (const [index, { tensors }] of costs.entries()) {
    if (index === 0 || !tensors.Outputs.kept) continue;
    const { ingressWords, spatialReductions } = costs[index - 1]!.networks.Outputs;
    const { storedBits, energy } = levels[index]!;
    pj += (ingressWords + spatialReductions) * (storedBits.Outputs ?? outputBits) * energy.readPj;
  }
  return pj;
}

/** Energy of a published result without leakage, in J: its actions times the energies of its architecture. */
export function dynamicJ(architecture: PeerArchitecture, { operators }: PeerResult): number {
  return Object.values(operators).reduce((sum, one) => sum + operatorJ(architecture, one), 0);
}

/** What the operators of a published result that multiply nothing take: copies, and operators on single words. */
export function wordWiseOf(
  architecture: PeerArchitecture,
  { operators }: Pick<PeerResult, 'operators'>,
  isWordWise: (operator: string) => boolean,
): { readonly joules: number; readonly seconds: number } {
  const wordWise = Object.entries(operators).filter(([name]) => isWordWise(name));
  return {
    joules: wordWise.reduce((sum, [, one]) => sum + operatorJ(architecture, one), 0),
    seconds: wordWise.reduce((sum, [, one]) => sum + one.latency_s, 0),
  };
}

function operatorJ({ levels, mac, scalar_unit: unit }: PeerArchitecture, { actions }: PeerOperatorResult): number {
  let sum = 0;
  for (const [component, tensors] of Object.entries(actions)) {
    const level = levels.find(({ name }) => name === component);
    for (const { read = 0, write = 0, compute = 0 } of Object.values(tensors)) {
      const { read: readJ, write: writeJ } = level?.energy_J_per_action ?? { read: 0, write: 0 };
      const computeJ = component === 'MAC' ? mac.energy_J_per_action.compute : (unit?.energy_J_per_action ?? 0);
      sum += read * readJ + write * writeJ + compute * computeJ;
    }
  }
  return sum;
}

/** Bits that a published result reads or writes at a component, of the tensors that `isAsked` names. */
export function actionsOf(
  { operators }: PeerResult,
  component: string,
  kind: 'read' | 'write',
  isAsked: (tensor: string) => boolean,
): number {
  let sum = 0;
  for (const { actions } of Object.values(operators))
    for (const [tensor, counts] of Object.entries(actions[component] ?? {}))
      if (isAsked(tensor)) sum += counts[kind] ?? 0;
  return sum;
}
