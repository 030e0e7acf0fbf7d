import type { UnwrittenOutput } from '../app/run/kept-folder.ts';
import type { RunInputs, RunKind } from '../app/run/kind.ts';
import { type RunResult, resumeRun, startRun } from '../app/run/lifecycle.ts';
import { consentToResume } from '../app/run/trust.ts';
import type { CommonOptions } from '../options/command.ts';
import { shownLines, shownText } from '../util/shown-text.ts';
import { trustAsker } from './ask-trust.ts';
import { EXIT, ExitSignal, print, printError, printJson, warn } from './context.ts';
import { type RunOptions, runLimits } from './run-limits.ts';
import { interruptedText, observeRun } from './run-observer.ts';
import { writeError, writeOut, writesToTerminal } from './streams.ts';

/** The end of a run as text. */
type Describe<Finished> = (finished: Finished, directory: string | null) => string;

/** Starts a run of a kind and prints its end. @param out its folder; `next` = the next free name below `runs/`; null = none */
export async function startAndShow<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  inputs: Inputs,
  out: string | 'next' | null,
  options: RunOptions,
  common: CommonOptions,
  describe: Describe<Finished>,
): Promise<void> {
  const place = { out, command: ['trifold', ...process.argv.slice(2)], isForced: options.force === true };
  const observer = await observeRun(common, out !== null);
  const limits = runLimits(options, common);
  const result = await startRun(kind, inputs, place, limits, observer.listener).finally(observer.close);
  showEnd(kind, result, common, describe);
}

/** Continues a run and prints its end. */
export async function resumeAndShow<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  directory: string,
  options: RunOptions,
  common: CommonOptions,
  describe: Describe<Finished>,
): Promise<void> {
  const consent = await consentToResume(kind, directory, trustAsker(options.trust === true));
  const observer = await observeRun(common, true);
  const limits = runLimits(options, common);
  const result = await resumeRun(kind, directory, limits, observer.listener, consent).finally(observer.close);
  showEnd(kind, result, common, describe);
}

/** @throws ExitSignal 130 when the run was interrupted, 3 when a part of it has no solution, 2 when some output could not be written */
function showEnd<Inputs extends RunInputs, State, Finished>(
  { isIncomplete = () => false }: RunKind<Inputs, State, Finished>,
  { directory, finished, json, unwritten }: RunResult<Finished>,
  common: CommonOptions,
  describe: Describe<Finished>,
): void {
  for (const { error } of unwritten) printError(error);
  if (json === null) {
    warn(interruptedText(directory));
    throw new ExitSignal(EXIT.interrupted);
  }
  if (common.json) printJson(json);
  else if (finished !== null) print(describe(finished, directory));
  else
    print(
      shownText(`${directory} is finished already; its result is in ${directory}/summary.json and the files beside it`),
    );
  if (unwritten.length > 0) showUnwritten(unwritten, common);
  if (finished !== null && isIncomplete(finished)) throw new ExitSignal(EXIT.infeasible);
}

/** Says where the same is kept, or prints it: after the result, or beside a JSON document on stderr. @throws ExitSignal 2 */
export function showUnwritten(unwritten: readonly UnwrittenOutput[], { json }: Pick<CommonOptions, 'json'>): never {
  for (const { text, keptIn } of unwritten) {
    if (keptIn !== null) warn(`  the same is in ${keptIn}`);
    if (text === null) continue;
    warn(`  the text of the file is printed on ${json ? 'stderr' : 'stdout'}`);
    const isOnTerminal = writesToTerminal(json ? 'stderr' : 'stdout');
    const shown = isOnTerminal ? shownLines(text.replaceAll('\r\n', '\n')) : text;
    if (json) writeError(shown);
    else writeOut(shown);
  }
  throw new ExitSignal(EXIT.usage);
}
