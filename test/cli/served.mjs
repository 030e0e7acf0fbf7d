// Runs command lines that its parent sends, one after the other, each as the first of a process but with all modules loaded already.
// Usage: node served.mjs MAIN END: the compiled command line, and what is written to both streams after each command.
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

const [, , main, end] = process.argv;
const mainUrl = pathToFileURL(main).href;
const STDOUT = 1;
let served = 0;

// Every command listens anew.
process.setMaxListeners(0);
process.stderr.setMaxListeners(0);

process.on('message', async ({ args, environment }) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.argv = [process.execPath, main, ...args];
  process.exitCode = 0;
  let code = 1;
  try {
    await import(`${mainUrl}?${served++}`);
    code = process.exitCode;
  } catch (error) {
    process.stderr.write(`${inspect(error)}\n`);
  }
  writeSync(STDOUT, end);
  process.stderr.write(end);
  process.send({ code });
});
process.on('disconnect', () => process.exit());
