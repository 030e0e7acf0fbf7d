import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { formatSchedule } from '../../formats/schedule/schedule-text.ts';
import { stepMappings } from '../../formats/schedule/step-mappings.ts';
import type { ScheduleAnswer } from '../layers/schedule-answer.ts';
import { betweenArguments } from '../layers/search-between.ts';
import type { MapResult } from './map.ts';
import { mappingFileName, mappingText, scheduleFileName } from './mapping-text.ts';

/** A file of results. */
interface ResultFile {
  readonly name: string;
  readonly text: string;
}

/** The files of a run folder: the accelerator, the mappings with nothing on chip between layers, and the schedule where there is one. */
export function mapFiles(result: MapResult): ResultFile[] {
  const { inputs, islands, schedule } = result;
  const { name } = inputs.network;
  return [
    { name: 'accelerator.yaml', text: formatAccelerator(inputs.specification) },
    ...(islands === null
      ? []
      : [{ name: mappingFileName(name), text: mappingText(islands, sourceOf(result), inputs.request.batch) }]),
    ...(schedule === null
      ? []
      : [{ name: scheduleFileName(name), text: scheduleText(schedule, sourceOf(result), inputs.request.batch) }]),
  ];
}

/** What `--save` writes: the schedule where there is one, else the mappings. */
export function savedFile(result: MapResult): ResultFile {
  return mapFiles(result).at(-1)!;
}

/** The command that found a result. */
function sourceOf({ inputs: { request, network, between }, report }: MapResult): string {
  const goal = [request.objective, ...request.subjectTo].join(' subject to ');
  // The default of `map` is to keep what can be kept.
  const off = request.betweenLayers === 'off' ? ['--between-layers', 'off'] : [];
  const staying = between === undefined || between.mode === 'off' ? off : betweenArguments(between);
  return `${['trifold', 'map', network.name, '--accelerator', report.accelerator.name, ...staying].join(' ')} (${goal})`;
}

/** The schedule of a network as YAML. @param source the command that found it */
export function scheduleText(
  { optimum, scored, sequence, report }: ScheduleAnswer,
  source: string,
  batch: number,
): string {
  const { network } = report;
  return formatSchedule(
    {
      name: `${network.name}-on-${report.accelerator.name}`,
      source,
      workload: network.name,
      batch,
      retentionLevel: scored.retention.levelName,
    },
    report.accelerator,
    sequence,
    optimum.schedule,
    scored.segments.map(({ plan, steps }) =>
      stepMappings(
        plan,
        steps.map(({ mapping }) => mapping),
      ),
    ),
  );
}
