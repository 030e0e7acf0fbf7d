import { openCandidatePool } from '../../parallel/candidate-pool.ts';
import type { MapperChoice } from '../../parallel/mapper-choice.ts';
import type { CandidateEvaluator } from '../../search/ports.ts';
import { MappingCache } from '../../study/mapping-cache.ts';
import { mappingStore } from '../../study/mapping-store.ts';
import { modelVersion } from '../layers/model-version.ts';
import type { RunLimits } from '../run/limits.ts';
import type { DesignInputs } from './inputs.ts';

/** An evaluator that may hold threads. */
export interface ClosableEvaluator extends CandidateEvaluator {
  close(): Promise<void>;
}

/** Evaluates the candidates of a design run on threads; the results depend neither on their number nor on what is remembered. */
export async function openEvaluator(
  inputs: DesignInputs,
  { workers, offMainThread, caches }: Pick<RunLimits, 'workers' | 'offMainThread' | 'caches'>,
): Promise<ClosableEvaluator> {
  const { networks, technology } = inputs;
  const setup = { networks, technology, mapper: mapperChoice(inputs) };
  const threads = { workers, offMainThread };
  if (caches === null) return openCandidatePool(setup, threads);
  const identity = { mapper: setup.mapper, packageVersion: modelVersion() };
  const store = mappingStore(new MappingCache(caches.candidateFolder), identity);
  return openCandidatePool(setup, { ...threads, store });
}

function mapperChoice({ request }: DesignInputs): MapperChoice {
  const { mapper, mapperEvaluations, factors, seed } = request;
  return mapper === 'exact'
    ? { kind: 'exact', factors }
    : { kind: 'sampled', mapper, evaluations: mapperEvaluations, seed, factors };
}
