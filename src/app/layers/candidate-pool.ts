import type { Technology } from '../../accelerator/technology.ts';
import { spreadCandidates } from '../../parallel/candidate-spread.ts';
import type { WalkContext } from '../../search/accelerator/candidate-walk.ts';
import { LayerMemo } from '../../search/accelerator/layer-memo.ts';
import { prepareNetwork } from '../../search/accelerator/network-score.ts';
import type { MapperSettings } from '../../search/mapping/map-layer.ts';
import type { CandidateEvaluator } from '../../search/ports.ts';
import type { Network } from '../../workload/network.ts';
import { namedGoal } from './goal.ts';
import { openWorkSource, type WorkSourceOptions } from './work-source.ts';

/** Setting that candidates are evaluated in. */
export interface CandidateSetup {
  readonly networks: readonly Network[];
  readonly technology: Technology;
  readonly settings: MapperSettings;
}

/** How they are evaluated; nothing of this changes a result. When `signal` is aborted, `evaluateCandidates` is rejected with its reason. */
export interface CandidatePoolOptions extends WorkSourceOptions {
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
  { onProgress, ...options }: CandidatePoolOptions,
): Promise<CandidatePool> {
  const source = await openWorkSource(options);
  const { signal } = options;
  const context: WalkContext = {
    networks: networks.map((network) => prepareNetwork(network)),
    factors: settings.factors,
    memo: new LayerMemo(MEMO_CAPACITY),
  };
  const goal = namedGoal('edp');
  return {
    evaluateCandidates: (tasks, { keep } = {}) =>
      spreadCandidates(tasks, keep, {
        technology,
        context,
        threads: options.workers,
        map: async (layer, accelerator, cutoff) => {
          const name = `${layer.problem.name} on ${accelerator.name}`;
          const { result, isRemembered } = await source.resultOf({
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
    close: () => source.close(),
  };
}
