import { TrifoldError } from '../../src/util/errors.ts';

/** The error that an action throws. */
export function errorOf(action: () => unknown): TrifoldError {
  try {
    action();
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
