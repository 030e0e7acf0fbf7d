import type { RunEvent } from '../../search/run-events.ts';
import { createRun, openRun, type Run } from '../../study/run.ts';
import { TrifoldError } from '../../util/errors.ts';
import { packageVersion } from '../presets/load.ts';
import { isRunEvent } from './event-guard.ts';
import type { RunListener } from './listener.ts';

/** Outcome of a run that this process carried. */
export interface RunResult<Finished> {
  readonly directory: string;
  /** Null when it was interrupted (`trifold resume` continues it), and when the run was finished already. */
  readonly finished: Finished | null;
  /** The document of `--json`; null when interrupted. */
  readonly json: unknown;
}

/** A kind of run: how its folders are recognized. */
export interface RunKind<State, Inputs> {
  /** With its article, e.g. `a design run`. */
  readonly name: string;
  readonly isState: (value: unknown) => value is State;
  readonly isInputs: (value: unknown) => value is Inputs;
}

/** Creates a run folder. @throws TrifoldError `usage` when the folder is not empty, `busy`, `io` */
export function beginRun<State>(
  directory: string,
  command: readonly string[],
  inputs: { readonly request: { readonly seed: number } },
  state: State,
): Run<RunEvent, State> {
  const { seed } = inputs.request;
  return createRun(directory, { packageVersion: packageVersion(), command, seed, configuration: inputs, state });
}

/** A run folder opened again. */
export type ReopenedRun<State, Inputs> =
  | { readonly kind: 'open'; readonly run: Run<RunEvent, State>; readonly inputs: Inputs }
  /** It was finished already, and is closed: what it said. */
  | { readonly kind: 'finished'; readonly result: RunResult<never> };

/**
 * Opens a run folder to continue it and tells the listener what is odd about it and its events so far.
 * @throws TrifoldError `foreign` when it is no run of this kind, `busy`, `io`
 */
export function reopenRun<State, Inputs>(
  directory: string,
  { name, isState, isInputs }: RunKind<State, Inputs>,
  listener: RunListener,
): ReopenedRun<State, Inputs> {
  const run = openRun<RunEvent, State>(directory, { isEvent: isRunEvent, isState }, packageVersion());
  try {
    const inputs = run.description.configuration;
    const json = run.summary;
    if (json !== undefined) {
      run.close();
      return { kind: 'finished', result: { directory, finished: null, json } };
    }
    if (!isInputs(inputs)) throw new TrifoldError('foreign', `${directory} is not ${name}`);
    for (const { message } of run.warnings) listener.onEvent({ kind: 'note', level: 'warning', text: message });
    for (const event of run.events) listener.onEvent(event);
    return { kind: 'open', run, inputs };
  } catch (error) {
    run.close();
    throw error;
  }
}

/** Tells events to the journal of a run, if there is one, then to the listener. */
export function tellBoth(run: Run<RunEvent, unknown> | null, listener: RunListener): (event: RunEvent) => void {
  return (event) => {
    run?.append(event);
    listener.onEvent(event);
  };
}
