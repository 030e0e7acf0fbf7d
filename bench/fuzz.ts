/**
 * Everything that the product reads, given damaged and hostile: valid files and command lines are changed at random, in their data and in their
 * bytes, and read as the commands read them; what is accepted is counted, mapped, scored, written and read back (`bench/fuzz/`).
 * An input must end in a result that holds together or in a refusal (TrifoldError), within a bounded processor time. Each follows from the
 * seed and its number alone. Inputs that break this are saved, and the exit code is 1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allFormats } from './fuzz/formats.ts';
import { Fuzzer, MOST_SECONDS } from './fuzz/fuzz.ts';
import { isFault, Tally } from './fuzz/tally.ts';
import { startWatchdog } from './fuzz/watchdog.ts';

const { values: options } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    /** Number of the first input. */
    first: { type: 'string', default: '0' },
    /** One format alone: other inputs then have a number. */
    format: { type: 'string' },
    /** Folder for the inputs that break something. */
    save: { type: 'string', default: 'fuzz-faults' },
  },
});
const seed = Number(options.seed);
const first = Number(options.first);
const all = await allFormats();
const formats = all.filter(({ name }) => options.format === undefined || name === options.format);
if (formats.length === 0) throw new Error(`--format is one of: ${all.map(({ name }) => name).join(', ')}`);
mkdirSync(options.save, { recursive: true });
const fuzzer = new Fuzzer(formats, seed);
const tally = new Tally();
const watchdog = startWatchdog(join(options.save, `seed-${seed}-without-end`));
/** Faults by where they come from. */
const faults = new Map<string, number>();

const begun = process.cpuUsage();
for (let number = first; number < first + Number(options.inputs); number++) {
  const tried = await fuzzer.try(number, watchdog.begin);
  watchdog.end();
  tally.add(tried);
  if (!isFault(tried.outcome)) continue;
  const text = `${tried.format} ${tried.outcome}: ${placeOf(tried.error)}`;
  const times = (faults.get(text) ?? 0) + 1;
  faults.set(text, times);
  if (times > 2) continue;
  const path = join(options.save, `seed-${seed}-${number}`);
  writeFileSync(path, tried.bytes);
  console.error(`${path} (${tried.cpuSeconds.toFixed(2)} s)\n  ${text}`);
}
const { user, system } = process.cpuUsage(begun);

console.log(
  `${options.inputs} inputs from number ${first} of seed ${seed}; each may take ${MOST_SECONDS} s of processor time\n`,
);
console.log(tally.table());
console.log(
  `\n${((user + system) / 1e6).toFixed(1)} s of processor time, ${tally.count(isFault)} faults of ${faults.size} kinds`,
);
for (const [text, times] of faults) console.log(`${times} x ${text}`);
process.exitCode = faults.size > 0 ? 1 : 0;

/** Message and first own lines of a stack; numbers differ from input to input. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [message = '', ...lines] = (error.stack ?? '').split('\n');
  const own = lines.filter((line) => line.includes('/src/') || line.includes('/bench/fuzz/')).slice(0, 3);
  return [message.slice(0, 200).replaceAll(/\d+(\.\d+)?(e[+-]?\d+)?/g, '#'), ...own.map((line) => line.trim())].join(
    '\n    ',
  );
}
