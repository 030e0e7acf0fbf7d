import type { LayerShape } from '../workload/layer.ts';
import type { Residency } from '../workload/residency.ts';
import type { Retention } from './retention.ts';
import type { MacStep } from './step-kind.ts';

/** How a step whose output is retained writes it; of other steps there is one way. */
export type OutputsMode = Exclude<Residency['outputs'], 'outermost'>;

/**
 * The layer of a step with where its operands are.
 * @param outputs looked at where its output is retained
 * @param roomBits of the retention level for tiles of its mapping; null: unlimited
 */
export function residentLayer(
  { level }: Pick<Retention, 'level'>,
  { shape, weights, inputs, outputs: isRetained, activationBits, resumes, moves }: MacStep,
  outputs: OutputsMode,
  roomBits: number | null,
): LayerShape {
  const homes = {
    weights,
    inputs,
    outputs: isRetained ? outputs : ('outermost' as const),
    activationBits,
    ...(resumes ? { resumes } : {}),
  };
  return { ...shape, residency: { level, ...homes, roomBits, moves } };
}
