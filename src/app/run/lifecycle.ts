import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { RunEvent } from '../../search/run-events.ts';
import { createRun, openRun, type Run, removeRun } from '../../study/run.ts';
import { damaged, inFile, placedIn, RUN_FILES } from '../../study/run-files.ts';
import { nextRunName } from '../../study/run-names.ts';
import { TrifoldError } from '../../util/errors.ts';
import { openLayerPool } from '../layers/layer-pool.ts';
import { packageVersion } from '../presets/package.ts';
import { startRunClock } from './clock.ts';
import { followEnding, isEnding } from './ending.ts';
import { isRunEvent } from './event-guard.ts';
import { startFinalTime } from './final-time.ts';
import { keptFolder, type UnwrittenOutput, writeOutputs } from './kept-folder.ts';
import type { RunDemand, RunInputs, RunKind } from './kind.ts';
import type { RunLimits } from './limits.ts';
import type { RunListener } from './listener.ts';
import { refuseInputsIn, unwritable } from './output-files.ts';
import { announcedPauses } from './pauses.ts';
import { stepTeller } from './steps.ts';
import { markFor, type ResumeConsent, refuseForeign } from './trust.ts';

/** Outcome of a run in this process. */
export interface RunResult<Finished> {
  /** Null for a run without a folder, and where writing to it failed. */
  readonly directory: string | null;
  /** Null when it was interrupted (`trifold resume` continues it), and when the run was finished already. */
  readonly finished: Finished | null;
  /** The document of `--json`; null when interrupted. */
  readonly json: unknown;
  /** What could not be written; the result itself is not lost by that. */
  readonly unwritten: readonly UnwrittenOutput[];
}

/** Where a run is kept, and the command line that it notes. */
export interface RunPlace {
  /** A new folder; `next` = the next free name below `runs/`; null = no folder. */
  readonly out: string | 'next' | null;
  readonly command: readonly string[];
  /** Whether a run that the folder holds, and files that the user names, are overwritten; default: no. */
  readonly isForced?: boolean;
}

/** Time of the process in ms, which only grows. */
const PROCESS_CLOCK = () => performance.now();
/** Events of a journal that are told at a time. */
const EVENTS_PER_TURN = 256;

/** Starts a run. @param nowMs the clock that limits of time go by @throws TrifoldError `usage` when its folder is not empty, `busy`, `io`, and what its search throws */
export async function startRun<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  inputs: Inputs,
  { out, command, isForced = false }: RunPlace,
  limits: RunLimits,
  listener: RunListener,
  nowMs = PROCESS_CLOCK,
): Promise<RunResult<Finished>> {
  if (out === null) return runToEnd(kind, inputs, null, limits, listener, nowMs, isForced);
  const directory = out === 'next' ? nextRunName('runs', kind.folderName(inputs)) : out;
  if (isForced) {
    refuseInputsIn(directory, inputs.request);
    removeRun(directory);
  }
  const run: Run<RunEvent, State> = createRun(directory, {
    packageVersion: packageVersion(),
    command,
    seed: inputs.request.seed,
    configuration: inputs,
    markOf: markFor(kind.demands?.(inputs) ?? [], process.env),
    state: kind.initialState,
  });
  listener.onFolder?.(directory);
  return runToEnd(kind, inputs, run, limits, listener, nowMs, isForced);
}

/**
 * Continues an interrupted run, or returns what a finished one said.
 * @param consent of the user, for a run that demands something outside of its folder and that this user did not start here
 * @throws TrifoldError `foreign` for another kind and without consent, `busy`, `io`
 */
export async function resumeRun<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  directory: string,
  limits: RunLimits,
  listener: RunListener,
  consent?: ResumeConsent,
  nowMs = PROCESS_CLOCK,
): Promise<RunResult<Finished>> {
  const { isState } = kind;
  const run = openRun<RunEvent, State>(directory, { isEvent: isRunEvent, isState }, packageVersion());
  const inputs = await whileOpening(run, async (): Promise<Inputs | 'finished' | 'interrupted'> => {
    listener.onFolder?.(directory);
    if (run.summary !== undefined) return 'finished';
    const read = inFile(join(directory, RUN_FILES.description), () => kind.readInputs(run.description.configuration));
    if (read === null) throw new TrifoldError('foreign', `${directory} is not ${kind.title}`);
    refuseForeign(kind, directory, run.description, consent);
    const checkpoint = join(directory, RUN_FILES.checkpoint);
    const fault = kind.stateFault?.(read, run.state) ?? null;
    if (fault !== null) throw damaged(checkpoint, fault);
    for (const { message } of run.warnings) listener.onEvent({ kind: 'note', level: 'warning', text: message });
    for (const [index, event] of run.events.entries()) {
      // However long the journal is, signals and timers get their turn.
      if (index % EVENTS_PER_TURN === 0) await setImmediate();
      if (listener.isInterrupted()) return 'interrupted';
      listener.onEvent(event);
    }
    for (const text of [kind.oddity(read), ...unwritableOutputs(kind.demands?.(read) ?? [])])
      if (text !== null) listener.onEvent({ kind: 'note', level: 'warning', text });
    return read;
  });
  if (typeof inputs === 'object')
    return runToEnd(kind, inputs, run, limits, listener, nowMs, false).catch((error: unknown) => {
      // What a state cannot be shows in part only where the search is set up anew.
      const isForeign = error instanceof TrifoldError && (error.code === 'foreign' || error.code === 'value');
      throw isForeign ? placedIn(join(directory, RUN_FILES.checkpoint), error) : error;
    });
  return { directory, finished: null, json: inputs === 'finished' ? run.summary : null, unwritten: [] };
}

