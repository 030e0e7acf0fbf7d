import type { z } from 'zod';
import { TrifoldError } from '../../util/errors.ts';
import { describeIssue, flattenIssues } from '../document/schema-problems.ts';

/** Whether a value of a file of a run fits a schema. */
export function fits(schema: z.ZodType, value: unknown): boolean {
  return schema.safeParse(value).success;
}

/** Refuses a value of a file of a run that does not fit a schema. @param name what it is called in the file @throws TrifoldError `foreign` with its key path */
export function refuseUnfit(schema: z.ZodType, value: unknown, name: string): void {
  const read = schema.safeParse(value, { error: describeIssue, reportInput: true });
  if (read.success) return;
  const [problem] = flattenIssues(read.error.issues.slice(0, 1), value);
  throw new TrifoldError('foreign', `the run is damaged: ${problem?.message ?? 'it holds something else'}`, {
    keyPath: [name, ...(problem?.path ?? [])].map(String).join('.'),
    hint: 'nothing was changed; restore the file from a copy, or start a new run',
  });
}

/** {@link refuseUnfit} for the guard of the states of a kind of run. @throws TrifoldError `foreign` unless it fits */
export function isStateOf(schema: z.ZodType, value: unknown): true {
  refuseUnfit(schema, value, 'state');
  return true;
}
