import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_FILES } from '../../../src/study/file-operations.ts';
import { acquireLock } from '../../../src/study/lock.ts';
import { TrifoldError } from '../../../src/util/errors.ts';

/** A process for the tests that takes the lock of the folder given to it as soon as the file `go` appears there, and keeps it. */
const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: contender.ts DIR');
process.stdout.write('ready\n');
const parent = process.ppid;
const endWithTest = (): void => {
  if (process.ppid !== parent) process.exit();
};
while (!existsSync(join(directory, 'go'))) endWithTest();
let answer = 'held';
try {
  acquireLock(directory, NODE_FILES);
} catch (error) {
  answer = error instanceof TrifoldError ? error.code : String(error);
}
process.stdout.write(`${answer}\n`);
setInterval(endWithTest, 1000);
