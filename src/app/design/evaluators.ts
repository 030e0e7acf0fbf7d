import { type CandidatePool, openCandidatePool } from '../layers/candidate-pool.ts';
import { designMapperSettings } from '../layers/final-mapping.ts';
import type { RunLimits } from '../run/limits.ts';
import type { DesignInputs } from './inputs.ts';

/** Evaluates the candidates of a design run on threads; the results depend neither on their number nor on what is remembered. */
export async function openEvaluator(
  inputs: DesignInputs,
  { workers, offMainThread, caches }: Pick<RunLimits, 'workers' | 'offMainThread' | 'caches'>,
): Promise<CandidatePool> {
  const { networks, technology, request } = inputs;
  const setup = { networks, technology, settings: designMapperSettings(inputs, request.factors) };
  return openCandidatePool(setup, { workers, offMainThread, ...(caches && { cache: caches.candidates }) });
}
