import type { Accelerator } from '../../../accelerator/accelerator.ts';
import type { Network } from '../../../workload/network.ts';
import { outermostWords } from '../../explain/evaluate.ts';
import { type BetweenLayers, schedulable, scheduleSpace } from '../between-layers.ts';
import type { FinalCourse, FinalNetwork } from '../final-network.ts';
import { namedGoal } from '../goal.ts';
import { knownText } from '../known-text.ts';
import type { LayerPool } from '../layer-pool.ts';
import type { NetworkMapper } from '../network-wise.ts';
import { type ScheduleAnswer, scheduleSteps } from '../schedule-answer.ts';
import { runSteps } from '../steps.ts';

/** What may stay on chip in final mappings, and how their steps are mapped. */
export interface ScheduledPlan {
  readonly settings: NetworkMapper['settings'];
  readonly between: Exclude<BetweenLayers, { readonly mode: 'off' }>;
}

/**
 * Final mappings with what may stay on chip between layers, in place of those with nothing there; these where no schedule is found. What a search of accelerators
 * has solved for the design, whole activations and parameters, is solved again whatever the time; tiles of layers that run together until it is over.
 */
export async function scheduledFinal(
  islands: FinalNetwork,
  network: Network,
  accelerator: Accelerator,
  { settings, between }: ScheduledPlan,
  pool: LayerPool,
  { stop, step = () => {} }: FinalCourse,
): Promise<FinalNetwork> {
  const question = { network, accelerator, goal: namedGoal('edp'), settings };
  const possible = schedulable(question);
  if ('reason' in possible) return islands;
  const islandWords = outermostWords(islands.report);
  const solve = (mode: 'retain' | 'fuse', until: typeof stop) => {
    const text = `${network.name} on ${accelerator.name}: ${mode === 'retain' ? 'what stays on chip' : 'layers that run together'}`;
    step(text);
    const space = scheduleSpace({ mode, pins: between.pins });
    const asked = { ...question, ...possible, space, islandWords, stop: until };
    return runSteps(
      scheduleSteps(asked, (known) => step(knownText(text, 'edp', known))),
      pool,
    );
  };
  let best = between.mode === 'retain' || stop !== undefined ? await solve('retain', undefined) : null;
  if (between.mode === 'fuse') {
    const fused = await solve('fuse', stop);
    const isBetter = (a: ScheduleAnswer) =>
      best?.kind !== 'scheduled' || a.report.totals.edpPjCycles <= best.report.totals.edpPjCycles;
    if (fused.kind === 'scheduled' && isBetter(fused)) best = fused;
  }
  return best?.kind === 'scheduled' ? withSchedule(islands, best) : islands;
}

function withSchedule(islands: FinalNetwork, answer: ScheduleAnswer): FinalNetwork {
  const { report, optimum } = answer;
  const { lowerBound, optimal } = optimum;
  return {
    ...islands,
    report,
    proofs: report.layers.map(() => null),
    networkWise: { lowerBound, optimal },
    perfectEdpPjCycles: report.totals.edpPjCycles,
    bound: { edpPjCycles: lowerBound, factors: islands.factors },
    schedule: { answer, islands: islands.report },
  };
}
