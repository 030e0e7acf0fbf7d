import type { Accelerator } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { LayerSummary } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkSummaries } from '../explain/layer-summary.ts';
import { schedulable, scheduleSpace } from '../layers/between-layers.ts';
import { designMapperSettings } from '../layers/final-mapping.ts';
import type { FinalCourse } from '../layers/final-network.ts';
import { namedGoal } from '../layers/goal.ts';
import { knownText } from '../layers/known-text.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { scheduleSteps } from '../layers/schedule-answer.ts';
import {
  onAccelerator,
  type ScheduledScoring,
  scheduledBounds,
  scheduledNetwork,
  scheduledScoreSteps,
} from '../layers/scheduled/scheduled-score.ts';
import { betweenOf } from '../layers/search-between.ts';
import { runSteps } from '../layers/steps.ts';
import type { DesignInputs } from './inputs.ts';

/** How a run scores designs by the schedules of its networks; null where nothing may stay on chip between layers. @param dataflow what all mappings keep to */
export function scoringOf(inputs: DesignInputs, dataflow?: DataflowTemplate): ScheduledScoring | null {
  const between = betweenOf(inputs.request);
  if (between.mode === 'off') return null;
  const settings = designMapperSettings(inputs, inputs.request.factors);
  return {
    networks: inputs.networks.map(scheduledNetwork),
    settings: { ...settings, ...(dataflow === undefined ? {} : { dataflow }) },
    pins: between.pins,
  };
}

/** Lower bounds of the EDPs of a run's networks on a design, in pJ * cycles; null where layers are scored on their own. */
export function scheduledEdpBounds(inputs: DesignInputs): ((accelerator: Accelerator) => readonly number[]) | null {
  const scoring = scoringOf(inputs);
  return scoring === null ? null : (accelerator) => scheduledBounds(scoring, accelerator);
}

/** Figures of the baseline, scored as designs are. @throws TrifoldError `infeasible` where a network cannot run */
export async function scheduledFigures(
  scoring: ScheduledScoring,
  { template, technology }: Pick<DesignInputs, 'template' | 'technology'>,
  pool: LayerPool,
): Promise<readonly NetworkFigures[]> {
  const on = onAccelerator(scoring, buildAccelerator(template, technology));
  const fail = (reason: string): never => {
    throw new TrifoldError('infeasible', `${template.name} cannot run the workload: ${reason}`);
  };
  if ('reason' in on) return fail(on.reason);
  const task = { baselineEdps: scoring.networks.map(() => 1) };
  const score = await runSteps(
    scheduledScoreSteps(scoring, on, task, () => null),
    pool,
  );
  return score.kind === 'scored' ? score.networks : fail(score.kind === 'above' ? 'no schedule' : score.reason);
}

/** The steps of the best schedules of a design, as views show its layers; null when the time is over before they are known. */
export async function scheduledLayers(
  inputs: DesignInputs,
  specification: AcceleratorSpecification,
  pool: LayerPool,
  { stop, step = () => {} }: FinalCourse,
): Promise<LayerSummary[] | null> {
  const { request, networks, technology } = inputs;
  const accelerator = buildAccelerator(specification, technology);
  const settings = designMapperSettings(inputs, request.factors);
  const space = scheduleSpace({ mode: 'retain', pins: request.pinWeights });
  const layers: LayerSummary[] = [];
  for (const network of networks) {
    const text = `${network.name} on ${accelerator.name}: what stays on chip`;
    step(text);
    const question = { network, accelerator, goal: namedGoal('edp'), settings };
    const possible = schedulable(question);
    if ('reason' in possible) return null;
    const found = await runSteps(
      scheduleSteps({ ...question, ...possible, space, islandWords: null, stop }, (known) =>
        step(knownText(text, 'edp', known)),
      ),
      pool,
    );
    if (found.kind !== 'scheduled') return null;
    layers.push(...networkSummaries(found.report, () => found.optimum.optimal));
  }
  return layers;
}
