import { type DesignState, INITIAL_DESIGN_STATE, runDesign } from '../src/app/design/design.ts';
import type { DesignInputs } from '../src/app/design/inputs.ts';
import { openLayerPool } from '../src/app/layers/layer-pool.ts';
import type { AcceleratorSearch } from '../src/search/accelerator/accelerator-search.ts';
import type { CandidateEvaluator } from '../src/search/ports.ts';
import type { RunEvent } from '../src/search/run-events.ts';
import { stopFlag } from '../src/util/stop-flag.ts';

/** Runs baselines and generations of a design run on this thread, without the final mappings. @returns its state when it ends */
export async function searchDesigns(
  inputs: DesignInputs,
  evaluator: CandidateEvaluator,
  isDone: (search: AcceleratorSearch) => boolean,
  start: DesignState = INITIAL_DESIGN_STATE,
  emit: (event: RunEvent) => void = () => {},
): Promise<DesignState> {
  const pool = openLayerPool({ workers: 1 });
  let last = start;
  await runDesign(inputs, {
    state: start,
    emit,
    checkpoint: (state) => {
      last = state;
    },
    whenUnpaused: async () => {},
    step: () => {},
    searchSignal: new AbortController().signal,
    searchStop: stopFlag(),
    finalTime: { seconds: null, until: () => undefined },
    evaluator,
    pool,
    showsLayers: false,
    endsNow: (search) => (isDone(search) ? 'interrupted' : null),
  });
  await pool.close();
  return last;
}
