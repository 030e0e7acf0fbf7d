import type { CandidateEvaluator, CandidateResult, CandidateTask, EvaluationOptions } from '../ports.ts';
import { type Proposal, withEarlierWork } from './generation-results.ts';
import type { LoserRule } from './strategies.ts';

/** Candidates to be evaluated together. */
export interface Generation {
  readonly proposals: readonly Proposal[];
  /** Candidates that the strategy can do without. */
  readonly rule: LoserRule;
  /** Score of the last parent of the generation before; null when unknown. */
  readonly parentScore: number | null;
  /** EDP in pJ * cycles, one per network, that scores are relative to. */
  readonly baselineEdps: readonly number[];
}

/** Result of a proposal, and the cutoff that its score is known to lie above if it was stopped; null = none. */
export interface Evaluated {
  readonly result: CandidateResult;
  readonly cutoff: number | null;
}

type Scored = Extract<CandidateResult, { outcome: 'scored' }>;

/**
 * Evaluates a generation; results in the order of the proposals.
 *
 * Where only the best teach anything, all candidates are evaluated at once, those with the smallest bounds first, and the evaluator
 * drops whatever it proves to be beaten. If the strategy names no cutoff, one is guessed that about enough candidates stay below; while fewer do,
 * the others are evaluated again under twice the cutoff, in the end under none.
 *
 * How far the evaluator got with losers depends on the order of its work. The results do not: with T, the score of the last of the best
 * (or the cutoff, if it is lower), scores up to T are kept and every other candidate counts as stopped at T. A candidate that
 * cannot be mapped has an infinite score; it is called unmappable only when there is no T.
 */
export async function evaluateGeneration(
  { proposals, rule, parentScore, baselineEdps }: Generation,
  evaluator: CandidateEvaluator,
): Promise<readonly Evaluated[]> {
  const evaluate = (open: readonly Proposal[], cutoff: number | null, options?: EvaluationOptions) => {
    const tasks = open.map(({ trial, specification }) => ({ trial, specification, baselineEdps, cutoff }));
    return evaluateInOrder(evaluator, tasks, options);
  };
  const { parents, cutoff = null } = rule;
  if (parents === undefined) {
    const results = await evaluate(proposals, cutoff);
    return results.map((result) => (result.outcome === 'scored' ? { result, cutoff } : unscored(result, cutoff)));
  }
  const found = new Map<number, CandidateResult>();
  let best: readonly Scored[] = [];
  let guess: number | null = cutoff ?? firstCutoff(proposals, parents, parentScore);
  let open: readonly Proposal[] = [...proposals].sort((a, b) => a.bound - b.bound || a.trial - b.trial);
  for (let round = 1; open.length > 0; round++) {
    // A cutoff counts as a score to be beaten, so that the evaluator knows from the start that most candidates fail early.
    const scores = [...best.map(({ score }) => score), ...(cutoff === null ? [] : [cutoff])];
    const keep = { count: parents, scores };
    for (const result of await evaluate(open, guess, { keep }))
      found.set(result.trial, withEarlierWork(result, found.get(result.trial)));
    best = scoredUpTo(guess, [...found.values()]);
    if (guess === null || cutoff !== null || best.length >= parents) break;
    open = open.filter(({ trial }) => isUnknown(found.get(trial)!, guess));
    guess = round < CUTOFF_ROUNDS ? guess * CUTOFF_GROWTH : null;
  }
  const least = best[parents - 1]?.score ?? cutoff;
  return proposals.map(({ trial }) => {
    const result = found.get(trial)!;
    return result.outcome === 'scored' && (least === null || result.score <= least)
      ? { result, cutoff: least }
      : unscored(result, least);
  });
}

/**
 * A candidate without a score up to the cutoff. A mapper under a cutoff may not see that a layer cannot be mapped at all, one that
 * remembers the layer does: under a cutoff both count as stopped.
 */
function unscored(result: CandidateResult, cutoff: number | null): Evaluated {
  const { trial, counters } = result;
  return { result: cutoff === null ? result : { outcome: 'stopped', trial, counters }, cutoff };
}

/** Factor on the score of the last parent of the generation before, and on the bound of the first generation's would-be last parent. */
const LATER_CUTOFF = 1.2;
const FIRST_CUTOFF = 2;
const CUTOFF_GROWTH = 2;
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
  return parents === undefined ? null : (scoredUpTo(null, results)[parents - 1]?.score ?? null);
}

/** Those with a score up to the cutoff, best first. Scores a little above it may have been found as well, by rounding. */
function scoredUpTo(cutoff: number | null, results: readonly CandidateResult[]): Scored[] {
  const scored = results.filter((result) => result.outcome === 'scored');
  return scored.filter(({ score }) => cutoff === null || score <= cutoff).sort((a, b) => a.score - b.score);
}

/** Whether a higher cutoff may give another result. */
function isUnknown(result: CandidateResult, cutoff: number | null): boolean {
  return result.outcome === 'stopped' || (result.outcome === 'scored' && cutoff !== null && result.score > cutoff);
}

async function evaluateInOrder(
  evaluator: CandidateEvaluator,
  tasks: readonly CandidateTask[],
  options: EvaluationOptions | undefined,
): Promise<readonly CandidateResult[]> {
  const results = await evaluator.evaluateCandidates(tasks, options);
  const isComplete = results.length === tasks.length && tasks.every(({ trial }, i) => results[i]!.trial === trial);
  if (!isComplete) throw new RangeError('the evaluator did not return one result per task in their order');
  return results;
}
