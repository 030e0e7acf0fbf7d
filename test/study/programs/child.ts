import { createRun, openRun } from '../../../src/study/run.ts';
import { GUARDS, nextEvent, START, type TestState } from '../example.ts';

/**
 * A process for the tests to kill: `append DIR` creates or opens a run and appends as fast as it can, with a checkpoint
 * after every third event, saying each event's number on stdout once it is appended; `hold DIR` opens a run, says `held` and waits.
 */
const [mode, directory] = process.argv.slice(2);
if (mode === undefined || directory === undefined) throw new Error('usage: child.ts MODE DIR');

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (mode === 'append') {
  const run = openRun(directory, GUARDS, '1.0.0');
  let state: TestState = run.state;
  say(`from ${state.told}`);
  for (;;) {
    const [event, next] = nextEvent(state);
    run.append(event);
    state = next;
    if (state.told % 3 === 0) run.checkpoint(state);
    say(String(state.told));
    await new Promise((resolve) => setImmediate(resolve));
  }
} else if (mode === 'create') {
  const run = createRun(directory, START);
  say('held');
  setInterval(() => run.description, 1000);
} else {
  const run = openRun(directory, GUARDS, '1.0.0');
  say(`held ${run.warnings.map((warning) => warning.kind).join(',')}`);
  setInterval(() => run.description, 1000);
}
