import { buildAccelerator } from '../../../src/accelerator/build.ts';
import type { Technology } from '../../../src/accelerator/technology.ts';
import type { AcceleratorSearch } from '../../../src/search/accelerator/accelerator-search.ts';
import { evaluateCandidate, type LayerMapper } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { LayerMemo } from '../../../src/search/accelerator/layer-memo.ts';
import { prepareNetwork } from '../../../src/search/accelerator/network-score.ts';
import { RunningCutoff } from '../../../src/search/accelerator/running-cutoff.ts';
import type { Factors } from '../../../src/search/mapping/bounds/layer-bound.ts';
import type { AcceleratorSearchEvent, CandidateEvaluator } from '../../../src/search/ports.ts';
import type { Network } from '../../../src/workload/network.ts';

/** Evaluates candidates one after the other on this thread. */
export function localEvaluator(options: {
  readonly networks: readonly Network[];
  readonly technology: Technology;
  readonly mapper: LayerMapper;
  readonly factors: Factors;
}): CandidateEvaluator {
  const { networks, technology, ...rest } = options;
  const prepared = networks.map((network) => prepareNetwork(network));
  const context = { ...rest, networks: prepared, memo: new LayerMemo(4096) };
  return {
    evaluateCandidates: async (tasks, { keep } = {}) => {
      const running = new RunningCutoff(keep);
      return tasks.map(({ specification, ...task }) => {
        const accelerator = buildAccelerator(specification, technology);
        const result = evaluateCandidate({ ...task, accelerator, cutoff: running.below(task.cutoff) }, context);
        if (result.outcome === 'scored') running.add(result.score);
        return result;
      });
    },
  };
}

/** The events of all generations that are left. */
export async function eventsOf(
  search: AcceleratorSearch,
  evaluator: CandidateEvaluator,
): Promise<AcceleratorSearchEvent[]> {
  const events: AcceleratorSearchEvent[] = [];
  while (!search.isDone) events.push(await search.nextGeneration(evaluator));
  return events;
}
