import { existsSync } from 'node:fs';
import { NODE_FILES } from '../../../src/study/file-operations.ts';
import { writeWholeFile } from '../../../src/study/write-file.ts';
import { TrifoldError } from '../../../src/util/errors.ts';

/**
 * A process for the tests: as soon as the file GO appears it writes 40,000 times LETTER to ONE, which must not exist, and then TIMES times to MANY,
 * which may. It says how either went, and ends with the test that started it.
 */
const [one, many, letter, go, times = '20'] = process.argv.slice(2);
if (one === undefined || many === undefined || letter === undefined || go === undefined)
  throw new Error('usage: writer.ts ONE MANY LETTER GO [TIMES]');
const text = letter.repeat(40_000);
const answerOf = (work: () => void): string => {
  try {
    work();
    return 'written';
  } catch (error) {
    return error instanceof TrifoldError ? `${error.code} ${error.message}` : String(error);
  }
};
process.stdout.write('ready\n');
const parent = process.ppid;
while (!existsSync(go)) if (process.ppid !== parent) process.exit();
const first = answerOf(() => writeWholeFile(NODE_FILES, one, text, { existing: 'refused' }));
const then = answerOf(() => {
  for (let i = 0; i < Number(times); i++) writeWholeFile(NODE_FILES, many, text);
});
process.stdout.write(`${first}\n${then}\n`);
