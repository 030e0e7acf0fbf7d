import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { LayerShape } from '../../workload/network.ts';
import { type MappedFigures, type MapperSettings, type MappingOutcome, mapLayer } from '../mapping/map-layer.ts';
import { EDP } from '../mapping/objective.ts';
import type { CandidateResult } from '../ports.ts';
import { type Candidate, CandidateWalk, type WalkContext } from './candidate-walk.ts';

/**
 * Level 1 as seen by level 2: maps a layer for its EDP. A function of its arguments, never of the order of the calls, so that results can be
 * remembered and spread over threads.
 * @param cutoff EDP from which on the caller does not care: the answer may then be `cut`; absent = never
 */
export type LayerMapper = (
  layer: LayerShape,
  accelerator: Accelerator,
  cutoff?: number,
) => MappingOutcome<MappedFigures>;

/** A mapper on this thread. @param poll called now and then; what it throws ends the mapping */
export function layerMapper(settings: MapperSettings, poll: () => void = () => {}): LayerMapper {
  const ask = () => {
    poll();
    return false;
  };
  return (layer, accelerator, cutoff) => mapLayer(layer, accelerator, EDP, settings, { cutoff, poll: ask });
}

/** Setting that candidates are evaluated in. */
export interface EvaluationContext extends WalkContext {
  readonly mapper: LayerMapper;
}

/**
 * Maps the layers of a candidate one after the other and scores it; see {@link CandidateWalk}.
 *
 * The outcome depends on the arguments alone: `stopped` if and only if the score exceeds the cutoff, whatever was remembered.
 */
export function evaluateCandidate(candidate: Candidate, context: EvaluationContext): CandidateResult {
  const walk = new CandidateWalk(candidate, context);
  for (let request = walk.next(); request !== null; request = walk.next())
    walk.answer(request, context.mapper(request.layer, candidate.accelerator, request.cutoff));
  if (walk.result === null) throw new RangeError('a candidate whose layers are all mapped must have a result');
  return walk.result;
}
