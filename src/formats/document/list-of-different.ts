import { z } from 'zod';

/** A list in which no word may stand twice. */
export function listOfDifferent<T extends z.ZodType<string>>(word: T) {
  return z.array(word).superRefine((list, context) => {
    for (const [index, one] of list.entries())
      if (list.indexOf(one) < index)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `${one} stands twice in the list\nremove one`,
          input: one,
        });
  });
}
