import type { BudgetViolation } from '../../accelerator/budget.ts';
import type { AcceleratorSearch } from '../../search/accelerator/accelerator-search.ts';
import { baselineDesign, improvement } from '../../search/accelerator/baseline.ts';
import { scoreOf } from '../../search/accelerator/network-score.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { BaselineEvent, DesignSummary, FinishedEvent } from '../../search/run-events.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkFigures, networkSummaries } from '../explain/layer-summary.ts';
import { finalMappings, finalText, isProven } from '../layers/final-mapping.ts';
import type { FinalCourse, FinalNetwork } from '../layers/final-network.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import type { EndReason } from '../run/clock.ts';
import type { RunSession } from '../run/kind.ts';
import { baselineEvent, baselineViolations } from './baseline.ts';
import type { DesignInputs, DesignRequest } from './inputs.ts';
import { designLimits } from './limits.ts';

/** The best design with its final mappings. */
export interface FinishedDesign {
  readonly request: DesignRequest;
  readonly reason: EndReason;
  readonly summary: DesignSummary;
  readonly best: ScoredDesign;
  readonly mapped: readonly FinalNetwork[];
  readonly baselines: readonly BaselineEvent[];
  /** The baseline mapped as the best design is. */
  readonly finalBaseline: readonly FinalNetwork[];
  /** The same within its published dataflow; null without one. */
  readonly finalPublished: readonly FinalNetwork[] | null;
  /** Limits of the budget that the baseline exceeds. */
  readonly baselineViolations: readonly BudgetViolation[];
  /** The improvement of the summary with perfect factors alone; null where these are the final ones, or not known of both sides. */
  readonly perfectImprovement: DesignSummary['improvement'] | null;
}

/**
 * Maps the best design and the baseline beside it, and says how many times better it is.
 * @param baselines as mapped before the search
 * @param end why the search ended; `tooTight`: what the budget left no room for
 * @throws TrifoldError `infeasible` when nothing was found
 */
export async function finishDesign(
  inputs: DesignInputs,
  search: AcceleratorSearch,
  baselines: readonly BaselineEvent[],
  { reason, tooTight }: { readonly reason: EndReason; readonly tooTight: string | null },
  { emit, pool, step, finalTime }: Pick<RunSession<unknown>, 'emit' | 'pool' | 'step' | 'finalTime'>,
): Promise<FinishedDesign> {
  let { best } = search;
  if (best === null && reason === 'time')
    throw new TrifoldError(
      'time-out',
      `the time was over before a design within budget ${inputs.budget.name} was scored`,
      {
        hint: 'give more --time; trifold resume goes on with a run that has a folder',
      },
    );
  if (best === null)
    throw new TrifoldError(
      'infeasible',
      tooTight ?? `no design within budget ${inputs.budget.name} can run ${inputs.request.workloads.join(', ')}`,
      {
        hint: `tried ${search.getState().trials} designs; a larger budget, or more --generations`,
      },
    );
  const isBaseline = best.trial === BASELINE_TRIAL;
  const parts = [
    ...(isBaseline ? [] : ['the best design']),
    'the baseline',
    ...(inputs.dataflow === null ? [] : [`the baseline in ${inputs.dataflow.name}`]),
  ];
  emit({
    kind: 'note',
    level: 'info',
    text: finalText(
      parts,
      parts.flatMap(() => inputs.networks),
      finalTime,
    ),
  });
  let share = 0;
  /** Equal shares of the time; what one leaves over is there for the next. */
  const course = (text: string): FinalCourse => ({
    stop: finalTime.until(++share / parts.length)?.stop,
    step: (own) => step(`final mappings of ${text}: ${own}`),
  });
  const figures = (mapped: readonly FinalNetwork[]) => mapped.map(({ report }) => networkFigures(report));
  const own = isBaseline ? null : await finalMappings(inputs, best.specification, pool, course('the best design'));
  const baseline = await finalMappings(inputs, inputs.template, pool, course('the baseline'));
  const within = await finalPublished(inputs, pool, course);
  const known = knownDesign(inputs, baselines);
  let mapped = own ?? baseline;
  if (known !== null && improvement(figures(baseline), figures(mapped)) < 1) {
    best = known;
    mapped = baseline;
  }
  const layers = mapped.flatMap((final) => networkSummaries(final.report, (i) => isProven(final, i)));
  if (within !== null) emit({ ...baselineEvent(inputs, 'published', figures(within)), isFinal: true });
  emit({ ...baselineEvent(inputs, 'optimal', figures(baseline)), isFinal: true });
  emit({ kind: 'best-layers', trial: best.trial, layers });
  const networks = figures(mapped);
  const optimal = improvement(figures(baseline), networks);
  const searched = baselines.find((event) => event.which === 'published')?.networks;
  const summary: DesignSummary = {
    best,
    // Both sides as mapped in the end, or both as in the search.
    improvement: {
      published:
        within !== null
          ? improvement(figures(within), networks)
          : searched !== undefined
            ? improvement(searched, best.networks)
            : optimal,
      optimal,
    },
    layers,
    front: search.front,
    counters: search.getState().counters,
  };
  emit({
    ...{ kind: 'finished', reason, design: summary, networks },
    ...finishedSchedules(mapped),
    notModelled: designLimits(mapped),
  });
  return {
    request: inputs.request,
    reason,
    summary,
    best,
    mapped,
    baselines,
    finalBaseline: baseline,
    finalPublished: within,
    baselineViolations: baselineViolations(inputs),
    perfectImprovement: perfectImprovement(mapped, baseline, inputs.dataflow === null ? baseline : within),
  };
}

