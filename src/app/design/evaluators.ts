import { type CandidatePool, openCandidatePool } from '../layers/candidate-pool.ts';
import { designMapperSettings } from '../layers/final-mapping.ts';
import { openLayerCache } from '../layers/layer-cache.ts';
import type { DesignInputs } from './inputs.ts';

/** How an evaluator runs; nothing of this changes its results. */
export interface EvaluatorThreads {
  readonly workers: number;
  /** Use a thread even for one worker, so that a live view stays responsive. */
  readonly offMainThread: boolean;
  /** Folder with mappings of earlier runs, shared by all; absent = none. */
  readonly cacheFolder?: string;
}

/** Evaluates the candidates of a design run on threads; the results do not depend on their number. */
export async function openEvaluator(
  inputs: DesignInputs,
  { cacheFolder, ...threads }: EvaluatorThreads,
): Promise<CandidatePool> {
  const { networks, technology, request } = inputs;
  const setup = { networks, technology, settings: designMapperSettings(inputs, request.factors) };
  const cache = cacheFolder === undefined ? {} : { cache: openLayerCache(cacheFolder) };
  return openCandidatePool(setup, { ...threads, ...cache });
}
