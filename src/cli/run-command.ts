import type { RunInputs, RunKind } from '../app/run/kind.ts';
import { type RunResult, resumeRun, startRun } from '../app/run/lifecycle.ts';
import type { CommonOptions } from '../options/command.ts';
import { shellWord } from '../util/shell-word.ts';
import { EXIT, ExitSignal, print, printJson } from './context.ts';
import { type RunOptions, runLimits } from './run-limits.ts';
import { observeRun } from './run-observer.ts';

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
  const place = { out, command: ['trifold', ...process.argv.slice(2)] };
  const observer = await observeRun(common, out !== null);
  const limits = runLimits(options, common);
  const result = await startRun(kind, inputs, place, limits, observer.listener).finally(observer.close);
  showEnd(result, common, describe);
}

/** Continues a run and prints its end. */
export async function resumeAndShow<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  directory: string,
  options: RunOptions,
  common: CommonOptions,
  describe: Describe<Finished>,
): Promise<void> {
  const observer = await observeRun(common, true);
  const limits = runLimits(options, common);
  const result = await resumeRun(kind, directory, limits, observer.listener).finally(observer.close);
  showEnd(result, common, describe);
}

/** @throws ExitSignal 130 when the run was interrupted */
function showEnd<Finished>(
  { directory, finished, json }: RunResult<Finished>,
  common: CommonOptions,
  describe: Describe<Finished>,
): void {
  if (json === null) {
    process.stderr.write(
      `interrupted${directory === null ? '' : `; continue with: trifold resume ${shellWord(directory)}`}\n`,
    );
    throw new ExitSignal(EXIT.interrupted);
  }
  if (common.json) printJson(json);
  else if (finished !== null) print(describe(finished, directory));
  else print(`${directory} is finished already; its result is in ${directory}/summary.json and the files beside it`);
}
