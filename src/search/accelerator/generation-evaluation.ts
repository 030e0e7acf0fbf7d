import type { CandidateEvaluator, CandidateResult, CandidateTask } from '../ports.ts';
import { countOf, type Proposal, withEarlierWork } from './generation-results.ts';
import type { LoserRule } from './strategies.ts';

/** Candidates to be evaluated together. */
export interface Generation {
  readonly proposals: readonly Proposal[];
  /** What the strategy can do without. */
  readonly rule: LoserRule;
  /** Score of the last parent of the generation before; null when unknown. */
  readonly parentScore: number | null;
  /** EDP in pJ * cycles, one per network, that scores are relative to. */
  readonly referenceEdps: readonly number[];
}

/** What became of a proposal, and the cutoff that it was last evaluated under; null = none. */
export interface Evaluated {
  readonly result: CandidateResult;
  readonly cutoff: number | null;
}

/** Results in the order of the proposals, each with the cutoff beyond which it was stopped. */
export async function evaluateGeneration(
  { proposals, rule, parentScore, referenceEdps }: Generation,
  evaluator: CandidateEvaluator,
): Promise<readonly Evaluated[]> {
  const evaluate = async (batch: readonly Proposal[], cutoff: number | null) => {
    const tasks = batch.map(({ trial, specification }) => ({ trial, specification, referenceEdps, cutoff }));
    return (await evaluateInOrder(evaluator, tasks)).map((result): Evaluated => ({ result, cutoff }));
  };
  const { parents, cutoff = null } = rule;
  if (parents === undefined) return evaluate(proposals, cutoff);
  const evaluated = new Map<number, Evaluated>();
  let limit: number | null = firstCutoff(proposals, parents, parentScore);
  let open = [...proposals].sort((a, b) => a.bound - b.bound || a.trial - b.trial);
  for (let round = 1; open.length > 0; round++) {
    for (const batch of batches(open, parents)) {
      const scores = scoresOf([...evaluated.values()].map(({ result }) => result));
      const cutoff = Math.min(limit ?? Infinity, scores[parents - 1] ?? Infinity);
      for (const { result, ...rest } of await evaluate(batch, cutoff === Infinity ? null : cutoff)) {
        const earlier = evaluated.get(result.trial)?.result;
        evaluated.set(result.trial, {
          result: earlier === undefined ? result : withEarlierWork(result, earlier),
          ...rest,
        });
      }
    }
    const results = [...evaluated.values()].map(({ result }) => result);
    if (limit === null || countOf(results, 'scored') >= parents) break;
    limit = round < CUTOFF_ROUNDS ? limit * CUTOFF_GROWTH : null;
    open = open.filter(({ trial }) => evaluated.get(trial)!.result.outcome === 'stopped');
  }
  return proposals.map(({ trial }) => evaluated.get(trial)!);
}

/** Factor on the score of the last parent of the generation before, and on the bound of the first generation's would-be last parent. */
const LATER_CUTOFF = 1.2;
const FIRST_CUTOFF = 2;
const CUTOFF_GROWTH = 2;
/** Candidates evaluated together once there may be enough parents: two keep two threads busy, each of which takes layers of both. */
const LATER_BATCH = 2;
/** Rounds under a cutoff; the next one has none. */
const CUTOFF_ROUNDS = 8;

/** A score that about as many candidates as there are parents may stay below. A bad guess costs time, nothing else. */
function firstCutoff(proposals: readonly Proposal[], parents: number, parentScore: number | null): number {
  if (parentScore !== null) return LATER_CUTOFF * parentScore;
  const bounds = proposals.map((proposal) => proposal.bound).sort((a, b) => a - b);
  return FIRST_CUTOFF * bounds[Math.min(parents, bounds.length) - 1]!;
}

/** Score of the last parent of a generation; null where parents are not chosen by rank or fewer were scored. */
export function lastParentScore(results: readonly CandidateResult[], parents: number | undefined): number | null {
  return parents === undefined ? null : (scoresOf(results)[parents - 1] ?? null);
}

/** Scores so far, best first. */
function scoresOf(results: readonly CandidateResult[]): number[] {
  const scores = results.flatMap((result) => (result.outcome === 'scored' ? [result.score] : []));
  return scores.sort((a, b) => a - b);
}

/** As many as there are parents first, then few at a time, so that each batch is stopped by the scores of those before. */
function batches(proposals: readonly Proposal[], parents: number): Proposal[][] {
  const result = [proposals.slice(0, parents)];
  for (let next = parents; next < proposals.length; next += LATER_BATCH)
    result.push(proposals.slice(next, next + LATER_BATCH));
  return result;
}

async function evaluateInOrder(
  evaluator: CandidateEvaluator,
  tasks: readonly CandidateTask[],
): Promise<readonly CandidateResult[]> {
  if (tasks.length === 0) return [];
  const results = await evaluator.evaluateCandidates(tasks);
  const isComplete = results.length === tasks.length && tasks.every(({ trial }, i) => results[i]!.trial === trial);
  if (!isComplete) throw new RangeError('the evaluator did not return one result per task in their order');
  return results;
}
