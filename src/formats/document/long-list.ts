import { z } from 'zod';
import { describeIssue } from './schema-problems.ts';

/** Entries with problems after which a list is read no further. */
const MOST_WRONG = 10;

/**
 * A list of very many entries: as `z.array`, but a list that is wrong throughout ends after a few problems instead of collecting millions.
 * @param least entries
 */
export function longList<T>(entry: z.ZodType<T>, least = 0) {
  const entries = z.array(z.unknown()).min(least);
  return entries.transform((list, context): T[] => {
    const read: T[] = [];
    let wrong = 0;
    for (const [index, value] of list.entries()) {
      const result = entry.safeParse(value, { error: describeIssue, reportInput: true });
      if (result.success) {
        read.push(result.data);
        continue;
      }
      for (const issue of result.error.issues) {
        // What zod has found, one level further out: it is of a kind that zod makes, but of one that only its union knows.
        const outer = { ...issue, path: [index, ...issue.path], input: value } as z.core.$ZodRawIssue;
        context.issues.push(outer);
      }
      wrong++;
      if (wrong === MOST_WRONG) return z.NEVER;
    }
    return read;
  });
}
