import { type CandidatePool, type CandidatePoolOptions, openCandidatePool } from '../layers/candidate-pool.ts';
import { designMapperSettings } from '../layers/final-mapping.ts';
import { openScheduledPool } from '../layers/scheduled/scheduled-pool.ts';
import type { RunSession } from '../run/kind.ts';
import type { RunLimits } from '../run/limits.ts';
import type { DesignInputs } from './inputs.ts';
import { scoringOf } from './scheduled.ts';

/** Evaluates the candidates of a design run on threads; the results depend neither on their number nor on what is remembered. @param session ends and follows the work */
export async function openEvaluator(
  inputs: DesignInputs,
  { workers, offMainThread, caches }: Pick<RunLimits, 'workers' | 'offMainThread' | 'caches'>,
  session?: Pick<RunSession<unknown>, 'searchSignal' | 'poll' | 'whenUnpaused' | 'advance'>,
): Promise<CandidatePool> {
  const { networks, technology, request } = inputs;
  const options: CandidatePoolOptions = {
    workers,
    offMainThread,
    ...(caches && { cache: caches.candidates }),
    ...(session && {
      signal: session.searchSignal,
      poll: session.poll,
      whenUnpaused: session.whenUnpaused,
      onProgress: session.advance,
    }),
  };
  const scoring = scoringOf(inputs);
  if (scoring !== null) return openScheduledPool({ ...scoring, technology }, options);
  const setup = { networks, technology, settings: designMapperSettings(inputs, request.factors) };
  return openCandidatePool(setup, options);
}
