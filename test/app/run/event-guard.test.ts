import { expect, it } from 'vitest';
import { isRunEvent } from '../../../src/app/run/event-guard.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { freshFolder, listener, mapRuns } from '../run-folders.ts';
import { SMALL_REQUEST, TRADE_NETWORK, tinyWith } from '../small-files.ts';

// Killed by: a field of the event that nobody looks at, so that whatever a damaged journal says there is shown.
it('takes the first event of a part of a network, and no other form of what it says of it', async () => {
  const events: RunEvent[] = [];
  const request = { ...SMALL_REQUEST, workload: TRADE_NETWORK, accelerator: tinyWith(), layer: ['b'] };
  await mapRuns.start(
    request,
    freshFolder(),
    {},
    listener((event) => events.push(event)),
  );
  const [started] = events;
  if (started?.kind !== 'started') throw new Error('no start');
  const [network] = started.networks;
  expect(network).toMatchObject({ layers: 1, others: ['a', 'c'] });
  expect(started.areaMm2).toBeGreaterThan(0);
  expect(isRunEvent(started)).toBe(true);
  expect(isRunEvent({ ...started, areaMm2: 'large' })).toBe(false);
  expect(isRunEvent({ ...started, networks: [{ ...network, others: 2 }] })).toBe(false);
});
