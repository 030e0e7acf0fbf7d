import type { WalkContext } from '../search/accelerator/candidate-walk.ts';
import { LayerMemo } from '../search/accelerator/layer-memo.ts';
import { taskEvaluator } from '../search/accelerator/local-evaluator.ts';
import { RunningCutoff } from '../search/accelerator/running-cutoff.ts';
import { prepareNetwork } from '../search/accelerator/score.ts';
import type { CandidateEvaluator, CandidateResult, EvaluationOptions, MappingOutcome } from '../search/ports.ts';
import { spreadCandidates } from './candidate-spread.ts';
import { type CandidateSetup, task as candidateTask } from './candidate-task.ts';
import { makeMapper } from './mapper-choice.ts';
import { type MappingItem, task as mappingTask } from './mapping-task.ts';
import { openPool, type PoolOptions } from './pool.ts';

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
 * other's at the end of a generation. What was mapped is remembered on the calling thread, for all. Only counters, and what
 * {@link EvaluationOptions} leaves open, depend on the number of workers.
 */
export async function openCandidatePool(
  setup: CandidateSetup,
  { signal, store, ...options }: CandidatePoolOptions,
): Promise<CandidatePool> {
  const run = signal === undefined ? {} : { signal };
  if (options.workers === 1 && options.offMainThread !== true) {
    const localTask = store === undefined ? candidateTask : storedTask(store);
    const pool = await openPool(localTask, setup, { ...options, chunkItems: 1 });
    return {
      evaluateCandidates: async (tasks, { keep } = {}) => {
        const running = new RunningCutoff(keep);
        const results: CandidateResult[] = [];
        for (const task of tasks) {
          const result = (await pool.run([{ ...task, cutoff: running.below(task.cutoff) }], run))[0]!;
          if (result.outcome === 'scored') running.add(result.score);
          results.push(result);
        }
        return results;
      },
      close: () => pool.close(),
    };
  }
  const pool = await openPool(mappingTask, setup.mapper, { ...options, chunkItems: 1 });
  const context: WalkContext = {
    networks: setup.networks.map((network) => prepareNetwork(network)),
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
    evaluateCandidates: async (tasks, { keep } = {}) => {
      signal?.throwIfAborted();
      try {
        return await spreadCandidates(tasks, keep, {
          technology: setup.technology,
          context,
          map,
          threads: options.workers,
        });
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
