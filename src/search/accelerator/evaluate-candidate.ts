import type { CandidateResult, LayerMapper } from '../ports.ts';
import { type Candidate, CandidateWalk, type WalkContext } from './candidate-walk.ts';

/** What candidates are evaluated with. */
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
    walk.tell(request, context.mapper.map(request.layer, candidate.accelerator, { kind: 'edp' }, request.limit));
  if (walk.result === null) throw new RangeError('a candidate whose layers are all mapped must have a result');
  return walk.result;
}
