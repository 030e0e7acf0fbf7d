import type { Accelerator } from '../accelerator/accelerator.ts';
import { buildAccelerator } from '../accelerator/build.ts';
import type { Technology } from '../accelerator/technology.ts';
import { CandidateWalk, type LayerRequest, type WalkContext } from '../search/accelerator/candidate-walk.ts';
import { RunningCutoff } from '../search/accelerator/running-cutoff.ts';
import type { MappedFigures, MappingOutcome } from '../search/mapping/map-layer.ts';
import type { CandidateResult, CandidateTask, KeepBest } from '../search/ports.ts';
import type { LayerShape } from '../workload/network.ts';
import { toError, toFailure } from './task.ts';

/** What became of a layer, and whether that was known from an earlier run. */
export interface SpreadAnswer {
  readonly outcome: MappingOutcome<MappedFigures>;
  readonly isRemembered: boolean;
}

/** Setting that candidates are spread in. */
export interface SpreadContext {
  readonly technology: Technology;
  readonly context: WalkContext;
  /** A `LayerMapper` on some thread; `threads` calls are under way at a time. */
  readonly map: (layer: LayerShape, accelerator: Accelerator, cutoff: number | undefined) => Promise<SpreadAnswer>;
  readonly threads: number;
  /** When it is aborted, what `map` is rejected with passes through as it is. */
  readonly signal?: AbortSignal;
  /** Told how many candidates are settled, first of all that none is. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Evaluates candidates, their layers spread over threads. Whenever one is scored, the cutoff of the others falls at once if only the best matter.
 * @param keep which candidates matter; undefined = all
 */
export function spreadCandidates(
  tasks: readonly CandidateTask[],
  keep: KeepBest | undefined,
  context: SpreadContext,
): Promise<CandidateResult[]> {
  return new LayerSpread(tasks, new RunningCutoff(keep), context).run();
}

/** A candidate under way. */
interface OpenCandidate {
  readonly index: number;
  readonly walk: CandidateWalk;
  /** Its layers that are being mapped. */
  busy: number;
}

/** The candidates of one call. */
class LayerSpread {
  readonly #tasks: readonly CandidateTask[];
  readonly #running: RunningCutoff;
  readonly #spread: SpreadContext;
  readonly #results: (CandidateResult | undefined)[] = [];
  /** Candidates under way, in the order of the tasks. */
  #open: OpenCandidate[] = [];
  #begun = 0;
  #hasFailed = false;

  constructor(tasks: readonly CandidateTask[], running: RunningCutoff, spread: SpreadContext) {
    this.#tasks = tasks;
    this.#running = running;
    this.#spread = spread;
  }

  async run(): Promise<CandidateResult[]> {
    this.#spread.onProgress?.(0, this.#tasks.length);
    const settled = await Promise.allSettled(Array.from({ length: this.#spread.threads }, () => this.#work()));
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
    return this.#tasks.map((_, index) => this.#results[index]!);
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next !== null && !this.#hasFailed; next = this.#next()) {
      const { candidate, request } = next;
      const { layer, cutoff } = request;
      candidate.busy++;
      try {
        const { outcome, isRemembered } = await this.#spread.map(layer, candidate.walk.accelerator, cutoff);
        candidate.walk.answer(request, outcome, isRemembered);
      } catch (error) {
        throw this.#failure(candidate.index, error);
      } finally {
        candidate.busy--;
      }
      this.#settle();
    }
  }

  #failure(index: number, error: unknown): Error {
    this.#hasFailed = true;
    if (this.#spread.signal?.aborted === true && error instanceof Error) return error;
    const { trial, specification } = this.#tasks[index]!;
    return toError(index, `trial ${trial} (${specification.name})`, toFailure(error));
  }

  /**
   * A layer of a candidate under way; else of a new one. While no score cuts the others off, threads work on the same candidate, which brings
   * scores early. Later each takes a candidate of its own: the first layers of most prove them beaten, and more would be mapped in vain.
   */
  #next(): { candidate: OpenCandidate; request: LayerRequest } | null {
    const idle = this.#open.filter((candidate) => candidate.busy === 0);
    const busy = this.#open.filter((candidate) => candidate.busy > 0).sort((a, b) => a.busy - b.busy);
    const begun = this.#running.value === null ? [...this.#open] : idle;
    for (const candidate of begun) {
      const request = candidate.walk.next();
      if (request !== null) return { candidate, request };
    }
    while (this.#begun < this.#tasks.length) {
      const candidate = this.#begin(this.#begun++);
      this.#open.push(candidate);
      const request = candidate.walk.next();
      if (request !== null) return { candidate, request };
      this.#settle();
    }
    for (const candidate of busy) {
      const request = candidate.walk.next();
      if (request !== null) return { candidate, request };
    }
    this.#settle();
    return null;
  }

  #begin(index: number): OpenCandidate {
    const { specification, ...task } = this.#tasks[index]!;
    const cutoff = this.#running.below(task.cutoff);
    try {
      const accelerator = buildAccelerator(specification, this.#spread.technology);
      return { index, walk: new CandidateWalk({ ...task, accelerator, cutoff }, this.#spread.context), busy: 0 };
    } catch (error) {
      throw this.#failure(index, error);
    }
  }

  /** Takes the results that are there; a score lowers the cutoff of all others. */
  #settle(): void {
    for (const { index, walk } of this.#open) {
      const { result } = walk;
      if (result === null) continue;
      this.#results[index] = result;
      if (result.outcome === 'scored') this.#running.add(result.score);
    }
    const cutoff = this.#running.value;
    if (cutoff !== null) for (const { walk } of this.#open) walk.tighten(cutoff);
    for (const { index, walk } of this.#open) if (walk.result !== null) this.#results[index] ??= walk.result;
    const before = this.#open.length;
    this.#open = this.#open.filter(({ walk }) => walk.result === null);
    if (this.#open.length < before) this.#spread.onProgress?.(this.#begun - this.#open.length, this.#tasks.length);
  }
}
