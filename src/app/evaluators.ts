import { exactLayerMapper } from '../search/accelerator/exact-layer-mapper.ts';
import { localEvaluator } from '../search/accelerator/local-evaluator.ts';
import { sampledLayerMapper } from '../search/mapping/sampled-layer-mapper.ts';
import type { CandidateEvaluator, LayerMapper } from '../search/ports.ts';
import type { DesignInputs } from './design-inputs.ts';

/** An evaluator that may hold threads. */
export interface ClosableEvaluator extends CandidateEvaluator {
  close(): Promise<void>;
}

/** Evaluates the candidates of a design run on `workers` threads; the results do not depend on their number. */
export async function openEvaluator(inputs: DesignInputs, _workers: number): Promise<ClosableEvaluator> {
  const { networks, technology, request } = inputs;
  const local = localEvaluator({ networks, technology, mapper: layerMapper(inputs), factors: request.factors });
  return { evaluateCandidates: (tasks) => local.evaluateCandidates(tasks), close: async () => {} };
}

function layerMapper({ request }: DesignInputs): LayerMapper {
  const { mapper, mapperEvaluations, factors, seed } = request;
  return mapper === 'exact'
    ? exactLayerMapper({ factors })
    : sampledLayerMapper({ mapper, evaluations: mapperEvaluations, seed, factors });
}
