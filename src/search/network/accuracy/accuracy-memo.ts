import type { AccuracyEstimate } from '../../found-network.ts';
import type { Genotype } from '../spaces/genes.ts';
import type { NetworkSpace } from '../spaces/network-space.ts';
import { type AccuracyAnswer, type AccuracyEvaluator, type AccuracyUnknown, hasFigures } from './accuracy-evaluator.ts';

/** A remembered answer, by the key of the network. Plain JSON. */
export type RememberedAnswer = readonly [key: string, answer: AccuracyAnswer];

/** How an {@link AccuracyMemo} works. */
export interface AccuracyMemoOptions {
  readonly space: NetworkSpace;
  readonly evaluator: AccuracyEvaluator;
  /** Least top-1 accuracy in percent of a network that is accepted; null = any that has a figure. */
  readonly floorPercent: number | null;
  /** Answers of before, so that a resumed search hears what it heard. */
  readonly remembered?: readonly RememberedAnswer[];
  /** Called when the evaluator fails, once for equal texts. */
  readonly onNote?: (text: string) => void;
  /** Whether notes within answers are emitted too: those of programs. Those of predictors belong to single networks. */
  readonly emitsAnswerNotes?: boolean;
  /** Networks asked about at a time; default 4. */
  readonly concurrency?: number;
}

/** Different notes that are emitted at most. */
const MOST_NOTES = 20;

/**
 * Asks an accuracy evaluator about every network once, remembers the answers and holds them against the accuracy floor. Where the evaluator fails, a
 * note is emitted and the network counts as one without a figure: the search goes on.
 */
export class AccuracyMemo {
  readonly #options: AccuracyMemoOptions;
  readonly #answers: Map<string, AccuracyAnswer>;
  readonly #notes = new Set<string>();
  #failures = 0;
  #highest = Number.NEGATIVE_INFINITY;

  constructor(options: AccuracyMemoOptions) {
    this.#options = options;
    this.#answers = new Map(options.remembered ?? []);
    for (const answer of this.#answers.values()) {
      if (isFailure(answer)) this.#failures++;
      this.#judge(answer);
      // They were emitted with the answer.
      for (const text of this.#notesOf(answer)) this.#isNew(text);
    }
  }

  /** All answers so far. */
  get remembered(): readonly RememberedAnswer[] {
    return [...this.#answers];
  }

  /** Least top-1 accuracy in percent of a network that is accepted; null = none. */
  get floorPercent(): number | null {
    return this.#options.floorPercent;
  }

  /** Accuracy of a network in percent as answered, accepted or not; null where there is no figure or nobody asked. */
  percentOf(genotype: Genotype): number | null {
    const answer = this.#answers.get(this.#options.space.key(genotype));
    return answer?.kind === 'estimate' ? answer.top1Percent : null;
  }

  /** Networks that the evaluator failed on. */
  get failures(): number {
    return this.#failures;
  }

  /** The best accuracy met, accepted or not; null before the first figure. */
  get highestPercent(): number | null {
    return Number.isFinite(this.#highest) ? this.#highest : null;
  }

  /**
   * Estimates of the networks, in their order; null where a network is not accepted. Asks about equal networks once.
   * @param signal ends the asking: rejected with its reason. Answers that were there by then are remembered, all others asked for again: that an
   * evaluator was stopped is no answer of it
   */
  async accept(genotypes: readonly Genotype[], signal?: AbortSignal): Promise<(AccuracyEstimate | null)[]> {
    const { space, evaluator, concurrency = 4 } = this.#options;
    const open = new Map<string, Genotype>();
    for (const genotype of genotypes) {
      const key = space.key(genotype);
      if (!this.#answers.has(key)) open.set(key, genotype);
    }
    const queue = [...open];
    const answers: (AccuracyAnswer | null)[] = queue.map(() => null);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < queue.length && signal?.aborted !== true) {
        const place = next++;
        answers[place] = await ask(evaluator, queue[place]![1], signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
    queue.forEach(([key], place) => {
      const answer = answers[place];
      if (answer === null || answer === undefined) return;
      this.#answers.set(key, answer);
      if (isFailure(answer)) this.#failures++;
      for (const text of this.#notesOf(answer)) this.#emit(text);
    });
    signal?.throwIfAborted();
    return genotypes.map((genotype) => this.#judge(this.#answers.get(space.key(genotype))!));
  }

  #notesOf(answer: AccuracyAnswer): readonly string[] {
    if (isFailure(answer)) return [answer.reason];
    if (answer.kind !== 'estimate' || this.#options.emitsAnswerNotes !== true) return [];
    return answer.notes.map((note) => `accuracy: ${note}`);
  }

  #emit(text: string): void {
    if (this.#isNew(text))
      this.#options.onNote?.(this.#notes.size > MOST_NOTES ? 'further notes on accuracy are not shown' : text);
  }

  #isNew(text: string): boolean {
    if (this.#notes.has(text) || this.#notes.size > MOST_NOTES) return false;
    this.#notes.add(text);
    return true;
  }

  #judge(answer: AccuracyAnswer): AccuracyEstimate | null {
    if (answer.kind === 'unknown') return null;
    this.#highest = Math.max(this.#highest, answer.top1Percent);
    const { floorPercent } = this.#options;
    return floorPercent === null || answer.top1Percent >= floorPercent ? answer : null;
  }
}

/** An answer, or that there is none; null when the signal ended the asking. */
async function ask(
  evaluator: AccuracyEvaluator,
  genotype: Genotype,
  signal: AbortSignal | undefined,
): Promise<AccuracyAnswer | null> {
  try {
    const answer = await evaluator.evaluate(genotype, signal);
    if (answer.kind === 'unknown' || hasFigures(answer)) return answer;
    const { top1Percent, reportedTop1Percent, errorPoints } = answer;
    const figures = `${top1Percent} %, to be reported as ${reportedTop1Percent} % +- ${errorPoints}`;
    return { kind: 'unknown', reason: `${FAILED}${figures} is no accuracy`, source: evaluator.source };
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // Whatever it failed of: the end of a run may have reached it before us.
    if (signal?.aborted === true) return null;
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unknown', reason: `${FAILED}${reason}`, source: evaluator.source };
  }
}

function isFailure(answer: AccuracyAnswer): answer is AccuracyUnknown {
  return answer.kind === 'unknown' && answer.reason.startsWith(FAILED);
}

const FAILED = 'the accuracy evaluator failed: ';