/** The schedules of final mappings as the event of the end tells them; nothing where there are none. */
export function finishedSchedules(mapped: readonly FinalNetwork[]): Pick<FinishedEvent, 'schedules'> {
  const schedules = mapped.flatMap(({ report, schedule }) =>
    schedule === null ? [] : [{ network: report.network.name, schedule: schedule.answer.summary }],
  );
  return schedules.length === 0 ? {} : { schedules };
}

/** Null without a published dataflow, and where only the imperfect factors of the search can keep to it. */
async function finalPublished(
  inputs: DesignInputs,
  pool: LayerPool,
  course: (text: string) => FinalCourse,
): Promise<FinalNetwork[] | null> {
  const { dataflow } = inputs;
  if (dataflow === null) return null;
  const within = { ...course(`the baseline in ${dataflow.name}`), dataflow };
  return unlessInfeasible(finalMappings(inputs, inputs.template, pool, within));
}

/** Null where something has no mapping. */
export async function unlessInfeasible<Mapped>(mapped: Promise<Mapped>): Promise<Mapped | null> {
  try {
    return await mapped;
  } catch (error) {
    if (error instanceof TrifoldError && error.code === 'infeasible') return null;
    throw error;
  }
}

function perfectImprovement(
  mapped: readonly FinalNetwork[],
  optimal: readonly FinalNetwork[],
  published: readonly FinalNetwork[] | null,
): DesignSummary['improvement'] | null {
  const edps = (finals: readonly FinalNetwork[]) =>
    finals.flatMap(({ perfectEdpPjCycles }) => perfectEdpPjCycles ?? []);
  const own = edps(mapped);
  if (published === null || own.length < mapped.length) return null;
  if (mapped.every(({ factors }) => factors === 'perfect')) return null;
  return { published: 1 / scoreOf(own, edps(published)), optimal: 1 / scoreOf(own, edps(optimal)) };
}

/** The baseline as a design to be found, where it keeps the budget and the run wants it so. */
export function knownDesign(
  { request, template, technology, budget }: DesignInputs,
  events: readonly BaselineEvent[],
): ScoredDesign | null {
  const optimal = events.find((event) => event.which === 'optimal');
  return request.baselineCandidate && optimal !== undefined
    ? baselineDesign(template, technology, budget, optimal.networks)
    : null;
}
