import { notModelled } from '../../cost/analysis/not-modelled.ts';
import type { NetworkReport } from '../explain/evaluate.ts';
import type { ScheduleAnswer } from '../layers/schedule-answer.ts';
import type { MapInputs } from './inputs.ts';

/** What the figures of a `map` run leave out, in sentences. */
export function mapLimits({
  inputs,
  report,
  schedule,
}: {
  readonly inputs: Pick<MapInputs, 'request'>;
  readonly report: Pick<NetworkReport, 'accelerator' | 'network'>;
  readonly schedule: Pick<ScheduleAnswer, 'summary'> | null;
}): readonly string[] {
  const retained = schedule?.summary.levelName ?? null;
  return notModelled(report.accelerator, [report.network], inputs.request.temporalReuse, retained);
}
