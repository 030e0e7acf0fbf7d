import { type CandidatePool, openCandidatePool } from '../layers/candidate-pool.ts';
import { designMapperSettings } from '../layers/final-mapping.ts';
import type { RunSession } from '../run/kind.ts';
import type { RunLimits } from '../run/limits.ts';
import type { DesignInputs } from './inputs.ts';

/** Evaluates the candidates of a design run on threads; the results depend neither on their number nor on what is remembered. @param session ends and follows the work */
export async function openEvaluator(
  inputs: DesignInputs,
  { workers, offMainThread, caches }: Pick<RunLimits, 'workers' | 'offMainThread' | 'caches'>,
  session?: Pick<RunSession<unknown>, 'searchSignal' | 'poll' | 'whenUnpaused' | 'advance'>,
): Promise<CandidatePool> {
  const { networks, technology, request } = inputs;
  const setup = { networks, technology, settings: designMapperSettings(inputs, request.factors) };
  return openCandidatePool(setup, {
    workers,
    offMainThread,
    ...(caches && { cache: caches.candidates }),
    ...(session && {
      signal: session.searchSignal,
      poll: session.poll,
      whenUnpaused: session.whenUnpaused,
      onProgress: session.advance,
    }),
  });
}
