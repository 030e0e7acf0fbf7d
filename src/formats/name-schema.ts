import { z } from 'zod';

/** Most characters of a name: it stands in tables, pictures and the names of files. */
export const MOST_CHARACTERS = 200;

/** Schema of names that results show: one line of text. */
export const nameSchema = z
  .string()
  .regex(/^\S(?:.*\S)?$/, { error: 'is not a name\nuse one line of text without blanks at its ends' })
  .max(MOST_CHARACTERS, {
    error: ({ input }) =>
      `has ${String(input).length} characters\nuse at most ${MOST_CHARACTERS}; a title may be longer where there is one`,
  });
