import type { AccuracyEstimate } from '../../found-network.ts';
import type { Genotype } from '../spaces/genes.ts';
import type { NetworkSpace } from '../spaces/space.ts';
import type { AccuracyAnswer, AccuracyEvaluator, AccuracyUnknown } from './accuracy.ts';

/** A remembered answer, by the key of the network. Plain JSON. */
export type RememberedAnswer = readonly [key: string, answer: AccuracyAnswer];

/** How an {@link AccuracyOracle} works. */
export interface OracleOptions {
  readonly space: NetworkSpace;
  readonly evaluator: AccuracyEvaluator;
  /** Least top-1 accuracy in percent of a network that is accepted; null = any that has a figure. */
  readonly floorPercent: number | null;
  /** Answers of before, so that a resumed search hears what it heard. */
  readonly remembered?: readonly RememberedAnswer[];
  /** Told when the evaluator fails, in words that nobody has heard yet. */
  readonly onNote?: (text: string) => void;
  /** Tell what answers come with too: of programs, which may have something to say. Those of predictors belong to single networks. */
  readonly tellsAnswers?: boolean;
  /** Networks asked about at a time; default 4. */
  readonly concurrency?: number;
}

/** Notes of one kind that are told before they are only counted. */
const MOST_NOTES = 20;

/**
 * Asks an evaluator about networks, each once, and holds the answers against the floor. A failing evaluator is told as a note and its
 * network counts as one without a figure: the search goes on.
 */
export class AccuracyOracle {
  readonly #options: OracleOptions;
  readonly #answers: Map<string, AccuracyAnswer>;
  readonly #notes = new Set<string>();
  #failures = 0;
  #highest = Number.NEGATIVE_INFINITY;

  constructor(options: OracleOptions) {
    this.#options = options;
    this.#answers = new Map(options.remembered ?? []);
    this.#failures = [...this.#answers.values()].filter(isFailure).length;
  }

  /** All answers so far. */
  get remembered(): readonly RememberedAnswer[] {
    return [...this.#answers];
  }

  /** Least top-1 accuracy in percent of a network that is accepted; null = none. */
  get floorPercent(): number | null {
    return this.#options.floorPercent;
  }

  /** What was answered about a network in percent, accepted or not; null where there is no figure or nobody asked. */
  percentOf(genotype: Genotype): number | null {
    const answer = this.#answers.get(this.#options.space.key(genotype));
    return answer?.kind === 'estimate' && !Number.isNaN(answer.top1Percent) ? answer.top1Percent : null;
  }

  /** Networks that the evaluator failed on. */
  get failures(): number {
    return this.#failures;
  }

  /** The best accuracy met, accepted or not; null before the first figure. */
  get highestPercent(): number | null {
    return Number.isFinite(this.#highest) ? this.#highest : null;
  }

  /** Estimates of the networks, in their order; null where a network is not accepted. Asks about equal networks once. */
  async accept(genotypes: readonly Genotype[]): Promise<(AccuracyEstimate | null)[]> {
    const { space, evaluator, concurrency = 4 } = this.#options;
    const open = new Map<string, Genotype>();
    for (const genotype of genotypes) {
      const key = space.key(genotype);
      if (!this.#answers.has(key)) open.set(key, genotype);
    }
    const queue = [...open];
    const answers: AccuracyAnswer[] = new Array(queue.length);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < queue.length) {
        const place = next++;
        answers[place] = await this.#ask(evaluator, queue[place]![1]);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
    queue.forEach(([key], place) => {
      const answer = answers[place]!;
      this.#answers.set(key, answer);
      this.#tellNotes(answer);
    });
    return genotypes.map((genotype) => this.#judge(this.#answers.get(space.key(genotype))!));
  }

  async #ask(evaluator: AccuracyEvaluator, genotype: Genotype): Promise<AccuracyAnswer> {
    try {
      return await evaluator.evaluate(genotype);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'unknown', reason: `${FAILED}${reason}`, source: evaluator.source };
    }
  }

  #tellNotes(answer: AccuracyAnswer): void {
    if (isFailure(answer)) {
      this.#failures++;
      this.#tell(answer.reason);
    } else if (answer.kind === 'estimate' && this.#options.tellsAnswers === true)
      for (const note of answer.notes) this.#tell(`accuracy: ${note}`);
  }

  #tell(text: string): void {
    if (this.#notes.has(text) || this.#notes.size > MOST_NOTES) return;
    this.#notes.add(text);
    this.#options.onNote?.(this.#notes.size > MOST_NOTES ? 'further notes on accuracy are not shown' : text);
  }

  #judge(answer: AccuracyAnswer): AccuracyEstimate | null {
    if (answer.kind === 'unknown' || Number.isNaN(answer.top1Percent)) return null;
    this.#highest = Math.max(this.#highest, answer.top1Percent);
    const { floorPercent } = this.#options;
    return floorPercent === null || answer.top1Percent >= floorPercent ? answer : null;
  }
}

function isFailure(answer: AccuracyAnswer): answer is AccuracyUnknown {
  return answer.kind === 'unknown' && answer.reason.startsWith(FAILED);
}

const FAILED = 'the accuracy evaluator failed: ';
