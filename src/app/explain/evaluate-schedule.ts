import { notModelled } from '../../cost/analysis/not-modelled.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import type { EvalRequest } from '../../options/models.ts';
import { planSegment } from '../../schedule/plan.ts';
import { isUnfit, retentionOf } from '../../schedule/retention.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import { type ScoredSchedule, scoreSchedule } from '../../schedule/score.ts';
import { summarizeSchedule } from '../../schedule/summarize.ts';
import type { ScheduleSummary } from '../../schedule/summary.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkSequence } from '../../workload/graph/network-sequence.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { type LoadedMapping, loadAccelerator, loadWorkload } from '../presets/load.ts';
import { type NetworkReport, networkJson } from './evaluate.ts';
import { scheduleReport } from './schedule-report.ts';

/** A saved schedule with the figures of its steps. */
export interface EvaluatedSchedule {
  /** Of its steps, equal ones together. */
  readonly report: NetworkReport;
  readonly sequence: Sequence;
  readonly schedule: Schedule;
  readonly scored: ScoredSchedule;
  readonly summary: ScheduleSummary;
  readonly batch: number;
}

/**
 * Scores the schedule of a file.
 * @throws TrifoldError `infeasible` with every reason why the accelerator cannot run it, others for files and options that do not fit
 */
export function evaluateSchedule(
  request: EvalRequest,
  { document, schedule: saved }: Extract<LoadedMapping, { kind: 'schedule' }>,
): EvaluatedSchedule {
  refuseOptions(request);
  const batch = request.batch ?? saved.batch ?? 1;
  const { network } = loadWorkload(request.workload, batch, request);
  const accelerator = loadAccelerator(request.accelerator, request.technology);
  const sequence = networkSequence(network);
  if ('reason' in sequence)
    throw new TrifoldError('unsupported', `${network.name} takes no schedule: ${sequence.reason}`, {
      place: { file: document.file },
    });
  const { schedule, ofKinds } = saved.use(accelerator, network.name, sequence, batch);
  const retention = retentionOf(accelerator);
  const placement = { homes: schedule.homes, isPinned: (operator: number) => schedule.pinned.includes(operator) };
  const mappings = schedule.segments.map((segment, index): readonly (Mapping | null)[] => {
    const plan = isUnfit(retention) ? retention : planSegment(sequence, retention, placement, segment);
    // Scoring says why there is no plan.
    return isUnfit(plan) ? [] : ofKinds(index, plan);
  });
  const scored = scoreSchedule(sequence, accelerator, schedule, ({ segment, kind }) => mappings[segment]![kind]!);
  if (!scored.feasible)
    throw new TrifoldError('infeasible', `${accelerator.name} cannot run this schedule of ${network.name}:`, {
      place: { file: document.file },
      // What is wrong between two segments stands with both.
      lines: [...new Set(scored.violations.map(({ message }) => `  ${message}`))],
    });
  return {
    report: scheduleReport(network, accelerator, sequence, scored),
    ...{ sequence, schedule, scored, batch },
    summary: summarizeSchedule(sequence, schedule, scored, { layerByLayerWords: null }),
  };
}

/** What the figures of a scored schedule leave out, in sentences. */
export function scheduleLimits({ report, summary }: EvaluatedSchedule): readonly string[] {
  return notModelled(report.accelerator, [report.network], 'exact', summary.levelName);
}

/** Plain JSON of a scored schedule: figures of its steps, and what stays on chip. */
export function evaluatedScheduleJson(evaluated: EvaluatedSchedule): object {
  const { report, summary, batch } = evaluated;
  return {
    ...{ command: 'eval', temporalReuse: 'exact', batch },
    ...networkJson(report),
    schedule: summary,
    notModelled: scheduleLimits(evaluated),
  };
}

function refuseOptions({ mapping, layer, temporalReuse }: EvalRequest): void {
  if (layer !== undefined)
    throw new TrifoldError('usage', `${mapping} is a schedule of a whole network: it takes no --layer`, {
      hint: 'leave out --layer; trifold map --between-layers off saves mappings of the layers on their own',
    });
  if (temporalReuse !== 'exact')
    throw new TrifoldError('usage', `${mapping} is a schedule, which takes --temporal-reuse exact alone`);
}
