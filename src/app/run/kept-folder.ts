import { join } from 'node:path';
import type { RunEvent } from '../../search/run-events.ts';
import type { Run } from '../../study/run.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { OutputFile } from './kind.ts';
import { tryWriteOutput } from './output-files.ts';

/** A file or run folder that could not be written. */
export interface UnwrittenOutput {
  readonly error: TrifoldError;
  /** What was to be in a file and is kept nowhere else; null where it is, and for folders. */
  readonly text: string | null;
  /** Where the same is kept all the same; null where it is not. */
  readonly keptIn: string | null;
}

/** A run folder whose failure ends nothing: what was computed is worth more than where it was to be kept. */
export interface KeptFolder<State> {
  /** Writes to the folder, if there is one and it has not failed. */
  readonly write: (work: (run: Run<RunEvent, State>) => void) => void;
  /** Why it cannot be written any more; null while it can. */
  readonly failure: TrifoldError | null;
  readonly unwritten: readonly UnwrittenOutput[];
  readonly close: () => void;
}

/** @param run null = no folder @param warn told once when it fails */
export function keptFolder<State>(run: Run<RunEvent, State> | null, warn: (text: string) => void): KeptFolder<State> {
  let failure: TrifoldError | null = null;
  const write: KeptFolder<State>['write'] = (work) => {
    if (run === null || failure !== null) return;
    try {
      work(run);
    } catch (error) {
      if (!(error instanceof TrifoldError) || error.code !== 'io') throw error;
      failure = error;
      warn(`${error.message}: the run goes on without its folder; its result is printed`);
    }
  };
  return {
    write,
    get failure() {
      return failure;
    },
    get unwritten() {
      return failure === null ? [] : [{ error: failure, text: null, keptIn: null }];
    },
    close: () => {
      try {
        run?.close();
      } catch (error) {
        if (failure === null) throw error;
      }
    },
  };
}

/** Writes what a finished run leaves where the user says. @param directory its folder, which has the same; null = there is none */
export function writeOutputs(
  outputs: readonly OutputFile[],
  isForced: boolean,
  directory: string | null,
): UnwrittenOutput[] {
  return outputs.flatMap(({ path, text, sameAs }) => {
    const unwritten = tryWriteOutput(path, text, isForced);
    if (unwritten === null) return [];
    const keptIn = directory === null ? null : join(directory, sameAs);
    return [{ error: unwritten.error, text: keptIn === null ? text : null, keptIn }];
  });
}
