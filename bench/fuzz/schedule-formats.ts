import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readText } from '../../src/app/presets/load.ts';
import { validateSchedules } from '../../src/app/validate/schedules/schedules.ts';
import { describeSchedules } from '../../src/cli/text/validate/schedules-text.ts';
import { parseDocument } from '../../src/formats/document/document.ts';
import { parseJson } from '../../src/formats/document/json-document.ts';
import { readScheduleCases, type ScheduleCase } from '../../src/formats/schedule/schedule-cases.ts';
import { readSchedule } from '../../src/formats/schedule/schedule-file.ts';
import { formatSchedule } from '../../src/formats/schedule/schedule-text.ts';
import { type StepMapping, stepMappings } from '../../src/formats/schedule/step-mappings.ts';
import { planSegment } from '../../src/schedule/plan.ts';
import { isUnfit, retentionOf } from '../../src/schedule/retention.ts';
import { scoreSchedule } from '../../src/schedule/score.ts';
import { type FuzzFormat, seedsOf } from './format.ts';
import { mustHold, mustRead, mustSurviveJson } from './invariants.ts';
import { scratchFile } from './scratch.ts';

const CASES = fileURLToPath(new URL('../../test/golden/schedules.json', import.meta.url));

/** Files of schedules: cases of other programs, and those that are saved. */
export function scheduleFormats(): FuzzFormat[] {
  const cases = readScheduleCases(parseJson(readFileSync(CASES, 'utf8'), CASES));
  const lines = readFileSync(CASES, 'utf8').split('\n').slice(1, -2);
  return [
    {
      name: 'schedule cases',
      weight: 3,
      data: 'json',
      seeds: seedsOf(lines.map((line) => JSON.stringify([JSON.parse(line.replace(/,$/, ''))], null, 1))),
      run: (bytes) => {
        const result = validateSchedules(scratchFile('schedules.json', bytes), { search: false });
        mustSurviveJson(result);
        mustRead(describeSchedules(result), bytes.toString());
      },
    },
    {
      name: 'saved schedule',
      weight: 2,
      data: 'yaml',
      seeds: seedsOf(cases.map(savedText)),
      run: (bytes, _, at) => {
        const path = scratchFile('schedule.yaml', bytes);
        const { accelerator, sequence } = cases[at]!;
        const read = readSchedule(parseDocument(readText(path), path)).use(accelerator, sequence.name, sequence);
        const { schedule, mappings, ofKinds } = read;
        const scored = scoreSchedule(sequence, accelerator, schedule, ({ segment, iteration, step }) => {
          const own = mappings[segment]!.find((one) => one.operator === step.operator && one.iteration === iteration);
          return own?.mapping ?? null;
        });
        if (scored.feasible) {
          mustHold(scored.energyPj > 0 && scored.cycles > 0, 'a schedule costs nothing');
          for (const [segment, { plan }] of scored.segments.entries()) ofKinds(segment, plan);
        } else mustHold(scored.violations.length > 0, 'a schedule is refused without a reason');
      },
    },
  ];
}

/** The schedule of a case as a file, with the mapping of the first step of each kind. */
function savedText({ accelerator, sequence, given }: ScheduleCase): string {
  const { schedule, steps } = given!.schedule;
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) throw new Error(retention.reason);
  const placement = { homes: schedule.homes, isPinned: (operator: number) => schedule.pinned.includes(operator) };
  const mappings = schedule.segments.map((segment, index): readonly StepMapping[] => {
    const plan = planSegment(sequence, retention, placement, segment);
    if (isUnfit(plan)) throw new Error(plan.reason);
    const order = [...plan.order()];
    const own = plan.kinds.map((_, kind) => steps![index]![order.findIndex((step) => step.kind === kind)]!.mapping);
    return stepMappings(plan, own);
  });
  const { levelName: retentionLevel } = retention;
  const header = { name: 'fuzz', source: '', workload: sequence.name, batch: 1, retentionLevel };
  return formatSchedule(header, accelerator, sequence, schedule, mappings);
}
