/**
 * Interrupts: whether one at any moment changes a result, and how soon a command answers it.
 *
 * First runs within this process: each kind is interrupted at random moments (an abort, the state on disk that a kill leaves, the death of a thread),
 * resumed, interrupted again, and must leave the files of a run that never stopped. Then processes: every command gets SIGINT, SIGTERM or SIGHUP after a
 * random part of its time; it must be gone within a second, give no stack trace, and leave no lock, no temporary file and no child; runs are resumed and
 * compared. Build first (`npm run build`).
 *
 * Before signals had one place and threads that end were replaced: `kill -HUP` of a run left its lock and the children of its accuracy command;
 * the death of a thread ended a run with a stack trace; `map` answered a second Ctrl-C with a stale lock.
 */
import { parseArgs } from 'node:util';
import { STRATEGIES } from '../src/search/accelerator/strategy-names.ts';
import { Random } from '../src/util/random.ts';
import { designKind, INTERRUPTED_KINDS } from '../test/app/run/interrupted-kinds.ts';
import { type Interruption, interruptedRun, leftBy, wholeRun } from '../test/app/run/interrupted-run.ts';
import { COMMANDS, type Measured, measureCommand } from './interrupts/processes.ts';

const { values: options } = parseArgs({
  options: {
    /** Interrupted runs per kind. */
    runs: { type: 'string', default: '25' },
    /** Signals per command. */
    signals: { type: 'string', default: '50' },
    /** A part of the names of kinds and commands. */
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
  },
});
const random = Random.fromSeed(Number(options.seed));
const WAYS: readonly Interruption[] = ['abort at a look', 'abort at an event', 'kill at an event', 'death of threads'];

const runs = Number(options.runs);
if (runs > 0) console.log('within one process: kind, interrupts, runs that ended equal');
const kinds = [...INTERRUPTED_KINDS, ...STRATEGIES.filter((name) => name !== 'naas').map(designKind)];
for (const kind of kinds.filter(({ name }) => runs > 0 && name.includes(options.only))) {
  const whole = await wholeRun(kind);
  const expected = JSON.stringify({ files: whole.files, journal: whole.journal });
  let [interrupts, equal] = [0, 0];
  for (let i = 0; i < runs; i++) {
    const { stops, ...left } = await interruptedRun(kind, whole, WAYS[i % WAYS.length]!, random);
    interrupts += stops;
    if (JSON.stringify(left) === expected) equal++;
    else process.exitCode = 1;
  }
  console.log(`${kind.name.padEnd(24)} ${String(interrupts).padStart(4)}  ${equal}/${runs}`);
}

if (Number(options.signals) > 0)
  console.log(
    'processes: command, signals sent in time, slowest answer in s, codes, left behind, runs that ended equal',
  );
for (const command of COMMANDS.filter(({ name }) => Number(options.signals) > 0 && name.includes(options.only))) {
  const measured: Measured = await measureCommand(command, Number(options.signals), random, leftBy);
  const { sent, slowestSeconds, codes, faults, equal, resumed } = measured;
  if (faults.length > 0 || equal < resumed) process.exitCode = 1;
  console.log(
    `${command.name.padEnd(24)} ${String(sent).padStart(4)}  ${slowestSeconds.toFixed(2)}  ${JSON.stringify(codes)}  ${faults.length === 0 ? 'nothing' : faults.join('; ')}  ${equal}/${resumed}`,
  );
}
