import { openCandidatePool } from '../../parallel/candidate-pool.ts';
import type { MapperChoice } from '../../parallel/mapper-choice.ts';
import type { CandidateEvaluator } from '../../search/ports.ts';
import { MappingCache } from '../../study/mapping-cache.ts';
import { mappingStore } from '../../study/mapping-store.ts';
import { modelVersion } from '../layers/model-version.ts';
import type { DesignInputs } from './inputs.ts';

/** An evaluator that may hold threads. */
export interface ClosableEvaluator extends CandidateEvaluator {
  close(): Promise<void>;
}

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
): Promise<ClosableEvaluator> {
  const { networks, technology } = inputs;
  const setup = { networks, technology, mapper: mapperChoice(inputs) };
  if (cacheFolder === undefined) return openCandidatePool(setup, threads);
  const identity = { mapper: setup.mapper, packageVersion: modelVersion() };
  return openCandidatePool(setup, { ...threads, store: mappingStore(new MappingCache(cacheFolder), identity) });
}

function mapperChoice({ request }: DesignInputs): MapperChoice {
  const { mapper, mapperEvaluations, factors, seed } = request;
  return mapper === 'exact'
    ? { kind: 'exact', factors }
    : { kind: 'sampled', mapper, evaluations: mapperEvaluations, seed, factors };
}
