import { describe, expect, it } from 'vitest';
import { followEnding, isEnding, unlessEnded } from '../../../src/app/run/ending.ts';
import { listener } from '../run-folders.ts';

describe('the end of a run in the midst of its work', () => {
  it('comes by a timer when the user wants it, and is told from other errors, which are errors also after it', async () => {
    let isWanted = false;
    const { signal, close } = followEnding(
      listener(undefined, () => isWanted),
      () => false,
      () => {},
    );
    expect(isEnding(new DOMException('aborted', 'AbortError'), signal)).toBe(false);
    isWanted = true;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    close();
    expect(isEnding(signal.reason, signal)).toBe(true);
    expect(isEnding(new Error('no space left on device'), signal)).toBe(false);
  });

  it('comes by polling where no timer can run; the time ends the search alone', async () => {
    let isLate = false;
    let looks = 0;
    const { signal, searchSignal, poll, close } = followEnding(
      listener(),
      () => isLate,
      () => looks++,
    );
    close();
    poll();
    expect([searchSignal.aborted, looks]).toEqual([false, 1]);
    isLate = true;
    poll();
    expect([signal.aborted, searchSignal.aborted]).toEqual([false, true]);
    const rejected = (error: unknown) => unlessEnded(searchSignal, () => Promise.reject(error));
    expect(await rejected(searchSignal.reason)).toBeNull();
    await expect(rejected(new Error('a defect'))).rejects.toThrow('a defect');
    expect(await unlessEnded(searchSignal, async () => 7)).toBe(7);
  });
});
