import { z } from 'zod';
import { describeIssue } from './schema-problems.ts';

/** Entries with problems after which a list is read no further. */
const MOST_WRONG = 10;

/**
 * A list of very many entries: as `z.array`, but a list that is wrong throughout ends after a few problems instead of collecting millions.
 * @param least entries
 * @param isPlain whether a value is an entry, told without the schema: for lists of millions of numbers and words
 */
export function longList<T>(entry: z.ZodType<T>, least = 0, isPlain?: (value: unknown) => value is T) {
  const entries = z.array(z.unknown()).min(least);
  return entries.transform((list, context): T[] => {
    const read: T[] = [];
    let wrong = 0;
    for (const [index, value] of list.entries()) {
      if (isPlain?.(value)) {
        read.push(value);
        continue;
      }
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

const cell = z.union([z.string(), z.number(), z.null()]);

/** The rows of a table: lists of words, numbers and empty cells. */
export function tableRows(least = 0) {
  return longList(longList(cell, 0, isCell), least);
}

function isCell(value: unknown): value is z.infer<typeof cell> {
  return typeof value === 'string' || value === null || (typeof value === 'number' && Number.isFinite(value));
}
