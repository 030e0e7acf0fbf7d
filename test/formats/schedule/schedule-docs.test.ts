import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../src/formats/document/document.ts';
import { readSchedule } from '../../../src/formats/schedule/schedule-file.ts';
import { mappingsOfKinds } from '../../../src/formats/schedule/step-mappings.ts';
import { planSegment } from '../../../src/schedule/plan.ts';
import { isUnfit, retentionOf } from '../../../src/schedule/retention.ts';
import { GOLDEN_SCHEDULES } from './random-schedules.ts';

describe('the example of docs/schedules.md', () => {
  it('is a schedule of two pointwise layers with a mapping for each kind of step', () => {
    const [, text] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/schedules.md', 'utf8'))!;
    const { accelerator, sequence } = GOLDEN_SCHEDULES.find(({ kind }) => kind === 'chain-1x1')!;
    const saved = readSchedule(parseDocument(text!, 'docs/schedules.md'));
    const { schedule, mappings } = saved.use({ ...accelerator, name: 'small' }, 'two-layers', sequence);
    const retention = retentionOf(accelerator);
    if (isUnfit(retention)) throw new Error(retention.reason);
    const plan = planSegment(
      sequence,
      retention,
      { homes: schedule.homes, isPinned: () => false },
      schedule.segments[0]!,
    );
    if (isUnfit(plan)) throw new Error(plan.reason);
    expect(mappingsOfKinds(plan, mappings[0]!)).toMatchObject({ mappings: { length: 5 } });
  });
});