/** Why files that a continued run is to write cannot be: a run that cannot be asked for others goes on, and keeps the same in its folder. */
function unwritableOutputs(demands: readonly RunDemand[]): string[] {
  return demands.flatMap(({ kind, text }) => {
    const error = kind === 'write' ? unwritable(text) : null;
    return error === null ? [] : [`${error.message}: when the run ends, its folder alone has the result`];
  });
}

/** Reads what a run continues with; gives its folder free where it does not go on. */
async function whileOpening<Found>(run: Run<RunEvent, unknown>, read: () => Promise<Found>): Promise<Found> {
  const free = freeAtExit(() => run.close());
  try {
    const inputs = await read();
    if (typeof inputs === 'string') run.close();
    return inputs;
  } catch (error) {
    run.close();
    throw error;
  } finally {
    free();
  }
}

/** Gives a run folder free also when the process ends in the midst of the run. @returns what ends that */
function freeAtExit(close: () => void): () => void {
  const onExit = (): void => {
    try {
      close();
    } catch {
      // What is not flushed is done again.
    }
  };
  process.on('exit', onExit);
  return () => process.off('exit', onExit);
}

/** Runs a search to its end, or until it is interrupted; closes its folder whatever happens. */
async function runToEnd<Inputs extends RunInputs, State, Finished>(
  kind: RunKind<Inputs, State, Finished>,
  inputs: Inputs,
  run: Run<RunEvent, State> | null,
  limits: RunLimits,
  listener: RunListener,
  nowMs: () => number,
  isForced: boolean,
): Promise<RunResult<Finished>> {
  const directory = run?.directory ?? null;
  let state = run?.state ?? kind.initialState;
  const clock = startRunClock(
    kind.generations?.plannedCandidates(inputs) ?? 0,
    kind.generations?.mappingsBefore(state) ?? 0,
    limits,
    nowMs,
  );
  const finalTime = startFinalTime(limits.finalSeconds, nowMs);
  const ending = followEnding(listener, clock.isTimeUp, finalTime.look);
  const { signal, searchSignal, searchStop, poll } = ending;
  const folder = keptFolder(run, (text) => listener.onEvent({ kind: 'note', level: 'warning', text }));
  /** The folder that holds the run; null for none, and where writing to it failed. */
  const keptIn = () => (folder.failure === null ? directory : null);
  const steps = stepTeller(limits.workers, clock.elapsedSeconds, (event, isKept) => {
    if (isKept) folder.write((open) => open.append(event));
    listener.onEvent(event);
  });
  const write = (event: RunEvent): void => {
    if (event.kind === 'progress') steps.onProgress(event);
    folder.write((open) => open.append(event));
    listener.onEvent(event);
  };
  const emit = (event: RunEvent): void => {
    write(event);
    const progress = kind.generations === null ? null : clock.progressAfter(event);
    if (progress !== null) write(progress);
  };
  const whenUnpaused = announcedPauses(listener, emit);
  const { workers, offMainThread, caches } = limits;
  const cache = caches?.layers;
  const onProgress = steps.advance;
  const pool = openLayerPool({
    workers,
    offMainThread,
    signal,
    whenUnpaused,
    poll,
    onProgress,
    ...(cache && { cache }),
  });
  const unwatchExit = freeAtExit(folder.close);
  try {
    const finished = await kind.search(inputs, {
      state,
      emit,
      checkpoint: (next) => {
        state = next;
        folder.write((open) => open.checkpoint(next));
      },
      whenUnpaused,
      pool,
      limits,
      signal,
      searchSignal,
      searchStop,
      poll,
      step: steps.step,
      advance: steps.advance,
      finalTime,
      endsNow: (trials, best) => (listener.isInterrupted() ? 'interrupted' : clock.endsNow(trials, best)),
    });
    if (finished === null) return { directory: keptIn(), finished, json: null, unwritten: folder.unwritten };
    const json = kind.document(inputs, finished);
    folder.write((open) => {
      for (const { name, text } of kind.files(inputs, finished)) open.writeResult(name, text);
      open.finish(state, json);
    });
    const outputs = writeOutputs(kind.outputs?.(inputs, finished) ?? [], isForced, keptIn());
    return { directory: keptIn(), finished, json, unwritten: [...folder.unwritten, ...outputs] };
  } catch (error) {
    if (isEnding(error, signal))
      return { directory: keptIn(), finished: null, json: null, unwritten: folder.unwritten };
    throw error;
  } finally {
    ending.close();
    await pool.close();
    folder.close();
    unwatchExit();
  }
}
