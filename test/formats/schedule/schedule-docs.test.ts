import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../src/formats/document/document.ts';
import { readSchedule } from '../../../src/formats/schedule/schedule-file.ts';
import { planSegment } from '../../../src/schedule/plan.ts';
import { isUnfit, retentionOf } from '../../../src/schedule/retention.ts';
import { errorOf } from '../errors.ts';
import { GOLDEN_SCHEDULES } from './random-schedules.ts';

/** The example of the page: two pointwise layers, tiled. */
const [, example] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/schedules.md', 'utf8'))!;

/** The mappings of the kinds of steps of its segment. */
function kindsOf(text: string) {
  const { accelerator, sequence } = GOLDEN_SCHEDULES.find(({ kind }) => kind === 'chain-1x1')!;
  const saved = readSchedule(parseDocument(text, 's.yaml'));
  const { schedule, ofKinds } = saved.use({ ...accelerator, name: 'small' }, 'two-layers', sequence);
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) throw new Error(retention.reason);
  const placement = { homes: schedule.homes, isPinned: () => false };
  const plan = planSegment(sequence, retention, placement, schedule.segments[0]!);
  if (isUnfit(plan)) throw new Error(plan.reason);
  return { mappings: ofKinds(0, plan), kinds: plan.kinds };
}

describe('the example of docs/schedules.md', () => {
  it('has a mapping for each kind of step', () => {
    const { mappings, kinds } = kindsOf(example!);
    const shown = kinds.map(({ operator, count }, kind) => [
      operator,
      count,
      mappings[kind]!.levels[1]!.spatial.length,
    ]);
    // Both layers have tiles of two rows and a last one of one row; the first step of the first fetches what is held.
    expect(shown).toEqual([
      [0, 1, 1],
      [1, 2, 1],
      [0, 1, 1],
      [0, 1, 0],
      [1, 1, 0],
    ]);
  });

  it('without one of them is refused at its segment', () => {
    const without = example!.replace(/ {6}- operator: b\n {8}iteration: 2\n(?: {8}.*\n){3}/, '');
    const { message, details } = errorOf(() => kindsOf(without));
    expect(message).toBe('the steps of b that are like that of iteration 2 have no mapping');
    expect(details).toMatchObject({ keyPath: 'segments.0', place: { file: 's.yaml', line: 11 } });
    expect(details.hint).toContain('operator: b and iteration: 2');
  });

  it('with one too many is refused at that one', () => {
    const other = example!.replace('operator: b\n        levels', 'operator: b\n        iteration: 1\n        levels');
    expect(errorOf(() => kindsOf(other)).message).toContain('iteration 0 have no mapping');
    const [block] = / {6}- operator: b\n {8}levels:\n(?: {10}.*\n){2}/.exec(example!)!;
    const twice = `${example}${block.replace('levels', 'iteration: 1\n        levels')}`;
    const { message, details } = errorOf(() => kindsOf(twice));
    expect(message).toBe('no steps of b are the first of their kind at iteration 1');
    expect(details.keyPath).toBe('segments.0.mappings.5');
  });
});
