import { buildAccelerator } from '../accelerator/build.ts';
import { CandidateWalk, type LayerRequest, type WalkContext } from '../search/accelerator/candidate-walk.ts';
import { LayerMemo } from '../search/accelerator/layer-memo.ts';
import { taskEvaluator } from '../search/accelerator/local-evaluator.ts';
import { prepareNetwork } from '../search/accelerator/score.ts';
import type { CandidateEvaluator, CandidateResult, CandidateTask, MappingOutcome } from '../search/ports.ts';
import { type CandidateSetup, task as candidateTask } from './candidate-task.ts';
import { makeMapper } from './mapper-choice.ts';
import { type MappingItem, task as mappingTask } from './mapping-task.ts';
import { openPool, type PoolOptions } from './pool.ts';
import { toError, toFailure } from './task.ts';

/** Options of {@link openCandidatePool}. */
export interface CandidatePoolOptions extends Omit<PoolOptions, 'chunkItems'> {
  /** Cancels whatever is being evaluated. */
  readonly signal?: AbortSignal;
  /** Mappings of earlier runs; asked and told on the calling thread. */
  readonly store?: MappingStore;
}

/** Remembers what the mapper of a pool found; its answers are those of the mapper without a cutoff. */
export interface MappingStore {
  get(item: MappingItem): MappingOutcome | undefined;
  put(item: MappingItem, outcome: MappingOutcome): void;
}

/** An evaluator that holds threads. */
export interface CandidatePool extends CandidateEvaluator {
  close(): Promise<void>;
}

/** Accelerators whose layers are remembered. */
const MEMO_CAPACITY = 4096;

/**
 * Evaluates accelerator candidates on threads, one layer per message: candidates cost too differently for threads to wait for each
 * other's at the end of a generation. What was mapped is remembered on the calling thread, for all. Results depend on the tasks
 * alone; only their counters depend on the number of workers.
 */
export async function openCandidatePool(
  setup: CandidateSetup,
  { signal, store, ...options }: CandidatePoolOptions,
): Promise<CandidatePool> {
  const run = signal === undefined ? {} : { signal };
  if (options.workers === 1 && options.offMainThread !== true) {
    const localTask = store === undefined ? candidateTask : storedTask(store);
    const pool = await openPool(localTask, setup, { ...options, chunkItems: 1 });
    return { evaluateCandidates: (tasks) => pool.run(tasks, run), close: () => pool.close() };
  }
  const pool = await openPool(mappingTask, setup.mapper, { ...options, chunkItems: 1 });
  const context: WalkContext = {
    networks: setup.networks.map(prepareNetwork),
    factors: setup.mapper.factors,
    memo: new LayerMemo(MEMO_CAPACITY),
  };
  const map = async (item: MappingItem): Promise<MappingOutcome> => {
    const known = store?.get(item);
    if (known !== undefined) return known;
    const outcome = (await pool.run([item], run))[0]!;
    store?.put(item, outcome);
    return outcome;
  };
  return {
    evaluateCandidates: async (tasks) => {
      signal?.throwIfAborted();
      try {
        return await new LayerSpread(tasks, setup, context, map).run(options.workers);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    close: () => pool.close(),
  };
}

/** The task of candidates on the calling thread, with a store before its mapper. */
function storedTask(store: MappingStore): typeof candidateTask {
  return {
    ...candidateTask,
    start: ({ networks, technology, mapper: choice }) => {
      const mapper = makeMapper(choice);
      return taskEvaluator({
        networks,
        technology,
        factors: choice.factors,
        mapper: {
          map: (layer, accelerator, goal, cutoff) => {
            const item = { layer, accelerator, goal };
            const known = store.get(item);
            if (known !== undefined) return known;
            const outcome = mapper.map(layer, accelerator, goal, cutoff);
            store.put(item, outcome);
            return outcome;
          },
        },
      });
    },
  };
}

/** A candidate under way. */
interface OpenCandidate {
  readonly index: number;
  readonly walk: CandidateWalk;
  /** Its layers that are being mapped. */
  busy: number;
}

/** The candidates of one call, their layers spread over threads. */
class LayerSpread {
  readonly #tasks: readonly CandidateTask[];
  readonly #setup: CandidateSetup;
  readonly #context: WalkContext;
  readonly #map: (item: MappingItem) => Promise<MappingOutcome>;
  readonly #results: (CandidateResult | undefined)[] = [];
  /** Candidates under way, in the order of the tasks. */
  #open: OpenCandidate[] = [];
  #begun = 0;
  #hasFailed = false;

  constructor(
    tasks: readonly CandidateTask[],
    setup: CandidateSetup,
    context: WalkContext,
    map: (item: MappingItem) => Promise<MappingOutcome>,
  ) {
    this.#tasks = tasks;
    this.#setup = setup;
    this.#context = context;
    this.#map = map;
  }

  async run(threads: number): Promise<CandidateResult[]> {
    const settled = await Promise.allSettled(Array.from({ length: threads }, () => this.#work()));
    for (const one of settled) if (one.status === 'rejected') throw one.reason;
    return this.#tasks.map((_, index) => this.#results[index]!);
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next !== null && !this.#hasFailed; next = this.#next()) {
      const { candidate, request } = next;
      const { layer, limit } = request;
      const goal = { kind: 'edp' } as const;
      const item = {
        layer,
        accelerator: candidate.walk.accelerator,
        goal,
        ...(limit === undefined ? {} : { cutoff: limit }),
      };
      candidate.busy++;
      try {
        candidate.walk.tell(request, await this.#map(item));
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
    return toError(index, candidateTask.describe(this.#tasks[index]!), toFailure(error));
  }

  /** A layer of a candidate that nobody works on; else of a new candidate; else, near the end, one more of a candidate under way. */
  #next(): { candidate: OpenCandidate; request: LayerRequest } | null {
    const idle = this.#open.filter((candidate) => candidate.busy === 0);
    const busy = this.#open.filter((candidate) => candidate.busy > 0).sort((a, b) => a.busy - b.busy);
    for (const candidate of idle) {
      const request = candidate.walk.next();
      if (request !== null) return { candidate, request };
    }
    while (this.#begun < this.#tasks.length) {
      const index = this.#begun++;
      const candidate = this.#begin(index);
      this.#open.push(candidate);
      const request = candidate.walk.next();
      if (request !== null) return { candidate, request };
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
    try {
      const accelerator = buildAccelerator(specification, this.#setup.technology);
      return { index, walk: new CandidateWalk({ ...task, accelerator }, this.#context), busy: 0 };
    } catch (error) {
      throw this.#failure(index, error);
    }
  }

  #settle(): void {
    for (const { index, walk } of this.#open) if (walk.result !== null) this.#results[index] ??= walk.result;
    this.#open = this.#open.filter(({ index }) => this.#results[index] === undefined);
  }
}
