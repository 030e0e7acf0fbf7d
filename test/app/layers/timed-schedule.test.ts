import { expect, it } from 'vitest';
import { withLabels } from '../../../src/app/layers/schedule-answer.ts';
import { loadAccelerator } from '../../../src/app/presets/load.ts';
import { isUnfit, retentionOf } from '../../../src/schedule/retention.ts';
import { exactSettings } from '../../../src/search/mapping/map-layer.ts';
import type { ScheduleSteps } from '../../../src/search/schedule/schedule-hull.ts';
import { raise, stopFlag } from '../../../src/util/stop-flag.ts';

// Killed by: a time that is looked at only when all steps were mapped.
it('a search of schedules is told before each batch of steps that its time is over', () => {
  const accelerator = loadAccelerator('edge-tpu');
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) throw new Error(retention.reason);
  function* search(): ScheduleSteps<number> {
    for (let batches = 0; ; batches++) if ((yield { lambda: 1, asks: [] }) === null) return batches;
  }
  const stop = stopFlag();
  let looks = 0;
  const look = () => {
    if (++looks === 3) raise(stop);
  };
  const steps = withLabels(search(), {
    accelerator,
    retention,
    settings: exactSettings({ factors: 'perfect' }),
    stop,
    look,
  });
  let step = steps.next();
  while (step.done !== true) step = steps.next([]);
  expect(step.value).toBe(2);
});
