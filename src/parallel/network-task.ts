import type { Technology } from '../accelerator/technology.ts';
import { layerMapper } from '../search/accelerator/evaluate-candidate.ts';
import { exactSettings } from '../search/mapping/map-layer.ts';
import { itemScorer, type NetworkScorer, type ScoreAnswer, type ScoreItem } from '../search/network/score-networks.ts';
import { findNetworkSpace } from '../search/network/spaces/spaces.ts';
import type { WordBits } from '../workload/network.ts';
import { openPool, type PoolOptions } from './pool.ts';
import type { Task } from './task.ts';

/** Setting that networks are scored in. Plain data. */
export interface NetworkSetup {
  /** Name of the space that the genotypes belong to. */
  readonly space: string;
  readonly wordBits: WordBits;
  readonly technology: Technology;
  readonly factors: 'perfect' | 'imperfect';
  /** Partial mappings to bound per layer. */
  readonly nodeLimit: number;
}

/** Scores networks of a space on accelerators. */
export const task: Task<NetworkSetup, ScoreItem, ScoreAnswer> = {
  moduleUrl: import.meta.url,
  start: ({ space, nodeLimit, factors, ...setup }) => {
    let ask: (() => void) | undefined;
    const score = itemScorer({
      ...setup,
      factors,
      space: findNetworkSpace(space),
      mapper: layerMapper(exactSettings({ factors, nodeLimit, guesses: true }), () => ask?.()),
    });
    return (item, poll) => {
      ask = poll;
      return score(item);
    };
  },
  describe: ({ trial, networks }) => `trial ${trial} (${networks.length} networks)`,
};

/** A scorer that may hold threads. */
export interface NetworkPool extends NetworkScorer {
  close(): Promise<void>;
}

/** Options of {@link openNetworkPool}. */
export interface NetworkPoolOptions extends Omit<PoolOptions, 'chunkItems'> {
  /** Cancels whatever is being scored: `score` is then rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Awaited before each accelerator: a pause. */
  readonly whenUnpaused?: () => Promise<void>;
  /** Called now and then while work keeps the calling thread busy. */
  readonly poll?: () => void;
}

/** Scores networks on threads, one accelerator per message. Answers do not depend on the number of workers. */
export async function openNetworkPool(
  setup: NetworkSetup,
  { signal, whenUnpaused, poll, ...options }: NetworkPoolOptions,
): Promise<NetworkPool> {
  const pool = await openPool(task, setup, { ...options, chunkItems: 1 });
  const runOptions = (own: AbortSignal | undefined) => ({
    ...(own === undefined ? {} : { signal: own }),
    ...(whenUnpaused === undefined ? {} : { beforeChunk: whenUnpaused }),
    poll,
  });
  return {
    score: (items, within = signal, onAnswer = () => {}) =>
      pool.run(items, { ...runOptions(within), onResult: (_, index) => onAnswer(index + 1) }),
    close: () => pool.close(),
  };
}
