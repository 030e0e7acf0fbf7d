import { describe, expect, it } from 'vitest';
import { followInterruption, isInterruption } from '../../../src/app/run/listener.ts';
import { listener } from '../run-folders.ts';

describe('an interruption', () => {
  it('is told from other errors, which are errors also after it', async () => {
    let isWanted = false;
    const { signal, close } = followInterruption(listener(undefined, () => isWanted));
    expect(isInterruption(new DOMException('aborted', 'AbortError'), signal)).toBe(false);
    isWanted = true;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    close();
    expect(isInterruption(signal.reason, signal)).toBe(true);
    expect(isInterruption(new Error('no space left on device'), signal)).toBe(false);
  });
});
