import { setImmediate } from 'node:timers/promises';
import type { Technology } from '../../accelerator/technology.ts';
import { spreadCandidates } from '../../parallel/candidate-spread.ts';
import { openPool, type PoolOptions } from '../../parallel/pool.ts';
import type { WalkContext } from '../../search/accelerator/candidate-walk.ts';
import { LayerMemo } from '../../search/accelerator/layer-memo.ts';
import { prepareNetwork } from '../../search/accelerator/network-score.ts';
import type { MapperSettings } from '../../search/mapping/map-layer.ts';
import type { CandidateEvaluator } from '../../search/ports.ts';
import type { Network } from '../../workload/network.ts';
import { namedGoal } from './goal.ts';
import type { LayerCache } from './layer-pool.ts';
import { type LayerWork, type LayerWorkResult, task } from './layer-work.ts';

/** Setting that candidates are evaluated in. */
export interface CandidateSetup {
  readonly networks: readonly Network[];
  readonly technology: Technology;
  readonly settings: MapperSettings;
}

/** How they are evaluated; nothing of this changes a result. */
export interface CandidatePoolOptions extends Omit<PoolOptions, 'chunkItems'> {
  /** Mappings of earlier runs. */
  readonly cache?: LayerCache;
  /** Cancels whatever is being mapped: `evaluateCandidates` is then rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Awaited before each layer: a pause. */
  readonly whenUnpaused?: () => Promise<void>;
  /** Called now and then while work keeps the calling thread busy. */
  readonly poll?: () => void;
  /** Told how many candidates of a call are settled, first of all that none is. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** An evaluator that may hold threads. */
export interface CandidatePool extends CandidateEvaluator {
  close(): Promise<void>;
}

/** Accelerators whose layers are remembered. */
const MEMO_CAPACITY = 4096;

/**
 * Evaluates accelerator candidates on threads, one layer per message: candidates cost too differently for threads to wait for each
 * other's at the end of a generation. What was mapped is remembered on the calling thread, for all. Only counters, and what
 * `EvaluationOptions` leaves open, depend on the number of workers.
 */
export async function openCandidatePool(
  { networks, technology, settings }: CandidateSetup,
  { cache, signal, whenUnpaused, poll, onProgress, ...options }: CandidatePoolOptions,
): Promise<CandidatePool> {
  const pool = await openPool(task, null, { ...options, chunkItems: 1 });
  const context: WalkContext = {
    networks: networks.map((network) => prepareNetwork(network)),
    factors: settings.factors,
    memo: new LayerMemo(MEMO_CAPACITY),
  };
  const goal = namedGoal('edp');
  const runOptions = {
    ...(signal === undefined ? {} : { signal }),
    ...(whenUnpaused === undefined ? {} : { beforeChunk: whenUnpaused }),
    poll,
  };
  const resultOf = async (work: LayerWork): Promise<{ result: LayerWorkResult; isRemembered: boolean }> => {
    const known = cache?.get(work);
    if (known !== undefined) {
      // Timers and signals get their turn, however much is remembered.
      await setImmediate();
      await whenUnpaused?.();
      signal?.throwIfAborted();
      return { result: known, isRemembered: true };
    }
    const result = (await pool.run([work], runOptions))[0]!;
    cache?.put(work, result);
    return { result, isRemembered: false };
  };
  return {
    evaluateCandidates: (tasks, { keep } = {}) =>
      spreadCandidates(tasks, keep, {
        technology,
        context,
        threads: options.workers,
        map: async (layer, accelerator, cutoff) => {
          const name = `${layer.problem.name} on ${accelerator.name}`;
          const { result, isRemembered } = await resultOf({
            name,
            layers: [layer],
            accelerator,
            goal,
            settings,
            cutoff,
          });
          return { outcome: result.kind === 'mapped' ? result.layers[0]! : result.outcome, isRemembered };
        },
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
    close: () => pool.close(),
  };
}
